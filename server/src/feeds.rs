//! Feeds: the gap-free order of what was entered in each feed area (R1).
//!
//! Whoever appends holds the feed's row lock until the commit: commits of one feed are totally ordered, and no reader can
//! pass a number that becomes visible later. Other areas are not blocked (R20).

mod entering;
mod entries;
mod view;

pub(crate) use entering::{Entering, Incoming};
pub(crate) use entries::{EntryKind, EntryRow, entries_after};
pub(crate) use view::View;

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::digest::{DigestTerm, FeedDigest};
use sync_core::entropy::Entropy;
use sync_core::exchange::paging::FeedHead;
use sync_core::id::{Cursor, DocumentKind, FeedEpoch, Sequence};

use crate::database::schema::feeds;
use crate::database::{AnyConnection, DatabaseError, upsert};
use crate::segments::number_of;

/// A feed whose lock this transaction holds.
#[derive(Debug)]
pub struct LockedFeed {
    area: AreaCode,
    last: Sequence,
    digest: FeedDigest,
}

type Row = (Vec<u8>, i64, Vec<u8>, i64, i64);

/// Takes the lock of a feed for this transaction; makes the feed if it has never had an entry. Feeds are locked in the
/// order of their codes, so that two transactions never wait for each other.
///
/// # Errors
/// [`DatabaseError`].
pub fn lock(
    connection: &mut AnyConnection,
    area: &AreaCode,
    entropy: &mut dyn Entropy,
) -> Result<LockedFeed, DatabaseError> {
    if let Some(feed) = try_lock(connection, area)? {
        return Ok(feed);
    }
    upsert::insert_feed_if_absent(connection, area.as_str(), draw_epoch(entropy).as_bytes())?;
    try_lock(connection, area)?.ok_or_else(|| DatabaseError::stored("a feed that was just made is not there"))
}

fn try_lock(connection: &mut AnyConnection, area: &AreaCode) -> Result<Option<LockedFeed>, DatabaseError> {
    let row: Option<Row> = diesel::update(feeds::table.filter(feeds::area.eq(area.as_str())))
        .set(feeds::last.eq(feeds::last))
        .returning((feeds::epoch, feeds::last, feeds::digest, feeds::records, feeds::reviews))
        .get_result(connection)
        .optional()?;
    row.map(|row| {
        let head = head_of(row)?;
        Ok(LockedFeed { area: area.clone(), last: head.last, digest: head.digest })
    })
    .transpose()
}

impl LockedFeed {
    /// Its area.
    #[must_use]
    pub const fn area(&self) -> &AreaCode {
        &self.area
    }

    /// Its last sequence, as far as this transaction has appended.
    #[must_use]
    pub const fn last(&self) -> Sequence {
        self.last
    }

    /// The sequence of the next entry, which the caller must append in this transaction.
    pub fn advance(&mut self) -> Sequence {
        self.last = self.last.next();
        self.last
    }

    /// Puts a document's present term into the digest, in the place of the one it had (R12).
    pub fn replace(&mut self, kind: DocumentKind, before: DigestTerm, now: DigestTerm) {
        self.digest.replace(kind, before, now);
    }

    /// Writes what this transaction made of the feed.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn write(&self, connection: &mut AnyConnection) -> Result<(), DatabaseError> {
        diesel::update(feeds::table.filter(feeds::area.eq(self.area.as_str())))
            .set((
                feeds::last.eq(number_of(self.last)),
                feeds::digest.eq(self.digest.sum_bytes().to_vec()),
                feeds::records.eq(i64::try_from(self.digest.records).unwrap_or(i64::MAX)),
                feeds::reviews.eq(i64::try_from(self.digest.reviews).unwrap_or(i64::MAX)),
            ))
            .execute(connection)?;
        Ok(())
    }
}

/// The state of a feed. One that has never had an entry is where a device starts.
///
/// # Errors
/// [`DatabaseError`].
pub fn head(connection: &mut AnyConnection, area: &AreaCode) -> Result<FeedHead, DatabaseError> {
    let row: Option<Row> = feeds::table
        .filter(feeds::area.eq(area.as_str()))
        .select((feeds::epoch, feeds::last, feeds::digest, feeds::records, feeds::reviews))
        .first(connection)
        .optional()?;
    row.map_or_else(
        || {
            let Cursor { epoch, sequence } = Cursor::START;
            Ok(FeedHead { epoch, last: sequence, digest: FeedDigest::default() })
        },
        head_of,
    )
}

/// Begins a new life of a feed: cursors of the old one count as nothing, and phones heal what a restored server lost (R9).
///
/// # Errors
/// [`DatabaseError`].
pub fn start_new_epoch(
    connection: &mut AnyConnection,
    area: &AreaCode,
    entropy: &mut dyn Entropy,
) -> Result<(), DatabaseError> {
    diesel::update(feeds::table.filter(feeds::area.eq(area.as_str())))
        .set(feeds::epoch.eq(draw_epoch(entropy).as_bytes().to_vec()))
        .execute(connection)?;
    Ok(())
}

/// Begins a new life of every feed: part of restoring a backup (R9).
///
/// # Errors
/// [`DatabaseError`].
pub fn start_new_epochs(connection: &mut AnyConnection, entropy: &mut dyn Entropy) -> Result<(), DatabaseError> {
    let areas: Vec<String> = feeds::table.order(feeds::area).select(feeds::area).load(connection)?;
    areas.iter().try_for_each(|area| start_new_epoch(connection, &AreaCode::parse(area)?, entropy))
}

fn draw_epoch(entropy: &mut dyn Entropy) -> FeedEpoch {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    FeedEpoch::from_bytes(bytes)
}

fn head_of((epoch, last, digest, records, reviews): Row) -> Result<FeedHead, DatabaseError> {
    let sum = <[u8; 16]>::try_from(digest.as_slice()).map_err(|_| DatabaseError::stored("a digest of other length"))?;
    Ok(FeedHead {
        epoch: FeedEpoch::from_slice(&epoch)?,
        last: Sequence::new(last.unsigned_abs()),
        digest: FeedDigest::from_parts(sum, records.unsigned_abs(), reviews.unsigned_abs()),
    })
}
