//! The database: SQLite in a file, or PostgreSQL. One schema, two dialects.
//!
//! A query is a named function on its noun and takes an open [`AnyConnection`]; [`Database::read`] and [`Database::write`]
//! give one out inside a transaction.

mod connection;
mod error;
mod migrations;
mod pool;
#[expect(missing_docs, reason = "the columns are explained where the migrations make them")]
pub mod schema;
mod transaction;
pub mod upsert;

pub use connection::AnyConnection;
pub use error::DatabaseError;
pub use migrations::{applied_migrations, revert_last_migration};

use std::path::PathBuf;

use pool::Pools;

/// Which database, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A SQLite file; made when it is not there.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by its connection URL.
    Postgres(String),
}

impl Address {
    /// Reads `postgres://...`, `postgresql://...`, `sqlite:PATH` or a plain path.
    #[must_use]
    pub fn parse(url: &str) -> Self {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::Postgres(url.to_owned())
        } else {
            Self::Sqlite(PathBuf::from(url.strip_prefix("sqlite:").unwrap_or(url)))
        }
    }
}

/// An open database. Cloning shares its connections.
#[derive(Clone)]
pub struct Database {
    pools: Pools,
}

impl Database {
    /// Opens the database at `url` ([`Address::parse`]). Connections are made when they are needed.
    ///
    /// # Errors
    /// [`DatabaseError::Connect`] when it cannot be reached or made.
    pub fn open(url: &str) -> Result<Self, DatabaseError> {
        Ok(Self { pools: Pools::open(&Address::parse(url))? })
    }

    /// Brings the tables up to date; several processes may do so at once.
    ///
    /// # Errors
    /// [`DatabaseError::Migration`].
    pub fn migrate(&self) -> Result<(), DatabaseError> {
        migrations::migrate(&mut *self.pools.writer()?)
    }

    /// Gives out a connection outside of any transaction, for what must run alone.
    ///
    /// # Errors
    /// [`DatabaseError::Connect`], or the closure's.
    pub fn with_writer<T, E: From<DatabaseError>>(
        &self,
        run: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        run(&mut *self.pools.writer()?)
    }

    /// Runs `run` in one read-only snapshot: whatever it reads was true at one instant (R12).
    ///
    /// # Errors
    /// [`DatabaseError`], or the closure's.
    pub fn read<T, E: From<DatabaseError>>(
        &self,
        run: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        transaction::read(&mut *self.pools.reader()?, run)
    }

    /// Runs `run` in one transaction and commits it; an error rolls everything back. On SQLite the write lock is taken at
    /// the start, on PostgreSQL each statement sees what others have committed before it, so that rows read after a lock
    /// are the present ones (R20).
    ///
    /// # Errors
    /// [`DatabaseError`], or the closure's.
    pub fn write<T, E: From<DatabaseError>>(
        &self,
        run: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        transaction::write(&mut *self.pools.writer()?, run)
    }
}
