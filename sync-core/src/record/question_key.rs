//! The key of an answer: a question, and the repeat instance if it lies in one.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::form::{PathError, QuestionPath};
use crate::id::{IdError, InstanceId};

/// Which answer of a record: `water/source`, or `<instance>|member/age` with the innermost repeat instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuestionKey {
    /// The innermost repeat instance, if the question lies in a repeat.
    pub instance: Option<InstanceId>,
    /// The question.
    pub path: QuestionPath,
}

/// A text that is no key of an answer.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum QuestionKeyError {
    /// The part after `|`, or the whole.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The part before `|`.
    #[error(transparent)]
    Instance(#[from] IdError),
    /// The part before `|` names an instance in another spelling. One answer, one key: two spellings would hide each other.
    #[error("`{instance}` is not how a key names an instance: expected 32 lower-case hexadecimal digits")]
    Spelling {
        /// The part, as given.
        instance: String,
    },
}

impl QuestionKey {
    /// The key of a question outside repeats.
    #[must_use]
    pub const fn of(path: QuestionPath) -> Self {
        Self { instance: None, path }
    }

    /// The key of a question in a repeat instance.
    #[must_use]
    pub const fn inside(instance: InstanceId, path: QuestionPath) -> Self {
        Self { instance: Some(instance), path }
    }

    /// Reads the text form, in the one spelling that [`Display`](fmt::Display) gives.
    ///
    /// # Errors
    /// [`QuestionKeyError`].
    pub fn parse(text: &str) -> Result<Self, QuestionKeyError> {
        Ok(match text.split_once('|') {
            Some((instance, path)) => {
                let id = InstanceId::parse(instance)?;
                if instance.len() != 32 || instance.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    return Err(QuestionKeyError::Spelling { instance: instance.to_owned() });
                }
                Self::inside(id, QuestionPath::parse(path)?)
            }
            None => Self::of(QuestionPath::parse(text)?),
        })
    }
}

impl fmt::Display for QuestionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(instance) = self.instance {
            write!(f, "{}|", instance.uuid().simple())?;
        }
        self.path.fmt(f)
    }
}

impl TryFrom<String> for QuestionKey {
    type Error = QuestionKeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<QuestionKey> for String {
    fn from(key: QuestionKey) -> Self {
        key.to_string()
    }
}
