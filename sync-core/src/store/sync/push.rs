//! What goes into a request: histories that the server wants, and what waits for its first answer.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::super::error::StoreError;
use super::super::rows::{Fate, SegmentRow};
use super::super::schema::segments;
use super::super::{documents, outbox};
use crate::document::Document;
use crate::id::{DocumentId, ProgrammeId};
use crate::segment::Segment;
use crate::time::Timestamp;

/// Room that a segment takes beside its changes, in bytes.
const SEGMENT_ROOM: usize = 160;
/// Segments in one request.
const BATCH_SEGMENTS: usize = 2_000;

/// Segments that another request would bring forward; what waits for a history that was offered already is not among them.
pub(super) fn waiting_to_send(
    connection: &mut SqliteConnection,
    offered: &BTreeMap<DocumentId, Offered>,
) -> Result<usize, StoreError> {
    let unsent: i64 = segments::table.filter(segments::fate.le(Fate::Sent.code())).count().get_result(connection)?;
    let wanted = wanted_documents(connection)?.into_iter();
    let wanted = wanted.filter(|document| offered.get(document) != Some(&Offered::All));
    Ok(usize::try_from(unsent).unwrap_or(0) + wanted.count())
}

/// A request's segments, being gathered.
pub(super) struct Push {
    pub(super) segments: Vec<Segment>,
    /// Bytes of changes that still fit.
    pub(super) room: usize,
}

impl Push {
    fn add(&mut self, segment: Segment) {
        self.room = self.room.saturating_sub(segment.changes.len() + SEGMENT_ROOM);
        self.segments.push(segment);
    }

    /// Histories of documents of which the server lacks something, each once in a run and as far as they fit; the rest of
    /// one goes on in the next request.
    pub(super) fn add_wanted(
        &mut self,
        connection: &mut SqliteConnection,
        offered: &mut BTreeMap<DocumentId, Offered>,
        programme: ProgrammeId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for document in wanted_documents(connection)? {
            let from = match offered.get(&document) {
                Some(Offered::All) => continue,
                Some(Offered::To(place)) => *place,
                None => 0,
            };
            let history = history_of(connection, document, programme, now)?;
            for (place, segment) in history.into_iter().enumerate().skip(from) {
                if self.room == 0 {
                    offered.insert(document, Offered::To(place));
                    return Ok(());
                }
                self.add(segment);
            }
            offered.insert(document, Offered::All);
        }
        Ok(())
    }

    /// What waits for its first answer.
    pub(super) fn add_waiting(
        &mut self,
        connection: &mut SqliteConnection,
        programme: ProgrammeId,
    ) -> Result<(), StoreError> {
        let rows: Vec<(i64, SegmentRow)> = segments::table
            .filter(segments::fate.le(Fate::Sent.code()))
            .order(segments::number)
            .limit(BATCH_SEGMENTS as i64)
            .select((segments::number, SegmentRow::as_select()))
            .load(connection)?;
        let mut leaving = Vec::new();
        for (number, row) in rows {
            if self.room == 0 || self.segments.len() >= BATCH_SEGMENTS {
                break;
            }
            if let Some(segment) = outbox::rebuild(&row, programme, None)? {
                self.add(segment);
                if Fate::from_code(row.fate) == Fate::Unsent {
                    leaving.push(number);
                }
            }
        }
        for numbers in leaving.chunks(500) {
            diesel::update(segments::table.filter(segments::number.eq_any(numbers)))
                .set(segments::fate.eq(Fate::Sent.code()))
                .execute(connection)?;
        }
        Ok(())
    }
}

/// How much of a document's history was offered in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offered {
    /// The segments before this place.
    To(usize),
    /// All of it: offering it once is enough.
    All,
}

/// Documents with a segment that the server cannot place.
fn wanted_documents(connection: &mut SqliteConnection) -> Result<Vec<DocumentId>, StoreError> {
    let documents: Vec<Vec<u8>> = segments::table
        .filter(segments::fate.eq(Fate::Wanted.code()))
        .select(segments::document)
        .distinct()
        .load(connection)?;
    Ok(documents.iter().map(|id| DocumentId::from_slice(id)).collect::<Result<_, _>>()?)
}

/// All segments of a document, oldest first: the answer to "wanted".
pub(in super::super) fn history_of(
    connection: &mut SqliteConnection,
    document: DocumentId,
    programme: ProgrammeId,
    now: Timestamp,
) -> Result<Vec<Segment>, StoreError> {
    let opened: Option<Document> = match documents::find(connection, document)? {
        Some(found) => documents::open(connection, &found, now).ok(),
        None => None,
    };
    let rows: Vec<SegmentRow> = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()))
        .filter(segments::fate.ne(Fate::Refused.code()))
        .order(segments::number)
        .select(SegmentRow::as_select())
        .load(connection)?;
    let mut history = Vec::new();
    for row in rows {
        history.extend(outbox::rebuild(&row, programme, opened.as_ref())?);
    }
    Ok(history)
}
