//! Finding records, and saying where the device stands.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::Store;
use super::error::StoreError;
use super::records::{Waiting, waiting_of};
use super::rows::{DocumentRow, Fate, FeedRow, SegmentRow};
use super::schema::{catalogue, contents, damaged, documents, feeds, segments};
use super::summary::PresenceKind;
use crate::area::AreaCode;
use crate::digest::FeedDigest;
use crate::exchange::{CatalogueEntry, ContentKind, Right};
use crate::form::{FormId, FormVersion};
use crate::id::{ContentHash, DocumentId, DocumentKind, SubjectId};
use crate::record::RecordState;
use crate::time::Timestamp;

/// Which records to list. Everything absent is not asked for.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// Words as a facilitator types them; each must begin a word of the record.
    pub words: String,
    /// Feed area.
    pub area: Option<AreaCode>,
    /// Form.
    pub form: Option<FormId>,
    /// Subject.
    pub subject: Option<SubjectId>,
    /// Draft or complete.
    pub state: Option<RecordState>,
    /// Only records with conflicts.
    pub in_conflict: bool,
    /// Also withdrawn records.
    pub with_withdrawn: bool,
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLine {
    /// Its id.
    pub id: DocumentId,
    /// Where it is.
    pub area: AreaCode,
    /// Its form.
    pub form: FormId,
    /// Under which version it was last written.
    pub version: FormVersion,
    /// What the list shows.
    pub title: String,
    /// Draft or complete.
    pub state: RecordState,
    /// Withdrawn or not.
    pub presence: PresenceKind,
    /// Questions that wait for somebody to decide.
    pub conflicts: u32,
    /// When this device last wrote or received it.
    pub updated: Timestamp,
    /// Kept for reading only.
    pub read_only: bool,
}

/// Where a feed stands: enough for the sentence "214 records agree; 3 edits wait, 1 is held".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedStatus {
    /// The feed area.
    pub area: AreaCode,
    /// Its name.
    pub name: String,
    /// What the user may do there.
    pub right: Right,
    /// Records that the feed and the device have.
    pub records: u64,
    /// The device's digest of the feed: two devices with the same one hold the same.
    pub digest: FeedDigest,
    /// Whether the server's digest at this device's cursor was the device's own. `None`: not told since the cursor moved.
    pub agrees: Option<bool>,
}

/// Counts over the whole store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records on the device.
    pub records: u64,
    /// Records with conflicts.
    pub in_conflict: u64,
    /// Segments that wait to be sent or answered.
    pub waiting: u64,
    /// Segments that the server holds.
    pub held: u64,
    /// Segments that the server refused; kept here.
    pub refused: u64,
    /// Documents that did not open; kept aside.
    pub damaged: u64,
}

