//! Paths of questions.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Path of a question, group or repeat in its form: names joined by `/`, without the form's own name and without indices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuestionPath(String);

/// A text that is no path.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("`{path}` is not a question path: expected names joined by `/`, without `|` and blanks")]
pub struct PathError {
    /// The text, cut to 80 characters.
    pub path: String,
}

impl QuestionPath {
    /// Reads a path.
    ///
    /// # Errors
    /// When a name is empty or holds a blank, a control character or `|` (which parts an instance from a path in keys), or
    /// when the whole is longer than 1,024 bytes.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let name_is_good =
            |name: &str| !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '|');
        if path.len() <= 1024 && path.split('/').all(name_is_good) {
            Ok(Self(path.to_owned()))
        } else {
            Err(PathError { path: path.chars().take(80).collect() })
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for QuestionPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for QuestionPath {
    type Error = PathError;

    fn try_from(path: String) -> Result<Self, Self::Error> {
        Self::parse(&path)
    }
}

impl From<QuestionPath> for String {
    fn from(path: QuestionPath) -> Self {
        path.0
    }
}
