//! Answers, as every question's type writes them (R23).

use sync_core::id::InstanceId;
use sync_core::record::{self, QuestionKey};

use crate::error::RukunError;

/// One answer. No answer, or a cleared one, is the absence of it. How each type of question is answered:
/// [`QuestionType`](crate::QuestionType).
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Answer {
    /// A whole number.
    Integer {
        /// The number.
        value: i64,
    },
    /// A number; not infinite and not "not a number".
    Decimal {
        /// The number.
        value: f64,
    },
    /// Everything else: words as typed, the name of a choice, ISO dates and times, what [`choices_answer`],
    /// [`geopoint_answer`] and [`Store::attach`](crate::Store) give.
    Text {
        /// The words.
        value: String,
    },
}

impl From<record::Answer> for Answer {
    fn from(answer: record::Answer) -> Self {
        match answer {
            record::Answer::Integer(value) => Self::Integer { value },
            record::Answer::Decimal(value) => Self::Decimal { value },
            record::Answer::Text(value) => Self::Text { value },
        }
    }
}

impl From<Answer> for record::Answer {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Integer { value } => Self::Integer(value),
            Answer::Decimal { value } => Self::Decimal(value),
            Answer::Text { value } => Self::Text(value),
        }
    }
}

/// The answer to a question of type select_multiple: the names of the choices, in whatever order they were tapped. No
/// names, no answer.
#[uniffi::export]
pub fn choices_answer(names: Vec<String>) -> Option<Answer> {
    record::Answer::choices(names.iter().map(String::as_str)).map(Into::into)
}

/// The answer to a question of type geopoint: degrees, degrees, metres, metres. None if one of them is no finite number.
#[uniffi::export]
pub fn geopoint_answer(latitude: f64, longitude: f64, altitude: f64, accuracy: f64) -> Option<Answer> {
    record::Answer::geopoint(latitude, longitude, altitude, accuracy).map(Into::into)
}

/// The key of a question's answer inside a repeat instance. Outside repeats the key is the question's path.
///
/// # Errors
/// [`RukunError::Invalid`] when one of the two is malformed.
#[uniffi::export]
pub fn key_inside(instance: String, path: String) -> Result<String, RukunError> {
    let instance = InstanceId::parse(&instance).map_err(RukunError::invalid)?;
    Ok(format!("{}|{}", instance.uuid().simple(), key(&path)?.path))
}

pub(crate) fn key(text: &str) -> Result<QuestionKey, RukunError> {
    QuestionKey::parse(text).map_err(RukunError::invalid)
}
