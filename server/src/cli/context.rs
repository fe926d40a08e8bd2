//! What every command needs: the configuration, the opened programme, and how to say who is meant.

use serde::Serialize;
use sync_core::id::UserId;

use super::{CliError, output};
use crate::clock::{self, SystemEntropy};
use crate::configuration::Configuration;
use crate::database::{AnyConnection, DatabaseError};
use crate::held::{self, Settling};
use crate::opening::{self, Opened};
use crate::users::account::{self, Account};

pub(super) struct Context {
    pub(super) configuration: Configuration,
    json: bool,
}

impl Context {
    pub(super) fn new(configuration: Configuration, json: bool) -> Self {
        Self { configuration, json }
    }

    /// Opens the programme; says the one-time password if it was made just now.
    pub(super) fn open(&self) -> Result<Opened, CliError> {
        let opened = opening::open(&self.configuration)?;
        if let Some(first) = &opened.first_log_in {
            eprintln!("A new programme was made. {}", output::first_log_in(first));
        }
        Ok(opened)
    }

    pub(super) const fn wants_json(&self) -> bool {
        self.json
    }

    /// Judges again what is held of a user whose rights have changed.
    pub(super) fn judge_again(&self, opened: &Opened, user: UserId) -> Result<(), CliError> {
        let mut entropy = SystemEntropy;
        let (identity, now) = (&opened.identity, clock::now());
        let mut settling = Settling { identity, by: identity.user, now, entropy: &mut entropy };
        held::judge_again(&opened.database, &mut settling, user)?;
        Ok(())
    }

    /// Judges again what is held because its area was not known.
    pub(super) fn judge_unknown_areas(&self, opened: &Opened) -> Result<(), CliError> {
        let mut entropy = SystemEntropy;
        let (identity, now) = (&opened.identity, clock::now());
        let mut settling = Settling { identity, by: identity.user, now, entropy: &mut entropy };
        held::judge_unknown_areas(&opened.database, &mut settling)?;
        Ok(())
    }

    /// Shows a list: as a table, or as the JSON of `items`.
    pub(super) fn list<T: Serialize>(
        &self,
        items: &[T],
        heads: &[&str],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Result<(), CliError> {
        if self.json { output::json(&items) } else { output::table(heads, items.iter().map(row).collect()) }
    }

    /// Says what was done: as a sentence, or as the JSON of `value`.
    pub(super) fn say<T: Serialize>(&self, value: &T, sentence: &str) -> Result<(), CliError> {
        if self.json { output::json(value) } else { output::line(sentence) }
    }
}

/// The user with this login or id.
pub(super) fn user(connection: &mut AnyConnection, name: &str) -> Result<Account, CliError> {
    let found = match UserId::parse(name) {
        Ok(id) => account::find(connection, id)?,
        Err(_) => account::find_by_login(connection, name)?.map(|(account, _)| account),
    };
    found.ok_or_else(|| CliError::Unknown { what: "user", name: name.to_owned() })
}

/// All entries of a list that is read in pages: `page` gives up to `PAGE` entries after the last one.
pub(super) fn all<T>(
    mut page: impl FnMut(Option<&T>, i64) -> Result<Vec<T>, DatabaseError>,
) -> Result<Vec<T>, DatabaseError> {
    const PAGE: i64 = 1000;
    let mut all: Vec<T> = Vec::new();
    loop {
        let next = page(all.last(), PAGE)?;
        let count = next.len();
        all.extend(next);
        if i64::try_from(count).is_ok_and(|count| count < PAGE) {
            return Ok(all);
        }
    }
}
