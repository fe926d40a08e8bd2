//! Words that people read, in the form's languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language of a form: the whole text after `::` in its column headers, or `default`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(pub String);

/// One text in several languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label(pub BTreeMap<Language, String>);

impl Label {
    /// Whether nothing is written in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text in `language`, else in the first language that has one: a missing translation must not show a blank.
    #[must_use]
    pub fn text(&self, language: &Language) -> Option<&str> {
        self.0.get(language).or_else(|| self.0.values().next()).map(String::as_str)
    }
}
