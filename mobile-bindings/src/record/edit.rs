//! Edits: what a person does to a record.

use sync_core::form::{FormVersion, QuestionPath};
use sync_core::id::InstanceId;
use sync_core::record;

use super::answer::{Answer, key};
use super::reading::RecordState;
use crate::error::RukunError;

/// One thing a person does to a record. A save takes several and makes one signed change of them.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Edit {
    /// Answers a question, or clears its answer. Settles a conflict: it replaces every value that was shown.
    SetAnswer {
        /// The question's path, or what [`key_inside`](crate::key_inside) gives.
        key: String,
        /// The answer; none clears.
        value: Option<Answer>,
    },
    /// Changes a long text; what others typed elsewhere in it stays.
    SetLongText {
        /// The question's key.
        key: String,
        /// The whole text as it should read; empty clears.
        text: String,
    },
    /// Adds a repeat instance.
    AddInstance {
        /// Its id, from [`Store::new_id`](crate::Store).
        instance: String,
        /// The repeat's path.
        path: String,
        /// The enclosing instance, in nested repeats.
        parent: Option<String>,
        /// Where it stands among its siblings.
        order: f64,
    },
    /// Moves a repeat instance among its siblings.
    OrderInstance {
        /// The instance.
        instance: String,
        /// Where it stands.
        order: f64,
    },
    /// Removes a repeat instance as it was shown.
    RemoveInstance {
        /// The instance.
        instance: String,
        /// Why.
        reason: String,
    },
    /// Takes a removal back.
    RestoreInstance {
        /// The instance.
        instance: String,
    },
    /// Adds a comment; comments are never edited.
    AddComment {
        /// Its id, from [`Store::new_id`](crate::Store).
        id: String,
        /// Key of the question it is about, if one.
        question: Option<String>,
        /// The words.
        text: String,
    },
    /// Hides an own comment.
    HideComment {
        /// Its id.
        id: String,
        /// Key of the question it is about, if one.
        question: Option<String>,
    },
    /// Marks the record complete, or opens it again.
    SetState {
        /// Which.
        state: RecordState,
    },
    /// Withdraws the record as it was shown. A save of its own.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Takes a withdrawal back.
    Reinstate,
    /// The version of the form under which the record is written from now on.
    SetVersion {
        /// The version.
        version: String,
    },
}

impl TryFrom<Edit> for record::Edit {
    type Error = RukunError;

    fn try_from(edit: Edit) -> Result<Self, RukunError> {
        Ok(match edit {
            Edit::SetAnswer { key: text, value } => Self::Answer { key: key(&text)?, value: value.map(Into::into) },
            Edit::SetLongText { key: text_key, text } => Self::LongText { key: key(&text_key)?, text },
            Edit::AddInstance { instance, path, parent, order } => Self::AddInstance {
                instance: id(&instance)?,
                path: QuestionPath::parse(&path).map_err(RukunError::invalid)?,
                parent: parent.as_deref().map(id).transpose()?,
                order,
            },
            Edit::OrderInstance { instance, order } => Self::OrderInstance { instance: id(&instance)?, order },
            Edit::RemoveInstance { instance, reason } => Self::RemoveInstance { instance: id(&instance)?, reason },
            Edit::RestoreInstance { instance } => Self::RestoreInstance { instance: id(&instance)? },
            Edit::AddComment { id: comment, question, text } => {
                Self::Comment { id: id(&comment)?, question: question.as_deref().map(key).transpose()?, text }
            }
            Edit::HideComment { id: comment, question } => {
                Self::HideComment { id: id(&comment)?, question: question.as_deref().map(key).transpose()? }
            }
            Edit::SetState { state } => Self::State(state.into()),
            Edit::Withdraw { reason } => Self::Withdraw { reason },
            Edit::Reinstate => Self::Reinstate,
            Edit::SetVersion { version } => Self::Version(FormVersion::new(version)),
        })
    }
}

fn id(text: &str) -> Result<InstanceId, RukunError> {
    InstanceId::parse(text).map_err(RukunError::invalid)
}
