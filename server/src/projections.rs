//! Projections: records as lists and reports read them, computed from documents in the transaction that changes them, and
//! again from the segments alone by [`rebuild`].

mod rebuild;
mod words;

pub use rebuild::{Rebuilt, rebuild};

use diesel::prelude::*;
use serde::ser::{Serialize, SerializeMap, Serializer};
use sync_core::area::AreaCode;
use sync_core::id::{DocumentId, UserId};
use sync_core::record::{Answer, Candidate, Presence, Record, RecordState};
use sync_core::time::Timestamp;

use crate::database::schema::{conflicts, records};
use crate::database::{AnyConnection, DatabaseError};

/// A record's row.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = records)]
pub(crate) struct RecordRow {
    pub(crate) document: Vec<u8>,
    pub(crate) area: String,
    form: String,
    form_version: String,
    subject: Vec<u8>,
    state: i32,
    presence: i32,
    conflict_count: i32,
    created_by: Vec<u8>,
    created_at: i64,
    updated_at: i64,
    words: String,
    answers: String,
}

/// A conflict's row.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = conflicts)]
pub(crate) struct ConflictRow {
    document: Vec<u8>,
    question: String,
    pub(crate) area: String,
    candidates: String,
}

/// Everything that is projected from one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Projection {
    pub(crate) record: RecordRow,
    pub(crate) conflicts: Vec<ConflictRow>,
}

/// What a projection says beside the record itself.
pub(crate) struct Circumstances<'a> {
    pub(crate) document: DocumentId,
    /// The feed area it lies in.
    pub(crate) area: &'a AreaCode,
    /// Who made its root change.
    pub(crate) created_by: UserId,
    /// When the last of it entered the feed.
    pub(crate) updated_at: Timestamp,
}

/// Longest name of a form or version in characters.
const NAME: usize = 200;

/// Names the conflict about the record itself: it is withdrawn, and was edited by somebody who had not seen that.
pub(crate) const WITHDRAWN: &str = "/withdrawn";
/// Behind an instance, names the conflict about its removal.
pub(crate) const REMOVED: &str = "/removed";

impl Projection {
    pub(crate) fn of(record: &Record, circumstances: &Circumstances<'_>) -> Self {
        let document = circumstances.document.as_bytes().to_vec();
        let area = circumstances.area.as_str().to_owned();
        // Which of concurrent versions was published last is for whoever opens the record; here one stands for all.
        let version = record.version(|version| version.as_str().to_owned());
        let row = RecordRow {
            document: document.clone(),
            area: area.clone(),
            form: name(record.unchanging.form.as_str()),
            form_version: version.map(|version| name(version.as_str())).unwrap_or_default(),
            subject: record.unchanging.subject.as_bytes().to_vec(),
            state: state_code(record.state),
            presence: presence_code(&record.presence),
            conflict_count: i32::try_from(record.conflict_count()).unwrap_or(i32::MAX),
            created_by: circumstances.created_by.as_bytes().to_vec(),
            created_at: record.unchanging.created.shown().millis(),
            updated_at: circumstances.updated_at.millis(),
            words: words::words_of(record),
            answers: json(&AnswersOf(record)),
        };
        let conflict = |question: String, candidates: String| ConflictRow {
            document: document.clone(),
            question,
            area: area.clone(),
            candidates,
        };
        let answers = record.answers.iter().filter(|(_, answered)| !answered.conflict.is_empty());
        let mut conflicts: Vec<ConflictRow> =
            answers.map(|(key, answered)| conflict(key.to_string(), json(&Rivals(&answered.conflict)))).collect();
        for instance in &record.instances {
            if let Presence::GoneButEdited { reasons } = &instance.presence {
                conflicts.push(conflict(format!("{}{REMOVED}", instance.id), json(reasons)));
            }
        }
        if let Presence::GoneButEdited { reasons } = &record.presence {
            conflicts.push(conflict(WITHDRAWN.to_owned(), json(reasons)));
        }
        Self { record: row, conflicts }
    }
}

/// Writes what segments that entered made of a record that was projected before; its conflicts are replaced.
///
/// # Errors
/// [`DatabaseError`].
pub(crate) fn update(connection: &mut AnyConnection, row: &RecordRow) -> Result<(), DatabaseError> {
    diesel::update(records::table.filter(records::document.eq(&row.document)))
        .set((
            records::area.eq(&row.area),
            records::form_version.eq(&row.form_version),
            records::state.eq(row.state),
            records::presence.eq(row.presence),
            records::conflict_count.eq(row.conflict_count),
            records::updated_at.eq(row.updated_at),
            records::words.eq(&row.words),
            records::answers.eq(&row.answers),
        ))
        .execute(connection)?;
    diesel::delete(conflicts::table.filter(conflicts::document.eq(&row.document))).execute(connection)?;
    Ok(())
}

pub(crate) const fn state_code(state: RecordState) -> i32 {
    match state {
        RecordState::Draft => 1,
        RecordState::Complete => 2,
    }
}

const fn presence_code(presence: &Presence) -> i32 {
    match presence {
        Presence::Present => 1,
        Presence::Gone { .. } => 2,
        Presence::GoneButEdited { .. } => 3,
    }
}

/// A name that whoever wrote the record chose: brought to what both databases store and index. PostgreSQL takes no zero
/// character in a text, and no key beyond some 2,700 bytes.
fn name(text: &str) -> String {
    text.chars().filter(|letter| *letter != '\0').take(NAME).collect()
}

/// JSON of what always has one.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("text, numbers and lists always make JSON")
}

/// The answers of a record as a JSON object by question key; of a conflict, Automerge's provisional winner.
struct AnswersOf<'a>(&'a Record);

impl Serialize for AnswersOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, answered) in &self.0.answers {
            if let Some(value) = &answered.value {
                if key.instance.is_none() {
                    map.serialize_entry(key.path.as_str(), value)?;
                } else {
                    map.serialize_entry(&key.to_string(), value)?;
                }
            }
        }
        map.end()
    }
}

/// Rival values as a JSON array, each with the changes that wrote it.
struct Rivals<'a>(&'a [Candidate]);

#[derive(serde::Serialize)]
struct Rival<'a> {
    value: Option<&'a Answer>,
    writers: Vec<Writer>,
}

#[derive(serde::Serialize)]
struct Writer {
    change: String,
    actor: String,
    time: i64,
}

impl Serialize for Rivals<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|candidate| {
            Rival {
                value: candidate.value.as_ref(),
                writers: candidate
                    .writers
                    .iter()
                    .map(|moment| Writer {
                        change: moment.change.to_string(),
                        actor: moment.actor.to_string(),
                        time: moment.time.shown().millis(),
                    })
                    .collect(),
            }
        }))
    }
}
