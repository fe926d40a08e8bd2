//! One sync: the calls that the core asks for, made one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sync_core::store::{Call, RunProgress, SyncRun};

use super::cancellation::Cancellation;
use super::client::{HttpClient, HttpError, HttpResponse};
use super::line::Line;
use super::thread::on_thread;
use crate::clock;
use crate::error::RukunError;
use crate::store::Store;

/// How often in a row a call may be cut before the sync gives up until the next one.
const CUTS: u8 = 4;

/// How far a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Record)]
pub struct SyncProgress {
    /// Own segments that the server has taken into the feed.
    pub accepted: u64,
    /// Segments that it holds for a supervisor.
    pub held: u64,
    /// Segments that it refused.
    pub refused: u64,
    /// Segments received.
    pub received: u64,
    /// Documents that could not take in what came for them; they are kept aside and asked for whole.
    pub unreadable: u64,
    /// Segments that still wait to be sent.
    pub to_send: u64,
    /// The server has more than has come.
    pub more: bool,
    /// Forms and other contents still to fetch, as far as known.
    pub contents_left: u64,
    /// Calls made.
    pub calls: u64,
    /// Bytes sent: over TCP, headers and TLS included, with the built-in client; bodies alone with the platform's.
    pub bytes_up: u64,
    /// Bytes received, likewise.
    pub bytes_down: u64,
    /// Nothing is left to do.
    pub done: bool,
}

/// Is told how far a sync is.
#[uniffi::export(with_foreign)]
pub trait SyncObserver: Send + Sync {
    /// After each call's answer. Must return soon and not throw; it may use the store.
    fn progress(&self, progress: SyncProgress);
}

#[uniffi::export]
impl Store {
    /// Sends what waits, fetches what is new, and says what came of it. Stopped at any point, by the line, the app or the
    /// phone, it loses nothing; the next sync goes on from there.
    ///
    /// Without `http` the built-in client is used.
    ///
    /// # Errors
    /// [`RukunError::Offline`], [`RukunError::Unauthorised`], [`RukunError::Outdated`], [`RukunError::Cancelled`],
    /// [`RukunError::Storage`]; [`RukunError::Invalid`] when a sync of this store is running already.
    #[uniffi::method(default(http = None, observer = None, cancellation = None))]
    pub async fn sync(
        self: Arc<Self>,
        http: Option<Arc<dyn HttpClient>>,
        observer: Option<Arc<dyn SyncObserver>>,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<SyncProgress, RukunError> {
        let _only = Only::begin(&self)?;
        let server_url = self.with(|store| Ok(store.identity()?.server_url))?;
        let mut running = Running { store: Arc::clone(&self), line: Line::new(server_url, http), calls: 0 };
        let cancellation = cancellation.unwrap_or_default();
        let mut run = SyncRun::new();
        let mut cuts = 0;
        loop {
            let call;
            (run, call) = cancellation.or(running.next(run)).await??;
            let Some(call) = call else { return Ok(running.progress(run.progress())) };
            let answer = match cancellation.or(running.line.call(call)).await?? {
                Err(HttpError::Cut { .. }) if cuts < CUTS => {
                    cuts += 1;
                    continue;
                }
                answer => answer?,
            };
            (cuts, running.calls) = (0, running.calls + 1);
            run = cancellation.or(running.take(run, answer)).await??;
            if let Some(observer) = &observer {
                observer.progress(running.progress(run.progress()));
            }
        }
    }
}

struct Running {
    store: Arc<Store>,
    line: Line,
    calls: u64,
}

impl Running {
    async fn next(&self, mut run: SyncRun) -> Result<(SyncRun, Option<Call>), RukunError> {
        let store = Arc::clone(&self.store);
        on_thread(move || {
            let call = store.with(|store| Ok(run.next(store, clock::now())?))?;
            Ok((run, call))
        })
        .await?
    }

    async fn take(&self, mut run: SyncRun, answer: HttpResponse) -> Result<SyncRun, RukunError> {
        let store = Arc::clone(&self.store);
        on_thread(move || {
            store.with(|store| Ok(run.take(store, answer.status, &answer.body, clock::now())?))?;
            Ok(run)
        })
        .await?
    }

    fn progress(&self, run: RunProgress) -> SyncProgress {
        let records = run.records;
        let (bytes_up, bytes_down) = self.line.bytes();
        SyncProgress {
            accepted: records.applied.accepted as u64,
            held: records.applied.held as u64,
            refused: records.applied.refused as u64,
            received: records.applied.received as u64,
            unreadable: records.applied.unreadable as u64,
            to_send: records.to_send as u64,
            more: records.more,
            contents_left: run.contents_left as u64,
            calls: self.calls,
            bytes_up,
            bytes_down,
            done: run.done,
        }
    }
}

/// The one sync that may run on a store: two would send everything twice.
struct Only(Arc<Store>);

impl Only {
    fn begin(store: &Arc<Store>) -> Result<Self, RukunError> {
        let running: &AtomicBool = &store.syncing;
        if running.swap(true, Ordering::AcqRel) {
            return Err(RukunError::invalid("a sync of this store is running already"));
        }
        Ok(Self(Arc::clone(store)))
    }
}

impl Drop for Only {
    fn drop(&mut self) {
        self.0.syncing.store(false, Ordering::Release);
    }
}
