//! How the columns of a table answer the questions of a form.
//!
//! A map is itself a table, with the columns `column,question,from,to`. A row with neither `from` nor `to` says that a column
//! answers a question; each further row for the two says that one of the column's values means one of the question's answers,
//! or none when `to` is empty. Several columns may answer one question, and one column several.

mod fault;
mod reading;

pub(crate) use reading::Reading;

use std::collections::BTreeMap;
use std::io::Read;

use rukun_form::{Form, Question, QuestionPath, QuestionType};
use thiserror::Error;

pub use fault::{MapFault, MapFaultKind};

/// How the columns of a table answer the questions of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMap {
    pub(crate) columns: Vec<MappedColumn>,
}

/// A column and the question that it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MappedColumn {
    pub(crate) column: String,
    pub(crate) question: QuestionPath,
    pub(crate) question_type: QuestionType,
    /// The names that may be chosen; none when the question is no select, or its choices are no list of the form.
    pub(crate) choices: Option<Vec<String>>,
    /// What the column's values mean.
    pub(crate) values: BTreeMap<String, String>,
}

/// Why a map cannot be used.
#[derive(Debug, Error)]
pub enum MapError {
    /// The map is no CSV table.
    #[error("the map cannot be read: {0}")]
    Csv(#[from] csv::Error),
    /// A column of the map is missing.
    #[error("the map has no column `{0}`; it must have column, question, from and to")]
    Header(&'static str),
    /// The map has no rows.
    #[error("the map is empty: it needs a row for each column that answers a question")]
    Empty,
    /// Rows of the map do not fit the form.
    #[error("the map does not fit the form:\n{}", .0.iter().map(|fault| format!("  {fault}")).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<MapFault>),
}

/// A row of the map.
struct Line {
    number: u64,
    column: String,
    question: String,
    from: String,
    to: String,
}

impl ColumnMap {
    /// Reads a map and holds it to the form.
    ///
    /// # Errors
    /// [`MapError`]; [`MapError::Faults`] names every row that does not fit.
    pub fn read(map: impl Read, form: &Form) -> Result<Self, MapError> {
        let lines = lines(map)?;
        if lines.is_empty() {
            return Err(MapError::Empty);
        }
        let mut columns: Vec<MappedColumn> = Vec::new();
        let mut faults = Vec::new();
        for line in lines {
            if let Err(kind) = enter(&mut columns, &line, form) {
                faults.push(MapFault { line: line.number, kind });
            }
        }
        if faults.is_empty() { Ok(Self { columns }) } else { Err(MapError::Faults(faults)) }
    }

    /// The columns that the map reads, each once, in its order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let first =
            |place: usize, name: &str| self.columns.iter().position(|other| other.column == name) == Some(place);
        self.columns
            .iter()
            .enumerate()
            .filter(move |(place, one)| first(*place, &one.column))
            .map(|(_, one)| &*one.column)
    }
}

fn lines(map: impl Read) -> Result<Vec<Line>, MapError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(map);
    let headers = reader.headers()?.clone();
    let place = |name: &'static str| {
        headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name).ok_or(MapError::Header(name))
    };
    let places = [place("column")?, place("question")?, place("from")?, place("to")?];
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record?;
        let number = record.position().map_or(0, csv::Position::line);
        let [column, question, from, to] = places.map(|place| record.get(place).unwrap_or("").to_owned());
        if !(column.is_empty() && question.is_empty() && from.is_empty() && to.is_empty()) {
            lines.push(Line { number, column, question, from, to });
        }
    }
    Ok(lines)
}

fn enter(columns: &mut Vec<MappedColumn>, line: &Line, form: &Form) -> Result<(), MapFaultKind> {
    if line.column.is_empty() {
        return Err(MapFaultKind::NoColumn);
    }
    let question = question(form, &line.question)?;
    let same = |mapped: &MappedColumn| mapped.column == line.column && mapped.question == question.path;
    let place = columns.iter().position(same).unwrap_or_else(|| {
        columns.push(mapped(&line.column, question, form));
        columns.len() - 1
    });
    let Some(mapped) = columns.get_mut(place).filter(|_| !line.from.is_empty()) else {
        return if line.to.is_empty() { Ok(()) } else { Err(MapFaultKind::NoFrom) };
    };
    if let Some(choices) = &mapped.choices
        && let Some(unknown) = line.to.split_whitespace().find(|name| !choices.iter().any(|choice| choice == name))
    {
        return Err(MapFaultKind::UnknownChoice { question: line.question.clone(), choice: unknown.to_owned() });
    }
    match mapped.values.insert(line.from.clone(), line.to.clone()) {
        Some(before) if before != line.to => Err(MapFaultKind::Twice { from: line.from.clone() }),
        Some(_) | None => Ok(()),
    }
}

/// The question that a row names, if a table can answer it.
fn question<'a>(form: &'a Form, path: &str) -> Result<&'a Question, MapFaultKind> {
    let named = || path.to_owned();
    let found = form.questions().into_iter().find(|(question, _)| question.path.as_str() == path);
    let (question, in_repeat) = found.ok_or_else(|| MapFaultKind::UnknownQuestion { question: named() })?;
    if in_repeat {
        return Err(MapFaultKind::InRepeat { question: named() });
    }
    if question.calculation.is_some() || matches!(question.question_type, QuestionType::Note | QuestionType::Calculate)
    {
        return Err(MapFaultKind::NotAnswered { question: named() });
    }
    Ok(question)
}

fn mapped(column: &str, question: &Question, form: &Form) -> MappedColumn {
    let list = question.list.as_ref().and_then(|list| form.lists.get(list));
    MappedColumn {
        column: column.to_owned(),
        question: question.path.clone(),
        question_type: question.question_type,
        choices: list.map(|list| list.0.iter().map(|choice| choice.name.clone()).collect()),
        values: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests;
