//! Segments: the truth. Every one that was accepted or held is kept whole, with its signature (R8).

mod row;

pub use row::{Fate, StoredSegment};
pub(crate) use row::{NewSegment, SegmentRow, kind_of, number_of, reason_of, receipt_of};

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use sync_core::exchange::Receipt;
use sync_core::id::{ActorId, DocumentId, ProgrammeId, SegmentId};

use crate::database::schema::segments;
use crate::database::{AnyConnection, DatabaseError};

/// Id, fate, held reason, sequence.
type WordRow = (Vec<u8>, i32, Option<i32>, Option<i64>);

/// Values named in one statement.
pub(crate) const AT_ONCE: usize = 4_000;

/// The server's word on those of these segments that it has.
///
/// # Errors
/// [`DatabaseError`].
pub fn words_on(
    connection: &mut AnyConnection,
    ids: &[SegmentId],
) -> Result<HashMap<SegmentId, Receipt>, DatabaseError> {
    let mut words = HashMap::new();
    for ids in ids.chunks(AT_ONCE) {
        let rows: Vec<WordRow> = segments::table
            .filter(segments::id.eq_any(ids.iter().map(|id| id.as_bytes().as_slice())))
            .select((segments::id, segments::fate, segments::held_reason, segments::sequence))
            .load(connection)?;
        for (id, fate, reason, sequence) in rows {
            words.insert(SegmentId::from_slice(&id)?, receipt_of(fate, reason, sequence)?);
        }
    }
    Ok(words)
}

/// The server's word on the segment that brought an actor's change with this number into a document.
///
/// # Errors
/// [`DatabaseError`].
pub fn word_on_change(
    connection: &mut AnyConnection,
    document: DocumentId,
    actor: ActorId,
    number: u64,
) -> Result<Option<Receipt>, DatabaseError> {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let row: Option<(i32, Option<i32>, Option<i64>)> = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()).and(segments::position.is_not_null()))
        .filter(segments::actor.eq(actor.as_bytes().as_slice()))
        .filter(segments::first_seq.le(number).and(segments::last_seq.ge(number)))
        .order(segments::position)
        .select((segments::fate, segments::held_reason, segments::sequence))
        .first(connection)
        .optional()?;
    row.map(|(fate, reason, sequence)| receipt_of(fate, reason, sequence)).transpose()
}

/// Which of these documents have segments that are kept outside of them.
///
/// # Errors
/// [`DatabaseError`].
pub(crate) fn with_some_apart(
    connection: &mut AnyConnection,
    documents: &[DocumentId],
) -> Result<HashSet<DocumentId>, DatabaseError> {
    let mut found = HashSet::new();
    for ids in documents.chunks(AT_ONCE) {
        let rows: Vec<Vec<u8>> = segments::table
            .filter(segments::document.eq_any(ids.iter().map(|id| id.as_bytes().as_slice())))
            .filter(segments::position.is_null())
            .select(segments::document)
            .load(connection)?;
        for id in rows {
            found.insert(DocumentId::from_slice(&id)?);
        }
    }
    Ok(found)
}

/// The segments of a document that are kept outside of it, as they came.
///
/// # Errors
/// [`DatabaseError`].
pub fn apart_from(
    connection: &mut AnyConnection,
    programme: ProgrammeId,
    document: DocumentId,
) -> Result<Vec<StoredSegment>, DatabaseError> {
    let rows: Vec<SegmentRow> = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()).and(segments::position.is_null()))
        .order(segments::number)
        .select(SegmentRow::as_select())
        .load(connection)?;
    rows.into_iter().map(|row| row.read(programme)).collect()
}

/// The segments in a document, each after what it builds on.
///
/// # Errors
/// [`DatabaseError`].
pub fn of_document(
    connection: &mut AnyConnection,
    programme: ProgrammeId,
    document: DocumentId,
) -> Result<Vec<StoredSegment>, DatabaseError> {
    let rows: Vec<SegmentRow> = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()).and(segments::position.is_not_null()))
        .order(segments::position)
        .select(SegmentRow::as_select())
        .load(connection)?;
    rows.into_iter().map(|row| row.read(programme)).collect()
}

/// The segment with this id.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(
    connection: &mut AnyConnection,
    programme: ProgrammeId,
    id: SegmentId,
) -> Result<Option<StoredSegment>, DatabaseError> {
    let row: Option<SegmentRow> = segments::table
        .filter(segments::id.eq(id.as_bytes().as_slice()))
        .select(SegmentRow::as_select())
        .first(connection)
        .optional()?;
    row.map(|row| row.read(programme)).transpose()
}

/// Changes of a document's segments behind a position, in order.
///
/// # Errors
/// [`DatabaseError`].
pub(crate) fn changes_behind(
    connection: &mut AnyConnection,
    document: DocumentId,
    position: i32,
) -> Result<Vec<Vec<u8>>, DatabaseError> {
    Ok(segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()).and(segments::position.gt(position)))
        .order(segments::position)
        .select(segments::changes)
        .load(connection)?)
}
