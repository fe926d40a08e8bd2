//! Configuration: a file, then the environment, then flags; each stronger than the one before. Every key is the same word
//! in all three (`port`, `RUKUN_PORT`, `--port`), and a key that nobody knows is refused rather than ignored.

mod key;
mod source;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use key::{KEYS, Key, Kind};
pub use source::Flags;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// What the server and its commands need to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Folder of the embedded database, the server's keys and the attachments.
    pub data: PathBuf,
    /// `postgres://...`, or the path of an SQLite file. Empty: `database.sqlite` in the data folder.
    pub database: String,
    /// Address to listen on.
    pub address: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// How phones and browsers reach this server, as enrolment codes carry it. Empty: the listening address.
    pub public_url: String,
    /// Believe `X-Forwarded-For` and `X-Forwarded-Proto`: only behind a proxy that sets them.
    pub behind_proxy: bool,
    /// Name of the programme, given to it at the first start.
    pub programme: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// What is logged: a level, or directives such as `info,rukun_server=debug`.
    pub log_level: String,
    /// Threads that answer requests; 0 for one for each core.
    pub workers: u16,
    /// Seconds that a request may take to arrive.
    pub request_seconds: u16,
    /// Seconds that running requests have to finish when the server is told to stop.
    pub shutdown_seconds: u16,
}

/// What is wrong with the configuration.
#[derive(Debug, Error)]
pub enum ConfigurationError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the configuration file {path} is not valid TOML: {reason}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and what.
        reason: Box<toml::de::Error>,
    },
    /// A key that nobody knows.
    #[error("{place} has the unknown key `{key}`; known keys are: {}", key::names())]
    UnknownKey {
        /// File or environment.
        place: String,
        /// The key as written there.
        key: String,
    },
    /// A value that a key cannot have.
    #[error("{place}: `{key}` cannot be `{value}`: expected {expected}")]
    Value {
        /// File, environment or flag.
        place: String,
        /// The key.
        key: String,
        /// The value as given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
    /// A value that has the right type and cannot be meant.
    #[error("the configuration does not fit together: {0}")]
    Meaning(Box<toml::de::Error>),
}

impl Configuration {
    /// Reads everything: the named file (or `rukun.toml` in the present folder if there is one), the variables `RUKUN_*`
    /// of `environment`, the flags.
    ///
    /// # Errors
    /// [`ConfigurationError`].
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &Flags,
    ) -> Result<Self, ConfigurationError> {
        source::load(file, environment, flags)
    }

    /// Where the database is: the URL or path that was configured, or the file in the data folder.
    #[must_use]
    pub fn database_url(&self) -> String {
        if self.database.is_empty() {
            self.data.join("database.sqlite").to_string_lossy().into_owned()
        } else {
            self.database.clone()
        }
    }

    /// The configuration as a file would say it, without the password in a database URL.
    #[must_use]
    pub fn printed(&self) -> String {
        let shown = Self { database: without_password(&self.database), ..self.clone() };
        toml::to_string(&shown).unwrap_or_default()
    }
}

/// `postgres://anna:secret@host/db` as `postgres://anna:***@host/db`.
fn without_password(url: &str) -> String {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (account, host) = rest.rsplit_once('@')?;
        let (name, _) = account.split_once(':')?;
        Some(format!("{scheme}://{name}:***@{host}"))
    });
    parts.unwrap_or_else(|| url.to_owned())
}

#[cfg(test)]
mod tests;
