//! Questions and their types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::choice::Itemset;
use super::expression::{Condition, Expression};
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
    /// Help for training, shown on request.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub guidance: Label,
    /// Pictures and sounds beside the label: `image`, `audio`, `video`, `big-image` to file names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, Label>,
    /// Name of its choice list, for selects and ranks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Its choices, when they are no list of the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub itemset: Option<Itemset>,
    /// Which of the choices are offered; the choice is the context, the question is `current()`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice_filter: Option<Expression>,
    /// When it is asked; without it, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant: Option<Expression>,
    /// A complete record must answer it.
    #[serde(default, skip_serializing_if = "Condition::is_never")]
    pub required: Condition,
    /// What to say when it is not answered.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub required_message: Label,
    /// No one may type here.
    #[serde(default, skip_serializing_if = "Condition::is_never")]
    pub read_only: Condition,
    /// What must be true of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<Expression>,
    /// What to say when it is not.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub constraint_message: Label,
    /// What its value is computed by. A question that people also see shows the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calculation: Option<Expression>,
    /// The answer that a new record, or a new instance, begins with. One that must be computed is an [`Action`](super::Action).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Parameters as the author wrote them: `start`, `end`, `step` of a range, `max-pixels` of a photo, `randomize`, `seed`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// Appearances as the form's author wrote them; unknown ones are carried through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appearance: Vec<String>,
    /// Its value is a named outcome: the indicator's name, `jmp_water`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
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
    /// A number on a scale: `start`, `end` and `step` are parameters.
    Range,
    /// Words; with appearance `multiline` a text that merges by character.
    Text,
    /// One choice.
    SelectOne,
    /// Any number of choices.
    SelectMultiple,
    /// All choices, in an order.
    Rank,
    /// A tick: `OK` or nothing.
    Acknowledge,
    /// `2026-11-23`
    Date,
    /// `14:05:00.000+07:00`
    Time,
    /// `2026-11-23T14:05:00.000+07:00`
    #[serde(rename = "dateTime")]
    DateTime,
    /// `lat lon alt acc`
    Geopoint,
    /// Points parted by `;`: a line.
    Geotrace,
    /// Points parted by `;`, the last as the first: an outline.
    Geoshape,
    /// What a code reader read.
    Barcode,
    /// A photo.
    Image,
    /// A sound.
    Audio,
    /// A sound recorded while the form is filled.
    BackgroundAudio,
    /// A film.
    Video,
    /// Any file.
    File,
    /// Only shows its label.
    Note,
    /// A value computed by the form; never stored.
    Calculate,
    /// A value that no one sees: set by a default or an action.
    Hidden,
    /// When the record was begun.
    Start,
    /// When it was last saved.
    End,
    /// The day on which it was begun.
    Today,
    /// Where it was begun.
    StartGeopoint,
    /// The device's id.
    #[serde(rename = "deviceid")]
    DeviceId,
    /// The user's log-in name.
    Username,
    /// The user's telephone number, as the device knows it.
    #[serde(rename = "phonenumber")]
    PhoneNumber,
    /// The user's e-mail address, as the device knows it.
    Email,
    /// The record's own id, `uuid:…`.
    #[serde(rename = "instanceID")]
    InstanceId,
    /// A log of the interview. Not kept.
    Audit,
}

/// How an answer is written, whatever kind of question asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerShape {
    /// Digits.
    Whole,
    /// Digits with a point.
    Number,
    /// Names of choices parted by blanks, in no order.
    Choices,
    /// Names of choices parted by blanks, in an order that counts.
    Ranking,
    /// `2026-11-23`
    Day,
    /// `lat lon alt acc`
    Point,
    /// Points parted by `;`.
    Points,
    /// Whatever else, as it stands.
    Words,
}

impl QuestionType {
    /// How its answer is written.
    #[must_use]
    pub const fn shape(self) -> AnswerShape {
        match self {
            Self::Integer => AnswerShape::Whole,
            Self::Decimal | Self::Range => AnswerShape::Number,
            Self::SelectMultiple => AnswerShape::Choices,
            Self::Rank => AnswerShape::Ranking,
            Self::Date => AnswerShape::Day,
            Self::Geopoint | Self::StartGeopoint => AnswerShape::Point,
            Self::Geotrace | Self::Geoshape => AnswerShape::Points,
            Self::Text
            | Self::SelectOne
            | Self::Acknowledge
            | Self::Time
            | Self::DateTime
            | Self::Barcode
            | Self::Image
            | Self::Audio
            | Self::BackgroundAudio
            | Self::Video
            | Self::File
            | Self::Note
            | Self::Calculate
            | Self::Hidden
            | Self::Start
            | Self::End
            | Self::Today
            | Self::DeviceId
            | Self::Username
            | Self::PhoneNumber
            | Self::Email
            | Self::InstanceId
            | Self::Audit => AnswerShape::Words,
        }
    }
}

impl Question {
    /// Whether its answer is a text that merges by character.
    #[must_use]
    pub fn is_long_text(&self) -> bool {
        self.question_type == QuestionType::Text && self.appearance.iter().any(|word| word == "multiline")
    }

    /// A question with nothing but a path and a type.
    #[must_use]
    pub fn new(path: QuestionPath, question_type: QuestionType) -> Self {
        Self {
            path,
            question_type,
            label: Label::default(),
            hint: Label::default(),
            guidance: Label::default(),
            media: BTreeMap::new(),
            list: None,
            itemset: None,
            choice_filter: None,
            relevant: None,
            required: Condition::default(),
            required_message: Label::default(),
            read_only: Condition::default(),
            constraint: None,
            constraint_message: Label::default(),
            calculation: None,
            default: None,
            parameters: BTreeMap::new(),
            appearance: Vec::new(),
            indicator: None,
            search: false,
            personal: false,
        }
    }
}
