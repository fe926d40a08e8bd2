//! Records, as people and programs read them on the server.

mod shown;
mod view;

pub use shown::{Privacy, ShownRecord, ShownWhole};
pub use view::{AnswerView, CandidateView, CommentView, RecordView, StepView, WrittenBy, read};

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::form::{FormId, FormVersion};
use sync_core::id::{DocumentId, SubjectId, UserId};
use sync_core::record::RecordState;
use sync_core::time::Timestamp;

use crate::database::schema::records;
use crate::database::{AnyConnection, DatabaseError};
use crate::projections::state_code;

/// Which records.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// In one of these areas or in areas inside them; none for everywhere.
    pub areas: Option<Vec<AreaCode>>,
    /// Of this form.
    pub form: Option<FormId>,
    /// In this state.
    pub state: Option<RecordState>,
    /// With conflicts, or without.
    pub in_conflict: Option<bool>,
    /// About this subject.
    pub subject: Option<SubjectId>,
    /// Found by all of these words, parted by blanks; upper and lower case are the same.
    pub words: Option<String>,
    /// Behind this one: where the last page ended.
    pub after: Option<DocumentId>,
}

/// Whether a record is withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceKind {
    /// It is there.
    Present,
    /// It is withdrawn.
    Withdrawn,
    /// It is withdrawn, but was edited by somebody who had not seen that (R10).
    WithdrawnButEdited,
}

/// A record in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLine {
    /// The record: also the cursor of the next page.
    pub id: DocumentId,
    /// The feed area it lies in.
    pub area: AreaCode,
    /// Its form.
    pub form: FormId,
    /// The version it was last written under.
    pub form_version: FormVersion,
    /// What it is about.
    pub subject: SubjectId,
    /// Draft or complete.
    pub state: RecordState,
    /// Withdrawn or not.
    pub presence: PresenceKind,
    /// Questions and instances that wait for somebody to decide.
    pub conflict_count: u32,
    /// Who made it.
    pub created_by: UserId,
    /// When, by the creating device's clock.
    pub created_at: Timestamp,
    /// When the last of it entered the feed.
    pub updated_at: Timestamp,
    /// Its answers as a JSON object by question key; of a conflict, Automerge's provisional winner.
    pub answers: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = records)]
struct Row {
    document: Vec<u8>,
    area: String,
    form: String,
    form_version: String,
    subject: Vec<u8>,
    state: i32,
    presence: i32,
    conflict_count: i32,
    created_by: Vec<u8>,
    created_at: i64,
    updated_at: i64,
    answers: String,
}

impl Row {
    fn read(self) -> Result<RecordLine, DatabaseError> {
        Ok(RecordLine {
            id: DocumentId::from_slice(&self.document)?,
            area: AreaCode::parse(&self.area)?,
            form: FormId::new(self.form),
            form_version: FormVersion::new(self.form_version),
            subject: SubjectId::from_slice(&self.subject)?,
            state: if self.state == state_code(RecordState::Complete) {
                RecordState::Complete
            } else {
                RecordState::Draft
            },
            presence: match self.presence {
                1 => PresenceKind::Present,
                2 => PresenceKind::Withdrawn,
                _ => PresenceKind::WithdrawnButEdited,
            },
            conflict_count: self.conflict_count.unsigned_abs(),
            created_by: UserId::from_slice(&self.created_by)?,
            created_at: Timestamp::from_millis(self.created_at),
            updated_at: Timestamp::from_millis(self.updated_at),
            answers: self.answers,
        })
    }
}

/// Records in the order of their ids, which is that of their making; at most `limit`.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(
    connection: &mut AnyConnection,
    filter: &RecordFilter,
    limit: i64,
) -> Result<Vec<RecordLine>, DatabaseError> {
    let mut query = records::table.order(records::document).limit(limit).select(Row::as_select()).into_boxed();
    if filter.areas.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    // First, because each `or_filter` stands against all that was said before it.
    for area in filter.areas.iter().flatten() {
        let inside = records::area.like(format!("{area}.%"));
        query = query.or_filter(records::area.eq(area.as_str().to_owned()).or(inside));
    }
    if let Some(after) = filter.after {
        query = query.filter(records::document.gt(after.as_bytes().to_vec()));
    }
    if let Some(form) = &filter.form {
        query = query.filter(records::form.eq(form.as_str().to_owned()));
    }
    if let Some(state) = filter.state {
        query = query.filter(records::state.eq(state_code(state)));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(records::subject.eq(subject.as_bytes().to_vec()));
    }
    query = match filter.in_conflict {
        Some(true) => query.filter(records::conflict_count.gt(0)),
        Some(false) => query.filter(records::conflict_count.eq(0)),
        None => query,
    };
    for word in filter.words.as_deref().unwrap_or_default().split_whitespace() {
        let pattern = format!("%{}%", escaped(&word.to_lowercase()));
        query = query.filter(records::words.like(pattern).escape('\\'));
    }
    query.load::<Row>(connection)?.into_iter().map(Row::read).collect()
}

/// The record with this id, in a line.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &mut AnyConnection, id: DocumentId) -> Result<Option<RecordLine>, DatabaseError> {
    let row: Option<Row> = records::table
        .filter(records::document.eq(id.as_bytes().as_slice()))
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    row.map(Row::read).transpose()
}

/// A word in which `%`, `_` and `\` mean themselves.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
