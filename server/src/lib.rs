//! The server of Rukun.
//!
//! Truth is `segments`: signed runs of changes, ordered by the feed of the area in which their document lies. Everything
//! else is computed from them in the same transaction and can be computed again. The way of a request of a device:
//! [`exchange`] reads it, judges each segment alone, enters what may enter in the feed under the feed's lock, and answers
//! from one snapshot.
//!
//! Around that heart: [`configuration`], [`access`], [`http`] with the REST interface, and [`cli`].
//!
//! The modules are named after the nouns of the design; a query is a named function on its noun, and handlers hold none.

pub mod access;
pub mod areas;
pub mod assignments;
pub mod audit;
pub mod authors;
pub mod cli;
pub mod clock;
pub mod configuration;
pub mod conflicts;
pub mod database;
pub mod devices;
pub mod documents;
pub mod exchange;
pub mod feed_status;
pub mod feeds;
pub mod forms;
pub mod held;
pub mod http;
pub mod identity;
pub mod imports;
pub mod logging;
pub mod opening;
pub mod people;
pub mod programme;
pub mod projections;
pub mod records;
pub mod secrets;
pub mod segments;
pub mod users;
