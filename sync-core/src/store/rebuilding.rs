//! A document made anew from segments, when its own bytes do not open any more.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::error::StoreError;
use super::schema::segments;
use crate::change::RawChange;
use crate::document::Document;
use crate::id::DocumentId;
use crate::segment::Chunks;

/// Puts a document together from the changes that its segments here still carry (those that did not come from the server)
/// and `more`. As much as fits together; none if the root change is not among them.
pub(super) fn from_segments(
    connection: &mut SqliteConnection,
    id: DocumentId,
    more: &[RawChange<'_>],
) -> Result<Option<Document>, StoreError> {
    let runs: Vec<Option<Vec<u8>>> = segments::table
        .filter(segments::document.eq(id.as_bytes().as_slice()))
        .filter(segments::changes.is_not_null())
        .order(segments::number)
        .select(segments::changes)
        .load(connection)?;
    let chunks = runs.iter().flatten().flat_map(|run| Chunks::new(run)).flatten();
    let here = chunks.filter_map(|chunk| RawChange::read(chunk).ok());
    let mut waiting: Vec<RawChange<'_>> = here.chain(more.iter().cloned()).collect();
    let Some(root) = waiting.iter().find(|change| change.is_root()) else { return Ok(None) };
    let Ok(mut document) = Document::begin(root) else { return Ok(None) };
    loop {
        let before = document.history().len();
        waiting.retain(|change| document.take_in_proven(std::slice::from_ref(change)).is_err());
        if document.history().len() == before {
            return Ok(Some(document));
        }
    }
}
