//! Set reconciliation of one feed on the device: over (document, agreed heads), when digests differ (R9).

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::error::StoreError;
use super::rows::DocumentRow;
use super::schema::documents;
use crate::area::AreaCode;
pub(super) use crate::exchange::reconcile::Initiator;
use crate::exchange::reconcile::Item;

/// Starts with all documents that count in the feed; gives the first message.
pub(super) fn begin(connection: &mut SqliteConnection, area: &AreaCode) -> Result<(Initiator, Vec<u8>), StoreError> {
    let rows: Vec<DocumentRow> = documents::table
        .filter(documents::area.eq(area.as_str()).and(documents::kept.eq(0)))
        .select(DocumentRow::as_select())
        .load(connection)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        if row.term().counts() {
            items.push(Item { document: row.id()?, term: row.term() });
        }
    }
    Initiator::begin(&items).map_err(|error| StoreError::Unreadable(error.to_string()))
}
