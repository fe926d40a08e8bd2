//! What can go wrong, as few cases as an app can act on.

use sync_core::record::EditError;
use sync_core::store::{RunError, StoreError};
use thiserror::Error;

/// Why a call did not do what it was asked. Whatever was saved before is safe in every case. `detail` is for a log or a
/// report, not for the person: it holds no answers.
#[derive(Debug, Error, uniffi::Error)]
pub enum RukunError {
    /// The server cannot be reached, the line was cut, or the server cannot answer now. The app says "no connection" and
    /// tries again later; work goes on.
    #[error("no connection to the server: {detail}")]
    Offline {
        /// What was met.
        detail: String,
    },
    /// The server does not take this device: `not_enrolled`, `device_revoked`, `user_disabled` and the like. The app shows
    /// its screen for enrolling and says whom to ask. Unsent work stays in the store; [`Store::waiting`](crate::Store)
    /// lists it.
    #[error("the server does not take this device ({code}): {detail}")]
    Unauthorised {
        /// The stable name of the cause.
        code: String,
        /// The server's words.
        detail: String,
    },
    /// The server does not speak this app's version of the exchange. The app says that it must be updated; work goes on.
    #[error("this app must be updated: the server speaks versions {spoken:?} of the exchange")]
    Outdated {
        /// The versions that the server speaks.
        spoken: Vec<u8>,
    },
    /// What was asked is understood and refused: a used or expired code, a store that is
    /// somebody else's. The app shows its own words for the code.
    #[error("refused ({code}): {detail}")]
    Rejected {
        /// The stable name of the cause, such as `code_used`, `already_enrolled`.
        code: String,
        /// What, in words.
        detail: String,
    },
    /// The phone's storage. What the app does depends on [`StorageTrouble`].
    #[error("storage: {trouble:?}: {detail}")]
    Storage {
        /// Which trouble.
        trouble: StorageTrouble,
        /// What was met.
        detail: String,
    },
    /// No such record, form, or question on this device. The app refreshes the list that it showed.
    #[error("not on this device: {what}")]
    NotFound {
        /// What.
        what: String,
    },
    /// Something given cannot be taken: a malformed id or key, a number that is none, more than one save can hold. The
    /// app keeps what was typed on the screen and says so; a malformed id is a defect of the app.
    #[error("cannot be taken: {what}")]
    Invalid {
        /// What.
        what: String,
    },
    /// The app cancelled the sync. What went over until then is kept; the next sync goes on from there.
    #[error("cancelled")]
    Cancelled,
    /// A defect of Rukun. The app reports it with the detail and goes on.
    #[error("a defect of Rukun: {detail}")]
    Bug {
        /// What was met.
        detail: String,
    },
}

/// What is the matter with the phone's storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum StorageTrouble {
    /// No room. What was typed is still with the app: ask the person to free space, then save again.
    DiskFull,
    /// Another process has the store open. Close it there; there is one store object for one folder.
    InUse,
    /// The file is damaged. Shut the store and open it again: the file is kept aside and what can be read is recovered;
    /// [`Store::findings`](crate::Store) then says what.
    Damaged,
    /// A later version of the app wrote the store: update the app. Nothing was touched.
    TooNew,
    /// The platform's key store lacks the key that the store was made with, as after moving to another phone. Keep the
    /// folder; enrol anew in a new one.
    KeyMissing,
    /// One record does not open; it was moved aside and is kept, and the next sync fetches it whole.
    RecordUnreadable,
    /// The disk failed in another way.
    Other,
}

/// Codes by which the server says that it does not take this device or user at all.
const UNAUTHORISED: &[&str] =
    &["device_revoked", "device_unknown", "user_disabled", "token_expired", "token_invalid", "signature_invalid"];

/// Codes of a renewal that the next sync simply begins anew: the nonce was too old when the answer to it arrived.
const AGAIN: &[&str] = &["nonce_expired", "nonce_invalid", "nonce_used"];

impl RukunError {
    pub(crate) fn invalid(error: impl std::fmt::Display) -> Self {
        Self::Invalid { what: error.to_string() }
    }

    pub(crate) fn bug(detail: impl Into<String>) -> Self {
        Self::Bug { detail: detail.into() }
    }
}

impl From<StoreError> for RukunError {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        let storage = |trouble| Self::Storage { trouble, detail: detail.clone() };
        match error {
            StoreError::InUse => storage(StorageTrouble::InUse),
            StoreError::DiskFull => storage(StorageTrouble::DiskFull),
            StoreError::Damaged(_) | StoreError::Id(_) => storage(StorageTrouble::Damaged),
            StoreError::TooNew => storage(StorageTrouble::TooNew),
            StoreError::KeyMissing => storage(StorageTrouble::KeyMissing),
            StoreError::Document { .. } | StoreError::Record { .. } => storage(StorageTrouble::RecordUnreadable),
            StoreError::Database(_) | StoreError::File(_) | StoreError::Unreadable(_) => storage(StorageTrouble::Other),
            StoreError::NotEnrolled => Self::Unauthorised { code: "not_enrolled".into(), detail },
            StoreError::AlreadyEnrolled => Self::Rejected { code: "already_enrolled".into(), detail },
            StoreError::UnknownRecord(_) | StoreError::UnknownForm { .. } => Self::NotFound { what: detail },
            StoreError::Form { .. } => Self::invalid(detail),
            StoreError::Edit(edit) => edit.into(),
        }
    }
}

impl From<EditError> for RukunError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Automerge { .. } => Self::bug(error.to_string()),
            EditError::Full => Self::Rejected { code: "record_full".into(), detail: error.to_string() },
            EditError::UnknownHeads
            | EditError::TooLarge { .. }
            | EditError::TooManySteps { .. }
            | EditError::Unstorable { .. }
            | EditError::Order { .. }
            | EditError::NotARecord { .. } => Self::invalid(error),
        }
    }
}

impl From<RunError> for RukunError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Outdated { spoken } => Self::Outdated { spoken },
            RunError::Refused { code, message } if UNAUTHORISED.contains(&code.as_str()) => {
                Self::Unauthorised { code, detail: message }
            }
            RunError::Refused { code, message } if AGAIN.contains(&code.as_str()) => Self::Offline { detail: message },
            RunError::Refused { code, message } => Self::Rejected { code, detail: message },
            RunError::Busy { .. } | RunError::Response(_) => Self::Offline { detail: error.to_string() },
            RunError::Unfitting => Self::bug(error.to_string()),
            RunError::Store(error) => error.into(),
        }
    }
}
