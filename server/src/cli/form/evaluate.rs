//! A form tried on a table that exists already.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use clap::Args;
use rukun_table::{ColumnMap, Evaluator, Reason, Summary, UnreadValue};
use serde::Serialize;
use sync_core::form::Form;
use sync_core::form::expression::Clock;
use sync_core::form::plan::Plan;

use super::super::context::Context;
use super::super::{CliError, output, progress};
use super::compile;
use crate::clock;
use crate::forms::administration::FormError;

/// Minutes by which WIB is ahead of UTC: the day that a rule about today sees.
pub(in crate::cli) const WIB: i32 = 7 * 60;

/// Fill a form for each row of a table, and write what comes out: computed values, indicators, findings
#[derive(Debug, Args)]
pub(in crate::cli) struct Evaluate {
    /// An Excel file, a folder with survey.csv, or a compiled form's JSON
    form: PathBuf,
    /// The table: a CSV file with a header
    rows: PathBuf,
    /// How the table's columns answer the form: a CSV file with the columns column, question, from, to
    #[arg(long, value_name = "MAP.csv")]
    columns: PathBuf,
    /// The CSV file to write, a row for each row of the table
    #[arg(long, value_name = "OUT.csv")]
    out: PathBuf,
    /// A column of the table to carry over, by which its rows are known
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// Take what real forms get away with, and warn of it
    #[arg(long)]
    lenient: bool,
}

/// What came of a table, as JSON.
#[derive(Serialize)]
struct Report<'a> {
    rows: u64,
    with_findings: u64,
    seconds: f64,
    unread: Vec<Unread<'a>>,
}

/// A value that was not read, as it is told.
#[derive(Serialize)]
pub(in crate::cli) struct Unread<'a> {
    column: &'a str,
    value: Option<&'a str>,
    why: &'static str,
    rows: u64,
}

impl Evaluate {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let plan = Arc::new(plan(&self.form, self.lenient)?);
        let map = ColumnMap::read(open(&self.columns)?, plan.form())
            .map_err(|reason| CliError::Map { file: self.columns.clone(), reason })?;
        let table = open(&self.rows)?;
        let out = File::create(&self.out).map_err(|reason| CliError::File { file: self.out.clone(), reason })?;
        let bar = progress::file_bar(table.metadata().map_or(0, |metadata| metadata.len()));
        let evaluator = Evaluator {
            plan: &plan,
            map: &map,
            key: self.key.as_deref(),
            clock: Clock { millis: clock::now().millis(), offset: WIB },
            workers: thread::available_parallelism().map_or(1, usize::from),
        };
        let began = Instant::now();
        let summary = evaluator.run(table, BufWriter::new(out), |done| {
            bar.set_position(done.bytes);
            bar.set_message(done.rows.to_string());
        });
        bar.finish_and_clear();
        let summary = summary.map_err(|reason| CliError::Table { file: self.rows.clone(), reason })?;
        self.say(context, &summary, began.elapsed().as_secs_f64())
    }

    fn say(&self, context: &Context, summary: &Summary, seconds: f64) -> Result<(), CliError> {
        let unread: Vec<Unread<'_>> = summary.unread.values().map(told).collect();
        let Summary { rows, with_findings, .. } = *summary;
        if context.wants_json() {
            return output::json(&Report { rows, with_findings, seconds, unread });
        }
        #[expect(clippy::cast_precision_loss, reason = "a table has fewer than 2^52 rows")]
        let speed = rows as f64 / seconds.max(0.001);
        let written = self.out.display();
        output::line(&format!(
            "{rows} rows, {with_findings} of them with findings, in {seconds:.1} s ({speed:.0} a second): {written}"
        ))?;
        say_unread(&unread)
    }
}

/// Says which values were not read.
pub(in crate::cli) fn say_unread(unread: &[Unread<'_>]) -> Result<(), CliError> {
    if unread.is_empty() {
        return Ok(());
    }
    output::line("\nValues that were not read, and so left their questions unanswered:")?;
    let row = |one: &Unread<'_>| {
        let value = one.value.unwrap_or("(others)");
        vec![one.column.to_owned(), value.to_owned(), one.why.to_owned(), one.rows.to_string()]
    };
    output::table(&["column", "value", "why", "rows"], unread.iter().map(row).collect())
}

pub(in crate::cli) fn told(unread: UnreadValue<'_>) -> Unread<'_> {
    let why = match unread.reason {
        Reason::Unknown => "neither the map nor the question knows it",
        Reason::Contradicted => "another column answered otherwise",
    };
    Unread { column: unread.column, value: unread.value, why, rows: unread.rows }
}

/// A form from its file, ready to be filled.
pub(in crate::cli) fn plan(file: &Path, lenient: bool) -> Result<Plan, CliError> {
    let form = if file.extension().is_some_and(|extension| extension == "json") {
        let bytes = std::fs::read(file).map_err(|reason| CliError::File { file: file.to_owned(), reason })?;
        Form::from_json(&bytes).map_err(FormError::from)?
    } else {
        compile::form(file, lenient)?
    };
    Plan::new(form).map_err(|reason| CliError::Plan { file: file.to_owned(), reason })
}

pub(in crate::cli) fn open(file: &Path) -> Result<File, CliError> {
    File::open(file).map_err(|reason| CliError::File { file: file.to_owned(), reason })
}
