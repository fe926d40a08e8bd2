//! What may go wrong with the database.

use diesel::result::{DatabaseErrorKind, Error};
use sync_core::area::AreaCodeError;
use sync_core::id::IdError;
use thiserror::Error as ThisError;

/// A database that could not do what was asked. Its words name no answers.
#[derive(Debug, ThisError)]
pub enum DatabaseError {
    /// It cannot be reached, or its file cannot be made.
    #[error("the database at {place} cannot be opened: {reason}")]
    Connect {
        /// Where, without a password.
        place: String,
        /// Why.
        reason: String,
    },
    /// No connection became free in time, or a new one could not be made.
    #[error("no connection to the database: {0}")]
    Busy(#[from] diesel::r2d2::PoolError),
    /// The tables could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migration(String),
    /// A statement failed.
    #[error("the database: {0}")]
    Query(#[from] Error),
    /// What was read has changed before it was locked.
    #[error("another change came in between")]
    Raced,
    /// A stored value is not what it must be: the database was changed by something else.
    #[error("a stored value cannot be read: {0}")]
    Stored(String),
}

impl DatabaseError {
    /// Whether another transaction came in between and the whole should be tried again from its start.
    #[must_use]
    pub fn is_raced(&self) -> bool {
        match self {
            Self::Raced => true,
            Self::Query(Error::DatabaseError(
                DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure,
                _,
            )) => true,
            // diesel has no kind of its own for it.
            Self::Query(Error::DatabaseError(_, words)) => words.message().contains("deadlock detected"),
            Self::Query(_) | Self::Connect { .. } | Self::Busy(_) | Self::Migration(_) | Self::Stored(_) => false,
        }
    }

    /// Whether a text was sent that PostgreSQL cannot hold: one with a zero byte. SQLite can; nothing here needs it.
    #[must_use]
    pub fn is_zero_byte(&self) -> bool {
        if let Self::Query(Error::DatabaseError(_, information)) = self {
            information.message().ends_with("0x00")
        } else {
            false
        }
    }

    pub(crate) fn stored(what: impl std::fmt::Display) -> Self {
        Self::Stored(what.to_string())
    }
}

impl From<IdError> for DatabaseError {
    fn from(error: IdError) -> Self {
        Self::stored(error)
    }
}

impl From<AreaCodeError> for DatabaseError {
    fn from(error: AreaCodeError) -> Self {
        Self::stored(error)
    }
}
