//! Conflicts: what waits for somebody to decide.

mod shown;

pub use shown::ShownConflict;

use diesel::prelude::*;
use serde::Deserialize;
use sync_core::area::AreaCode;
use sync_core::id::{ActorId, ChangeHash, DocumentId, InstanceId};
use sync_core::record::{Answer, QuestionKey};
use sync_core::time::Timestamp;

use crate::database::schema::conflicts;
use crate::database::{AnyConnection, DatabaseError};
use crate::projections::{REMOVED, WITHDRAWN};

/// Which conflicts.
#[derive(Debug, Clone, Default)]
pub struct ConflictFilter {
    /// In one of these areas or in areas inside them; none for everywhere.
    pub areas: Option<Vec<AreaCode>>,
    /// Behind this one ([`ConflictLine::cursor`]): where the last page ended.
    pub after: Option<(DocumentId, String)>,
}

/// A conflict in a line.
#[derive(Debug, Clone, PartialEq)]
pub struct ConflictLine {
    /// The record.
    pub document: DocumentId,
    /// The feed area it lies in.
    pub area: AreaCode,
    /// What is in conflict.
    pub subject: ConflictSubject,
    /// The name under which it is listed.
    pub name: String,
}

/// What is in conflict.
#[derive(Debug, Clone, PartialEq)]
pub enum ConflictSubject {
    /// An answer has rival values.
    Answer {
        /// The question.
        question: QuestionKey,
        /// The values, Automerge's provisional winner first.
        candidates: Vec<RivalAnswer>,
    },
    /// The record is withdrawn, but was edited by somebody who had not seen that.
    Withdrawal {
        /// The reasons that were given.
        reasons: Vec<String>,
    },
    /// A repeat instance is removed, but was edited by somebody who had not seen that.
    Removal {
        /// The instance.
        instance: InstanceId,
        /// The reasons that were given.
        reasons: Vec<String>,
    },
}

/// One of rival values.
#[derive(Debug, Clone, PartialEq)]
pub struct RivalAnswer {
    /// The value; none is a cleared answer.
    pub value: Option<Answer>,
    /// The changes that wrote it.
    pub writers: Vec<RivalWriter>,
}

/// A change that wrote a rival value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RivalWriter {
    /// The change.
    pub change: ChangeHash,
    /// Its actor; who that is stands in the record ([`records::read`](crate::records::read)).
    pub actor: ActorId,
    /// By the device's clock.
    pub time: Timestamp,
}

impl ConflictLine {
    /// Where a page that ends with this one ends.
    #[must_use]
    pub fn cursor(&self) -> (DocumentId, String) {
        (self.document, self.name.clone())
    }
}

/// Conflicts by record, at most `limit`.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(
    connection: &mut AnyConnection,
    filter: &ConflictFilter,
    limit: i64,
) -> Result<Vec<ConflictLine>, DatabaseError> {
    let mut query = conflicts::table
        .order((conflicts::document, conflicts::question))
        .limit(limit)
        .select((conflicts::document, conflicts::question, conflicts::area, conflicts::candidates))
        .into_boxed();
    if filter.areas.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    // First, because each `or_filter` stands against all that was said before it.
    for area in filter.areas.iter().flatten() {
        let inside = conflicts::area.like(format!("{area}.%"));
        query = query.or_filter(conflicts::area.eq(area.as_str().to_owned()).or(inside));
    }
    if let Some((document, name)) = &filter.after {
        let id = document.as_bytes().to_vec();
        let same = conflicts::document.eq(id.clone()).and(conflicts::question.gt(name.clone()));
        query = query.filter(conflicts::document.gt(id).or(same));
    }
    let rows: Vec<(Vec<u8>, String, String, String)> = query.load(connection)?;
    rows.into_iter().map(read).collect()
}

#[derive(Deserialize)]
struct StoredRival {
    value: Option<Answer>,
    writers: Vec<StoredWriter>,
}

#[derive(Deserialize)]
struct StoredWriter {
    change: String,
    actor: String,
    time: i64,
}

fn read((document, name, area, candidates): (Vec<u8>, String, String, String)) -> Result<ConflictLine, DatabaseError> {
    let reasons = || serde_json::from_str(&candidates).map_err(DatabaseError::stored);
    let subject = if name == WITHDRAWN {
        ConflictSubject::Withdrawal { reasons: reasons()? }
    } else if let Some(instance) = name.strip_suffix(REMOVED).and_then(|id| InstanceId::parse(id).ok()) {
        ConflictSubject::Removal { instance, reasons: reasons()? }
    } else {
        let question = QuestionKey::parse(&name).map_err(DatabaseError::stored)?;
        let rivals: Vec<StoredRival> = serde_json::from_str(&candidates).map_err(DatabaseError::stored)?;
        ConflictSubject::Answer { question, candidates: rivals.into_iter().map(rival).collect::<Result<_, _>>()? }
    };
    Ok(ConflictLine { document: DocumentId::from_slice(&document)?, area: AreaCode::parse(&area)?, subject, name })
}

fn rival(stored: StoredRival) -> Result<RivalAnswer, DatabaseError> {
    let writer = |stored: StoredWriter| {
        Ok::<_, DatabaseError>(RivalWriter {
            change: ChangeHash::parse(&stored.change)?,
            actor: ActorId::parse(&stored.actor)?,
            time: Timestamp::from_millis(stored.time),
        })
    };
    let writers = stored.writers.into_iter().map(writer).collect::<Result<_, _>>()?;
    Ok(RivalAnswer { value: stored.value, writers })
}
