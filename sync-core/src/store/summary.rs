//! What lists and search need of a record, computed when its document is written.

use crate::form::{Form, FormId, FormVersion};
use crate::id::SubjectId;
use crate::record::{Answer, Presence, Record, RecordState};
use crate::time::Timestamp;

/// A record in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its form.
    pub form: FormId,
    /// The version it was last written under.
    pub version: FormVersion,
    /// What it is about.
    pub subject: SubjectId,
    /// Draft or complete.
    pub state: RecordState,
    /// Withdrawn or not.
    pub presence: PresenceKind,
    /// Questions and instances that wait for somebody to decide.
    pub conflicts: usize,
    /// What the list shows: the first search words, joined.
    pub title: String,
    /// The words by which it is found.
    pub words: String,
    /// When it was created, by the creating device's clock.
    pub created: Timestamp,
}

/// [`Presence`] without its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum PresenceKind {
    /// There.
    Present = 0,
    /// Withdrawn.
    Gone = 1,
    /// Withdrawn, and edited by somebody who had not seen that.
    GoneButEdited = 2,
}

/// Longest title in characters.
const TITLE: usize = 80;
/// Longest word list in bytes: a form that marks no search words must not fill the phone with an index.
const WORDS: usize = 400;

impl Summary {
    /// Sums up a record. Without its form (a page may bring a record before the form) every short text counts as search
    /// words.
    #[must_use]
    pub fn of(record: &Record, form: Option<&Form>) -> Self {
        let found = search_answers(record, form);
        let mut words = found.join(" ");
        if words.len() > WORDS {
            let end = (0..=WORDS).rev().find(|end| words.is_char_boundary(*end)).unwrap_or(0);
            words.truncate(end);
        }
        let presence = match record.presence {
            Presence::Present => PresenceKind::Present,
            Presence::Gone { .. } => PresenceKind::Gone,
            Presence::GoneButEdited { .. } => PresenceKind::GoneButEdited,
        };
        let version = record.version(|version| version.as_str().to_owned()).cloned();
        Self {
            form: record.unchanging.form.clone(),
            version: version.unwrap_or_else(|| FormVersion::new("")),
            subject: record.unchanging.subject,
            state: record.state,
            presence,
            conflicts: record.conflict_count(),
            title: found.iter().take(3).cloned().collect::<Vec<_>>().join(" · ").chars().take(TITLE).collect(),
            words,
            created: record.unchanging.created,
        }
    }
}

/// All values of search questions in the form's order, rival ones included: a record in conflict is found by either name.
fn search_answers(record: &Record, form: Option<&Form>) -> Vec<String> {
    let marked: Option<Vec<&str>> = form.map(|form| {
        let questions = form.questions().into_iter().filter(|(question, _)| question.search);
        questions.map(|(question, _)| question.path.as_str()).collect()
    });
    let mut words = Vec::new();
    for (key, answered) in &record.answers {
        let values =
            answered.value.iter().chain(answered.conflict.iter().skip(1).filter_map(|rival| rival.value.as_ref()));
        match &marked {
            Some(marked) => {
                if let Some(place) = marked.iter().position(|path| *path == key.path.as_str()) {
                    words.extend(values.map(|value| (place, value.words())));
                }
            }
            None => words.extend(values.filter_map(|value| Some((0, short_text(value)?)))),
        }
    }
    words.sort_by_key(|(place, _)| *place);
    words.into_iter().map(|(_, words)| words).collect()
}

fn short_text(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Text(text) if text.len() <= 64 && text.chars().any(char::is_alphabetic) => Some(text.clone()),
        Answer::Text(_) | Answer::Integer(_) | Answer::Decimal(_) => None,
    }
}
