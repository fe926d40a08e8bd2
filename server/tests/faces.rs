//! The server as phones, people and operators meet it: over HTTP and by command line, on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[macro_use]
#[path = "rules/support.rs"]
mod support;

#[macro_use]
#[path = "faces/server.rs"]
mod server;

#[path = "faces/phone.rs"]
mod phone;

#[path = "faces/binary.rs"]
mod binary;
#[path = "faces/enrolment.rs"]
mod enrolment;
#[path = "faces/exchange.rs"]
mod exchange;
#[path = "faces/importing.rs"]
mod importing;
#[path = "faces/records.rs"]
mod records;
#[path = "faces/rest.rs"]
mod rest;
#[path = "faces/two_processes.rs"]
mod two_processes;
