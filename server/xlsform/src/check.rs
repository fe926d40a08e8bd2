//! Checks of references over whole sheets: also in cells that nothing else reads.

use std::collections::HashMap;

use crate::code::Code;
use crate::problem::Log;
use crate::reference::{Piece, pieces};
use crate::table::{Cell, Table};

/// The sheets, with which of their columns may hold references.
pub(crate) struct Checked<'a> {
    pub(crate) settings: &'a Table,
    pub(crate) survey: &'a Table,
    pub(crate) choices: Option<&'a Table>,
    pub(crate) entities: Option<&'a Table>,
}

/// Reports references that are malformed, or name no question or several. `names` counts the names of the survey sheet.
pub(crate) fn check_references(sheets: &Checked<'_>, names: &HashMap<String, usize>, log: &mut Log) {
    let first = |cell: &Cell| cell.column.words.first().cloned().unwrap_or_default();
    check_table(Some(sheets.settings), names, |_| true, log);
    check_table(sheets.entities, names, |cell| !matches!(first(cell).as_str(), "dataset" | "repeat"), log);
    check_table(Some(sheets.survey), names, |cell| !matches!(first(cell).as_str(), "type" | "name" | "trigger"), log);
    let is_read =
        |cell: &Cell| matches!(first(cell).as_str(), "label" | "image" | "big-image" | "audio" | "video" | "media");
    check_table(sheets.choices, names, is_read, log);
}

fn check_table(table: Option<&Table>, names: &HashMap<String, usize>, is_read: impl Fn(&Cell) -> bool, log: &mut Log) {
    let cells = table.into_iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells);
    for cell in cells.filter(|cell| cell.raw.contains("${") && is_read(cell)) {
        let (found, malformed) = pieces(&cell.raw, log.is_lenient());
        for bad in malformed {
            log.report(Code::BadReference, cell.place(), &bad.0, format!("`{}` is no reference", bad.0));
        }
        for piece in found {
            let Piece::Reference(reference) = piece else { continue };
            let name = reference.name;
            match names.get(name) {
                None => {
                    log.report(Code::UnknownReference, cell.place(), name, format!("there is no question `{name}`"))
                }
                Some(1) => {}
                Some(several) => {
                    let message = format!("{several} questions are called `{name}`");
                    log.report(Code::AmbiguousReference, cell.place(), name, message);
                }
            }
        }
    }
}