impl Store {
    /// Records by filter, last touched first. `skip` and `limit` page.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn records(&mut self, filter: &RecordFilter, skip: u32, limit: u32) -> Result<Vec<RecordLine>, StoreError> {
        let mut query =
            documents::table.filter(documents::kind.eq(i16::from(DocumentKind::Record.code()))).into_boxed();
        if let Some(expression) = match_expression(&filter.words) {
            query = query.filter(
                sql::<Bool>("documents.number IN (SELECT rowid FROM search WHERE search MATCH ")
                    .bind::<Text, _>(expression)
                    .sql(")"),
            );
        }
        if let Some(area) = &filter.area {
            query = query.filter(documents::area.eq(area.as_str().to_owned()));
        }
        if let Some(form) = &filter.form {
            query = query.filter(documents::form.eq(form.as_str().to_owned()));
        }
        if let Some(subject) = filter.subject {
            query = query.filter(documents::subject.eq(subject.as_bytes().to_vec()));
        }
        if let Some(state) = filter.state {
            query = query.filter(documents::state.eq(i16::from(state == RecordState::Complete)));
        }
        if filter.in_conflict {
            query = query.filter(documents::conflict_count.gt(0));
        }
        if !filter.with_withdrawn {
            query = query.filter(documents::presence.ne(PresenceKind::Gone as i16));
        }
        type Line = (Vec<u8>, String, String, String, String, i16, i16, i32, i64, i16);
        let rows: Vec<Line> = query
            .order((documents::updated_at.desc(), documents::number.desc()))
            .offset(i64::from(skip))
            .limit(i64::from(limit))
            .select((
                documents::id,
                documents::area,
                documents::form,
                documents::form_version,
                documents::title,
                documents::state,
                documents::presence,
                documents::conflict_count,
                documents::updated_at,
                documents::kept,
            ))
            .load(&mut self.connection)?;
        let line = |(id, area, form, version, title, state, presence, conflicts, updated, kept): Line| {
            Ok(RecordLine {
                id: DocumentId::from_slice(&id)?,
                area: super::rows::area(&area)?,
                form: FormId::new(form),
                version: FormVersion::new(version),
                title,
                state: if state == 1 { RecordState::Complete } else { RecordState::Draft },
                presence: match presence {
                    1 => PresenceKind::Gone,
                    2 => PresenceKind::GoneButEdited,
                    _ => PresenceKind::Present,
                },
                conflicts: u32::try_from(conflicts).unwrap_or(0),
                updated: Timestamp::from_millis(updated),
                read_only: kept != 0,
            })
        };
        rows.into_iter().map(line).collect()
    }

    /// Counts over the whole store.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn counts(&mut self) -> Result<Counts, StoreError> {
        let record = documents::kind.eq(i16::from(DocumentKind::Record.code()));
        let connection = &mut self.connection;
        let mut fate = |from: Fate, to: Fate| -> Result<u64, StoreError> {
            let query = segments::table.filter(segments::fate.between(from.code(), to.code())).count();
            Ok(query.get_result::<i64>(connection)?.unsigned_abs())
        };
        let (waiting, held) = (fate(Fate::Unsent, Fate::Wanted)?, fate(Fate::Held, Fate::Held)?);
        let refused = fate(Fate::Refused, Fate::Refused)?;
        let records: i64 = documents::table.filter(record).count().get_result(connection)?;
        let in_conflict: i64 =
            documents::table.filter(record.and(documents::conflict_count.gt(0))).count().get_result(connection)?;
        let damaged: i64 = damaged::table.count().get_result(connection)?;
        Ok(Counts {
            records: records.unsigned_abs(),
            in_conflict: in_conflict.unsigned_abs(),
            waiting,
            held,
            refused,
            damaged: damaged.unsigned_abs(),
        })
    }

    /// Everything that the server does not have in a feed, oldest first: what waits, is held, or was refused.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn waiting(&mut self) -> Result<Vec<Waiting>, StoreError> {
        let rows: Vec<SegmentRow> = segments::table
            .filter(segments::fate.lt(Fate::Accepted.code()))
            .order(segments::number)
            .select(SegmentRow::as_select())
            .load(&mut self.connection)?;
        rows.iter().map(waiting_of).collect()
    }

    /// The feeds in scope, by area.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn feeds(&mut self) -> Result<Vec<FeedStatus>, StoreError> {
        let rows: Vec<FeedRow> =
            feeds::table.order(feeds::area).select(FeedRow::as_select()).load(&mut self.connection)?;
        let status = |row: FeedRow| {
            Ok(FeedStatus {
                area: super::rows::area(&row.area)?,
                agrees: row.server_digest().map(|server| server == row.digest()),
                records: row.digest().records,
                digest: row.digest(),
                right: right_of(row.right_here),
                name: row.name,
            })
        };
        rows.into_iter().map(status).collect()
    }

    /// Heads and area of every document, sorted: what two devices compare in tests and reports.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn document_heads(&mut self) -> Result<Vec<(DocumentId, AreaCode, Vec<crate::id::ChangeHash>)>, StoreError> {
        let rows: Vec<DocumentRow> =
            documents::table.order(documents::id).select(DocumentRow::as_select()).load(&mut self.connection)?;
        rows.iter().map(|row| Ok((row.id()?, row.area()?, row.heads()?))).collect()
    }

    /// The catalogue as last told, in the server's order.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn catalogue(&mut self) -> Result<Vec<CatalogueEntry>, StoreError> {
        type Row = (i16, String, String, Vec<u8>, i64, bool);
        let rows: Vec<Row> = catalogue::table
            .order(catalogue::place)
            .select((
                catalogue::kind,
                catalogue::name,
                catalogue::version,
                catalogue::hash,
                catalogue::size,
                catalogue::retired,
            ))
            .load(&mut self.connection)?;
        let entry = |(kind, name, version, hash, size, retired): Row| {
            Ok(CatalogueEntry {
                kind: content_kind(kind),
                name,
                version,
                hash: ContentHash::from_slice(&hash)?,
                size: size.unsigned_abs(),
                retired,
            })
        };
        rows.into_iter().map(entry).collect()
    }

    /// Contents of the catalogue that have not arrived whole, with how many bytes have.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn missing_contents(&mut self) -> Result<Vec<(CatalogueEntry, u64)>, StoreError> {
        let mut missing = Vec::new();
        for entry in self.catalogue()? {
            let have: Option<(Vec<u8>, bool)> = contents::table
                .find(entry.hash.as_bytes().as_slice())
                .select((contents::bytes, contents::complete))
                .first(&mut self.connection)
                .optional()?;
            match have {
                Some((_, true)) => {}
                Some((bytes, false)) => missing.push((entry, bytes.len() as u64)),
                None => missing.push((entry, 0)),
            }
        }
        Ok(missing)
    }
}

pub(super) fn right_of(code: i16) -> Right {
    match code {
        3 => Right::Review,
        2 => Right::Write,
        _ => Right::Read,
    }
}

fn content_kind(code: i16) -> ContentKind {
    match code {
        1 => ContentKind::Form,
        2 => ContentKind::List,
        3 => ContentKind::Areas,
        _ => ContentKind::People,
    }
}

/// Full-text expression for words as they are typed: each as a quoted prefix, all of them wanted. `None` for no words.
fn match_expression(words: &str) -> Option<String> {
    let terms: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!terms.is_empty()).then(|| terms.join(" "))
}
