//! The server as HTTP shows it: endpoints for devices, a REST interface for programs and screens, health.
//!
//! A handler reads the request, asks a noun, and writes the answer. It holds no query and no rule. Whatever goes wrong is an
//! [`ApiError`](error::ApiError), and every error is an `ErrorBody` with a stable code (`docs/api.md` lists them).

pub mod api;
mod app;
mod authentication;
mod body;
mod device;
pub mod error;
mod events;
mod health;
mod openapi;
mod request_log;
mod serve;
mod service;

pub use openapi::document;
pub use serve::{Running, ServeError, Stopper, public_url, serve};
pub use service::{Service, ticket};
