//! Records: filled forms, each an Automerge document.
//!
//! A record is created once, edited by anyone who may, merged without asking, and read tolerantly: whatever a later
//! version wrote, what this one knows is shown. See [`create`], [`save`] and [`Record`].

mod answer;
mod content;
mod create;
pub(crate) mod document;
mod edit;
mod family;
mod question_key;
mod reading;
mod removal;
mod timeline;

pub use answer::{Answer, NotANumber, same};
pub use content::content_hash;
pub use create::{Created, NewRecord, create};
pub use edit::{Actors, Edit, EditError, Saved, save};
pub use question_key::{QuestionKey, QuestionKeyError};
pub use reading::{Answered, Candidate, Comment, Instance, Presence, Record, RecordError, RecordState, Unchanging};
pub use timeline::{Moment, Step, history_of, long_removals};
