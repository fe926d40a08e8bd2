//! Segments in the store: sealed at each save, pushed oldest first, marked by receipts, never deleted for one.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::error::StoreError;
use super::identity::Identity;
use super::rows::{Fate, SegmentRow};
use super::schema::segments;
use crate::area::AreaCode;
use crate::change::{RawChange, change_hash};
use crate::document::Document;
use crate::id::{ChangeHash, DocumentId, DocumentKind, ProgrammeId, SegmentId, Sequence};
use crate::identity::KeyPair;
use crate::limits;
use crate::segment::{Chunks, Segment, SegmentHeader};
use crate::time::Timestamp;

/// A save that must be sealed in the transaction that writes its document (R8).
pub(super) struct Sealing<'a> {
    pub(super) identity: &'a Identity,
    pub(super) key: &'a KeyPair,
    pub(super) kind: DocumentKind,
    pub(super) document: DocumentId,
    pub(super) area: &'a AreaCode,
    pub(super) change: &'a RawChange<'a>,
    pub(super) now: Timestamp,
}

/// Seals a change. While the actor's last run has not been sent, and nothing else of the document has been written since, it
/// is sealed anew with the change in it, as one segment. A segment that came in between may build on the run and the change
/// on it: sealed together, each of the two would wait for the other for ever.
pub(super) fn seal(connection: &mut SqliteConnection, sealing: &Sealing<'_>) -> Result<(), StoreError> {
    let change = sealing.change;
    let sequence = i64::try_from(change.sequence()).unwrap_or(i64::MAX);
    // The newest segment is found and its fate looked at here, not in the statement: SQLite would plan a statement with a
    // bound fate anew each time, because the fate decides whether the index of open segments can serve it.
    type Newest = (i64, Vec<u8>, i16, i64, i64, Option<Vec<u8>>);
    let newest: Option<Newest> = segments::table
        .filter(segments::document.eq(sealing.document.as_bytes().as_slice()))
        .order(segments::number.desc())
        .select((
            segments::number,
            segments::actor,
            segments::fate,
            segments::first_seq,
            segments::last_seq,
            segments::changes,
        ))
        .first(connection)
        .optional()?;
    let is_open = |(_, actor, fate, _, last, _): &Newest| {
        *fate == Fate::Unsent.code() && actor.as_slice() == change.actor().as_bytes() && *last == sequence - 1
    };
    let joined = newest.filter(is_open).and_then(|(number, .., first, _, changes)| {
        let mut changes = changes?;
        changes.extend_from_slice(change.bytes());
        let fits = sequence - first < limits::SEGMENT_CHANGES as i64 && changes.len() <= limits::SEGMENT_BYTES;
        fits.then_some((number, first, changes))
    });
    let (replaced, first, changes) = match joined {
        Some((number, first, changes)) => (Some(number), first.unsigned_abs(), changes),
        None => (None, change.sequence(), change.bytes().to_vec()),
    };
    let header = SegmentHeader {
        programme: sealing.identity.programme,
        kind: sealing.kind,
        document: sealing.document,
        area: sealing.area.clone(),
        device: sealing.identity.device,
        user: sealing.identity.user,
        actor: change.actor(),
        first,
        last: change.sequence(),
        last_change: change.hash(),
    };
    let segment = Segment::seal(header, changes, sealing.key);
    if let Some(number) = replaced {
        diesel::delete(segments::table.find(number)).execute(connection)?;
    }
    let row = SegmentRow::of(&segment, Fate::Unsent, true, sealing.now.millis());
    diesel::insert_into(segments::table).values(&row).execute(connection)?;
    Ok(())
}

/// Changes of a document that the server's feed does not have: those of segments that are unsent, held or refused (R12).
pub(super) fn not_agreed(
    connection: &mut SqliteConnection,
    document: DocumentId,
) -> Result<HashSet<ChangeHash>, StoreError> {
    let rows: Vec<(i16, Option<Vec<u8>>)> = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()))
        .select((segments::fate, segments::changes))
        .load(connection)?;
    let of = |agreed: bool| {
        let rows = rows.iter().filter(move |(fate, _)| Fate::from_code(*fate).is_agreed() == agreed);
        let chunks = rows.filter_map(|(_, changes)| changes.as_deref()).flat_map(Chunks::new);
        chunks.flatten().filter_map(|chunk| change_hash(chunk).ok())
    };
    let mut hashes: HashSet<ChangeHash> = of(false).collect();
    if !hashes.is_empty() {
        // What an accepted segment holds as well is agreed, whichever way it was cut when it went out.
        for hash in of(true) {
            hashes.remove(&hash);
        }
    }
    Ok(hashes)
}

/// The document of a segment that is here.
pub(super) fn document_of(connection: &mut SqliteConnection, id: SegmentId) -> Result<Option<DocumentId>, StoreError> {
    let document: Option<Vec<u8>> = segments::table
        .filter(segments::id.eq(id.as_bytes().as_slice()))
        .select(segments::document)
        .first(connection)
        .optional()?;
    Ok(document.map(|document| DocumentId::from_slice(&document)).transpose()?)
}

