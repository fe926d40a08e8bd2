//! Connections kept open: for SQLite one that writes and a few that read, for PostgreSQL a handful that do either.

use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error, Pool, PooledConnection};

use super::Address;
use super::connection::AnyConnection;
use super::error::DatabaseError;

type Manager = ConnectionManager<AnyConnection>;

/// Connections that read at the same time from a SQLite file.
const SQLITE_READERS: u32 = 4;
/// Connections of one server process to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 8;
/// How long a request waits for a connection, or for SQLite's write lock.
const PATIENCE: Duration = Duration::from_secs(30);

/// A committed transaction survives a power cut: the log is synced at each commit. It is copied into the file every 16 MB:
/// pages that many pushes write are then copied once.
const SQLITE: &str = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA wal_autocheckpoint = 4000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000;";

#[derive(Clone)]
pub(super) struct Pools {
    writers: Pool<Manager>,
    readers: Pool<Manager>,
}

#[derive(Debug)]
struct Setup(&'static str);

impl CustomizeConnection<AnyConnection, Error> for Setup {
    fn on_acquire(&self, connection: &mut AnyConnection) -> Result<(), Error> {
        connection.batch_execute(self.0).map_err(Error::QueryError)
    }
}

impl Pools {
    pub(super) fn open(address: &Address) -> Result<Self, DatabaseError> {
        match address {
            Address::Postgres(url) => {
                let pool = build(url, POSTGRES_CONNECTIONS, "SET timezone = 'UTC'");
                // One connection at once, so that a wrong address is told at the start.
                pool.get().map_err(|error| DatabaseError::Connect {
                    place: without_password(url),
                    reason: error.to_string(),
                })?;
                Ok(Self { writers: pool.clone(), readers: pool })
            }
            Address::Sqlite(path) => {
                let connect = |reason: String| DatabaseError::Connect { place: path.display().to_string(), reason };
                make_folder(path).map_err(|error| connect(error.to_string()))?;
                let file = path.to_str().ok_or_else(|| connect("its name is not UTF-8".into()))?;
                let writers = build(file, 1, SQLITE);
                writers.get().map_err(|error| connect(error.to_string()))?;
                Ok(Self { writers, readers: build(file, SQLITE_READERS, SQLITE) })
            }
        }
    }

    pub(super) fn writer(&self) -> Result<PooledConnection<Manager>, DatabaseError> {
        Ok(self.writers.get()?)
    }

    pub(super) fn reader(&self) -> Result<PooledConnection<Manager>, DatabaseError> {
        Ok(self.readers.get()?)
    }
}

fn build(address: &str, size: u32, setup: &'static str) -> Pool<Manager> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(PATIENCE)
        .connection_customizer(Box::new(Setup(setup)))
        .build_unchecked(Manager::new(address))
}

fn make_folder(file: &Path) -> std::io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder),
        Some(_) | None => Ok(()),
    }
}

fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(host)) => format!("{}{}", &url[..scheme + 3], &url[host + 1..]),
        (None, _) | (_, None) => url.to_owned(),
    }
}
