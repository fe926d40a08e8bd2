//! Words that people read, in the form's languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expression::Expression;

/// A language of a form: the whole text after `::` in its column headers, or `default`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(pub String);

/// One text in several languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label(pub BTreeMap<Language, Text>);

/// A text, whole or with values in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// Words only.
    Plain(String),
    /// Words and values, in order.
    Parts(Vec<Part>),
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Words.
    Words(String),
    /// What the expression comes to, as a string.
    Value {
        /// The expression; the node of the question, group or repeat that shows the text is its context.
        value: Expression,
    },
}

impl Text {
    /// The words, with `…` where a value stands: for lists and logs, where no record is at hand.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Plain(words) => words.clone(),
            Self::Parts(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Words(words) => words.as_str(),
                    Part::Value { .. } => "…",
                })
                .collect(),
        }
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::Plain(words.to_owned())
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self::Plain(words)
    }
}

impl Label {
    /// Whether nothing is written in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text in `language`, else in the first language that has one: a missing translation must not show a blank.
    #[must_use]
    pub fn text(&self, language: &Language) -> Option<&Text> {
        self.0.get(language).or_else(|| self.0.values().next())
    }
}