/// The document of a segment whose changes are in the document alone.
pub(super) fn document_if_bare(
    connection: &mut SqliteConnection,
    id: SegmentId,
) -> Result<Option<DocumentId>, StoreError> {
    let bare = segments::table.filter(segments::id.eq(id.as_bytes().as_slice()).and(segments::changes.is_null()));
    let document: Option<Vec<u8>> = bare.select(segments::document).first(connection).optional()?;
    Ok(document.map(|document| DocumentId::from_slice(&document)).transpose()?)
}

/// The fate of a segment and what came with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marking {
    pub(super) fate: Fate,
    pub(super) reason: Option<i16>,
    pub(super) sequence: Option<Sequence>,
}

/// Marks a segment by the server's word. Says whether its fate is another than before, and in which document.
pub(super) fn mark(
    connection: &mut SqliteConnection,
    id: SegmentId,
    marking: Marking,
) -> Result<Option<DocumentId>, StoreError> {
    let row: Option<(i64, Vec<u8>, i16)> = segments::table
        .filter(segments::id.eq(id.as_bytes().as_slice()))
        .select((segments::number, segments::document, segments::fate))
        .first(connection)
        .optional()?;
    let Some((number, document, fate)) = row else { return Ok(None) };
    let sequence = marking.sequence.map(|sequence| i64::try_from(sequence.get()).unwrap_or(i64::MAX));
    diesel::update(segments::table.find(number))
        .set((
            segments::fate.eq(marking.fate.code()),
            segments::reason.eq(marking.reason),
            segments::sequence.eq(sequence),
        ))
        .execute(connection)?;
    // Any other fate, not only another answer to whether it is agreed: what a restored server lacks goes out again while it
    // still counts as agreed, and may come back as held.
    let changed = Fate::from_code(fate) != marking.fate;
    Ok(if changed { Some(DocumentId::from_slice(&document)?) } else { None })
}

/// Keeps the changes of a segment in its row: the server does not have it in the feed any more, as part of a history that it
/// wanted after it was restored from a backup, so that it counts as not agreed and can go out again.
pub(super) fn keep_changes(connection: &mut SqliteConnection, segment: &Segment) -> Result<(), StoreError> {
    let bare =
        segments::table.filter(segments::id.eq(segment.id().as_bytes().to_vec()).and(segments::changes.is_null()));
    diesel::update(bare).set(segments::changes.eq(&segment.changes)).execute(connection)?;
    Ok(())
}

/// A segment as it was made, with its changes taken from the row or, where the server brought them, from the document.
pub(super) fn rebuild(
    row: &SegmentRow,
    programme: ProgrammeId,
    document: Option<&Document>,
) -> Result<Option<Segment>, StoreError> {
    let (header, signature) = row.header(programme)?;
    let changes = match &row.changes {
        Some(changes) => Some(changes.clone()),
        None => document.and_then(|document| run_of(document, &header)),
    };
    Ok(changes.map(|changes| Segment { header, signature, changes }))
}

fn run_of(document: &Document, header: &SegmentHeader) -> Option<Vec<u8>> {
    let mut run = Vec::new();
    let mut last = None;
    for bytes in document.changes() {
        let Ok(change) = RawChange::read(&bytes) else { continue };
        if change.actor() == header.actor && (header.first..=header.last).contains(&change.sequence()) {
            last = Some(change.hash());
            run.extend_from_slice(&bytes);
        }
    }
    (last == Some(header.last_change)).then_some(run)
}

/// Inserts a segment that came from elsewhere, or marks the one that is here.
pub(super) fn keep(
    connection: &mut SqliteConnection,
    segment: &Segment,
    fate: Fate,
    sequence: Option<Sequence>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut row = SegmentRow::of(segment, fate, !fate.is_agreed(), now.millis());
    row.sequence = sequence.map(|sequence| i64::try_from(sequence.get()).unwrap_or(i64::MAX));
    let inserted =
        diesel::insert_into(segments::table).values(&row).on_conflict(segments::id).do_nothing().execute(connection)?;
    if inserted == 0 && fate.is_agreed() {
        mark(connection, segment.id(), Marking { fate, reason: None, sequence })?;
    }
    Ok(())
}

/// Puts every accepted segment of a document into the outbox again: the server lacks some of them (R9). Those it has it
/// answers with "accepted" and no new sequence.
pub(super) fn offer_again(
    connection: &mut SqliteConnection,
    document: DocumentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let opened = match super::documents::find(connection, document)? {
        Some(found) => super::documents::open(connection, &found, now).ok(),
        None => None,
    };
    let rows: Vec<(i64, SegmentRow)> = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()))
        .filter(segments::fate.ge(Fate::Accepted.code()))
        .select((segments::number, SegmentRow::as_select()))
        .load(connection)?;
    for (number, row) in rows {
        let (header, _) = row.header(ProgrammeId::from_bytes([0; 16]))?;
        let changes = row.changes.or_else(|| opened.as_ref().and_then(|document| run_of(document, &header)));
        if let Some(changes) = changes {
            diesel::update(segments::table.find(number))
                .set((segments::changes.eq(changes), segments::fate.eq(Fate::Sent.code())))
                .execute(connection)?;
        }
    }
    Ok(())
}
