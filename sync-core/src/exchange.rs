//! The exchange: one request and one response that push and pull at once.

mod message;

pub use message::{
    CatalogueEntry, ContentKind, Entry, FeedState, FeedsState, HeldReason, Page, Receipt, Reconciliation, Request,
    Response, Right, ScopeArea,
};
