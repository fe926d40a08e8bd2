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

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use thiserror::Error;

use super::Store;
use super::apply::Applied;
use super::documents;
use super::error::StoreError;
use super::outbox;
use super::reconcile;
use super::rows::{Fate, FeedRow, SegmentRow};
use super::schema::{feeds, identity, segments};
use crate::area::AreaCode;
use crate::document::Document;
use crate::exchange::{
    DecodeError, FeedState, FeedsState, Reconciliation, Request, Response, decode_response, encode_request, feeds_hash,
};
use crate::id::{ContentHash, DocumentId, SegmentId};
use crate::limits;
use crate::segment::Segment;
use crate::time::Timestamp;

/// First batch of a sync, in bytes of changes; doubled with each answer that comes, halved when one does not.
const FIRST_BATCH: usize = 128 * 1024;
const LARGEST_BATCH: usize = 2 * 1024 * 1024;
const SMALLEST_BATCH: usize = 8 * 1024;
/// Segments in one request.
const BATCH_SEGMENTS: usize = 2_000;
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
    /// Documents whose whole history was offered in this run: offering it once is enough.
    offered: BTreeSet<DocumentId>,
    reconciling: BTreeMap<AreaCode, reconcile::Initiator>,
    reconciled: BTreeSet<AreaCode>,
    pending: Vec<Reconciliation>,
    wanted: Vec<DocumentId>,
    /// Number of the last held segment asked for in this run; none when all have been.
    fates_after: Option<i64>,
    /// What `fates_after` becomes once the answer is here.
    fates_asked_to: Option<i64>,
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
            offered: BTreeSet::new(),
            reconciling: BTreeMap::new(),
            reconciled: BTreeSet::new(),
            pending: Vec::new(),
            wanted: Vec::new(),
            fates_after: Some(0),
            fates_asked_to: None,
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
        let applied = store.apply(request, &response, now)?;
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
        let open_fates = self.open_fates(store)?;
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
            wanted: std::mem::take(&mut self.wanted),
            budget: u32::try_from(self.batch * 2).unwrap_or(u32::MAX),
        })
    }

    /// The next segments to push, oldest first, and how many wait in all. They are marked as sent before their bytes leave:
    /// from then on they are never sealed anew.
    fn batch_of(&mut self, store: &mut Store, now: Timestamp) -> Result<(Vec<Segment>, usize), SyncError> {
        let identity = store.identity()?;
        let batch = self.batch;
        let offered = &mut self.offered;
        let connection = &mut store.connection;
        let composed = connection.immediate_transaction::<_, StoreError, _>(|connection| {
            let open = segments::fate.le(Fate::Wanted.code());
            let waiting: i64 = segments::table.filter(open).count().get_result(connection)?;
            let rows: Vec<(i64, SegmentRow)> = segments::table
                .filter(open)
                .order(segments::number)
                .limit(BATCH_SEGMENTS as i64)
                .select((segments::number, SegmentRow::as_select()))
                .load(connection)?;
            let (mut push, mut size, mut sent) = (Vec::new(), 0, Vec::new());
            for (number, row) in rows {
                if Fate::from_code(row.fate) == Fate::Wanted {
                    let document = DocumentId::from_slice(&row.document)?;
                    if offered.insert(document) {
                        let history = history_of(connection, document, &identity.programme, now)?;
                        size += history.iter().map(|segment| segment.changes.len()).sum::<usize>();
                        push.extend(history);
                    }
                } else if let Some(segment) = outbox::rebuild(&row, identity.programme, None)? {
                    size += segment.changes.len() + 160;
                    push.push(segment);
                    if Fate::from_code(row.fate) == Fate::Unsent {
                        sent.push(number);
                    }
                }
                if size >= batch {
                    break;
                }
            }
            for numbers in sent.chunks(500) {
                diesel::update(segments::table.filter(segments::number.eq_any(numbers)))
                    .set(segments::fate.eq(Fate::Sent.code()))
                    .execute(connection)?;
            }
            Ok((push, usize::try_from(waiting).unwrap_or(0)))
        })?;
        Ok(composed)
    }

    /// The next held segments to ask for, oldest first: each once in a run (R18).
    fn open_fates(&mut self, store: &mut Store) -> Result<Vec<SegmentId>, StoreError> {
        let Some(after) = self.fates_after else { return Ok(Vec::new()) };
        let rows: Vec<(i64, Vec<u8>)> = segments::table
            .filter(segments::fate.eq(Fate::Held.code()).and(segments::number.gt(after)))
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
        let waiting = waiting_to_send(store, &self.offered)?;
        let fates_left = self.fates_after.is_some();
        let busy = response.more || response.list_wanted || waiting > 0 || fates_left || !self.wanted.is_empty();
        if !busy && self.pending.is_empty() && self.reconciling.is_empty() {
            self.begin_reconciling(store)?;
        }
        // A scope that has just changed has feeds that were not asked for yet.
        let new_scope = response.scope.is_some();
        // What was refused or held in this very request changes nothing that asking again would tell.
        let stuck = waiting > 0 && !request.push.is_empty() && response.receipts.is_empty();
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

/// Segments that another request would bring forward; what waits for a history that was offered already is not among them.
fn waiting_to_send(store: &mut Store, offered: &BTreeSet<DocumentId>) -> Result<usize, StoreError> {
    let unsent: i64 =
        segments::table.filter(segments::fate.le(Fate::Sent.code())).count().get_result(&mut store.connection)?;
    let wanted: Vec<Vec<u8>> = segments::table
        .filter(segments::fate.eq(Fate::Wanted.code()))
        .select(segments::document)
        .distinct()
        .load(&mut store.connection)?;
    let wanted = wanted.iter().filter_map(|id| DocumentId::from_slice(id).ok()).filter(|id| !offered.contains(id));
    Ok(usize::try_from(unsent).unwrap_or(0) + wanted.count())
}

/// All segments of a document, oldest first: the answer to "wanted".
fn history_of(
    connection: &mut diesel::sqlite::SqliteConnection,
    document: DocumentId,
    programme: &crate::id::ProgrammeId,
    now: Timestamp,
) -> Result<Vec<Segment>, StoreError> {
    let opened: Option<Document> = match documents::find(connection, document)? {
        Some(found) => documents::open(connection, &found, now).ok(),
        None => None,
    };
    let rows: Vec<SegmentRow> = segments::table
        .filter(segments::document.eq(document.as_bytes().as_slice()))
        .filter(segments::fate.ne(Fate::Refused.code()))
        .order(segments::number)
        .select(SegmentRow::as_select())
        .load(connection)?;
    let mut history = Vec::new();
    for row in rows {
        history.extend(outbox::rebuild(&row, *programme, opened.as_ref())?);
    }
    Ok(history)
}
