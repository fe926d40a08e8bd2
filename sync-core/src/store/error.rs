//! What can go wrong in the store.

use thiserror::Error;

use crate::document::DocumentError;
use crate::form::plan::PlanError;
use crate::id::{DocumentId, IdError};
use crate::record::{EditError, RecordError};

/// Why the store did not do what it was asked. Nothing that was saved before is touched.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process, or another tab, has the store open.
    #[error("the store is open elsewhere")]
    InUse,
    /// The disk has no room. What was typed is still with the caller.
    #[error("the disk is full")]
    DiskFull,
    /// The file is damaged; opening the store again moves it aside and recovers what can be read.
    #[error("the store's file is damaged: {0}")]
    Damaged(String),
    /// The store was written by a later version of the app.
    #[error("the store was written by a later version")]
    TooNew,
    /// Reading or writing failed for another reason.
    #[error("the store could not be read or written: {0}")]
    Database(diesel::result::Error),
    /// A file beside the database could not be read or written.
    #[error("a file of the store could not be read or written: {0}")]
    File(#[from] std::io::Error),
    /// The device is not enrolled yet.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// The device is enrolled already, as somebody else or elsewhere.
    #[error("the device is enrolled already")]
    AlreadyEnrolled,
    /// The platform's key store gave another key than the one the store was made with, or none.
    #[error("the device's key is missing")]
    KeyMissing,
    /// No such record on this device.
    #[error("no record {0} on this device")]
    UnknownRecord(DocumentId),
    /// No such form, or its content has not arrived.
    #[error("form `{form}` version `{version}` is not on this device")]
    UnknownForm {
        /// Its id.
        form: String,
        /// Its version.
        version: String,
    },
    /// The form is here and cannot be filled.
    #[error("form `{form}`: {source}")]
    Form {
        /// Its id.
        form: String,
        /// What is wrong with it.
        source: PlanError,
    },
    /// The document does not open; it was moved aside and is kept.
    #[error("record {document} does not open: {source}")]
    Document {
        /// Which.
        document: DocumentId,
        /// Why.
        source: DocumentError,
    },
    /// The document opens but is not a record.
    #[error("document {document}: {source}")]
    Record {
        /// Which.
        document: DocumentId,
        /// Why.
        source: RecordError,
    },
    /// The edit cannot be saved.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A stored id has the wrong shape: damage that SQLite did not notice.
    #[error("the store holds a malformed id: {0}")]
    Id(#[from] IdError),
    /// A stored form or area code cannot be read.
    #[error("the store holds something unreadable: {0}")]
    Unreadable(String),
}

/// SQLite's words for the failures that a person can do something about. Diesel passes the message, not the code. An error of
/// reading or writing alone is no damage: it may pass, and moving a whole file aside for it would be worse.
impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        let words = error.to_string();
        if words.contains("database or disk is full") {
            Self::DiskFull
        } else if is_damage(&words) {
            Self::Damaged(words)
        } else if words.contains("database is locked") {
            Self::InUse
        } else {
            Self::Database(error)
        }
    }
}

/// Whether SQLite says that the file's content is wrong.
pub(super) fn is_damage(words: &str) -> bool {
    words.contains("malformed") || words.contains("not a database")
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error};

    use super::*;

    fn error_of(words: &str) -> StoreError {
        Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(words.to_owned())).into()
    }

    #[test]
    fn only_wrong_content_is_damage() {
        assert!(matches!(error_of("database disk image is malformed"), StoreError::Damaged(_)));
        assert!(matches!(error_of("file is not a database"), StoreError::Damaged(_)));
        assert!(matches!(error_of("disk I/O error"), StoreError::Database(_)));
        assert!(matches!(error_of("database or disk is full"), StoreError::DiskFull));
    }
}
