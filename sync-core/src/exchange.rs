//! The exchange: one request and one response that push and pull at once. `docs/sync-protocol.md` has the bytes, the limits
//! and why it is right.

mod bundle;
mod cbor;
mod error;
mod frame;
mod hashes;
mod message;
pub mod paging;
pub mod reconcile;
mod request;
mod response;
mod segments;
mod strict;

pub use bundle::{decode_bundle, encode_bundle};
pub use error::DecodeError;
pub use frame::{MEDIA_TYPE, VERSION, versions_answer};
pub use hashes::{catalogue_hash, feeds_hash};
pub use message::{
    CatalogueEntry, ContentKind, Entry, FeedState, FeedsState, HeldReason, Page, Receipt, Reconciliation, Request,
    Response, Right, ScopeArea,
};
pub use request::{decode_request, encode_request};
pub use response::{decode_response, encode_response};
