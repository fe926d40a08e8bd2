//! What enters one feed in one transaction, under its lock.

use diesel::prelude::*;
use sync_core::digest::DigestTerm;
use sync_core::id::{DocumentId, Sequence, UserId};
use sync_core::segment::Segment;
use sync_core::time::Timestamp;

use super::{EntryRow, LockedFeed};
use crate::database::schema::segments;
use crate::database::{AnyConnection, DatabaseError, upsert};
use crate::documents::{self, Growth, NewDocument};
use crate::projections::{self, ConflictRow, RecordRow};
use crate::segments::{Fate, NewSegment, number_of};

/// A segment that enters.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Incoming<'a> {
    /// It was not stored before.
    New(&'a Segment),
    /// It was held.
    Stored {
        /// Its number.
        number: i64,
        /// Accepted or discarded.
        fate: Fate,
        /// Who decided, if a person did.
        by: Option<UserId>,
    },
}

/// Entries being appended to a locked feed.
pub(crate) struct Entering<'a> {
    feed: LockedFeed,
    now: Timestamp,
    fresh: Vec<NewSegment<'a>>,
    /// Sequences of `fresh`.
    fresh_at: Vec<Sequence>,
    entries: Vec<EntryRow>,
    documents: Vec<NewDocument>,
    records: Vec<RecordRow>,
    conflicts: Vec<ConflictRow>,
}

impl<'a> Entering<'a> {
    pub(crate) const fn begin(feed: LockedFeed, now: Timestamp) -> Self {
        Self {
            feed,
            now,
            fresh: Vec::new(),
            fresh_at: Vec::new(),
            entries: Vec::new(),
            documents: Vec::new(),
            records: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// Appends segments of one document, which have made `growth` of it; gives their sequences.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub(crate) fn append(
        &mut self,
        connection: &mut AnyConnection,
        mut growth: Growth,
        incoming: &[Incoming<'a>],
    ) -> Result<Vec<Sequence>, DatabaseError> {
        let before = growth.before.as_ref().map_or(DigestTerm::default(), |before| before.term);
        self.feed.replace(growth.kind, before, growth.term);
        let first = growth.before.as_ref().map_or(0, |before| before.last_position) + 1;
        let mut sequences = Vec::with_capacity(incoming.len());
        for (segment, position) in incoming.iter().zip(first..) {
            let sequence = self.feed.advance();
            sequences.push(sequence);
            match *segment {
                Incoming::New(segment) => {
                    self.fresh.push(NewSegment::entering(segment, position, sequence, self.now));
                    self.fresh_at.push(sequence);
                }
                Incoming::Stored { number, fate, by } => {
                    self.let_in(connection, number, (position, sequence), fate, by)?;
                    self.entries.push(EntryRow::segment(self.feed.area(), sequence, number));
                }
            }
        }
        let was_there = growth.before.is_some();
        let row = growth.row();
        match growth.projection {
            Some(projection) if was_there => {
                projections::update(connection, &projection.record)?;
                self.conflicts.extend(projection.conflicts);
            }
            Some(projection) => {
                self.records.push(projection.record);
                self.conflicts.extend(projection.conflicts);
            }
            None => {}
        }
        if was_there {
            documents::update(connection, &row)?;
        } else {
            self.documents.push(row);
        }
        Ok(sequences)
    }

    fn let_in(
        &self,
        connection: &mut AnyConnection,
        number: i64,
        (position, sequence): (i32, Sequence),
        fate: Fate,
        by: Option<UserId>,
    ) -> Result<(), DatabaseError> {
        diesel::update(segments::table.find(number))
            .set((
                segments::fate.eq(fate as i32),
                segments::position.eq(position),
                segments::sequence.eq(number_of(sequence)),
                segments::entered_at.eq(self.now.millis()),
                segments::settled_by.eq(by.map(|user| user.as_bytes().to_vec())),
                segments::settled_at.eq(by.map(|_| self.now.millis())),
            ))
            .execute(connection)?;
        Ok(())
    }

    /// Appends word that a document is withdrawn from the feed.
    pub(crate) fn withdraw(&mut self, document: DocumentId) -> Sequence {
        let sequence = self.feed.advance();
        self.entries.push(EntryRow::withdrawn(self.feed.area(), sequence, document));
        sequence
    }

    /// Writes everything; gives the feed's last sequence.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub(crate) fn write(mut self, connection: &mut AnyConnection) -> Result<Sequence, DatabaseError> {
        let numbers = upsert::insert_segments(connection, &self.fresh)?;
        let area = self.feed.area();
        let entries = numbers.iter().zip(&self.fresh_at);
        self.entries.extend(entries.map(|(number, sequence)| EntryRow::segment(area, *sequence, *number)));
        upsert::insert_entries(connection, &self.entries)?;
        upsert::insert_documents(connection, &self.documents)?;
        upsert::insert_records(connection, &self.records)?;
        upsert::insert_conflicts(connection, &self.conflicts)?;
        self.feed.write(connection)?;
        Ok(self.feed.last())
    }
}
