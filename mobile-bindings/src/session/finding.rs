//! What is wrong with a record, for an app.

use sync_core::form::session;

use super::write_key;

/// Something wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Finding {
    /// Key of the question.
    pub key: String,
    /// What kind of wrong.
    pub kind: FindingKind,
    /// What the form's author says about it, in the language in use; empty when he says nothing: then the app says it.
    pub message: String,
    /// Only the meeting of two people's answers caused it.
    pub from_merge: bool,
}

/// Kinds of wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FindingKind {
    /// It must be answered and is not.
    Required,
    /// The answer breaks the question's rule.
    Constraint,
    /// The answer is not what such a question takes: words for a number.
    WrongType,
    /// The answer is none of the choices that are offered.
    NotOffered,
    /// The form itself is wrong: an expression cannot be computed. It blocks nothing.
    FormFault,
}

impl From<session::Finding> for Finding {
    fn from(finding: session::Finding) -> Self {
        Self {
            key: write_key(&finding.key),
            kind: match finding.kind {
                session::FindingKind::Required => FindingKind::Required,
                session::FindingKind::Constraint => FindingKind::Constraint,
                session::FindingKind::WrongType => FindingKind::WrongType,
                session::FindingKind::NotOffered => FindingKind::NotOffered,
                session::FindingKind::FormFault => FindingKind::FormFault,
            },
            message: finding.message,
            from_merge: finding.from_merge,
        }
    }
}
