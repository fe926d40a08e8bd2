//! Transactions, each dialect's way.

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use diesel::result::QueryResult;

use super::connection::AnyConnection;
use super::error::DatabaseError;

type Transactions = <AnyConnection as Connection>::TransactionManager;

pub(super) fn write<T, E: From<DatabaseError>>(
    connection: &mut AnyConnection,
    run: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    begin(connection, "BEGIN ISOLATION LEVEL READ COMMITTED", "BEGIN IMMEDIATE").map_err(DatabaseError::from)?;
    finish(connection, run)
}

pub(super) fn read<T, E: From<DatabaseError>>(
    connection: &mut AnyConnection,
    run: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    begin(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN").map_err(DatabaseError::from)?;
    finish(connection, run)
}

fn begin(connection: &mut AnyConnection, postgres: &str, sqlite: &str) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(connection) => AnsiTransactionManager::begin_transaction_sql(connection, postgres),
        AnyConnection::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(connection, sqlite),
    }
}

fn finish<T, E: From<DatabaseError>>(
    connection: &mut AnyConnection,
    run: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    match run(connection) {
        Ok(value) => {
            Transactions::commit_transaction(connection).map_err(DatabaseError::from)?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one to tell; a connection that cannot even roll back is dropped by the pool.
            let _ = Transactions::rollback_transaction(connection);
            Err(error)
        }
    }
}
