//! An open record, as a screen shows it.

use std::collections::HashMap;
use std::time::SystemTime;

use sync_core::record;
use sync_core::store;

use super::answer::Answer;
use crate::clock;
use crate::people::{Authors, Moment};
use crate::store::Waiting;

/// An open record, and the state at which the next save is made.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct OpenRecord {
    /// Its id.
    pub id: String,
    /// The feed area it is in now, as far as the device knows.
    pub area: String,
    /// The form it fills.
    pub form: String,
    /// The versions of the form it was last written under: one, or several from concurrent saves. The one latest in
    /// [`Store::forms`](crate::Store) counts.
    pub versions: Vec<String>,
    /// What it is about.
    pub subject: String,
    /// When it was created, by the creating device's clock.
    pub created: SystemTime,
    /// Draft or complete.
    pub state: RecordState,
    /// Whether it is withdrawn.
    pub presence: Presence,
    /// Answers by key; also cleared ones while they matter to a conflict.
    pub answers: HashMap<String, Answered>,
    /// Repeat instances that somebody added, in order.
    pub instances: Vec<Instance>,
    /// Comments, oldest id first.
    pub comments: Vec<Comment>,
    /// What of it the server does not have in the feed, and why.
    pub waiting: Vec<Waiting>,
    /// Kept for reading only (its area was lost, or the server took it out of the feed): offer no edit.
    pub read_only: bool,
    /// The heads that are shown. Give them back with the save, untouched.
    pub heads: Vec<String>,
}

/// Draft or complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RecordState {
    /// Still being filled.
    Draft,
    /// Its writer says it is complete.
    Complete,
}

/// The answer of one question.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Answered {
    /// The value; none is a cleared answer. In a conflict only a provisional one: no screen may call it the latest.
    pub value: Option<Answer>,
    /// Who wrote it.
    pub written: Moment,
    /// All rival values if there is a conflict; otherwise empty.
    pub conflict: Vec<Candidate>,
}

/// One of the rival values of a conflict. None of their authors had seen another's.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Candidate {
    /// The value; none is a cleared answer.
    pub value: Option<Answer>,
    /// Everyone who wrote it.
    pub writers: Vec<Moment>,
}

/// Whether something is there, taken away, or taken away and edited since.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Presence {
    /// There.
    Present,
    /// Withdrawn or removed, and nothing has changed since.
    Gone {
        /// Why.
        reason: String,
    },
    /// Withdrawn or removed, but edited by somebody who had not seen that: show it until someone decides.
    GoneButEdited {
        /// The reasons that were given.
        reasons: Vec<String>,
    },
}

/// A repeat instance that somebody added.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// The repeat's path.
    pub path: String,
    /// The enclosing instance.
    pub parent: Option<String>,
    /// Where it stands among its siblings.
    pub order: f64,
    /// Whether it is removed.
    pub presence: Presence,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Comment {
    /// Its id.
    pub id: String,
    /// Key of the question it is about.
    pub question: Option<String>,
    /// The words; none when its author hid them.
    pub text: Option<String>,
    /// Who and when.
    pub written: Moment,
}

/// One step in the history of a question: a change that wrote or cleared its answer.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Step {
    /// Who and when.
    pub written: Moment,
    /// What the answer became; none is cleared.
    pub value: Option<Answer>,
}

impl OpenRecord {
    pub(crate) fn of(opened: store::OpenRecord, authors: &Authors) -> Self {
        let record = opened.record;
        let answered = |answered: record::Answered| Answered {
            value: answered.value.map(Into::into),
            written: authors.moment(&answered.written),
            conflict: answered.conflict.into_iter().map(|candidate| Candidate::of(candidate, authors)).collect(),
        };
        let comment = |comment: record::Comment| Comment {
            id: comment.id.to_string(),
            question: comment.question.map(|key| key.to_string()),
            text: comment.text,
            written: authors.moment(&comment.written),
        };
        Self {
            id: opened.id.to_string(),
            area: opened.area.to_string(),
            form: record.unchanging.form.to_string(),
            versions: record.versions.iter().map(ToString::to_string).collect(),
            subject: record.unchanging.subject.to_string(),
            created: clock::shown(record.unchanging.created),
            state: record.state.into(),
            presence: record.presence.into(),
            answers: record.answers.into_iter().map(|(key, value)| (key.to_string(), answered(value))).collect(),
            instances: record.instances.into_iter().map(Into::into).collect(),
            comments: record.comments.into_iter().map(comment).collect(),
            waiting: opened.waiting.iter().map(Into::into).collect(),
            read_only: opened.read_only,
            heads: opened.heads.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Candidate {
    fn of(candidate: record::Candidate, authors: &Authors) -> Self {
        Self {
            value: candidate.value.map(Into::into),
            writers: candidate.writers.iter().map(|writer| authors.moment(writer)).collect(),
        }
    }
}

impl Step {
    pub(crate) fn of(step: record::Step, authors: &Authors) -> Self {
        Self { written: authors.moment(&step.moment), value: step.value.map(Into::into) }
    }
}

impl From<record::Instance> for Instance {
    fn from(instance: record::Instance) -> Self {
        Self {
            id: instance.id.to_string(),
            path: instance.path.to_string(),
            parent: instance.parent.map(|parent| parent.to_string()),
            order: instance.order,
            presence: instance.presence.into(),
        }
    }
}

impl From<record::Presence> for Presence {
    fn from(presence: record::Presence) -> Self {
        match presence {
            record::Presence::Present => Self::Present,
            record::Presence::Gone { reason } => Self::Gone { reason },
            record::Presence::GoneButEdited { reasons } => Self::GoneButEdited { reasons },
        }
    }
}

impl From<record::RecordState> for RecordState {
    fn from(state: record::RecordState) -> Self {
        match state {
            record::RecordState::Draft => Self::Draft,
            record::RecordState::Complete => Self::Complete,
        }
    }
}

impl From<RecordState> for record::RecordState {
    fn from(state: RecordState) -> Self {
        match state {
            RecordState::Draft => Self::Draft,
            RecordState::Complete => Self::Complete,
        }
    }
}
