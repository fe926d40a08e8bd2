//! One phone in a process of its own: a command a line on its input, an answer a line on its output.

mod work;

use std::io::{BufRead, Write};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Outcome;
use crate::records::Answers;
use work::Phone;

/// What a phone is told to do.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub(crate) enum Command {
    /// Enrol with a ticket.
    Enrol { ticket: String },
    /// Make the first `count` records.
    Create { count: usize },
    /// Sync until nothing is left to do.
    Sync,
    /// Answer questions of every `step`th record.
    Edit { answers: Vec<Answers>, step: usize },
    /// Count what became of answers that two phones gave to the same records: `same` is the question both answered.
    Judge { mine: Vec<Answers>, theirs: Vec<Answers>, same: String, step: usize },
    /// Search for words, one after the other.
    Search { words: Vec<String> },
}

/// Runs a phone until its input ends.
pub(crate) fn run(folder: &Path, url: &str, records: &Path) -> Outcome<()> {
    let mut phone = Phone::open(folder, url, records)?;
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?).map_err(Into::into).and_then(|command| obey(&mut phone, command));
        let answer = answer.unwrap_or_else(|error| json!({ "failed": error.to_string() }));
        let mut output = std::io::stdout().lock();
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn obey(phone: &mut Phone, command: Command) -> Outcome<Value> {
    match command {
        Command::Enrol { ticket } => phone.enrol(&ticket),
        Command::Create { count } => phone.create(count),
        Command::Sync => phone.sync(),
        Command::Edit { answers, step } => phone.edit(&answers, step),
        Command::Judge { mine, theirs, same, step } => phone.judge(&mine, &theirs, &same, step),
        Command::Search { words } => phone.search(&words),
    }
}
