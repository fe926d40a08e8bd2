//! Records as JSON shows them, to somebody who may see personal data or to somebody who may not.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};
use sync_core::form::{FormId, FormVersion};
use sync_core::record::{Answer, Presence, QuestionKey, RecordState};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AnswerView, CandidateView, CommentView, PresenceKind, RecordLine, RecordView, WrittenBy};
use crate::database::{AnyConnection, DatabaseError};
use crate::forms;
use crate::held::ShownHeld;

/// Which answers somebody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Privacy {
    /// All.
    Everything,
    /// All but those of these questions, which the form marks as personal.
    Without(BTreeSet<String>),
    /// None: the form is not known here, so nobody can say which are personal.
    Nothing,
}

impl Privacy {
    /// What somebody may see of a record of this form.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn of(
        connection: &mut AnyConnection,
        sees_personal: bool,
        form: &FormId,
        version: &FormVersion,
    ) -> Result<Self, DatabaseError> {
        if sees_personal {
            return Ok(Self::Everything);
        }
        let Some(form) = forms::form(connection, form, version)? else { return Ok(Self::Nothing) };
        let personal = form.questions().into_iter().filter(|(question, _)| question.personal);
        Ok(Self::Without(personal.map(|(question, _)| question.path.as_str().to_owned()).collect()))
    }

    /// Whether the answer with this key may be seen.
    #[must_use]
    pub fn shows(&self, key: &str) -> bool {
        let path = key.rsplit_once('|').map_or(key, |(_, path)| path);
        match self {
            Self::Everything => true,
            Self::Without(personal) => !personal.contains(path),
            Self::Nothing => false,
        }
    }
}

/// A record in a line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ShownRecord {
    id: Uuid,
    #[schema(example = "35.12.06.2004")]
    area: String,
    form: String,
    form_version: String,
    /// What it is about: several records may share one.
    subject: Uuid,
    /// `draft` or `complete`.
    state: &'static str,
    /// `present`, `withdrawn` or `withdrawn_but_edited`.
    presence: &'static str,
    /// Questions and repeat instances that wait for somebody to decide.
    conflict_count: u32,
    created_by: Uuid,
    /// By the creating device's clock, in milliseconds since 1970.
    created_at: i64,
    /// When the last of it entered the feed, in milliseconds since 1970.
    updated_at: i64,
    /// Question key to answer; of a conflict, the provisional winner. Answers that the user may not see are left out.
    #[schema(value_type = Object)]
    answers: Map<String, Value>,
}

impl ShownRecord {
    /// A line, without what may not be seen.
    ///
    /// # Errors
    /// [`DatabaseError::Stored`] when the stored answers are not JSON.
    pub fn of(line: RecordLine, privacy: &Privacy) -> Result<Self, DatabaseError> {
        let mut answers: Map<String, Value> = serde_json::from_str(&line.answers).map_err(DatabaseError::stored)?;
        answers.retain(|key, _| privacy.shows(key));
        Ok(Self {
            id: line.id.uuid(),
            area: line.area.to_string(),
            form: line.form.to_string(),
            form_version: line.form_version.to_string(),
            subject: line.subject.uuid(),
            state: match line.state {
                RecordState::Draft => "draft",
                RecordState::Complete => "complete",
            },
            presence: match line.presence {
                PresenceKind::Present => "present",
                PresenceKind::Withdrawn => "withdrawn",
                PresenceKind::WithdrawnButEdited => "withdrawn_but_edited",
            },
            conflict_count: line.conflict_count,
            created_by: line.created_by.uuid(),
            created_at: line.created_at.millis(),
            updated_at: line.updated_at.millis(),
            answers,
        })
    }
}

