//! Opening of what a server or a command works with: the database, migrated; the secrets; the papers of this process.

use std::path::{Path, PathBuf};

use sync_core::id::ProgrammeId;
use sync_core::identity::KeyPair;
use thiserror::Error;

use crate::clock::{self, SystemEntropy};
use crate::configuration::Configuration;
use crate::database::{Address, Database, DatabaseError};
use crate::forms::administration::FormError;
use crate::forms::built_in;
use crate::identity::ServerIdentity;
use crate::programme::{self, FirstLogIn, FirstStartError};
use crate::secrets::{Programme, Secrets, SecretsError};

/// Why nothing can be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The files beside it.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The first start.
    #[error("the first start failed: {0}")]
    FirstStart(#[from] FirstStartError),
    /// A form that comes with the server cannot be published.
    #[error("a built-in form: {0}")]
    Form(#[from] FormError),
    /// The key is not the programme's.
    #[error(
        "{0} is not the key of the programme in this database: no enrolled phone would trust this server. Copy server.key \
         and token.secret from the data folder of the server that made the programme"
    )]
    ForeignKey(PathBuf),
    /// The data folder or the database file cannot be closed to others.
    #[error("{path}: {reason}")]
    File {
        /// Folder or file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
}

/// An opened programme.
pub struct Opened {
    /// The database.
    pub database: Database,
    /// Who this process is.
    pub identity: ServerIdentity,
    /// Keys of the programme.
    pub secrets: Secrets,
    /// Said once, when the programme was made just now.
    pub first_log_in: Option<FirstLogIn>,
}

/// Opens everything, and makes what is not there yet.
///
/// # Errors
/// [`OpenError`].
pub fn open(configuration: &Configuration) -> Result<Opened, OpenError> {
    make_folder(&configuration.data)?;
    let url = configuration.database_url();
    if let Address::Sqlite(file) = Address::parse(&url) {
        make_file(&file)?;
    }
    let database = Database::open(&url)?;
    database.migrate()?;
    let (now, mut entropy) = (clock::now(), SystemEntropy);
    let known = database.read(programme::find)?;
    let state = if known.is_some() { Programme::Existing } else { Programme::New };
    let secrets = Secrets::load(&configuration.data, state, &mut entropy)?;
    let own = secrets.server_key.public();
    let (programme, first_log_in): (ProgrammeId, _) = match known {
        Some((id, _)) => (id, None),
        None => {
            let made = database
                .write(|connection| programme::make(connection, (&configuration.programme, &own), now, &mut entropy))?;
            (made.0, Some(made.1))
        }
    };
    if !database.read(|connection| programme::is_signed_by(connection, &own))? {
        return Err(OpenError::ForeignKey(configuration.data.join("server.key")));
    }
    built_in::publish(&database, now)?;
    let key = secrets.device_key.public();
    let (device, user) =
        database.write(|connection| programme::register_process(connection, &key, now, &mut entropy))?;
    let device_key = KeyPair::from_secret(&secrets.device_key.secret());
    let identity = ServerIdentity { programme, device, user, key: device_key };
    Ok(Opened { database, identity, secrets, first_log_in })
}

/// Makes the data folder, open to its owner alone. One that was there keeps the mode its owner gave it.
fn make_folder(path: &Path) -> Result<(), OpenError> {
    let made = || {
        if path.exists() {
            return Ok(());
        }
        std::fs::create_dir_all(path)?;
        set_mode(path, 0o700)
    };
    made().map_err(|reason| OpenError::File { path: path.to_owned(), reason })
}

/// Makes an empty database file, open to its owner alone: the files that SQLite puts beside it take their mode from it.
fn make_file(path: &Path) -> Result<(), OpenError> {
    let made = || {
        if path.exists() {
            return Ok(());
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        set_mode(path, 0o600)
    };
    made().map_err(|reason| OpenError::File { path: path.to_owned(), reason })
}

fn set_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}
