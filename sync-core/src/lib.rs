//! The core of Rukun.

pub mod area;
pub mod change;
pub mod digest;
pub mod document;
pub mod enrolment;
pub mod entropy;
pub mod exchange;
pub mod form;
mod hexadecimal;
pub mod id;
pub mod identity;
pub mod limits;
pub mod people;
pub mod record;
pub mod segment;
#[cfg(feature = "store")]
pub mod store;
pub mod time;
