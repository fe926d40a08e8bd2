//! One document with all that is held of it, under its feed's lock.

use std::collections::HashSet;

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::change::{RawChange, change_hash};
use sync_core::entropy::Entropy;
use sync_core::exchange::{HeldReason, Receipt};
use sync_core::id::{ChangeHash, DocumentId, SegmentId, Sequence, UserId};
use sync_core::segment::{Chunks, Segment};
use sync_core::time::Timestamp;

use crate::authors::Authors;
use crate::database::schema::segments as table;
use crate::database::{AnyConnection, DatabaseError};
use crate::documents::{self, Candidate, Standing, Verdict};
use crate::feeds::{self, Entering, Incoming, LockedFeed};
use crate::segments::{self, Fate, StoredSegment, number_of};

/// A document, what is held of it, and what of that enters now.
pub(super) struct Scene {
    pub(super) standing: Standing,
    feed: Option<LockedFeed>,
    /// Segments that enter, in order, by number.
    entering: Vec<(i64, Fate)>,
    first_user: Option<UserId>,
}

impl Scene {
    /// Locks the document's feed and loads it. What is held of it comes beside, as it came.
    pub(super) fn open(
        connection: &mut AnyConnection,
        authors: &Authors,
        id: DocumentId,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Vec<StoredSegment>), DatabaseError> {
        let mut stored = documents::find(connection, id)?;
        let mut feed = None;
        if let Some(before) = &stored {
            feed = Some(feeds::lock(connection, &before.area, entropy)?);
            let now = documents::find(connection, id)?;
            if now.as_ref().map(|now| &now.area) != Some(&before.area) {
                return Err(DatabaseError::Raced);
            }
            stored = now;
        }
        let programme = authors.programme();
        let standing = Standing::load(connection, programme, id, stored, false)?;
        let mut apart = segments::apart_from(connection, programme, id)?;
        apart.retain(|stored| matches!(stored.fate, Fate::Held | Fate::Withdrawn));
        Ok((Self { standing, feed, entering: Vec::new(), first_user: None }, apart))
    }

    /// Judges a stored segment; one that enters enters with `fate`.
    pub(super) fn judge(
        &mut self,
        connection: &mut AnyConnection,
        authors: &mut Authors,
        stored: &StoredSegment,
        (released, fate): (bool, Fate),
    ) -> Result<Verdict, DatabaseError> {
        let segment = &stored.segment;
        let author = match authors.find(connection, segment.header.device)? {
            Some(author) if author.verify(segment).is_ok() => author,
            // Nothing that is not proven to be its author's enters, whoever wants it.
            Some(_) | None => {
                self.standing.put_apart(segment.changes.clone(), HeldReason::DeviceUnknown);
                return Ok(Verdict::Held(HeldReason::DeviceUnknown));
            }
        };
        let changes = match segment.open() {
            Ok(changes) => changes,
            Err(unsound) => return Ok(Verdict::Refused(unsound)),
        };
        let candidate = Candidate { segment, changes: &changes, author: Some(&author), released };
        let verdict = self.standing.judge(&candidate, |area| authors.area_exists(connection, area))?;
        if verdict == Verdict::Entered {
            self.entering.push((stored.number, fate));
            self.first_user.get_or_insert(segment.header.user);
        }
        Ok(verdict)
    }

    /// Judges held segments on their own merits, in the order in which they came; keeps outside what may not enter, and
    /// notes why. Says how many enter.
    pub(super) fn judge_rest(
        &mut self,
        connection: &mut AnyConnection,
        authors: &mut Authors,
        rest: &[StoredSegment],
    ) -> Result<usize, DatabaseError> {
        let mut entered = 0;
        for stored in rest {
            if stored.fate == Fate::Withdrawn {
                self.standing.put_apart(stored.segment.changes.clone(), HeldReason::DependsOnHeld);
                continue;
            }
            let known = authors.find(connection, stored.segment.header.device)?.is_some();
            if known && !is_proven(connection, authors, stored)? {
                // Held while its device was not known, and not the device's: brought again, it is refused.
                diesel::delete(table::table.find(stored.number)).execute(connection)?;
                continue;
            }
            match self.judge(connection, authors, stored, (false, Fate::Accepted))? {
                Verdict::Entered => entered += 1,
                Verdict::Held(reason) if Some(reason) != stored.held_reason => {
                    set_reason(connection, stored.number, reason)?;
                }
                Verdict::Held(_) => {}
                Verdict::NothingNew => self.note_known(connection, stored)?,
                // What it builds on was settled apart: it stays for a supervisor.
                Verdict::Wanted(_) | Verdict::Refused(_) => {
                    self.standing.put_apart(stored.segment.changes.clone(), HeldReason::DependsOnHeld);
                }
            }
        }
        Ok(entered)
    }

