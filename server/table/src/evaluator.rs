//! A questionnaire filled for each row of a table.

use std::io::{Read, Write};
use std::sync::Arc;

use csv::{Reader, StringRecord, Writer};
use rukun_form::expression::Clock;
use rukun_form::plan::Plan;
use rukun_form::session::{Answers, Finding, FindingKind, Properties, Session, World};

use crate::answers::{Columns, TableError, place};
use crate::column_map::ColumnMap;
use crate::in_order::in_order;
use crate::unread::Unread;

/// Rows that a core works on at a time.
const CHUNK: usize = 256;

/// Fills a questionnaire for each row of a table.
#[derive(Debug)]
pub struct Evaluator<'a> {
    /// The questionnaire.
    pub plan: &'a Arc<Plan>,
    /// How the table's columns answer it.
    pub map: &'a ColumnMap,
    /// The column that names a row in the output, beside its number.
    pub key: Option<&'a str>,
    /// The moment that all rows see as now.
    pub clock: Clock,
    /// How many cores work.
    pub workers: usize,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows written.
    pub rows: u64,
    /// Bytes of the table that they took.
    pub bytes: u64,
}

/// What came of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows.
    pub rows: u64,
    /// Rows with findings.
    pub with_findings: u64,
    /// What was not read.
    pub unread: Unread,
}

/// Rows for one core.
struct Chunk {
    /// Number of the first row, from 1.
    first: u64,
    rows: Vec<StringRecord>,
    /// Where in the table it ends.
    end: u64,
}

/// What came of a chunk.
struct Done {
    lines: Vec<u8>,
    summary: Summary,
    end: u64,
}

impl Evaluator<'_> {
    /// Reads `table`, a CSV file with a header, and writes a CSV file with one row each: its number, its key if there is one,
    /// every value that the form computes outside repeats, and the findings. Indicators stand under their names, other values
    /// under their paths. `progress` is told after every few hundred rows.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn run(
        &self,
        table: impl Read,
        mut out: impl Write,
        mut progress: impl FnMut(Progress),
    ) -> Result<Summary, TableError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table);
        let header = reader.headers()?.clone();
        let columns = Columns::find(self.map, &header)?;
        let key = self
            .key
            .map(|key| place(&header, key).ok_or_else(|| TableError::Missing { columns: vec![key.to_owned()] }));
        let key = key.transpose()?;
        out.write_all(&self.head()?)?;
        let mut summary = Summary::default();
        let mut first = 1;
        let next = || chunk(&mut reader, &mut first);
        let work = |chunk: Chunk| self.work(&columns, key, &chunk);
        in_order(self.workers, next, work, |done: Result<Done, TableError>| {
            let done = done?;
            out.write_all(&done.lines)?;
            summary.rows += done.summary.rows;
            summary.with_findings += done.summary.with_findings;
            summary.unread.join(done.summary.unread);
            progress(Progress { rows: summary.rows, bytes: done.end });
            Ok(())
        })?;
        out.flush()?;
        Ok(summary)
    }

    /// The output's header.
    fn head(&self) -> Result<Vec<u8>, TableError> {
        let session = self.session(&Answers::default(), 0);
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_field("row")?;
        if let Some(key) = self.key {
            writer.write_field(key)?;
        }
        for (path, indicator, _) in session.computed() {
            writer.write_field(indicator.unwrap_or(path))?;
        }
        writer.write_field("findings")?;
        writer.write_record(None::<&[u8]>)?;
        lines(writer)
    }

    fn work(&self, columns: &Columns, key: Option<usize>, chunk: &Chunk) -> Result<Done, TableError> {
        let mut writer = Writer::from_writer(Vec::new());
        let mut summary = Summary::default();
        for (number, row) in (chunk.first..).zip(&chunk.rows) {
            let session = self.session(&columns.answers(row, &mut summary.unread), number);
            let findings = session.findings();
            summary.rows += 1;
            summary.with_findings += u64::from(!findings.is_empty());
            writer.write_field(number.to_string())?;
            if let Some(key) = key {
                writer.write_field(row.get(key).unwrap_or_default())?;
            }
            for (_, _, value) in session.computed() {
                writer.write_field(value)?;
            }
            writer.write_field(findings.iter().map(words).collect::<Vec<_>>().join(" | "))?;
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(Done { lines: lines(writer)?, summary, end: chunk.end })
    }

    /// The session of a row. Its chance begins with the row's number, so that a table gives the same output each time.
    fn session(&self, answers: &Answers, number: u64) -> Session {
        let mut record = [0; 16];
        record[8..].copy_from_slice(&number.to_be_bytes());
        let world = World { record, clock: self.clock, seed: number, properties: Properties::default() };
        Session::begin_with(Arc::clone(self.plan), world, answers)
    }
}

fn chunk(reader: &mut Reader<impl Read>, first: &mut u64) -> Result<Option<Chunk>, TableError> {
    let mut rows = Vec::with_capacity(CHUNK);
    let mut row = StringRecord::new();
    while rows.len() < CHUNK && reader.read_record(&mut row)? {
        rows.push(std::mem::take(&mut row));
    }
    let chunk = Chunk { first: *first, end: reader.position().byte(), rows };
    *first += chunk.rows.len() as u64;
    Ok((!chunk.rows.is_empty()).then_some(chunk))
}

fn lines(writer: Writer<Vec<u8>>) -> Result<Vec<u8>, TableError> {
    writer.into_inner().map_err(|error| TableError::Output(error.into_error()))
}

/// A finding in words: where, and what the form's author says about it.
fn words(finding: &Finding) -> String {
    let said = match (finding.kind, finding.message.as_str()) {
        (FindingKind::Required, "") => "must be answered",
        (FindingKind::Constraint, "") => "breaks the question's rule",
        (FindingKind::WrongType, "") => "is not what the question takes",
        (FindingKind::NotOffered, "") => "is not among the choices offered",
        (FindingKind::FormFault, "") => "cannot be computed",
        (_, message) => message,
    };
    format!("{}: {said}", finding.key.path)
}
