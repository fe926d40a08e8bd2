//! "Area X is at sequence N": said to open event streams. Missing one costs nothing.
//!
//! One task reads the ends of all feeds: at once when this process has committed something, and each second otherwise, so
//! that what another process committed is heard as well. It rests while nobody listens.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sync_core::area::AreaCode;
use sync_core::id::Sequence;
use tokio::sync::{Notify, broadcast, watch};

use crate::database::{Database, DatabaseError};
use crate::feed_status;

/// How long a commit of another process may go unheard.
const PACE: Duration = Duration::from_secs(1);
/// Notices that a slow listener may lag behind before it misses some.
const BACKLOG: usize = 256;

/// A feed has grown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The feed area.
    pub area: AreaCode,
    /// Its last sequence.
    pub sequence: Sequence,
}

/// The source of notices of one process.
#[derive(Clone)]
pub struct Notices {
    database: Database,
    sender: broadcast::Sender<Arc<Vec<Notice>>>,
    committed: Arc<Notify>,
    closing: Arc<watch::Sender<bool>>,
}

impl Notices {
    /// A source that says nothing yet.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let (sender, _) = broadcast::channel(BACKLOG);
        let (closing, _) = watch::channel(false);
        Self { database, sender, committed: Arc::default(), closing: Arc::new(closing) }
    }

    /// Something may have been committed here.
    pub fn committed(&self) {
        self.committed.notify_one();
    }

    /// What is said from now on, and whether the server is stopping. Where the feeds stand is said soon after.
    #[must_use]
    pub fn listen(&self) -> (broadcast::Receiver<Arc<Vec<Notice>>>, watch::Receiver<bool>) {
        let listening = (self.sender.subscribe(), self.closing.subscribe());
        self.committed();
        listening
    }

    /// Ends all streams: the server is stopping.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Watches the feeds until [`close`](Self::close).
    pub(super) async fn watch(self) {
        let mut closing = self.closing.subscribe();
        let mut told = HashMap::new();
        while !*closing.borrow() {
            tokio::select! {
                () = self.committed.notified() => {}
                () = tokio::time::sleep(PACE) => {}
                _ = closing.changed() => return,
            }
            if self.sender.receiver_count() == 0 {
                continue;
            }
            match self.ends().await {
                Ok(ends) => self.tell(&mut told, ends),
                Err(error) => tracing::warn!(%error, "the feeds could not be read for event streams"),
            }
        }
    }

    async fn ends(&self) -> Result<Vec<(AreaCode, Sequence)>, DatabaseError> {
        let database = self.database.clone();
        let read = actix_web::web::block(move || database.read(feed_status::ends)).await;
        read.unwrap_or_else(|_| Ok(Vec::new()))
    }

    fn tell(&self, told: &mut HashMap<AreaCode, Sequence>, ends: Vec<(AreaCode, Sequence)>) {
        let grown: Vec<Notice> = ends
            .into_iter()
            .filter(|(area, sequence)| told.insert(area.clone(), *sequence) != Some(*sequence))
            .map(|(area, sequence)| Notice { area, sequence })
            .collect();
        if !grown.is_empty() {
            // An error means that the last listener has just left.
            let _ = self.sender.send(Arc::new(grown));
        }
    }
}
