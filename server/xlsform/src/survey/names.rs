//! Names of the survey sheet.

use std::collections::HashMap;

use super::Reader;
use crate::code::Code;
use crate::name::is_name;
use crate::place::Place;
use crate::problem::Log;
use crate::table::Row;

/// Names given in one group, with the rows that gave them.
#[derive(Debug, Default)]
pub(super) struct Names {
    exact: HashMap<String, usize>,
    lower: HashMap<String, usize>,
}

impl Names {
    /// Takes a name, or says what is wrong with it.
    pub(super) fn take(&mut self, name: &str, row: usize, place: Place, log: &mut Log) {
        if name == "meta" {
            log.report(Code::NamedMeta, place, name, "`meta` is where a record keeps its own id and name");
            return;
        }
        // Two that are quite the same are found in the tree, where the compiler's own names are, too.
        if self.exact.insert(name.to_owned(), row).is_some() {
            return;
        }
        if let Some(other) = self.lower.insert(name.to_lowercase(), row) {
            let message = format!("the name `{name}` differs from that of row {other} only in case");
            log.report(Code::SimilarName, place, name, message);
        }
    }
}

impl Reader<'_> {
    /// The name of a row, checked. A row without one gets one, so that what follows can be checked too.
    pub(super) fn read_name(&mut self, row: &Row, kind: &str) -> String {
        let cell = row.cell(&["name"]).filter(|cell| !cell.text.is_empty());
        let place = row.place_of(&["name"]);
        let name = match cell {
            Some(cell) => cell.text.clone(),
            None if kind == "note" => format!("generated_note_name_{}", row.number),
            None => {
                let message =
                    format!("the {} has no name", if kind.starts_with("begin") { "group" } else { "question" });
                self.log.report(Code::NoName, place, kind, message);
                return format!("unnamed_{}", row.number);
            }
        };
        if !is_name(&name) {
            self.log.report(Code::BadName, place.clone(), &name, format!("`{name}` cannot be a name"));
        }
        *self.survey.names.entry(name.clone()).or_default() += 1;
        let number = row.number;
        let last = self.stack.len().saturating_sub(1);
        if let Some(open) = self.stack.get_mut(last) {
            open.names.take(&name, number, place, self.log);
        }
        name
    }
}
