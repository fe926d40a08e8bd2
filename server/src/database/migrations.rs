//! The migrations of both dialects, embedded. Their folders have the same names; a test compares what they make.

use diesel::migration::MigrationVersion;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::AnyConnection;
use super::error::DatabaseError;

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Names the lock under which one process at a time migrates a PostgreSQL database.
const LOCK: &str = "SELECT pg_advisory_lock(7266658)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7266658)";

fn failed(error: impl std::fmt::Display) -> DatabaseError {
    DatabaseError::Migration(error.to_string())
}

pub(super) fn migrate(connection: &mut AnyConnection) -> Result<(), DatabaseError> {
    use diesel::connection::SimpleConnection;
    match connection {
        AnyConnection::Postgres(connection) => {
            connection.batch_execute(LOCK)?;
            let run = connection.run_pending_migrations(POSTGRES).map(|_| ()).map_err(failed);
            connection.batch_execute(UNLOCK)?;
            run
        }
        AnyConnection::Sqlite(connection) => connection.run_pending_migrations(SQLITE).map(|_| ()).map_err(failed),
    }
}

/// The versions of the migrations that the database has, in order.
///
/// # Errors
/// [`DatabaseError::Migration`].
pub fn applied_migrations(connection: &mut AnyConnection) -> Result<Vec<String>, DatabaseError> {
    let applied: Vec<MigrationVersion<'static>> = match connection {
        AnyConnection::Postgres(connection) => connection.applied_migrations().map_err(failed)?,
        AnyConnection::Sqlite(connection) => connection.applied_migrations().map_err(failed)?,
    };
    let mut versions: Vec<String> = applied.iter().map(ToString::to_string).collect();
    versions.sort_unstable();
    Ok(versions)
}

/// Takes the last migration back.
///
/// # Errors
/// [`DatabaseError::Migration`].
pub fn revert_last_migration(connection: &mut AnyConnection) -> Result<(), DatabaseError> {
    match connection {
        AnyConnection::Postgres(connection) => connection.revert_last_migration(POSTGRES).map(|_| ()).map_err(failed),
        AnyConnection::Sqlite(connection) => connection.revert_last_migration(SQLITE).map(|_| ()).map_err(failed),
    }
}
