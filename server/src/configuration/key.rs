//! The keys of the configuration, each with its type, default and meaning.

/// What a key's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// A whole number that is not negative.
    Number,
    /// `true` or `false`.
    Flag,
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the file; `RUKUN_` and the name in capitals in the environment; `--` and the name with hyphens as flag.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Its value when nobody gives one, as TOML.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

const fn key(name: &'static str, kind: Kind, default: &'static str, meaning: &'static str) -> Key {
    Key { name, kind, default, meaning }
}

/// All keys.
pub const KEYS: [Key; 12] = [
    key("data", Kind::Text, "'./rukun-data'", "folder of the embedded database, the server's keys and the attachments"),
    key("database", Kind::Text, "''", "postgres://... or an SQLite file; empty: database.sqlite in the data folder"),
    key("address", Kind::Text, "'127.0.0.1'", "address to listen on"),
    key("port", Kind::Number, "8080", "port to listen on; 0 takes a free one"),
    key("public_url", Kind::Text, "''", "how phones and browsers reach this server; empty: the listening address"),
    key("behind_proxy", Kind::Flag, "false", "believe X-Forwarded-For and X-Forwarded-Proto"),
    key("programme", Kind::Text, "'Rukun'", "name of the programme, given to it at the first start"),
    key("log_format", Kind::Text, "'text'", "text or json"),
    key("log_level", Kind::Text, "'info'", "error, warn, info, debug, trace, or directives"),
    key("workers", Kind::Number, "0", "threads that answer requests; 0: one for each core"),
    key("request_seconds", Kind::Number, "30", "seconds that a request may take to arrive"),
    key("shutdown_seconds", Kind::Number, "30", "seconds that running requests have to finish at a stop"),
];

/// The key with this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// All names, for a message.
pub(super) fn names() -> String {
    KEYS.map(|key| key.name).join(", ")
}

impl Kind {
    /// What a value of this kind looks like, for a message.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a whole number, 0 or more",
            Self::Flag => "true or false",
        }
    }
}
