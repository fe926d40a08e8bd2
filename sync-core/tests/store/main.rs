//! The device store on a real folder: saving, finding, taking in, recovering.

mod finding;
mod phone;
mod recovering;
mod saving;
mod taking_in;