    /// Everything in a held segment has come into the document another way: it is accepted without a new sequence (R15).
    fn note_known(&self, connection: &mut AnyConnection, stored: &StoredSegment) -> Result<(), DatabaseError> {
        let header = &stored.segment.header;
        let word = segments::word_on_change(connection, header.document, header.actor, header.last)?;
        if let Some(Receipt::Accepted(sequence) | Receipt::Discarded(sequence)) = word {
            diesel::update(table::table.find(stored.number))
                .set((table::fate.eq(Fate::Accepted as i32), table::sequence.eq(number_of(sequence))))
                .execute(connection)?;
        }
        Ok(())
    }

    /// Whether something enters.
    pub(super) fn grows(&self) -> bool {
        !self.entering.is_empty()
    }

    /// How many held segments enter.
    pub(super) fn count(&self) -> usize {
        self.entering.len()
    }

    /// Writes everything that enters, and after it `written`, which the server has just made in the open document.
    pub(super) fn finish(
        mut self,
        connection: &mut AnyConnection,
        written: &[Segment],
        (by, now): (Option<UserId>, Timestamp),
        entropy: &mut dyn Entropy,
    ) -> Result<Option<(AreaCode, Sequence)>, DatabaseError> {
        let first_user = self.first_user.or(written.first().map(|segment| segment.header.user));
        let count = self.entering.len() + written.len();
        let Some(first_user) = first_user.filter(|_| count > 0) else { return Ok(None) };
        let Some(growth) = self.standing.growth(count, first_user, now) else { return Ok(None) };
        let feed = match self.feed {
            Some(feed) => feed,
            None => feeds::lock(connection, &growth.area, entropy)?,
        };
        let area = feed.area().clone();
        let mut entering = Entering::begin(feed, now);
        let held = self.entering.iter().map(|(number, fate)| Incoming::Stored { number: *number, fate: *fate, by });
        let incoming: Vec<Incoming<'_>> = held.chain(written.iter().map(Incoming::New)).collect();
        entering.append(connection, growth, &incoming)?;
        Ok(Some((area, entering.write(connection)?)))
    }
}

/// Whether a segment is its author's: not known of one that was held because no such device is enrolled here.
pub(super) fn is_proven(
    connection: &mut AnyConnection,
    authors: &mut Authors,
    stored: &StoredSegment,
) -> Result<bool, DatabaseError> {
    let author = authors.find(connection, stored.segment.header.device)?;
    Ok(author.is_some_and(|author| author.verify(&stored.segment).is_ok()))
}

/// The changes of a segment by name.
pub(super) fn changes_of(stored: &StoredSegment) -> HashSet<ChangeHash> {
    Chunks::new(&stored.segment.changes).flatten().filter_map(|chunk| change_hash(chunk).ok()).collect()
}

/// Held or withdrawn segments that `stored` builds on, directly or not, in the order in which they came.
pub(super) fn ancestors_of<'a>(stored: &StoredSegment, apart: &'a [StoredSegment]) -> Vec<&'a StoredSegment> {
    let mut found: HashSet<i64> = HashSet::new();
    let mut open = vec![stored];
    while let Some(later) = open.pop() {
        let wanted: HashSet<ChangeHash> = Chunks::new(&later.segment.changes)
            .flatten()
            .filter_map(|chunk| RawChange::read(chunk).ok())
            .flat_map(|change| change.dependencies().to_vec())
            .collect();
        for earlier in apart.iter().filter(|other| other.number != stored.number) {
            if !changes_of(earlier).is_disjoint(&wanted) && found.insert(earlier.number) {
                open.push(earlier);
            }
        }
    }
    apart.iter().filter(|other| found.contains(&other.number)).collect()
}

pub(super) fn set_reason(connection: &mut AnyConnection, number: i64, reason: HeldReason) -> Result<(), DatabaseError> {
    diesel::update(table::table.find(number)).set(table::held_reason.eq(reason as i32)).execute(connection)?;
    Ok(())
}

/// Notes that a segment was dealt with outside of its document.
pub(super) fn set_settled(
    connection: &mut AnyConnection,
    number: i64,
    (fate, sequence): (Fate, Option<Sequence>),
    (by, now): (UserId, Timestamp),
) -> Result<(), DatabaseError> {
    diesel::update(table::table.find(number))
        .set((
            table::fate.eq(fate as i32),
            table::sequence.eq(sequence.map(number_of)),
            table::settled_by.eq(by.as_bytes().to_vec()),
            table::settled_at.eq(now.millis()),
        ))
        .execute(connection)?;
    Ok(())
}

/// The held segment with this id; none if it is not held.
pub(super) fn find_held(
    connection: &mut AnyConnection,
    authors: &Authors,
    id: SegmentId,
) -> Result<Option<StoredSegment>, DatabaseError> {
    Ok(segments::find(connection, authors.programme(), id)?.filter(|stored| stored.fate == Fate::Held))
}
