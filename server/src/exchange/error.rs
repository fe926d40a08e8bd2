//! Why a request was not answered.

use sync_core::exchange::DecodeError;
use thiserror::Error;

use crate::database::DatabaseError;

/// A request that was not answered.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// The bytes are no request. Nothing was taken from them.
    #[error("the request cannot be read: {0}")]
    Unreadable(DecodeError),
    /// A version of the exchange that is not spoken here.
    #[error("version {version} of the exchange is not spoken here")]
    UnknownVersion {
        /// The request's version.
        version: u8,
        /// The bytes to answer with: readable by every version for ever.
        answer: Vec<u8>,
    },
    /// No such device is enrolled.
    #[error("the device is not enrolled here")]
    UnknownDevice,
    /// The database could not do its part.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}
