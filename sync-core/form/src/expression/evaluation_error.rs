//! Why an expression came to no value.

use super::Arguments;

/// Why an expression came to no value. The question then has none, and the form shows the error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// A call of a name that no function has.
    #[error("there is no function {0}()")]
    UnknownFunction(String),
    /// A call with too few or too many arguments.
    #[error("{function}() takes {takes}, and here it has {given}")]
    WrongArguments {
        /// Its name.
        function: &'static str,
        /// How many there are.
        given: usize,
        /// How many it takes.
        takes: Arguments,
    },
    /// A path that begins at a value, or a function that needs nodes and got a value.
    #[error("a question or group is needed, and not a value")]
    NotNodes,
    /// `instance('x')` of something that does not come with the form.
    #[error("the form has no instance or attached file \"{0}\"")]
    NoInstance(String),
    /// `jr:itext('x')` of a text that the form does not have.
    #[error("the form has no text \"{0}\"")]
    NoText(String),
    /// `regex()` with a pattern that cannot be read, or with look-around and other things that patterns here do not have.
    #[error("the pattern \"{0}\" cannot be used")]
    BadPattern(String),
    /// `digest()` with another algorithm or encoding than it knows.
    #[error("digest() knows no \"{0}\"")]
    UnknownDigest(String),
    /// A text that had to be a date, a place or a number.
    #[error("{function}() cannot read \"{text}\"")]
    Unreadable {
        /// Its name.
        function: &'static str,
        /// What it got.
        text: String,
    },
    /// More nodes looked at than [`MAX_EFFORT`](super::MAX_EFFORT).
    #[error("the expression looks at too many answers")]
    TooMuch,
    /// More expressions in one another than any text can have.
    #[error("the expression is nested too deeply")]
    TooDeep,
}
