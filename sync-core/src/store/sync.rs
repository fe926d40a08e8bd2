//! The phone's half of the exchange. It hands out request bytes and takes response bytes; whoever calls brings the network.
//!
//! ```text
//! let mut sync = Sync::new();
//! while let Some(request) = sync.next_request(&mut store, now)? {
//!     let response = /* POST it */;
//!     sync.take_response(&mut store, &response, now)?;
//! }
//! ```
//!
//! A cut at any byte is cured by asking again: what was sent is only marked, and every step is one transaction.

mod leave;
mod push;

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::exists;
use diesel::prelude::*;
use thiserror::Error;

use super::Store;
use super::apply::Applied;
use super::documents::WITHDRAWN;
use super::error::StoreError;
use super::outbox;
use super::reconcile;
use super::rows::{Fate, FeedRow};
use super::schema::{documents, feeds, identity, segments};
use crate::area::AreaCode;
use crate::exchange::{
    DecodeError, FeedState, FeedsState, Reconciliation, Request, Response, decode_response, encode_request, feeds_hash,
};
use crate::id::{ContentHash, DocumentId, SegmentId};
use crate::limits;
use crate::segment::Segment;
use crate::time::Timestamp;
pub(super) use leave::Leaving;
pub(super) use push::history_of;
use push::{Offered, Push, waiting_to_send};

/// First batch of a sync, in bytes of changes; doubled with each answer that comes, halved when one does not.
const FIRST_BATCH: usize = 128 * 1024;
const LARGEST_BATCH: usize = 2 * 1024 * 1024;
const SMALLEST_BATCH: usize = 8 * 1024;
/// Documents asked for whole in one request.
const WANTED_DOCUMENTS: usize = 64;
/// With more feeds than this the first request carries one hash over them instead of the list (R21).
const LIST_FEEDS: usize = 4;

/// Why a sync stopped. What was typed is safe in every case.
#[derive(Debug, Error)]
pub enum SyncError {
    /// The server does not speak this version of the exchange: the app must be updated. Work goes on meanwhile.
    #[error("the server speaks versions {spoken:?} of the exchange; this app must be updated")]
    Outdated {
        /// Versions that the server speaks.
        spoken: Vec<u8>,
    },
    /// The response is not what a server sends: a captive portal, a cut line, a defect.
    #[error("the response could not be read: {0}")]
    Response(DecodeError),
    /// The response does not belong to the request.
    #[error("the response does not fit the request")]
    Unfitting,
    /// Reading or writing the store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DecodeError> for SyncError {
    fn from(error: DecodeError) -> Self {
        if let DecodeError::OtherVersions { spoken } = error {
            Self::Outdated { spoken }
        } else {
            Self::Response(error)
        }
    }
}

/// How far a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// What this sync brought so far.
    pub applied: Applied,
    /// Segments that still wait to be sent.
    pub to_send: usize,
    /// The server has more to send than has come.
    pub more: bool,
    /// Nothing is left to do.
    pub done: bool,
}

/// One run of requests and responses.
pub struct Sync {
    batch: usize,
    list_feeds: bool,
    asked: Option<Request>,
    finished: bool,
    offered: BTreeMap<DocumentId, Offered>,
    reconciling: BTreeMap<AreaCode, reconcile::Initiator>,
    reconciled: BTreeSet<AreaCode>,
    pending: Vec<Reconciliation>,
    wanted: Vec<DocumentId>,
    /// Number of the last held segment asked for in this run; none when all have been.
    fates_after: Option<i64>,
    /// What `fates_after` becomes once the answer is here.
    fates_asked_to: Option<i64>,
    leaving: Leaving,
    progress: Progress,
}

impl Default for Sync {
    fn default() -> Self {
        Self::new()
    }
}

impl Sync {
    /// Begins.
    #[must_use]
    pub fn new() -> Self {
        Self {
            batch: FIRST_BATCH,
            list_feeds: false,
            asked: None,
            finished: false,
            offered: BTreeMap::new(),
            reconciling: BTreeMap::new(),
            reconciled: BTreeSet::new(),
            pending: Vec::new(),
            wanted: Vec::new(),
            fates_after: Some(0),
            fates_asked_to: None,
            leaving: Leaving::default(),
            progress: Progress::default(),
        }
    }

