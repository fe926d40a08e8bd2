//! `rukun import`: records of a table that exists already.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use csv::StringRecord;
use rukun_table::{ColumnMap, Columns, TableError, Unread};
use serde::Serialize;
use sync_core::form::expression::Clock;
use sync_core::form::plan::Plan;

use super::context::Context;
use super::form::evaluate::{self, WIB, say_unread, told};
use super::{CliError, output, progress};
use crate::audit::{self, Act, By};
use crate::authors::Authors;
use crate::clock::{self, SystemEntropy};
use crate::forms;
use crate::held::Settling;
use crate::imports::{self, Outcome, Row};
use crate::opening::Opened;

/// Rows of one transaction.
const CHUNK: usize = 100;

/// Make records of a table that exists already, signed by the server; again does nothing twice
#[derive(Debug, Args)]
pub(super) struct Import {
    /// A published form: an Excel file, a folder with survey.csv, or its JSON
    form: PathBuf,
    /// The table: a CSV file with a header
    rows: PathBuf,
    /// How the table's columns answer the form: a CSV file with the columns column, question, from, to
    #[arg(long, value_name = "MAP.csv")]
    columns: PathBuf,
    /// The column that a row is known by: the same key again makes no second record
    #[arg(long, value_name = "COLUMN")]
    key: String,
    /// The column with the village's code
    #[arg(long, value_name = "COLUMN")]
    area: String,
    /// The column that the household, or whatever was surveyed, is known by [default: each row has one of its own]
    #[arg(long, value_name = "COLUMN")]
    subject: Option<String>,
    /// Take what real forms get away with, and warn of it
    #[arg(long)]
    lenient: bool,
}

/// The table's own columns that say which record a row is.
struct Places {
    key: usize,
    area: usize,
    subject: Option<usize>,
}

#[derive(Serialize)]
struct Report<'a> {
    complete: u64,
    drafts: u64,
    known: u64,
    without_key: u64,
    without_area: u64,
    unread: Vec<evaluate::Unread<'a>>,
}

impl Import {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let plan = Arc::new(evaluate::plan(&self.form, self.lenient)?);
        let map = ColumnMap::read(evaluate::open(&self.columns)?, plan.form())
            .map_err(|reason| CliError::Map { file: self.columns.clone(), reason })?;
        let opened = context.open()?;
        is_published(&opened, &plan)?;
        let (counts, unread) = self.bring(&opened, &plan, &map)?;
        let of = |outcome| counts.get(&outcome).copied().unwrap_or_default();
        let report = Report {
            complete: of(Outcome::Complete),
            drafts: of(Outcome::Draft),
            known: of(Outcome::Known),
            without_key: of(Outcome::NoKey),
            without_area: of(Outcome::NoArea),
            unread: unread.values().map(told).collect(),
        };
        if context.wants_json() {
            return output::json(&report);
        }
        output::line(&format!(
            "{} complete records and {} drafts with findings were made; {} were there already. \
             Left out: {} rows without a key, {} without a village that is known here.",
            report.complete, report.drafts, report.known, report.without_key, report.without_area
        ))?;
        say_unread(&report.unread)
    }

    fn bring(
        &self,
        opened: &Opened,
        plan: &Arc<Plan>,
        map: &ColumnMap,
    ) -> Result<(BTreeMap<Outcome, u64>, Unread), CliError> {
        let failed = |reason: TableError| CliError::Table { file: self.rows.clone(), reason };
        let table = evaluate::open(&self.rows)?;
        let bar = progress::file_bar(table.metadata().map_or(0, |metadata| metadata.len()));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table);
        let header = reader.headers().map_err(|error| failed(error.into()))?.clone();
        let columns = Columns::find(map, &header).map_err(failed)?;
        let places = self.places(&header).map_err(failed)?;
        let now = clock::now();
        let authors = Authors::new(opened.identity.programme);
        let mut import = imports::Import::new(plan, Clock { millis: now.millis(), offset: WIB }, authors);
        let (mut counts, mut unread, mut done) = (BTreeMap::new(), Unread::default(), 0_usize);
        loop {
            let rows: Result<Vec<StringRecord>, csv::Error> = reader.records().take(CHUNK).collect();
            let rows = rows.map_err(|error| failed(error.into()))?;
            if rows.is_empty() {
                break;
            }
            let outcomes = opened.database.write::<_, CliError>(|connection| {
                let mut entropy = SystemEntropy;
                let (identity, by) = (&opened.identity, opened.identity.user);
                let mut settling = Settling { identity, by, now, entropy: &mut entropy };
                let bring = |row: &StringRecord| {
                    let answers = columns.answers(row, &mut unread);
                    let cell = |place: usize| row.get(place).unwrap_or_default().trim();
                    let subject = places.subject.map(cell).unwrap_or_default();
                    let row = Row { key: cell(places.key), area: cell(places.area), subject, answers: &answers };
                    Ok(import.bring(connection, &mut settling, &row)?)
                };
                rows.iter().map(bring).collect::<Result<Vec<Outcome>, CliError>>()
            })?;
            done += outcomes.len();
            outcomes.into_iter().for_each(|outcome| *counts.entry(outcome).or_default() += 1);
            bar.set_position(reader.position().byte());
            bar.set_message(done.to_string());
        }
        bar.finish_and_clear();
        let what = format!("{} rows for {}", done, plan.form().id);
        opened.database.write::<_, CliError>(|connection| {
            Ok(audit::write(connection, By::CommandLine, Act::TableImported, &what, now)?)
        })?;
        Ok((counts, unread))
    }

    fn places(&self, header: &StringRecord) -> Result<Places, TableError> {
        let place = |column: &String| {
            let missing = || TableError::Missing { columns: vec![column.clone()] };
            header.iter().position(|name| name.trim() == column).ok_or_else(missing)
        };
        Ok(Places {
            key: place(&self.key)?,
            area: place(&self.area)?,
            subject: self.subject.as_ref().map(place).transpose()?,
        })
    }
}

/// Phones can show a record only if they can fetch its form.
fn is_published(opened: &Opened, plan: &Plan) -> Result<(), CliError> {
    let form = plan.form();
    let published = opened.database.read(|connection| forms::form(connection, &form.id, &form.version))?;
    if published.as_ref() == Some(form) {
        return Ok(());
    }
    Err(CliError::Unknown { what: "published form like", name: format!("{} version {}", form.id, form.version) })
}
