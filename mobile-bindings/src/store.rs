//! The store object: one for one folder, shared by all threads of an app.

mod bundle;
mod files;
mod forms;
mod key;
mod listing;
mod records;
mod standing;

pub use bundle::{Checked, Imported};
pub use key::{KeyStore, KeyStoreError};
pub use listing::{RecordFilter, RecordHeads, RecordLine};
pub use records::NewRecord;
pub(crate) use records::document;
pub use standing::{Fate, Feed, HeldReason, Right, Standing, Waiting};

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use sync_core::entropy::Entropy;
use sync_core::store;

use crate::clock;
use crate::error::{RukunError, StorageTrouble};

/// A device's store: everything an app keeps, in one folder.
#[derive(uniffi::Object)]
pub struct Store {
    /// None once it is shut.
    inner: Mutex<Option<store::Store>>,
    findings: Vec<OpenFinding>,
    pub(crate) syncing: AtomicBool,
}

/// Something that opening the store found and dealt with; tell the person.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum OpenFinding {
    /// The file was damaged. It is kept; what could be read of it was carried over.
    FileMovedAside {
        /// Folder in which it is kept.
        moved_to: String,
        /// Records and reviews carried over.
        documents: u64,
        /// Segments carried over.
        segments: u64,
    },
    /// The app died while it tried this segment from another device; it is kept apart.
    Quarantined {
        /// The segment.
        segment: String,
    },
}

/// Who this device is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Identity {
    /// Address of the server.
    pub server_url: String,
    /// The programme.
    pub programme: String,
    /// This device.
    pub device: String,
    /// Its user.
    pub user: String,
    /// The user's name.
    pub user_name: String,
}

#[uniffi::export]
impl Store {
    /// Opens the store in `folder`, making it if it is not there. It is locked against other processes until it is shut.
    /// With a `key_store` the device's key lies there; without one, in the store itself.
    ///
    /// # Errors
    /// [`RukunError::Storage`]. A damaged file is no error: see [`Store::findings`].
    #[uniffi::constructor(default(key_store = None))]
    pub fn open(folder: String, key_store: Option<Arc<dyn KeyStore>>) -> Result<Arc<Self>, RukunError> {
        let folder = Path::new(&folder);
        let key = key::source(folder, key_store.as_deref())?;
        let opened = store::Store::open(folder, key, Box::new(System), clock::now())?;
        Ok(Arc::new(Self {
            inner: Mutex::new(Some(opened.store)),
            findings: opened.findings.into_iter().map(Into::into).collect(),
            syncing: AtomicBool::new(false),
        }))
    }

    /// What opening found and dealt with.
    pub fn findings(&self) -> Vec<OpenFinding> {
        self.findings.clone()
    }

    /// Closes the file, so that another process may open it. Every later call on this object fails. (Garbage collection
    /// does the same, some day.)
    pub fn shut(&self) {
        drop(self.lock().take());
    }

    /// Who this device is; none before it is enrolled.
    ///
    /// # Errors
    /// [`RukunError::Storage`].
    pub fn identity(&self) -> Result<Option<Identity>, RukunError> {
        self.with(|store| match store.identity() {
            Ok(identity) => Ok(Some(identity.into())),
            Err(store::StoreError::NotEnrolled) => Ok(None),
            Err(error) => Err(error.into()),
        })
    }

    /// A new random id for a repeat instance or a comment.
    ///
    /// # Errors
    /// [`RukunError::Invalid`] when the store is shut.
    pub fn new_id(&self) -> Result<String, RukunError> {
        self.with(|store| Ok(store.new_instance().to_string()))
    }
}

impl Store {
    /// Does something with the open store. Nothing in `work` may call foreign code or wait for a network.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&mut store::Store) -> Result<T, RukunError>,
    ) -> Result<T, RukunError> {
        let mut inner = self.lock();
        let store = inner.as_mut().ok_or_else(|| RukunError::invalid("the store is shut"))?;
        let done = work(store);
        if let Err(RukunError::Storage { trouble: StorageTrouble::Damaged, .. }) = &done {
            store.report_damage();
        }
        done
    }

    /// A panic elsewhere leaves the store whole: each of its steps is one transaction.
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<store::Store>> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The operating system's randomness.
struct System;

impl Entropy for System {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("an operating system without randomness cannot make keys");
    }
}

impl From<store::OpenFinding> for OpenFinding {
    fn from(finding: store::OpenFinding) -> Self {
        match finding {
            store::OpenFinding::FileMovedAside { moved_to, documents, segments } => Self::FileMovedAside {
                moved_to: moved_to.display().to_string(),
                documents: documents as u64,
                segments: segments as u64,
            },
            store::OpenFinding::Quarantined(segment) => Self::Quarantined { segment: segment.to_string() },
        }
    }
}

impl From<store::Identity> for Identity {
    fn from(identity: store::Identity) -> Self {
        Self {
            server_url: identity.server_url,
            programme: identity.programme.to_string(),
            device: identity.device.to_string(),
            user: identity.user.to_string(),
            user_name: identity.user_name,
        }
    }
}
