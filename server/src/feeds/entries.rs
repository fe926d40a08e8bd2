//! Entries of feeds as rows.

use std::collections::HashMap;

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::exchange::Entry;
use sync_core::exchange::paging::Stored;
use sync_core::id::{DocumentId, SegmentId, Sequence};
use sync_core::segment::Segment;

use super::View;
use crate::database::DatabaseError;
use crate::database::schema::{feed_entries, segments};
use crate::segments::{SegmentRow, number_of};

/// What an entry is. The numbers are those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum EntryKind {
    Segment = 1,
    MovedIn = 2,
    MovedOut = 3,
    Withdrawn = 4,
}

/// An entry about to be appended, or just read.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = feed_entries, treat_none_as_default_value = false)]
pub(crate) struct EntryRow {
    pub(crate) area: String,
    pub(crate) sequence: i64,
    pub(crate) kind: i32,
    pub(crate) segment: Option<i64>,
    pub(crate) document: Option<Vec<u8>>,
    pub(crate) move_number: Option<i32>,
    pub(crate) other_area: Option<String>,
}

/// Rows read at a time.
const STEP: i64 = 256;

impl EntryRow {
    /// The entry of a stored segment.
    pub(crate) fn segment(area: &AreaCode, sequence: Sequence, number: i64) -> Self {
        Self { segment: Some(number), ..Self::other(area, sequence, EntryKind::Segment) }
    }

    /// The entry of a document that is withdrawn from the feed.
    pub(crate) fn withdrawn(area: &AreaCode, sequence: Sequence, document: DocumentId) -> Self {
        Self { document: Some(document.as_bytes().to_vec()), ..Self::other(area, sequence, EntryKind::Withdrawn) }
    }

    /// One side of a move.
    pub(crate) fn moved(
        kind: EntryKind,
        area: &AreaCode,
        sequence: Sequence,
        document: DocumentId,
        number: i32,
        other: &AreaCode,
    ) -> Self {
        Self {
            document: Some(document.as_bytes().to_vec()),
            move_number: Some(number),
            other_area: Some(other.as_str().to_owned()),
            ..Self::other(area, sequence, kind)
        }
    }

    fn other(area: &AreaCode, sequence: Sequence, kind: EntryKind) -> Self {
        Self {
            area: area.as_str().to_owned(),
            sequence: number_of(sequence),
            kind: kind as i32,
            segment: None,
            document: None,
            move_number: None,
            other_area: None,
        }
    }

    fn read(&self) -> Result<Entry, DatabaseError> {
        let missing = || DatabaseError::stored("a feed entry lacks a part");
        let document = DocumentId::from_slice(self.document.as_deref().ok_or_else(missing)?)?;
        let number = || self.move_number.map(i32::unsigned_abs).ok_or_else(missing);
        let other = || Ok::<_, DatabaseError>(AreaCode::parse(self.other_area.as_deref().ok_or_else(missing)?)?);
        Ok(match self.kind {
            2 => Entry::MovedIn { document, number: number()?, from: other()? },
            3 => Entry::MovedOut { document, number: number()?, to: other()? },
            4 => Entry::Withdrawn { document },
            _ => return Err(DatabaseError::stored("a feed entry of unknown kind")),
        })
    }
}

/// Entries of a feed after a sequence, in order, until about `bytes` of changes are full; at least one if there is one. Of
/// segments that the device has just sent only the names are read.
///
/// # Errors
/// [`DatabaseError`].
pub(crate) fn entries_after(
    view: &mut View<'_>,
    area: &AreaCode,
    after: Sequence,
    bytes: usize,
) -> Result<Vec<Stored>, DatabaseError> {
    let (mut entries, mut size, mut last) = (Vec::new(), 0, number_of(after));
    loop {
        let rows: Vec<(EntryRow, Option<Vec<u8>>)> = feed_entries::table
            .left_join(segments::table)
            .filter(feed_entries::area.eq(area.as_str()).and(feed_entries::sequence.gt(last)))
            .order(feed_entries::sequence)
            .limit(STEP)
            .select((EntryRow::as_select(), segments::id.nullable()))
            .load(view.connection)?;
        let complete = rows.len() < usize::try_from(STEP).unwrap_or(usize::MAX);
        let unsent = segments_of(view, &rows)?;
        for (entry, segment) in rows {
            if size >= bytes && !entries.is_empty() {
                return Ok(entries);
            }
            last += 1;
            if entry.sequence != last {
                return Err(DatabaseError::stored("a feed has a gap"));
            }
            let Some(id) = segment else {
                entries.push(Stored::Other(entry.read()?));
                continue;
            };
            entries.push(match view.pushed.get(&SegmentId::from_slice(&id)?) {
                Some(place) => Stored::Pushed(*place),
                None => {
                    // Twice in one feed, of a record that was moved away and came back.
                    let found = entry.segment.and_then(|number| unsent.get(&number)).cloned();
                    let segment = found.ok_or_else(|| DatabaseError::stored("a feed entry lacks its segment"))?;
                    size += segment.changes.len();
                    Stored::Segment(segment)
                }
            });
        }
        if complete || size >= bytes {
            return Ok(entries);
        }
    }
}

/// The segments of entries, by number, but for those that the device has just sent.
fn segments_of(
    view: &mut View<'_>,
    rows: &[(EntryRow, Option<Vec<u8>>)],
) -> Result<HashMap<i64, Segment>, DatabaseError> {
    let is_pushed = |id: &[u8]| SegmentId::from_slice(id).is_ok_and(|id| view.pushed.contains_key(&id));
    let wanted = rows.iter().filter(|(_, id)| id.as_deref().is_some_and(|id| !is_pushed(id)));
    let numbers: Vec<i64> = wanted.filter_map(|(entry, _)| entry.segment).collect();
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<SegmentRow> = segments::table
        .filter(segments::number.eq_any(numbers))
        .select(SegmentRow::as_select())
        .load(view.connection)?;
    let read = found.into_iter().map(|row| row.read(view.programme));
    read.map(|stored| stored.map(|stored| (stored.number, stored.segment))).collect()
}
