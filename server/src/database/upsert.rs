//! Writes that the two dialects spell differently: "insert if absent", and many rows at once. Nothing else branches on the
//! dialect.

use diesel::prelude::*;
use sync_core::id::Cursor;

use super::connection::AnyConnection;
use super::error::DatabaseError;
use super::schema::{conflicts, documents, feed_entries, feeds, records, segments};
use crate::documents::NewDocument;
use crate::feeds::EntryRow;
use crate::projections::{ConflictRow, RecordRow};
use crate::segments::NewSegment;

/// Rows in one statement to PostgreSQL; each takes up to 18 of the 65,535 parameters that a statement may have. SQLite takes
/// rows one by one, in a prepared statement.
const ROWS: usize = 1_000;

/// Inserts rows, as many at once as the dialect likes.
macro_rules! insert_rows {
    ($connection:expr, $table:expr, $rows:expr) => {{
        match $connection {
            AnyConnection::Postgres(connection) => {
                for rows in $rows.chunks(ROWS) {
                    diesel::insert_into($table).values(rows).execute(connection)?;
                }
            }
            AnyConnection::Sqlite(connection) => {
                for row in $rows {
                    diesel::insert_into($table).values(row).execute(connection)?;
                }
            }
        }
        Ok(())
    }};
}

/// Makes a feed without entries, unless somebody just did.
pub(crate) fn insert_feed_if_absent(
    connection: &mut AnyConnection,
    area: &str,
    epoch: &[u8],
) -> Result<(), DatabaseError> {
    let row = (
        feeds::area.eq(area),
        feeds::epoch.eq(epoch),
        feeds::last.eq(0),
        feeds::digest.eq(Cursor::START.epoch.as_bytes().as_slice()),
        feeds::records.eq(0),
        feeds::reviews.eq(0),
    );
    match connection {
        AnyConnection::Postgres(connection) => {
            diesel::insert_into(feeds::table).values(row).on_conflict_do_nothing().execute(connection)?
        }
        AnyConnection::Sqlite(connection) => {
            diesel::insert_into(feeds::table).values(row).on_conflict_do_nothing().execute(connection)?
        }
    };
    Ok(())
}

/// Stores a segment that is held, unless it is here already.
pub(crate) fn insert_segment_if_absent(
    connection: &mut AnyConnection,
    row: &NewSegment<'_>,
) -> Result<(), DatabaseError> {
    match connection {
        AnyConnection::Postgres(connection) => {
            diesel::insert_into(segments::table).values(row).on_conflict_do_nothing().execute(connection)?
        }
        AnyConnection::Sqlite(connection) => {
            diesel::insert_into(segments::table).values(row).on_conflict_do_nothing().execute(connection)?
        }
    };
    Ok(())
}

/// Stores segments; gives their numbers, in their order.
pub(crate) fn insert_segments(
    connection: &mut AnyConnection,
    rows: &[NewSegment<'_>],
) -> Result<Vec<i64>, DatabaseError> {
    let mut numbers = Vec::with_capacity(rows.len());
    match connection {
        AnyConnection::Postgres(connection) => {
            for rows in rows.chunks(ROWS) {
                let inserted: Vec<(Vec<u8>, i64)> = diesel::insert_into(segments::table)
                    .values(rows)
                    .returning((segments::id, segments::number))
                    .get_results(connection)?;
                // The order of returned rows is nowhere promised.
                let by_id: std::collections::HashMap<Vec<u8>, i64> = inserted.into_iter().collect();
                numbers.extend(rows.iter().filter_map(|row| by_id.get(&row.id)));
            }
        }
        AnyConnection::Sqlite(connection) => {
            for row in rows {
                let inserted: i64 = diesel::insert_into(segments::table)
                    .values(row)
                    .returning(segments::number)
                    .get_result(connection)?;
                numbers.push(inserted);
            }
        }
    }
    if numbers.len() == rows.len() { Ok(numbers) } else { Err(DatabaseError::stored("a segment lost its number")) }
}

/// Appends entries to feeds.
pub(crate) fn insert_entries(connection: &mut AnyConnection, rows: &[EntryRow]) -> Result<(), DatabaseError> {
    insert_rows!(connection, feed_entries::table, rows)
}

/// Stores documents that are in no feed yet.
pub(crate) fn insert_documents(connection: &mut AnyConnection, rows: &[NewDocument]) -> Result<(), DatabaseError> {
    insert_rows!(connection, documents::table, rows)
}

/// Projects records that were not projected before.
pub(crate) fn insert_records(connection: &mut AnyConnection, rows: &[RecordRow]) -> Result<(), DatabaseError> {
    insert_rows!(connection, records::table, rows)
}

/// Projects conflicts.
pub(crate) fn insert_conflicts(connection: &mut AnyConnection, rows: &[ConflictRow]) -> Result<(), DatabaseError> {
    insert_rows!(connection, conflicts::table, rows)
}
