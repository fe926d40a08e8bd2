//! Documents of lost areas, on their way off the device. A receipt is a word of one life of the server: restored from a
//! backup it may lack what it once accepted, and of an area that is lost no digest will ever say so. So a document goes only
//! when the server says anew, of each of its segments, that it has it (R9, R11).

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::documents::{self, AREA_LOST};
use super::error::StoreError;
use super::ledger::Ledger;
use super::rows::Fate;
use super::schema::{documents as documents_table, segments};
use crate::exchange::{Receipt, Request, Response};
use crate::id::{DocumentId, SegmentId};

/// Documents of lost areas of which every segment had a receipt that puts it into a feed, oldest first.
pub(super) fn ready(connection: &mut SqliteConnection) -> Result<Vec<DocumentId>, StoreError> {
    let only_here = segments::table
        .filter(segments::document.eq(documents_table::id).and(segments::fate.lt(Fate::Accepted.code())));
    let ids: Vec<Vec<u8>> = documents_table::table
        .filter(documents_table::kept.eq(AREA_LOST).and(diesel::dsl::not(diesel::dsl::exists(only_here))))
        .order(documents_table::number)
        .select(documents_table::id)
        .load(connection)?;
    ids.iter().map(|id| Ok(DocumentId::from_slice(id)?)).collect()
}

/// Whether a document could go if the server vouches for it.
pub(super) fn is_ready(connection: &mut SqliteConnection, document: DocumentId) -> Result<bool, StoreError> {
    let only_here = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()).and(segments::fate.lt(Fate::Accepted.code())));
    Ok(!diesel::select(diesel::dsl::exists(only_here)).get_result::<bool>(connection)?)
}

/// Every segment of a document, oldest first.
pub(super) fn segments_of(
    connection: &mut SqliteConnection,
    document: DocumentId,
) -> Result<Vec<SegmentId>, StoreError> {
    let ids: Vec<Vec<u8>> = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()))
        .order(segments::number)
        .select(segments::id)
        .load(connection)?;
    ids.iter().map(|id| Ok(SegmentId::from_slice(id)?)).collect()
}

/// Segments of which the server said that it has them in a feed.
pub(super) fn vouched_for(request: &Request, response: &Response) -> impl Iterator<Item = SegmentId> {
    let in_feed = |word: &Option<Receipt>| matches!(word, Some(Receipt::Accepted(_) | Receipt::Discarded(_)));
    let answered = request.open_fates.iter().zip(&response.fates);
    answered.filter(move |(_, word)| in_feed(word)).map(|(id, _)| *id)
}

/// Takes a document away if the server has vouched for all of it, its area is still lost, and no screen may show it: what
/// somebody is typing at this moment must find its record.
pub(super) fn leave(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger,
    id: DocumentId,
    vouched: &HashSet<SegmentId>,
    shown: &HashSet<DocumentId>,
) -> Result<(), StoreError> {
    let Some(found) = documents::find(connection, id)? else { return Ok(()) };
    let whole = segments_of(connection, id)?.iter().all(|segment| vouched.contains(segment));
    if whole && found.row.kept == AREA_LOST && !shown.contains(&id) {
        documents::remove(connection, ledger, &found)?;
    }
    Ok(())
}
