//! An expression as a form carries it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An XPath expression, as the compiler leaves it: every `${name}` already replaced by a path. Paths are of the form's whole
/// tree, so an absolute one begins with the form's root, `/data/water/source`.
///
/// A form carries the text and not the tree: the text is what people read in messages, it is smaller, and reading it takes
/// microseconds. The compiler has read it before, so that a phone never meets one that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expression(pub String);

impl Expression {
    /// Wraps the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that is so always, never, or when an expression says so: `required`, `read_only`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// Always or never.
    Constant(bool),
    /// When the expression is true.
    When(Expression),
}

impl Default for Condition {
    fn default() -> Self {
        Self::Constant(false)
    }
}

impl Condition {
    /// Whether it can never be so.
    #[must_use]
    pub fn is_never(&self) -> bool {
        *self == Self::Constant(false)
    }

    /// Whether it is so without any condition.
    #[must_use]
    pub fn is_always(&self) -> bool {
        *self == Self::Constant(true)
    }
}
