//! Moving a document to another feed: a server act that enters all its segments in the new feed, in order, and leaves word
//! in the old one (R1, R11).

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::digest::DigestTerm;
use sync_core::id::{DocumentId, Sequence};
use thiserror::Error;
use uuid::Uuid;

use super::{StoredDocument, find};
use crate::areas;
use crate::database::schema::{conflicts, documents, records, segments};
use crate::database::{AnyConnection, Database, DatabaseError, upsert};
use crate::feeds::{self, EntryKind, EntryRow, LockedFeed};
use crate::held::{HeldError, Settling, judge_document_again};

/// Why a document was not moved. Nothing was changed.
#[derive(Debug, Error)]
pub enum MoveError {
    /// No feed has such a document.
    #[error("document {0} is in no feed")]
    UnknownDocument(DocumentId),
    /// The programme has no such village.
    #[error("{0} is not a village of the programme")]
    UnknownArea(AreaCode),
    /// What is held of it could not be judged again.
    #[error(transparent)]
    Held(#[from] HeldError),
    /// The database could not do its part.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// How often others may come in between.
const ROUNDS: usize = 16;

/// Moves a document to another village, and the review of a record with it. What is held of it is judged again, by the new
/// area. Gives the feeds that grew, and their last sequences; none if it lay there already.
///
/// # Errors
/// [`MoveError`].
pub fn move_to_area(
    database: &Database,
    settling: &mut Settling<'_>,
    id: DocumentId,
    to: &AreaCode,
) -> Result<Vec<(AreaCode, Sequence)>, MoveError> {
    for _ in 1..ROUNDS {
        match database.write(|connection| move_in(connection, settling, id, to)) {
            Err(MoveError::Database(error) | MoveError::Held(HeldError::Database(error))) if error.is_raced() => {}
            other => return other,
        }
    }
    database.write(|connection| move_in(connection, settling, id, to))
}

fn move_in(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    id: DocumentId,
    to: &AreaCode,
) -> Result<Vec<(AreaCode, Sequence)>, MoveError> {
    let village = to.feed_area().filter(|village| village == to);
    if village.is_none() || areas::find(connection, to)?.is_none() {
        return Err(MoveError::UnknownArea(to.clone()));
    }
    let before = find(connection, id)?.ok_or(MoveError::UnknownDocument(id))?;
    if before.area == *to {
        return Ok(Vec::new());
    }
    let (mut old, mut new) = lock_both(connection, settling, &before.area, to)?;
    let moving = find(connection, id)?.filter(|now| now.area == before.area).ok_or(DatabaseError::Raced)?;
    carry_over(connection, &moving, &mut old, &mut new)?;
    let review = DocumentId::from_uuid(Uuid::new_v5(&id.uuid(), b"review"));
    if let Some(review) = find(connection, review)?.filter(|review| review.area == before.area) {
        carry_over(connection, &review, &mut old, &mut new)?;
    }
    old.write(connection)?;
    new.write(connection)?;
    let mut last = new.last();
    if let Some((_, later)) = judge_document_again(connection, settling, id)? {
        last = later;
    }
    Ok(vec![(before.area, old.last()), (to.clone(), last)])
}

/// Locks two feeds in the order of their codes, so that two moves never wait for each other.
fn lock_both(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    from: &AreaCode,
    to: &AreaCode,
) -> Result<(LockedFeed, LockedFeed), DatabaseError> {
    if from < to {
        let old = feeds::lock(connection, from, settling.entropy)?;
        Ok((old, feeds::lock(connection, to, settling.entropy)?))
    } else {
        let new = feeds::lock(connection, to, settling.entropy)?;
        Ok((feeds::lock(connection, from, settling.entropy)?, new))
    }
}

fn carry_over(
    connection: &mut AnyConnection,
    moving: &StoredDocument,
    old: &mut LockedFeed,
    new: &mut LockedFeed,
) -> Result<(), DatabaseError> {
    let number = moving.move_number + 1;
    let (from, to) = (old.area().clone(), new.area().clone());
    let mut entries = vec![
        EntryRow::moved(EntryKind::MovedOut, &from, old.advance(), moving.id, number, &to),
        EntryRow::moved(EntryKind::MovedIn, &to, new.advance(), moving.id, number, &from),
    ];
    let bytes = moving.id.as_bytes().as_slice();
    let numbers: Vec<i64> = segments::table
        .filter(segments::document.eq(bytes).and(segments::position.is_not_null()))
        .order(segments::position)
        .select(segments::number)
        .load(connection)?;
    entries.extend(numbers.into_iter().map(|number| EntryRow::segment(&to, new.advance(), number)));
    upsert::insert_entries(connection, &entries)?;
    old.replace(moving.kind, moving.term, DigestTerm::default());
    new.replace(moving.kind, DigestTerm::default(), moving.term);
    diesel::update(documents::table.filter(documents::id.eq(bytes)))
        .set((documents::area.eq(to.as_str()), documents::move_number.eq(number)))
        .execute(connection)?;
    diesel::update(records::table.filter(records::document.eq(bytes)))
        .set(records::area.eq(to.as_str()))
        .execute(connection)?;
    diesel::update(conflicts::table.filter(conflicts::document.eq(bytes)))
        .set(conflicts::area.eq(to.as_str()))
        .execute(connection)?;
    Ok(())
}
