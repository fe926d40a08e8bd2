//! Changes: reading what one claims, knowing what a document has, and judging whether the one may enter the other.

mod column;
mod history;
pub(crate) mod leb128;
mod operation;
mod plain;
mod reader;
mod soundness;

pub use history::{Ancestry, History, Known};
pub(crate) use history::{automerge_hash, automerge_hashes, hash_of};
pub use operation::{Action, Key, Operation, OperationRef, Operations, Scalar};
pub use reader::{RawChange, change_hash};
pub use soundness::{Rule, Traits, Unsound, check};
