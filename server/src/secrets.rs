//! The files beside the database: keys that must not lie in it (R16). Readable by their owner alone.
//!
//! - `server.key`: signs enrolments; its hash is in every enrolment code. Shared by the processes of one programme.
//! - `token.secret`: seals tokens and nonces. Shared likewise.
//! - `device.key`: signs what is written at the console. Each process has its own.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sync_core::entropy::Entropy;
use sync_core::id::ContentHash;
use sync_core::identity::KeyPair;
use thiserror::Error;

/// What this process keeps outside the database.
pub struct Secrets {
    /// Signs enrolments for the whole programme.
    pub server_key: KeyPair,
    /// Seals tokens and nonces for the whole programme.
    pub token_secret: [u8; 32],
    /// The key of this process's own device.
    pub device_key: KeyPair,
}

/// Why the files cannot be used.
#[derive(Debug, Error)]
pub enum SecretsError {
    /// A file cannot be read or made.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A file does not hold 64 hexadecimal digits.
    #[error("{0} is damaged: expected 64 hexadecimal digits; restore it from a backup")]
    Damaged(PathBuf),
    /// The database has a programme and the folder has not its keys.
    #[error(
        "{0} is missing, and the database already holds a programme. Copy server.key and token.secret from the data folder \
         of the server that made it: without them no enrolled phone would trust this one"
    )]
    Missing(PathBuf),
}

/// Whether keys may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programme {
    /// There is none yet: its keys are made with it.
    New,
    /// It exists, and so must its keys.
    Existing,
}

impl Secrets {
    /// Reads the files in `folder`. The shared ones are made only together with a new programme.
    ///
    /// # Errors
    /// [`SecretsError`].
    pub fn load(folder: &Path, programme: Programme, entropy: &mut dyn Entropy) -> Result<Self, SecretsError> {
        fs::create_dir_all(folder).map_err(|reason| SecretsError::File { path: folder.to_owned(), reason })?;
        let mut shared = |name: &str| {
            let path = folder.join(name);
            match programme {
                Programme::Existing => read(&path)?.ok_or(SecretsError::Missing(path)),
                Programme::New => read_or_make(&path, entropy),
            }
        };
        let server_key = KeyPair::from_secret(&shared("server.key")?);
        let token_secret = shared("token.secret")?;
        let device_key = KeyPair::from_secret(&read_or_make(&folder.join("device.key"), entropy)?);
        Ok(Self { server_key, token_secret, device_key })
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(..)")
    }
}

fn read_or_make(path: &Path, entropy: &mut dyn Entropy) -> Result<[u8; 32], SecretsError> {
    if let Some(secret) = read(path)? {
        return Ok(secret);
    }
    let mut secret = [0; 32];
    entropy.fill(&mut secret);
    let text = ContentHash::from_bytes(secret).to_string();
    write(path, text.as_bytes()).map_err(|reason| SecretsError::File { path: path.to_owned(), reason })?;
    // Another process may have been quicker: what lies there now is the secret.
    read(path)?.ok_or_else(|| SecretsError::Damaged(path.to_owned()))
}

fn read(path: &Path) -> Result<Option<[u8; 32]>, SecretsError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(reason) => return Err(SecretsError::File { path: path.to_owned(), reason }),
    };
    let secret = ContentHash::parse(text.trim()).map_err(|_| SecretsError::Damaged(path.to_owned()))?;
    Ok(Some(*secret.as_bytes()))
}

/// Writes a file whole or not at all, for its owner alone; one that is there stays.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(folder: &Path, programme: Programme, seed: u8) -> Result<Secrets, SecretsError> {
        let mut next = seed;
        Secrets::load(folder, programme, &mut |bytes: &mut [u8]| {
            bytes.fill(next);
            next += 1;
        })
    }

    #[test]
    fn secrets_are_made_once_and_for_their_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = load(folder.path(), Programme::New, 1).expect("made");
        let read = load(folder.path(), Programme::Existing, 100).expect("read");
        assert_eq!(made.token_secret, read.token_secret);
        assert_eq!(made.server_key.public(), read.server_key.public());
        assert_ne!(made.server_key.public(), made.device_key.public());
        #[cfg(unix)]
        for name in ["server.key", "token.secret", "device.key"] {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(name)).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3);
    }

    #[test]
    fn a_programme_without_its_keys_is_not_given_new_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(load(folder.path(), Programme::Existing, 1), Err(SecretsError::Missing(_))));
        fs::write(folder.path().join("server.key"), "abc").expect("written");
        assert!(matches!(load(folder.path(), Programme::Existing, 1), Err(SecretsError::Damaged(_))));
    }
}
