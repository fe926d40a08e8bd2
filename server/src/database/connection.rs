//! One connection type for both dialects.

use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

/// A connection to either database. PostgreSQL stands first because SQLite takes any text for a file name.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// To PostgreSQL.
    Postgres(PgConnection),
    /// To SQLite.
    Sqlite(SqliteConnection),
}
