//! The server's half of the exchange, as far as it is pure: which entries of which feeds go into a response. The feeds come
//! through a view, which must be one snapshot: pages and digests are read in it together (R12).

use std::collections::HashMap;

use super::hashes::feeds_hash;
use super::message::{Entry, FeedState, FeedsState, Page, Request, ScopeArea};
use crate::area::AreaCode;
use crate::digest::FeedDigest;
use crate::id::{Cursor, FeedEpoch, SegmentId, Sequence};
use crate::segment::Segment;

/// A feed's present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedHead {
    /// Its life.
    pub epoch: FeedEpoch,
    /// Its last entry.
    pub last: Sequence,
    /// Its digest.
    pub digest: FeedDigest,
}

/// An entry as the server has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// A segment.
    Segment(Segment),
    /// A segment that the device has just sent, by its place in the request, where the view knows so: its bytes need not be
    /// read.
    Pushed(u32),
    /// A move or a withdrawal, ready to send.
    Other(Entry),
}

/// A snapshot of feeds.
pub trait FeedView {
    /// What reading may fail with.
    type Error;

    /// The state of a feed; every area in scope has one.
    ///
    /// # Errors
    /// Of the database.
    fn head(&mut self, area: &AreaCode) -> Result<FeedHead, Self::Error>;

    /// Entries after a sequence, in order and without a gap, until about `bytes` of changes are full; at least one if there
    /// is one.
    ///
    /// # Errors
    /// Of the database.
    fn entries(&mut self, area: &AreaCode, after: Sequence, bytes: usize) -> Result<Vec<Stored>, Self::Error>;
}

/// What goes into the response.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pages {
    /// The scope, if it is not the one the device listed.
    pub scope: Option<Vec<ScopeArea>>,
    /// The device must send its list.
    pub list_wanted: bool,
    /// News of feeds.
    pub pages: Vec<Page>,
    /// There is more.
    pub more: bool,
}

/// A feed whose end lies before a device's cursor: the server was restored from a backup. The caller starts a new life of
/// the feed and asks again (R9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorBeyondEnd {
    /// The feed.
    pub area: AreaCode,
}

/// What paging came to.
pub type Paged<E> = Result<Result<Pages, CursorBeyondEnd>, E>;

/// Room that a segment takes beside its changes, in bytes.
const SEGMENT_ROOM: usize = 120;

/// Composes the pages of a response within `budget` bytes of changes. `pushed` are the places of segments whose bytes the
/// device has just sent (R19). `scope` is what the device may read, sorted by area.
///
/// # Errors
/// Of the view.
pub fn pages<V: FeedView>(
    request: &Request,
    scope: &[ScopeArea],
    pushed: &HashMap<SegmentId, u32>,
    budget: usize,
    view: &mut V,
) -> Paged<V::Error> {
    let mut heads = Vec::with_capacity(scope.len());
    for area in scope {
        heads.push(view.head(&area.area)?);
    }
    let listed = match &request.feeds {
        FeedsState::Hash(hash) => {
            // Equal only if the device has read everything and agrees.
            let states: Vec<FeedState> =
                scope.iter().zip(&heads).map(|(area, head)| state_of(&area.area, head)).collect();
            let list_wanted = feeds_hash(&states) != *hash;
            return Ok(Ok(Pages { list_wanted, ..Pages::default() }));
        }
        FeedsState::List(listed) => listed,
    };
    let same_areas = listed.len() == scope.len() && listed.iter().zip(scope).all(|(feed, area)| feed.area == area.area);
    let mut composed = Pages { scope: (!same_areas).then(|| scope.to_vec()), ..Pages::default() };
    let mut room = budget;
    for (area, head) in scope.iter().zip(&heads) {
        let state = listed.iter().find(|feed| feed.area == area.area);
        let cursor = state.map_or(Cursor::START, |state| state.cursor);
        let same_life = cursor.epoch == head.epoch;
        if same_life && cursor.sequence > head.last {
            return Ok(Err(CursorBeyondEnd { area: area.area.clone() }));
        }
        let after = if same_life { cursor.sequence } else { Sequence::ZERO };
        let at_end = after == head.last;
        let agrees = state.is_some_and(|state| state.digest == head.digest);
        if same_life && at_end && agrees {
            continue;
        }
        if room == 0 && !at_end {
            composed.more = true;
            continue;
        }
        let stored = if at_end { Vec::new() } else { view.entries(&area.area, after, room)? };
        let taken: usize = stored.iter().map(|entry| size_of(entry, pushed)).sum();
        room = room.saturating_sub(taken);
        let entries: Vec<Entry> = stored.into_iter().map(|entry| entry_of(entry, pushed)).collect();
        let last = after.plus(entries.len() as u64);
        composed.more |= last != head.last;
        composed.pages.push(Page {
            area: area.area.clone(),
            epoch: head.epoch,
            after,
            entries,
            digest: (last == head.last).then_some(head.digest),
        });
    }
    Ok(Ok(composed))
}

fn state_of(area: &AreaCode, head: &FeedHead) -> FeedState {
    FeedState { area: area.clone(), cursor: Cursor { epoch: head.epoch, sequence: head.last }, digest: head.digest }
}

fn size_of(entry: &Stored, pushed: &HashMap<SegmentId, u32>) -> usize {
    match entry {
        Stored::Segment(segment) if pushed.contains_key(&segment.id()) => 0,
        Stored::Pushed(_) => 0,
        Stored::Segment(segment) => segment.changes.len() + SEGMENT_ROOM,
        Stored::Other(_) => SEGMENT_ROOM,
    }
}

fn entry_of(entry: Stored, pushed: &HashMap<SegmentId, u32>) -> Entry {
    match entry {
        Stored::Segment(segment) => match pushed.get(&segment.id()) {
            Some(place) => Entry::Pushed(*place),
            None => Entry::Segment(segment),
        },
        Stored::Pushed(place) => Entry::Pushed(place),
        Stored::Other(entry) => entry,
    }
}
