//! Changes written by hand, byte by byte: what a stolen, hacked or broken phone could sign.
//!
//! [`ForgedChange`] writes an Automerge change chunk from its parts, any of which may be wrong. [`Forgery`] names one thing
//! wrong for each clause of R2; everything else about such a change is right, and its segment is signed with the device's
//! own key.

mod change;
mod column;
mod forgery;
mod leb128;

pub use change::{ForgedChange, ForgedKey, ForgedOperation, ForgedValue, OperationId};
pub use forgery::{Forgery, Ground};
