//! Computing everything again from the segments.

use diesel::prelude::*;
use sync_core::digest::{DigestTerm, FeedDigest};
use sync_core::id::{DocumentId, ProgrammeId};
use sync_core::record::Record;
use sync_core::time::Timestamp;

use super::{Circumstances, Projection};
use crate::database::schema::{conflicts, documents as documents_table, feeds, records};
use crate::database::{AnyConnection, DatabaseError, upsert};
use crate::documents::{self, heads_bytes};
use crate::segments;

/// What a rebuild went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Documents.
    pub documents: usize,
    /// Feeds.
    pub feeds: usize,
}

/// Computes heads, terms, projections and the feeds' digests again from the segments; snapshots are dropped. Truth (the
/// segments, their order, the areas of documents) stays as it is. `progress` is told after each document how many of how
/// many are done.
///
/// # Errors
/// [`DatabaseError`].
pub fn rebuild(
    connection: &mut AnyConnection,
    programme: ProgrammeId,
    mut progress: impl FnMut(usize, usize),
) -> Result<Rebuilt, DatabaseError> {
    // The feeds' locks keep everybody out who would append meanwhile.
    diesel::update(feeds::table).set(feeds::last.eq(feeds::last)).execute(connection)?;
    diesel::delete(conflicts::table).execute(connection)?;
    diesel::delete(records::table).execute(connection)?;
    let ids: Vec<Vec<u8>> =
        documents_table::table.order(documents_table::id).select(documents_table::id).load(connection)?;
    for (done, id) in ids.iter().enumerate() {
        rebuild_document(connection, programme, DocumentId::from_slice(id)?)?;
        progress(done + 1, ids.len());
    }
    let areas: Vec<String> = feeds::table.order(feeds::area).select(feeds::area).load(connection)?;
    for area in &areas {
        rebuild_digest(connection, area)?;
    }
    Ok(Rebuilt { documents: ids.len(), feeds: areas.len() })
}

fn rebuild_document(
    connection: &mut AnyConnection,
    programme: ProgrammeId,
    id: DocumentId,
) -> Result<(), DatabaseError> {
    let Some(stored) = documents::find(connection, id)? else { return Ok(()) };
    let all = segments::of_document(connection, programme, id)?;
    let runs: Vec<Vec<u8>> = all.iter().map(|stored| stored.segment.changes.clone()).collect();
    let document =
        documents::compose(&runs).ok_or_else(|| DatabaseError::stored(format!("document {id} does not open")))?;
    let heads = document.heads().to_vec();
    let term = DigestTerm::of(id, stored.kind, &heads);
    diesel::update(documents_table::table.filter(documents_table::id.eq(id.as_bytes().as_slice())))
        .set((
            documents_table::heads.eq(heads_bytes(&heads)),
            documents_table::term.eq(term.to_bytes().to_vec()),
            documents_table::deletes_key.eq(document.traits().deletes_key),
            documents_table::last_position.eq(i32::try_from(all.len()).unwrap_or(i32::MAX)),
            documents_table::snapshot.eq(None::<Vec<u8>>),
            documents_table::snapshot_position.eq(0),
        ))
        .execute(connection)?;
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return Ok(()) };
    if let Ok(record) = Record::read(&document) {
        let circumstances = Circumstances {
            document: id,
            area: &stored.area,
            created_by: first.segment.header.user,
            updated_at: last.entered_at.unwrap_or(Timestamp::default()),
        };
        let projection = Projection::of(&record, &circumstances);
        upsert::insert_records(connection, std::slice::from_ref(&projection.record))?;
        upsert::insert_conflicts(connection, &projection.conflicts)?;
    }
    Ok(())
}

fn rebuild_digest(connection: &mut AnyConnection, area: &str) -> Result<(), DatabaseError> {
    let area = sync_core::area::AreaCode::parse(area)?;
    let mut digest = FeedDigest::default();
    for (kind, term) in documents::terms_of(connection, &area)? {
        digest.replace(kind, DigestTerm::default(), term);
    }
    diesel::update(feeds::table.filter(feeds::area.eq(area.as_str())))
        .set((
            feeds::digest.eq(digest.sum_bytes().to_vec()),
            feeds::records.eq(i64::try_from(digest.records).unwrap_or(i64::MAX)),
            feeds::reviews.eq(i64::try_from(digest.reviews).unwrap_or(i64::MAX)),
        ))
        .execute(connection)?;
    Ok(())
}
