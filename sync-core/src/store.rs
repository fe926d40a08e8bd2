//! The device store: everything a phone keeps, in one folder, on SQLite.
//!
//! A save is durable and sealed when it returns. Killed at any instruction, nothing acknowledged is lost: every step is one
//! transaction, and the database syncs at each commit. Documents are bytes; one is open at a time.
//!
//! The store reaches no network and no clock: [`SyncRun`] hands out calls and takes answers, and every call that needs the
//! time is given it.

mod apply;
mod bundle;
mod check;
mod contents;
mod documents;
mod enrolling;
mod error;
mod files;
mod filling;
mod identity;
mod leaving;
mod ledger;
mod listing;
mod open;
mod outbox;
mod rebuilding;
mod reconcile;
mod records;
mod recovery;
mod rows;
mod run;
mod schema;
mod scope;
mod summary;
mod sync;

pub use apply::Applied;
pub use bundle::Imported;
pub use check::Checked;
pub use error::StoreError;
pub use filling::{Filling, FillingError, LocalTime, NewFilling};
pub use identity::{Enrolment, Identity, KeySource};
pub use listing::{Counts, FeedStatus, RecordFilter, RecordLine};
pub use records::{Author, Draft, OpenRecord, Waiting};
pub use rows::Fate;
pub use run::{Call, Method, RunError, RunProgress, SyncRun};
pub use summary::{PresenceKind, Summary};
pub use sync::{Progress, Sync, SyncError};

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use diesel::sqlite::SqliteConnection;

use crate::entropy::Entropy;
use crate::id::{ActorId, ActorPrefix, DocumentId, SegmentId};
use crate::identity::KeyPair;
use crate::time::Timestamp;

/// An open store. Dropping it closes it.
pub struct Store {
    connection: SqliteConnection,
    folder: PathBuf,
    key: KeyPair,
    prefix: ActorPrefix,
    actor: ActorId,
    entropy: Box<dyn Entropy>,
    forms: contents::FormCache,
    /// Records opened since the store was: a screen may still show one, and what is typed there must find its record.
    shown: HashSet<DocumentId>,
}

/// A store, and what its opening found that the user must be told.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// What was found.
    pub findings: Vec<OpenFinding>,
}

/// Something that opening the store found and dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenFinding {
    /// The database file was damaged. It is kept; what could be read of it was carried over.
    FileMovedAside {
        /// Folder in which it is kept.
        moved_to: PathBuf,
        /// Documents carried over.
        documents: usize,
        /// Segments carried over.
        segments: usize,
    },
    /// The process died while it tried this segment from another device; it is kept apart.
    Quarantined(SegmentId),
}

impl Store {
    /// Opens the store in `folder`, making it if it is not there. The store is locked until it is dropped.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::TooNew`], [`StoreError::KeyMissing`], [`StoreError::DiskFull`],
    /// [`StoreError::File`]. A damaged file is no error: it is moved aside and named in [`Opened::findings`].
    pub fn open(
        folder: &Path,
        key: KeySource,
        entropy: Box<dyn Entropy>,
        now: Timestamp,
    ) -> Result<Opened, StoreError> {
        open::open(folder, key, entropy, now)
    }

    /// Whether a store has been made in `folder`.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(open::FILE).exists()
    }

    /// Tells the store that damage was met ([`StoreError::Damaged`]): the next opening moves the file aside and recovers
    /// what can be read.
    pub fn report_damage(&self) {
        recovery::mark(&self.folder);
    }
}
