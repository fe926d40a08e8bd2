//! Where values come from, and how they are laid over one another.

use std::path::Path;

use clap::Args;
use toml::{Table, Value};

use super::key::{self, KEYS, Key, Kind};
use super::{Configuration, ConfigurationError};

const FILE: &str = "rukun.toml";
const PREFIX: &str = "RUKUN_";
/// Names the file; not a key itself.
const FILE_VARIABLE: &str = "RUKUN_CONFIGURATION";

/// The configuration's keys as flags.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// Folder of the embedded database, the server's keys and the attachments [default: ./rukun-data]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<String>,
    /// postgres://... or an SQLite file [default: database.sqlite in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, global = true, hide_short_help = true)]
    pub address: Option<String>,
    /// Port to listen on; 0 takes a free one [default: 8080]
    #[arg(long, global = true, hide_short_help = true)]
    pub port: Option<String>,
    /// How phones and browsers reach this server [default: the listening address]
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub public_url: Option<String>,
    /// Believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy that sets them
    #[arg(
        long,
        global = true,
        value_name = "true|false",
        num_args = 0..=1,
        default_missing_value = "true",
        hide_short_help = true
    )]
    pub behind_proxy: Option<String>,
    /// Name of the programme, given to it at the first start
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub programme: Option<String>,
    /// text or json [default: text]
    #[arg(long, global = true, value_name = "FORMAT", hide_short_help = true)]
    pub log_format: Option<String>,
    /// error, warn, info, debug, trace, or directives [default: info]
    #[arg(long, global = true, value_name = "LEVEL", hide_short_help = true)]
    pub log_level: Option<String>,
    /// Threads that answer requests; 0: one for each core [default: 0]
    #[arg(long, global = true, value_name = "COUNT", hide_short_help = true)]
    pub workers: Option<String>,
    /// Seconds that a request may take to arrive [default: 30]
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub request_seconds: Option<String>,
    /// Seconds that running requests have to finish at a stop [default: 30]
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub shutdown_seconds: Option<String>,
}

impl Flags {
    fn given(&self) -> [(&'static str, &Option<String>); 12] {
        [
            ("data", &self.data),
            ("database", &self.database),
            ("address", &self.address),
            ("port", &self.port),
            ("public_url", &self.public_url),
            ("behind_proxy", &self.behind_proxy),
            ("programme", &self.programme),
            ("log_format", &self.log_format),
            ("log_level", &self.log_level),
            ("workers", &self.workers),
            ("request_seconds", &self.request_seconds),
            ("shutdown_seconds", &self.shutdown_seconds),
        ]
    }
}

pub(super) fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
    flags: &Flags,
) -> Result<Configuration, ConfigurationError> {
    let variables: Vec<(String, String)> = environment.filter(|(name, _)| name.starts_with(PREFIX)).collect();
    let named = variables.iter().find(|(name, _)| name == FILE_VARIABLE).map(|(_, path)| Path::new(path));
    let mut values = defaults();
    match file.or(named) {
        Some(path) => lay_file(&mut values, path)?,
        None if Path::new(FILE).exists() => lay_file(&mut values, Path::new(FILE))?,
        None => {}
    }
    for (variable, text) in variables.iter().filter(|(name, _)| name != FILE_VARIABLE) {
        let place = || "the environment".to_owned();
        let name = variable[PREFIX.len()..].to_ascii_lowercase();
        let key =
            key::find(&name).ok_or_else(|| ConfigurationError::UnknownKey { place: place(), key: variable.clone() })?;
        lay(&mut values, key, read(key, text, &place())?);
    }
    for (name, text) in flags.given() {
        if let (Some(key), Some(text)) = (key::find(name), text) {
            lay(&mut values, key, read(key, text, "the command line")?);
        }
    }
    values.try_into().map_err(|reason| ConfigurationError::Meaning(Box::new(reason)))
}

fn defaults() -> Table {
    let lines: Vec<String> = KEYS.iter().map(|key| format!("{} = {}", key.name, key.default)).collect();
    lines.join("\n").parse().expect("the defaults are TOML")
}

fn lay_file(values: &mut Table, path: &Path) -> Result<(), ConfigurationError> {
    let place = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|reason| ConfigurationError::File { path: path.to_owned(), reason })?;
    let table: Table = text
        .parse()
        .map_err(|reason| ConfigurationError::Syntax { path: path.to_owned(), reason: Box::new(reason) })?;
    for (name, value) in table {
        let key = key::find(&name)
            .ok_or_else(|| ConfigurationError::UnknownKey { place: place.clone(), key: name.clone() })?;
        let fits = match key.kind {
            Kind::Text => value.is_str(),
            Kind::Number => value.as_integer().is_some_and(|number| number >= 0),
            Kind::Flag => value.is_bool(),
        };
        if !fits {
            return Err(wrong(key, &value.to_string(), &place));
        }
        lay(values, key, value);
    }
    Ok(())
}

fn lay(values: &mut Table, key: &Key, value: Value) {
    values.insert(key.name.to_owned(), value);
}

/// A value of the environment or a flag, which are text.
fn read(key: &Key, text: &str, place: &str) -> Result<Value, ConfigurationError> {
    let value = match key.kind {
        Kind::Text => Some(Value::String(text.to_owned())),
        Kind::Number => text.parse::<u32>().ok().map(|number| Value::Integer(i64::from(number))),
        Kind::Flag => text.parse().ok().map(Value::Boolean),
    };
    value.ok_or_else(|| wrong(key, text, place))
}

fn wrong(key: &Key, value: &str, place: &str) -> ConfigurationError {
    ConfigurationError::Value {
        place: place.to_owned(),
        key: key.name.to_owned(),
        value: value.to_owned(),
        expected: key.kind.expected(),
    }
}
