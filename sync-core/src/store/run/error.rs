//! Why a run stopped.

use thiserror::Error;

use super::super::error::StoreError;
use super::super::sync::SyncError;
use crate::enrolment::ErrorBody;
use crate::exchange::DecodeError;

/// Why a run, or an enrolment, stopped. What was typed is safe in every case.
#[derive(Debug, Error)]
pub enum RunError {
    /// The server does not speak this version of the exchange: the app must be updated. Work goes on meanwhile.
    #[error("the server speaks versions {spoken:?} of the exchange; this app must be updated")]
    Outdated {
        /// Versions that the server speaks.
        spoken: Vec<u8>,
    },
    /// The server does not take this device: revoked, its user disabled, unknown, a code used up.
    #[error("the server refuses this device: {message}")]
    Refused {
        /// The server's stable name for it, such as `device_revoked`.
        code: String,
        /// Its words.
        message: String,
    },
    /// The server is there but cannot answer now; a later run may.
    #[error("the server cannot answer now (status {status})")]
    Busy {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not what a server sends: a captive portal, a cut line, a defect.
    #[error("the answer could not be read: {0}")]
    Response(DecodeError),
    /// The answer does not belong to the call.
    #[error("the answer does not fit what was asked")]
    Unfitting,
    /// Reading or writing the store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SyncError> for RunError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Outdated { spoken } => Self::Outdated { spoken },
            SyncError::Response(error) => Self::Response(error),
            SyncError::Unfitting => Self::Unfitting,
            SyncError::Store(error) => Self::Store(error),
        }
    }
}

/// What an answer with an error status says.
pub(in super::super) fn refusal_of(status: u16, body: &[u8]) -> RunError {
    match (status, serde_json::from_slice::<ErrorBody>(body)) {
        (408 | 425 | 429 | 500..=599, _) => RunError::Busy { status },
        (_, Ok(ErrorBody { error })) => RunError::Refused { code: error.code, message: error.message },
        // Not a word of our server's: a portal or proxy in between.
        (_, Err(_)) => RunError::Response(DecodeError::NotAFrame),
    }
}