/// A record, whole.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ShownWhole {
    record: ShownRecord,
    /// The state that this shows.
    heads: Vec<String>,
    /// Answers with authors, rivals and history. Those that the user may not see are left out.
    answers: Vec<ShownAnswer>,
    instances: Vec<ShownInstance>,
    comments: Vec<ShownComment>,
    /// Keys that must not change and that some change wrote again; such writes have no effect.
    ignored: Vec<String>,
    /// What is held of it.
    held: Vec<ShownHeld>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct ShownAnswer {
    /// `water/source`, or `<instance>|member/age`.
    question: String,
    #[schema(value_type = Option<Value>)]
    value: Option<Answer>,
    written: ShownWriter,
    /// Rival values; empty without a conflict.
    conflict: Vec<ShownCandidate>,
    /// Every writing, each after what its author had seen.
    history: Vec<ShownStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct ShownCandidate {
    /// The value; null is a cleared answer.
    #[schema(value_type = Option<Value>)]
    value: Option<Answer>,
    writers: Vec<ShownWriter>,
    /// Places of the rivals that one of its writers had seen.
    had_seen: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct ShownStep {
    #[schema(value_type = Option<Value>)]
    value: Option<Answer>,
    written: ShownWriter,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct ShownComment {
    id: Uuid,
    question: Option<String>,
    /// The words; null when their author hid them, or the user may not see personal data.
    text: Option<String>,
    written: ShownWriter,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct ShownInstance {
    id: Uuid,
    repeat: String,
    parent: Option<Uuid>,
    order: f64,
    /// `present`, `removed` or `removed_but_edited`.
    presence: &'static str,
}

/// Who made a change, and when.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct ShownWriter {
    change: String,
    /// By the device's clock, in milliseconds since 1970.
    time: i64,
    user: Option<Uuid>,
    user_name: Option<String>,
    device: Option<Uuid>,
    device_label: Option<String>,
    /// When it came to the server, in milliseconds since 1970.
    received_at: Option<i64>,
    /// A supervisor discarded it; what it changed was put back.
    discarded: bool,
}

impl ShownWhole {
    /// A record, without what may not be seen.
    ///
    /// # Errors
    /// [`DatabaseError::Stored`] when the stored answers are not JSON.
    pub fn of(view: RecordView, privacy: &Privacy) -> Result<Self, DatabaseError> {
        let visible = |key: &QuestionKey| privacy.shows(&key.to_string());
        let everything = *privacy == Privacy::Everything;
        Ok(Self {
            record: ShownRecord::of(view.line, privacy)?,
            heads: view.heads.iter().map(ToString::to_string).collect(),
            answers: view.answers.into_iter().filter(|answer| visible(&answer.question)).map(answer).collect(),
            instances: view.instances.into_iter().map(instance).collect(),
            comments: view.comments.into_iter().map(|shown| comment(shown, everything)).collect(),
            ignored: view.ignored,
            held: view.held.into_iter().map(ShownHeld::of).collect(),
        })
    }
}

fn answer(view: AnswerView) -> ShownAnswer {
    let history = view.history.into_iter().map(|step| ShownStep { value: step.value, written: writer(step.written) });
    ShownAnswer {
        question: view.question.to_string(),
        value: view.value,
        written: writer(view.written),
        conflict: view.conflict.into_iter().map(candidate).collect(),
        history: history.collect(),
    }
}

fn candidate(view: CandidateView) -> ShownCandidate {
    let writers = view.writers.into_iter().map(writer).collect();
    ShownCandidate { value: view.value, writers, had_seen: view.had_seen }
}

fn comment(view: CommentView, everything: bool) -> ShownComment {
    ShownComment {
        id: view.id.uuid(),
        question: view.question.map(|question| question.to_string()),
        text: view.text.filter(|_| everything),
        written: writer(view.written),
    }
}

fn instance(view: sync_core::record::Instance) -> ShownInstance {
    ShownInstance {
        id: view.id.uuid(),
        repeat: view.path.to_string(),
        parent: view.parent.map(sync_core::id::InstanceId::uuid),
        order: view.order,
        presence: match view.presence {
            Presence::Present => "present",
            Presence::Gone { .. } => "removed",
            Presence::GoneButEdited { .. } => "removed_but_edited",
        },
    }
}

fn writer(written: WrittenBy) -> ShownWriter {
    ShownWriter {
        change: written.change.to_string(),
        time: written.time.millis(),
        user: written.user.map(sync_core::id::UserId::uuid),
        user_name: written.user_name,
        device: written.device.map(sync_core::id::DeviceId::uuid),
        device_label: written.device_label,
        received_at: written.received_at.map(sync_core::time::Timestamp::millis),
        discarded: written.discarded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_question_is_hidden_inside_repeats_too() {
        let privacy = Privacy::Without(["member/name".to_owned()].into());
        assert!(!privacy.shows("member/name"));
        assert!(!privacy.shows("0123456789abcdef0123456789abcdef|member/name"));
        assert!(privacy.shows("member/age"));
        assert!(!Privacy::Nothing.shows("member/age"));
        assert!(Privacy::Everything.shows("member/name"));
    }
}
