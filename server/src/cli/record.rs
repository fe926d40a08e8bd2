//! `rukun record ...` and `rukun conflict ...`

use clap::Subcommand;
use serde_json::Value;
use sync_core::area::AreaCode;
use sync_core::form::FormId;
use sync_core::id::DocumentId;

use super::context::{self, Context};
use super::{CliError, output};
use crate::conflicts::{self, ConflictFilter, ConflictLine, ShownConflict};
use crate::records::{self, Privacy, RecordFilter, RecordLine, ShownRecord, ShownWhole};

/// What was recorded
#[derive(Debug, Subcommand)]
pub(super) enum Record {
    /// List records
    List {
        /// In this area or in areas inside it
        #[arg(long)]
        area: Option<String>,
        /// Of this form
        #[arg(long)]
        form: Option<String>,
        /// Found by all of these words
        #[arg(long)]
        words: Option<String>,
        /// Only those with conflicts
        #[arg(long)]
        in_conflict: bool,
    },
    /// Show a record with its answers, conflicts and authors
    Show {
        /// The record's id
        record: String,
    },
}

/// Answers that wait for somebody to decide
#[derive(Debug, Subcommand)]
pub(super) enum Conflict {
    /// List conflicts with their values
    List {
        /// In this area or in areas inside it
        #[arg(long)]
        area: Option<String>,
    },
}

impl Record {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match self {
            Self::List { area, form, words, in_conflict } => {
                let filter = RecordFilter {
                    areas: areas(area.as_deref())?,
                    form: form.as_ref().map(FormId::new),
                    words: words.clone(),
                    in_conflict: in_conflict.then_some(true),
                    ..RecordFilter::default()
                };
                list(context, &filter)
            }
            Self::Show { record } => show(context, record),
        }
    }
}

fn areas(code: Option<&str>) -> Result<Option<Vec<AreaCode>>, CliError> {
    let read = |code: &str| AreaCode::parse(code).map_err(|_| CliError::Unknown { what: "area", name: code.into() });
    Ok(code.map(read).transpose()?.map(|area| vec![area]))
}

fn list(context: &Context, filter: &RecordFilter) -> Result<(), CliError> {
    let opened = context.open()?;
    let lines = opened.database.read(|connection| {
        context::all(|last: Option<&RecordLine>, limit| {
            let filter = RecordFilter { after: last.map(|line| line.id), ..filter.clone() };
            records::list(connection, &filter, limit)
        })
    })?;
    if context.wants_json() {
        let shown: Result<Vec<_>, _> =
            lines.into_iter().map(|line| ShownRecord::of(line, &Privacy::Everything)).collect();
        return output::json(&shown?);
    }
    let row = |line: &RecordLine| {
        vec![
            line.id.to_string(),
            line.area.to_string(),
            line.form.to_string(),
            output::time(line.created_at),
            output::time(line.updated_at),
            line.conflict_count.to_string(),
        ]
    };
    let heads = ["id", "area", "form", "made", "entered", "conflicts"];
    output::table(&heads, lines.iter().map(row).collect())
}

fn show(context: &Context, name: &str) -> Result<(), CliError> {
    let unknown = || CliError::Unknown { what: "record", name: name.to_owned() };
    let id = DocumentId::parse(name).map_err(|_| unknown())?;
    let opened = context.open()?;
    let programme = opened.identity.programme;
    let view = opened.database.read(|connection| records::read(connection, programme, id))?.ok_or_else(unknown)?;
    if context.wants_json() {
        return output::json(&ShownWhole::of(view, &Privacy::Everything)?);
    }
    let line = &view.line;
    output::line(&format!("Record {id} in {}, form {} version {}", line.area, line.form, line.form_version))?;
    let said = |value: &Value| if value.is_null() { "cleared".to_owned() } else { value.to_string() };
    let row = |answer: &records::AnswerView| {
        let rivals = answer.conflict.iter().map(|rival| said(&serde_json::json!(rival.value)));
        let rivals: Vec<String> = rivals.collect();
        vec![
            answer.question.to_string(),
            if rivals.is_empty() { said(&serde_json::json!(answer.value)) } else { rivals.join(" / ") },
            if rivals.is_empty() { "" } else { "conflict" }.to_owned(),
            answer.written.user_name.clone().unwrap_or_default(),
            output::time(answer.written.time),
        ]
    };
    output::table(&["question", "answer", "", "by", "at"], view.answers.iter().map(row).collect())?;
    if view.held.is_empty() {
        return Ok(());
    }
    output::line(&format!("{} segments of it are held: rukun held list", view.held.len()))
}

impl Conflict {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let Self::List { area } = self;
        let areas = areas(area.as_deref())?;
        let opened = context.open()?;
        let shown = opened.database.read::<_, CliError>(|connection| {
            let lines = context::all(|last: Option<&ConflictLine>, limit| {
                let filter = ConflictFilter { areas: areas.clone(), after: last.map(ConflictLine::cursor) };
                conflicts::list(connection, &filter, limit)
            })?;
            let shown = lines.into_iter().map(|line| ShownConflict::of(connection, line, true));
            Ok(shown.collect::<Result<Vec<_>, _>>()?)
        })?;
        context.list(&shown, &["record", "area", "kind", "about", "values"], ShownConflict::cells)
    }
}
