//! What the tests stand on: an empty database of either kind.

use rukun_server::database::Database;

/// Makes of each fact, a function that takes a database, one test on SQLite and one on PostgreSQL.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&$crate::support::sqlite().0); })+
        }
        mod postgres {
            $(#[test] fn $name() {
                if let Some(database) = $crate::support::postgres() { super::$name(&database); }
            })+
        }
    };
}

/// A new SQLite database in a folder that goes with it.
pub(crate) fn sqlite() -> (Database, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path().join("rukun.sqlite").to_str().unwrap()).unwrap();
    database.migrate().unwrap();
    (database, folder)
}

/// A new PostgreSQL database; none where PostgreSQL is not installed.
pub(crate) fn postgres() -> Option<Database> {
    let database = Database::open(&rukun_test_postgres::fresh_database()?).unwrap();
    database.migrate().unwrap();
    Some(database)
}
