//! Questions and their types.

use serde::{Deserialize, Serialize};

use super::label::Label;
use super::path::QuestionPath;

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its path.
    pub path: QuestionPath,
    /// What kind of answer it takes.
    #[serde(rename = "type")]
    pub question_type: QuestionType,
    /// What it asks.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub label: Label,
    /// Help below it.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub hint: Label,
    /// Name of its choice list, for selects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// A complete record must answer it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Appearances as the form's author wrote them; unknown ones are carried through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appearance: Vec<String>,
    /// Its answer is one of the words by which a record is found and named.
    #[serde(default, skip_serializing_if = "is_false")]
    pub search: bool,
    /// Its answer is personal data: exported and logged only by an explicit right.
    #[serde(default, skip_serializing_if = "is_false")]
    pub personal: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// What kind of answer a question takes. The names are XLSForm's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionType {
    /// Whole number.
    Integer,
    /// Number.
    Decimal,
    /// Words; with appearance `multiline` a text that merges by character.
    Text,
    /// One choice.
    SelectOne,
    /// Any number of choices.
    SelectMultiple,
    /// `2026-11-23`
    Date,
    /// `14:05:00.000+07:00`
    Time,
    /// `2026-11-23T14:05:00.000+07:00`
    #[serde(rename = "dateTime")]
    DateTime,
    /// `lat lon alt acc`
    Geopoint,
    /// What a code reader read.
    Barcode,
    /// A photo.
    Image,
    /// A sound.
    Audio,
    /// A film.
    Video,
    /// Any file.
    File,
    /// Only shows its label.
    Note,
    /// A value computed by the form; never stored.
    Calculate,
}

impl Question {
    /// Whether its answer is a text that merges by character.
    #[must_use]
    pub fn is_long_text(&self) -> bool {
        self.question_type == QuestionType::Text && self.appearance.iter().any(|word| word == "multiline")
    }
}
