//! Areas gained and lost, and the rest of what a response tells beside feeds.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::documents::{self, AREA_LOST};
use super::error::StoreError;
use super::ledger::Ledger;
use super::rows::{DocumentRow, FeedRow};
use super::schema::{catalogue, documents as documents_table, feeds, identity};
use crate::digest::FeedDigest;
use crate::exchange::{CatalogueEntry, Response, ScopeArea, catalogue_hash};
use crate::id::{Cursor, DocumentId};
use crate::time::Timestamp;

/// Makes the feeds those of the server's list. Documents of an area that is lost stay readable, out of the digest, until
/// the server has vouched for all of them ([`leaving`](super::leaving), R11).
pub(super) fn take(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger,
    areas: &[ScopeArea],
) -> Result<(), StoreError> {
    let known: Vec<String> = feeds::table.select(feeds::area).load(connection)?;
    let wanted: BTreeSet<&str> = areas.iter().map(|area| area.area.as_str()).collect();
    for lost in known.iter().filter(|area| !wanted.contains(area.as_str())) {
        let ids: Vec<Vec<u8>> = documents_table::table
            .filter(documents_table::area.eq(lost))
            .select(documents_table::id)
            .load(connection)?;
        for id in ids {
            leave(connection, ledger, DocumentId::from_slice(&id)?)?;
        }
        ledger.forget(lost);
        diesel::delete(feeds::table.find(lost)).execute(connection)?;
    }
    for area in areas {
        match ledger.feed(connection, area.area.as_str())? {
            Some(feed) => {
                feed.name.clone_from(&area.name);
                feed.right_here = area.right as i16;
            }
            None => gain(connection, ledger, area)?,
        }
    }
    Ok(())
}

/// Starts a feed at its beginning; documents that were kept when the area was lost before count again.
fn gain(connection: &mut SqliteConnection, ledger: &mut Ledger, area: &ScopeArea) -> Result<(), StoreError> {
    let mut row = FeedRow {
        area: area.area.as_str().to_owned(),
        name: area.name.clone(),
        right_here: area.right as i16,
        epoch: Cursor::START.epoch.as_bytes().to_vec(),
        sequence: 0,
        digest: Vec::new(),
        records: 0,
        reviews: 0,
        server_digest: None,
        server_records: None,
        server_reviews: None,
    };
    row.set_digest(&FeedDigest::default());
    diesel::insert_into(feeds::table).values(&row).execute(connection)?;
    ledger.forget(area.area.as_str());
    let kept: Vec<(i64, DocumentRow)> = documents_table::table
        .filter(documents_table::area.eq(area.area.as_str()))
        .select((documents_table::number, DocumentRow::as_select()))
        .load(connection)?;
    for (number, row) in kept {
        let found = documents::Found { number, row };
        if found.row.kept == AREA_LOST {
            documents::take_back(connection, ledger, &found)?;
        }
    }
    Ok(())
}

/// A document whose area is not in scope any more.
pub(super) fn leave(connection: &mut SqliteConnection, ledger: &mut Ledger, id: DocumentId) -> Result<(), StoreError> {
    match documents::find(connection, id)? {
        Some(found) if found.row.kept != documents::WITHDRAWN => {
            documents::keep_aside(connection, ledger, &found, AREA_LOST)
        }
        Some(_) | None => Ok(()),
    }
}

/// Replaces the catalogue; contents that are here stay.
pub(super) fn take_catalogue(connection: &mut SqliteConnection, entries: &[CatalogueEntry]) -> Result<(), StoreError> {
    diesel::delete(catalogue::table).execute(connection)?;
    for (entry, place) in entries.iter().zip(0_i32..) {
        let row = (
            catalogue::kind.eq(entry.kind as i16),
            catalogue::name.eq(&entry.name),
            catalogue::version.eq(&entry.version),
            catalogue::hash.eq(entry.hash.as_bytes().as_slice()),
            catalogue::size.eq(i64::try_from(entry.size).unwrap_or(i64::MAX)),
            catalogue::retired.eq(entry.retired),
            catalogue::place.eq(place),
        );
        diesel::insert_into(catalogue::table).values(row).execute(connection)?;
    }
    let hash = catalogue_hash(entries);
    diesel::update(identity::table).set(identity::catalogue_hash.eq(hash.as_bytes().as_slice())).execute(connection)?;
    Ok(())
}

/// Keeps the next token and the server's clock.
pub(super) fn keep_papers(
    connection: &mut SqliteConnection,
    response: &Response,
    now: Timestamp,
) -> Result<(), StoreError> {
    let offset = response.server_time.millis().saturating_sub(now.millis());
    diesel::update(identity::table).set(identity::clock_offset.eq(offset)).execute(connection)?;
    if let Some(token) = &response.token {
        super::identity::set_token(connection, token, now)?;
    }
    Ok(())
}
