//! The device store on a real folder: saving, finding, taking in, recovering.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without must stop it, with the line")]

mod carrying;
mod finding;
mod killed;
mod phone;
mod recovering;
mod saving;
mod taking_in;
