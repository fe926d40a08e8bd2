//! Opening the store: lock, migrations, identity, and what a crash may have left.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::contents::FormCache;
use super::error::{StoreError, is_damage};
use super::identity::{self, KeySource};
use super::recovery;
use super::{OpenFinding, Opened, Store};
use crate::entropy::Entropy;
use crate::id::ActorId;
use crate::time::Timestamp;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/device");
pub(super) const FILE: &str = "store.sqlite";

/// Write-ahead log with a full sync at each commit: what is acknowledged as saved survives a power cut. The exclusive lock
/// keeps a second process, or tab, out: two of them would draw numbers for one actor.
const PRAGMAS: &str = "PRAGMA busy_timeout = 200; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; BEGIN EXCLUSIVE; COMMIT;";

pub(super) fn open(
    folder: &Path,
    key: KeySource,
    mut entropy: Box<dyn Entropy>,
    now: Timestamp,
) -> Result<Opened, StoreError> {
    std::fs::create_dir_all(folder.join("files"))?;
    let file = folder.join(FILE);
    let mut findings = Vec::new();
    let opened = if recovery::was_marked(folder) { Err(StoreError::Damaged(String::new())) } else { connect(&file) };
    let mut connection = match opened {
        Err(StoreError::Damaged(_)) => {
            let (connection, finding) = recovery::recover(folder, &file, now)?;
            findings.push(finding);
            connection
        }
        other => other?,
    };
    let key = identity::load_or_make(&mut connection, key, entropy.as_mut())?;
    findings.extend(recovery::leave_quarantined(&mut connection)?);
    let prefix = key.public().actor_prefix();
    let actor = ActorId::generate(prefix, entropy.as_mut());
    let store = Store {
        connection,
        folder: folder.to_owned(),
        key,
        prefix,
        actor,
        entropy,
        forms: FormCache::default(),
        shown: HashSet::new(),
    };
    Ok(Opened { store, findings })
}

/// Opens the file, takes the lock and brings the tables up to date.
pub(super) fn connect(file: &Path) -> Result<SqliteConnection, StoreError> {
    let existed = file.exists();
    let address = file.to_str().ok_or_else(|| StoreError::Unreadable("the folder's name is not UTF-8".into()))?;
    let mut connection = SqliteConnection::establish(address).map_err(|error| {
        let words = error.to_string();
        match words.contains("full") {
            true => StoreError::DiskFull,
            false if is_damage(&words) => StoreError::Damaged(words),
            false => StoreError::File(std::io::Error::other(words)),
        }
    })?;
    connection.batch_execute(PRAGMAS)?;
    migrate(&mut connection, existed.then(|| file.to_owned()))?;
    Ok(connection)
}

/// Upgrades one version a step, each in a transaction, after copying the file.
fn migrate(connection: &mut SqliteConnection, existing: Option<PathBuf>) -> Result<(), StoreError> {
    let trouble = |error: Box<dyn std::error::Error + Send + Sync>| match error.downcast::<diesel::result::Error>() {
        Ok(error) => StoreError::from(*error),
        Err(other) => StoreError::Damaged(other.to_string()),
    };
    let applied = connection.applied_migrations().map_err(trouble)?;
    let pending = connection.pending_migrations(MIGRATIONS).map_err(trouble)?;
    let known =
        diesel::migration::MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRATIONS).map_err(trouble)?;
    if applied.len() + pending.len() > known.len() {
        return Err(StoreError::TooNew);
    }
    if pending.is_empty() {
        return Ok(());
    }
    if let Some(file) = existing.filter(|_| !applied.is_empty()) {
        connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?;
        std::fs::copy(&file, file.with_extension(format!("before-{}", known.len())))?;
    }
    connection.run_pending_migrations(MIGRATIONS).map_err(trouble)?;
    Ok(())
}

impl std::fmt::Display for OpenFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FileMovedAside { moved_to, documents, segments } => write!(
                f,
                "the store's file was damaged; it is kept as {}, {documents} records and {segments} segments were recovered",
                moved_to.display()
            ),
            Self::Quarantined(id) => {
                write!(f, "segment {id} from another device broke the app while it was tried; it is kept apart")
            }
        }
    }
}
