//! The rules of the server, each on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[macro_use]
#[path = "rules/support.rs"]
mod support;
#[path = "rules/world.rs"]
mod world;

#[path = "rules/concurrent.rs"]
mod concurrent;
#[path = "rules/dialects.rs"]
mod dialects;
#[path = "rules/feeds.rs"]
mod feeds;
#[path = "rules/hand.rs"]
mod hand;
#[path = "rules/held.rs"]
mod held;
#[path = "rules/paths.rs"]
mod paths;
#[path = "rules/reading.rs"]
mod reading;
#[path = "rules/restored.rs"]
mod restored;
#[path = "rules/soundness.rs"]
mod soundness;
#[path = "rules/speed.rs"]
mod speed;
