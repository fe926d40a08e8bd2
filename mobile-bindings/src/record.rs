//! Records: read, and edited.

mod answer;
mod edit;
mod file;
mod reading;

pub(crate) use answer::key;
pub use answer::{Answer, choices_answer, geopoint_answer, key_inside};
pub use edit::Edit;
pub use file::{FileAnswer, file_of};
pub use reading::{Answered, Candidate, Comment, Instance, OpenRecord, Presence, RecordState, Step};
