//! What may be wrong with a row of a map.

use thiserror::Error;

/// A row of a map that does not fit the form.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("line {line}: {kind}")]
pub struct MapFault {
    /// The line of the map's file.
    pub line: u64,
    /// What is wrong.
    pub kind: MapFaultKind,
}

/// What is wrong with a row of a map.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum MapFaultKind {
    /// It names no column of the table.
    #[error("no column is named")]
    NoColumn,
    /// `to` without `from`.
    #[error("`to` says what a value means, but `from` names none")]
    NoFrom,
    /// The form has no such question.
    #[error("the form has no question `{question}`; write its whole path, such as water/source")]
    UnknownQuestion {
        /// What is written.
        question: String,
    },
    /// The question lies in a repeat, and a row of a table is one record.
    #[error("`{question}` lies in a repeat, which a row of a table cannot answer")]
    InRepeat {
        /// The path.
        question: String,
    },
    /// The question is computed or only shown.
    #[error("nobody answers `{question}`: it is computed or only shown")]
    NotAnswered {
        /// The path.
        question: String,
    },
    /// The question has no such choice.
    #[error("`{choice}` is no choice of `{question}`")]
    UnknownChoice {
        /// The path.
        question: String,
        /// What is written.
        choice: String,
    },
    /// One value is said to mean two things.
    #[error("`{from}` was given another meaning before")]
    Twice {
        /// The value.
        from: String,
    },
}
