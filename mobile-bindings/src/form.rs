//! Forms as an app shows them.

use std::collections::HashMap;

use sync_core::form::{self, Item, Label};

/// A form in a list.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct FormLine {
    /// Its id.
    pub id: String,
    /// This version of it.
    pub version: String,
    /// What people call it, by language; empty until its content is here.
    pub title: HashMap<String, String>,
    /// No new records, please.
    pub retired: bool,
    /// Whether its content is here, so that it can be filled.
    pub here: bool,
}

/// A form.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Form {
    /// Its id.
    pub id: String,
    /// This version of it.
    pub version: String,
    /// What people call it, by language.
    pub title: HashMap<String, String>,
    /// The languages it is written in, the default one first.
    pub languages: Vec<String>,
    /// Its questions in order.
    pub questions: Vec<Question>,
    /// The whole definition, groups and repeats included, as JSON.
    pub json: String,
}

/// A question of a form.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Question {
    /// Its path, `water/source`: the key of its answer when it lies outside repeats.
    pub path: String,
    /// What kind of answer it takes.
    pub question_type: QuestionType,
    /// What it asks, by language.
    pub label: HashMap<String, String>,
    /// Help below it, by language.
    pub hint: HashMap<String, String>,
    /// A complete record must answer it.
    pub required: bool,
    /// Its answer merges by character: save it with [`Edit::SetLongText`](crate::Edit).
    pub long_text: bool,
    /// Its answer is one of the words by which a record is found.
    pub search: bool,
    /// Its answer is personal data.
    pub personal: bool,
    /// Appearances as the form's author wrote them.
    pub appearance: Vec<String>,
    /// What a select question offers.
    pub choices: Vec<Choice>,
    /// Path of the innermost repeat it lies in, if any.
    pub repeat: Option<String>,
}

/// One choice of a select question.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Choice {
    /// What is stored.
    pub name: String,
    /// What people read, by language.
    pub label: HashMap<String, String>,
}

/// What kind of answer a question takes, and how the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum QuestionType {
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Words.
    Text,
    /// The name of one choice.
    SelectOne,
    /// Names of choices, as [`choices_answer`](crate::choices_answer) writes them.
    SelectMultiple,
    /// `2026-11-23`
    Date,
    /// `14:05:00.000+07:00`
    Time,
    /// `2026-11-23T14:05:00.000+07:00`
    DateTime,
    /// A point, as [`geopoint_answer`](crate::geopoint_answer) writes it.
    Geopoint,
    /// What a code reader read.
    Barcode,
    /// A photo, as [`Store::attach`](crate::Store) writes it.
    Image,
    /// A sound, likewise.
    Audio,
    /// A film, likewise.
    Video,
    /// Any file, likewise.
    File,
    /// Nothing: it only shows its label.
    Note,
    /// Nothing: the form computes it.
    Calculate,
    /// A number on a scale.
    Range,
    /// Names of all choices in an order, parted by blanks.
    Rank,
    /// `OK`, once ticked.
    Acknowledge,
    /// Points parted by `;`: a line.
    Geotrace,
    /// Points parted by `;`: an outline.
    Geoshape,
    /// A sound recorded while the form is filled.
    BackgroundAudio,
    /// Nothing: no one sees it.
    Hidden,
    /// Nothing: when the record was begun.
    Start,
    /// Nothing: when it was last saved.
    End,
    /// Nothing: the day on which it was begun.
    Today,
    /// Nothing: where it was begun.
    StartGeopoint,
    /// Nothing: the id of the device.
    DeviceId,
    /// Nothing: the log-in name of the user.
    Username,
    /// Nothing: the telephone number of the user.
    PhoneNumber,
    /// Nothing: the e-mail address of the user.
    Email,
    /// Nothing: the id of the record.
    InstanceId,
    /// Nothing: a log that is not kept.
    Audit,
}

pub(crate) fn words(label: &Label) -> HashMap<String, String> {
    label.0.iter().map(|(language, text)| (language.0.clone(), text.plain())).collect()
}

impl Form {
    pub(crate) fn of(form: &form::Form, json: String) -> Self {
        let mut questions = Vec::new();
        collect(form, &form.items, None, &mut questions);
        Self {
            id: form.id.to_string(),
            version: form.version.to_string(),
            title: words(&form.title),
            languages: form.languages.iter().map(|language| language.0.clone()).collect(),
            questions,
            json,
        }
    }
}

fn collect(form: &form::Form, items: &[Item], repeat: Option<&str>, questions: &mut Vec<Question>) {
    for item in items {
        match item {
            Item::Question(question) => questions.push(Question::of(form, question, repeat)),
            Item::Group(group) => collect(form, &group.items, repeat, questions),
            Item::Repeat(inner) => collect(form, &inner.items, Some(inner.path.as_str()), questions),
        }
    }
}

impl Question {
    fn of(form: &form::Form, question: &form::Question, repeat: Option<&str>) -> Self {
        let list = question.list.as_ref().and_then(|name| form.lists.get(name));
        let choice = |choice: &form::Choice| Choice { name: choice.name.clone(), label: words(&choice.label) };
        Self {
            path: question.path.to_string(),
            question_type: question.question_type.into(),
            label: words(&question.label),
            hint: words(&question.hint),
            required: question.required.is_always(),
            long_text: question.is_long_text(),
            search: question.search,
            personal: question.personal,
            appearance: question.appearance.clone(),
            choices: list.into_iter().flat_map(|list| &list.0).map(choice).collect(),
            repeat: repeat.map(str::to_owned),
        }
    }
}

impl From<form::QuestionType> for QuestionType {
    fn from(question_type: form::QuestionType) -> Self {
        match question_type {
            form::QuestionType::Integer => Self::Integer,
            form::QuestionType::Decimal => Self::Decimal,
            form::QuestionType::Text => Self::Text,
            form::QuestionType::SelectOne => Self::SelectOne,
            form::QuestionType::SelectMultiple => Self::SelectMultiple,
            form::QuestionType::Date => Self::Date,
            form::QuestionType::Time => Self::Time,
            form::QuestionType::DateTime => Self::DateTime,
            form::QuestionType::Geopoint => Self::Geopoint,
            form::QuestionType::Barcode => Self::Barcode,
            form::QuestionType::Image => Self::Image,
            form::QuestionType::Audio => Self::Audio,
            form::QuestionType::Video => Self::Video,
            form::QuestionType::File => Self::File,
            form::QuestionType::Note => Self::Note,
            form::QuestionType::Calculate => Self::Calculate,
            form::QuestionType::Range => Self::Range,
            form::QuestionType::Rank => Self::Rank,
            form::QuestionType::Acknowledge => Self::Acknowledge,
            form::QuestionType::Geotrace => Self::Geotrace,
            form::QuestionType::Geoshape => Self::Geoshape,
            form::QuestionType::BackgroundAudio => Self::BackgroundAudio,
            form::QuestionType::Hidden => Self::Hidden,
            form::QuestionType::Start => Self::Start,
            form::QuestionType::End => Self::End,
            form::QuestionType::Today => Self::Today,
            form::QuestionType::StartGeopoint => Self::StartGeopoint,
            form::QuestionType::DeviceId => Self::DeviceId,
            form::QuestionType::Username => Self::Username,
            form::QuestionType::PhoneNumber => Self::PhoneNumber,
            form::QuestionType::Email => Self::Email,
            form::QuestionType::InstanceId => Self::InstanceId,
            form::QuestionType::Audit => Self::Audit,
        }
    }
}
