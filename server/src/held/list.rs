//! What waits for a supervisor.

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::exchange::HeldReason;
use sync_core::id::{DeviceId, DocumentId, SegmentId, UserId};
use sync_core::time::Timestamp;

use crate::database::schema::{documents, segments};
use crate::database::{AnyConnection, DatabaseError};
use crate::segments::{Fate, reason_of};

/// Which held segments.
#[derive(Debug, Clone, Default)]
pub struct HeldFilter {
    /// Of documents in one of these areas or in areas inside them; of a document that is in no feed, by the signed area.
    /// None for everywhere.
    pub areas: Option<Vec<AreaCode>>,
    /// This one alone.
    pub segment: Option<SegmentId>,
    /// Of this author.
    pub user: Option<UserId>,
    /// Of this document.
    pub document: Option<DocumentId>,
    /// Behind this number: where the last page ended.
    pub after: Option<i64>,
}

/// A held segment in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLine {
    /// Its number: the cursor of the next page.
    pub number: i64,
    /// The segment.
    pub segment: SegmentId,
    /// Its document.
    pub document: DocumentId,
    /// Where the document lies; none if it is in no feed.
    pub area: Option<AreaCode>,
    /// What its writer believed.
    pub signed_area: AreaCode,
    /// Who signed.
    pub device: DeviceId,
    /// Whose device that is.
    pub user: UserId,
    /// Why it is held.
    pub reason: HeldReason,
    /// When it came.
    pub received_at: Timestamp,
}

type Row = (i64, Vec<u8>, Vec<u8>, Option<String>, String, Vec<u8>, Vec<u8>, Option<i32>, i64);

/// Held segments, oldest first, at most `limit`.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(connection: &mut AnyConnection, filter: &HeldFilter, limit: i64) -> Result<Vec<HeldLine>, DatabaseError> {
    let mut query = segments::table
        .left_join(documents::table.on(documents::id.eq(segments::document)))
        .order(segments::number)
        .limit(limit)
        .select((
            segments::number,
            segments::id,
            segments::document,
            documents::area.nullable(),
            segments::signed_area,
            segments::device,
            segments::user_id,
            segments::held_reason,
            segments::received_at,
        ))
        .into_boxed();
    if filter.areas.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    // First, because each `or_filter` stands against all that was said before it.
    for area in filter.areas.iter().flatten() {
        let inside = format!("{area}.%");
        let there = documents::area.eq(area.as_str().to_owned()).or(documents::area.like(inside.clone()));
        let believed = segments::signed_area.eq(area.as_str().to_owned()).or(segments::signed_area.like(inside));
        query = query.or_filter(there.assume_not_null().or(documents::area.is_null().and(believed)));
    }
    query = query.filter(segments::fate.eq(Fate::Held as i32)).filter(segments::number.gt(filter.after.unwrap_or(0)));
    if let Some(segment) = filter.segment {
        query = query.filter(segments::id.eq(segment.as_bytes().to_vec()));
    }
    if let Some(user) = filter.user {
        query = query.filter(segments::user_id.eq(user.as_bytes().to_vec()));
    }
    if let Some(document) = filter.document {
        query = query.filter(segments::document.eq(document.as_bytes().to_vec()));
    }
    let rows: Vec<Row> = query.load(connection)?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<HeldLine, DatabaseError> {
    let (number, segment, document, area, signed_area, device, user, reason, received_at) = row;
    Ok(HeldLine {
        number,
        segment: SegmentId::from_slice(&segment)?,
        document: DocumentId::from_slice(&document)?,
        area: area.map(|area| AreaCode::parse(&area)).transpose()?,
        signed_area: AreaCode::parse(&signed_area)?,
        device: DeviceId::from_slice(&device)?,
        user: UserId::from_slice(&user)?,
        reason: reason.map_or(Ok(HeldReason::NoAssignment), reason_of)?,
        received_at: Timestamp::from_millis(received_at),
    })
}