    /// The next request's bytes; `None` when there is nothing left to ask. Asking again without having taken a response
    /// means that none came: the next request is smaller.
    ///
    /// # Errors
    /// [`SyncError::Store`].
    pub fn next_request(&mut self, store: &mut Store, now: Timestamp) -> Result<Option<Vec<u8>>, SyncError> {
        if self.finished {
            return Ok(None);
        }
        if self.asked.take().is_some() {
            self.batch = (self.batch / 2).max(SMALLEST_BATCH);
        }
        let request = self.compose(store, now)?;
        let bytes = encode_request(&request);
        self.asked = Some(request);
        Ok(Some(bytes))
    }

    /// Takes the response to the last request.
    ///
    /// # Errors
    /// [`SyncError`]; the store is then as it was, and asking again is right.
    pub fn take_response(&mut self, store: &mut Store, bytes: &[u8], now: Timestamp) -> Result<Progress, SyncError> {
        let request = self.asked.as_ref().ok_or(SyncError::Unfitting)?;
        let response = decode_response(bytes).map_err(SyncError::from)?;
        if response.receipts.len() != request.push.len() || response.fates.len() != request.open_fates.len() {
            return Err(SyncError::Unfitting);
        }
        let applied = store.apply(request, &response, &self.leaving, now)?;
        self.add(&applied);
        let request = self.asked.take().ok_or(SyncError::Unfitting)?;
        self.batch = (self.batch * 2).min(LARGEST_BATCH);
        self.after(store, &request, &response, now)?;
        Ok(self.progress)
    }

