//! The choices sheets: lists by name.

use crate::code::Code;
use crate::header;
use crate::place::Place;
use crate::problem::Log;
use crate::table::{Row, Table};
use crate::workbook::Sheet;

/// Lists of choices, in the order in which they begin.
#[derive(Debug, Default)]
pub(crate) struct Lists(Vec<(String, Vec<Row>)>);

impl Lists {
    /// The list with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&[Row]> {
        self.0.iter().find(|(list, _)| list == name).map(|(_, rows)| rows.as_slice())
    }

    /// All lists.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[Row])> {
        self.0.iter().map(|(name, rows)| (name.as_str(), rows.as_slice()))
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn push(&mut self, name: &str, row: Row) {
        match self.0.iter_mut().find(|(list, _)| list == name) {
            Some((_, rows)) => rows.push(row),
            None => self.0.push((name.to_owned(), vec![row])),
        }
    }

    /// Adds the choice `other` to a list that has none, in the languages of its labels.
    pub(crate) fn add_other(&mut self, name: &str) {
        let Some((_, rows)) = self.0.iter_mut().find(|(list, _)| list == name) else { return };
        if rows.iter().any(|row| row.text(&["name"]) == Some("other")) {
            return;
        }
        let mut other = rows.last().cloned().unwrap_or_default();
        let languages: Vec<Option<String>> = rows
            .iter()
            .flat_map(|row| row.translations(&["label"]))
            .map(|(language, _)| language.map(str::to_owned))
            .collect();
        other.cells.clear();
        other.set(&["name"], "other");
        for language in languages {
            match language {
                Some(language) => other.set(&["label", &language], "Other"),
                None => other.set(&["label"], "Other"),
            }
        }
        if !other.has("label") {
            other.set(&["label"], "Other");
        }
        rows.push(other);
    }
}

/// What is asked of a choices sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checks {
    /// Choices have names, and no two of a list the same.
    All,
    /// Choices have names; a filter parts those that have the same.
    Names,
    /// The external_choices sheet is taken as it is: forms keep whole registers in it.
    None,
}

/// Reads a choices sheet.
pub(crate) fn read(sheet: &Sheet, checks: Checks, log: &mut Log) -> (Table, Lists) {
    let table = Table::read(sheet, &header::CHOICES, false, log);
    let is_checked = checks != Checks::None;
    if is_checked && table.rows.iter().any(|row| !row.cells.is_empty()) && !table.has("name") {
        let message = format!("the sheet `{}` has no column `name`", sheet.name);
        log.report(Code::HeaderRequired, Place::row(&sheet.name, 1), "name", message);
    }
    let ignored = ignored_columns(&table, log);
    let mut lists = Lists::default();
    for row in &table.rows {
        let Some(list) = row.text(&["list name"]) else { continue };
        let mut row = row.clone();
        row.cells.retain(|cell| !ignored.contains(&cell.column.number));
        if is_checked {
            check_choice(&row, list, log);
        }
        lists.push(list, row);
    }
    if checks == Checks::All {
        lists.iter().for_each(|(name, rows)| check_duplicates(name, rows, log));
    }
    (table, lists)
}

/// Columns whose headers cannot be element names.
fn ignored_columns(table: &Table, log: &mut Log) -> Vec<usize> {
    let is_bad = |word: &str| word != "list name" && (word.is_empty() || word.contains(' '));
    let mut ignored = Vec::new();
    for column in &table.columns {
        if column.words.first().is_some_and(|word| is_bad(word)) {
            let place = Place::cell(&table.sheet, 1, column.number, &column.header);
            let message = format!("the header `{}` has blanks; its column is ignored", column.header);
            log.report(Code::HeaderOfChoices, place, &column.header, message);
            ignored.push(column.number);
        }
    }
    ignored
}

fn check_choice(row: &Row, list: &str, log: &mut Log) {
    if row.text(&["name"]).is_none() {
        log.report(
            Code::ChoiceWithoutName,
            row.place_of(&["name"]),
            list,
            format!("a choice of the list `{list}` has no name"),
        );
    } else if !row.has("label") && !row.has("media") {
        let name = row.text(&["name"]).unwrap_or_default();
        log.report(
            Code::ChoiceWithoutLabel,
            row.place_of(&["label"]),
            name,
            format!("the choice `{name}` of the list `{list}` has no label"),
        );
    }
}

fn check_duplicates(list: &str, rows: &[Row], log: &mut Log) {
    let mut seen: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for row in rows {
        let Some(cell) = row.cell(&["name"]) else { continue };
        if let Some(first) = seen.get(cell.text.as_str()) {
            let message = format!("the list `{list}` has the choice `{}` in row {first} already", cell.text);
            log.report(Code::DuplicateChoice, cell.place(), &cell.text, message);
        } else {
            seen.insert(&cell.text, row.number);
        }
    }
}
