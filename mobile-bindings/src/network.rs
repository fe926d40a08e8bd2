//! What reaches the network: enrolment and sync, over the built-in HTTP client or the platform's own.

mod built_in;
mod cancellation;
mod client;
mod counting;
mod enrol;
mod line;
mod sync;
mod thread;

pub use cancellation::Cancellation;
pub use client::{HttpClient, HttpError, HttpHeader, HttpRequest, HttpResponse};
pub use enrol::{Ticket, read_ticket};
pub use sync::{SyncObserver, SyncProgress};