    /// What this sync brought so far.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    fn add(&mut self, applied: &Applied) {
        let sum = &mut self.progress.applied;
        sum.accepted += applied.accepted;
        sum.held += applied.held;
        sum.refused += applied.refused;
        sum.received += applied.received;
        sum.unreadable += applied.unreadable;
    }

    fn compose(&mut self, store: &mut Store, now: Timestamp) -> Result<Request, SyncError> {
        let (push, waiting) = self.batch_of(store, now)?;
        let feeds = feed_states(store)?;
        let as_list = self.list_feeds || feeds.len() <= LIST_FEEDS || !self.pending.is_empty();
        let mut open_fates = self.open_fates(store)?;
        self.leaving.add_to(&mut store.connection, &mut open_fates)?;
        let catalogue: Option<Vec<u8>> =
            identity::table.select(identity::catalogue_hash).first(&mut store.connection).map_err(StoreError::from)?;
        Ok(Request {
            device_time: now,
            unsent: u32::try_from(waiting.saturating_sub(push.len())).unwrap_or(u32::MAX),
            feeds: if as_list { FeedsState::List(feeds) } else { FeedsState::Hash(feeds_hash(&feeds)) },
            catalogue: catalogue
                .and_then(|hash| ContentHash::from_slice(&hash).ok())
                .unwrap_or(ContentHash::from_bytes([0; 32])),
            push,
            open_fates,
            reconcile: std::mem::take(&mut self.pending),
            wanted: self.wanted.drain(..self.wanted.len().min(WANTED_DOCUMENTS)).collect(),
            budget: u32::try_from(self.batch * 2).unwrap_or(u32::MAX),
        })
    }

    /// The next segments to push, and how many wait in all: first the histories that the server wants, then what waits,
    /// oldest first. They are marked as sent before their bytes leave: from then on they are never sealed anew.
    fn batch_of(&mut self, store: &mut Store, now: Timestamp) -> Result<(Vec<Segment>, usize), SyncError> {
        let programme = store.identity()?.programme;
        let Self { batch, offered, .. } = self;
        let composed = store.connection.immediate_transaction::<_, StoreError, _>(|connection| {
            let open = segments::table.filter(segments::fate.le(Fate::Wanted.code()));
            let waiting: i64 = open.count().get_result(connection)?;
            let mut push = Push { segments: Vec::new(), room: *batch };
            push.add_wanted(connection, offered, programme, now)?;
            push.add_waiting(connection, programme)?;
            Ok((push.segments, usize::try_from(waiting).unwrap_or(0)))
        })?;
        Ok(composed)
    }

    /// The next held segments to ask for, oldest first: each once in a run (R18).
    fn open_fates(&mut self, store: &mut Store) -> Result<Vec<SegmentId>, StoreError> {
        let Some(after) = self.fates_after else { return Ok(Vec::new()) };
        // What was discarded with its whole document counts in no digest that would tell if a restored server has lost it (R9).
        let withdrawn =
            documents::table.filter(documents::id.eq(segments::document).and(documents::kept.eq(WITHDRAWN)));
        let discarded_whole = segments::fate.eq(Fate::Discarded.code()).and(exists(withdrawn));
        let rows: Vec<(i64, Vec<u8>)> = segments::table
            .filter(segments::fate.eq(Fate::Held.code()).or(discarded_whole).and(segments::number.gt(after)))
            .order(segments::number)
            .limit(limits::OPEN_FATES as i64)
            .select((segments::number, segments::id))
            .load(&mut store.connection)?;
        self.fates_asked_to = rows.last().map(|(number, _)| *number).filter(|_| rows.len() == limits::OPEN_FATES);
        rows.iter().map(|(_, id)| Ok(SegmentId::from_slice(id)?)).collect()
    }

    /// Decides what comes next.
    fn after(
        &mut self,
        store: &mut Store,
        request: &Request,
        response: &Response,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        self.list_feeds |= response.list_wanted;
        self.fates_after = self.fates_asked_to.take();
        for answer in &response.reconcile {
            self.take_reconciliation(store, answer, now)?;
        }
        let waiting = waiting_to_send(&mut store.connection, &self.offered)?;
        let fates_left = self.leaving.after(&mut store.connection, request, response)? || self.fates_after.is_some();
        let busy = response.more || response.list_wanted || waiting > 0 || fates_left || !self.wanted.is_empty();
        if !busy && self.pending.is_empty() && self.reconciling.is_empty() {
            self.begin_reconciling(store)?;
        }
        // A scope that has just changed has feeds that were not asked for yet.
        let new_scope = response.scope.is_some();
        // Something waits that cannot be put into a request: asking again would not bring it forward.
        let news = response.more || response.list_wanted || new_scope || !self.pending.is_empty();
        // What has just been put into the outbox again, after reconciliation or because the server lacks it, was in no
        // request yet.
        let news = news || !response.reconcile.is_empty() || response.fates.contains(&None) || fates_left;
        let stuck = waiting > 0 && request.push.is_empty() && !news;
        let again = busy || new_scope || !self.pending.is_empty();
        self.progress.to_send = waiting;
        self.progress.more = response.more;
        self.finished = stuck || !again;
        self.progress.done = self.finished;
        Ok(())
    }

    fn begin_reconciling(&mut self, store: &mut Store) -> Result<(), SyncError> {
        let rows: Vec<FeedRow> =
            feeds::table.select(FeedRow::as_select()).load(&mut store.connection).map_err(StoreError::from)?;
        for row in rows {
            let area = super::rows::area(&row.area)?;
            let differs = row.server_digest().is_some_and(|server| server != row.digest());
            if differs && self.reconciled.insert(area.clone()) {
                let (initiator, message) = reconcile::begin(&mut store.connection, &area)?;
                self.reconciling.insert(area.clone(), initiator);
                self.pending.push(Reconciliation { area, message });
            }
        }
        Ok(())
    }

    fn take_reconciliation(
        &mut self,
        store: &mut Store,
        answer: &Reconciliation,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        let Some(initiator) = self.reconciling.get_mut(&answer.area) else { return Ok(()) };
        let (next, differing) = initiator.take(&answer.message).map_err(|_| SyncError::Unfitting)?;
        for document in differing.here {
            outbox::offer_again(&mut store.connection, document, now)?;
        }
        self.wanted.extend(differing.there);
        self.wanted.sort_unstable();
        self.wanted.dedup();
        match next {
            Some(message) => self.pending.push(Reconciliation { area: answer.area.clone(), message }),
            None => {
                self.reconciling.remove(&answer.area);
            }
        }
        Ok(())
    }
}

fn feed_states(store: &mut Store) -> Result<Vec<FeedState>, StoreError> {
    let rows: Vec<FeedRow> =
        feeds::table.order(feeds::area).select(FeedRow::as_select()).load(&mut store.connection)?;
    rows.iter()
        .map(|row| Ok(FeedState { area: super::rows::area(&row.area)?, cursor: row.cursor(), digest: row.digest() }))
        .collect()
}
