//! The settings sheet: one row that says what the form is called and how it is read.

use crate::code::Code;
use crate::header;
use crate::name::is_name;
use crate::place::Place;
use crate::problem::Log;
use crate::table::{Cell, Row, Table};
use crate::typography::truth;
use crate::workbook::Sheet;

/// The settings of a form.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Their row.
    pub(crate) row: Row,
    /// Their sheet, when there is one.
    pub(crate) table: Table,
}

impl Settings {
    pub(crate) fn read(sheet: Option<&Sheet>, log: &mut Log) -> Self {
        let Some(sheet) = sheet else { return Self::default() };
        let sheet = &without_second_id(sheet, log);
        let table = Table::read(sheet, &header::SETTINGS, false, log);
        let settings = Self { row: table.rows.first().cloned().unwrap_or_default(), table };
        if let Some(cell) = settings.cell("name").filter(|cell| !is_name(&cell.text)) {
            log.report(Code::BadName, cell.place(), &cell.text, format!("`{}` cannot be the form's root", cell.text));
        }
        let omits_id = settings.text("omit_instanceID").and_then(truth) == Some(true);
        if omits_id && settings.text("public_key").is_some() {
            let place = settings.cell("omit_instanceID").map_or_else(Place::workbook, Cell::place);
            log.report(Code::NoInstanceId, place, "omit_instanceID", "an encrypted record needs its id");
        }
        settings
    }

    pub(crate) fn cell(&self, name: &str) -> Option<&Cell> {
        self.row.cell(&[name])
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.row.text(&[name])
    }

    /// Whether a setting says yes.
    pub(crate) fn says_yes(&self, name: &str) -> bool {
        self.text(name).and_then(truth) == Some(true)
    }

    /// The name of the form's root.
    pub(crate) fn root<'a>(&'a self, otherwise: &'a str) -> &'a str {
        self.text("name").unwrap_or(otherwise)
    }

    /// The language of texts whose column names none.
    pub(crate) fn default_language(&self) -> &str {
        self.text("default_language").unwrap_or("default")
    }

    /// Whether runs of blanks in the survey sheet become one.
    pub(crate) fn collapses_blanks(&self) -> bool {
        self.text("clean_text_values").and_then(truth) != Some(false)
    }
}

/// Old forms write their id under `id_string`; `form_id` beside it counts.
fn without_second_id(sheet: &Sheet, log: &mut Log) -> Sheet {
    let mut sheet = sheet.clone();
    let headers = sheet.rows.first().map(Vec::as_slice).unwrap_or_default();
    let old = headers.iter().position(|header| header == "id_string");
    if let Some(old) = old.filter(|_| headers.iter().any(|header| header == "form_id")) {
        let place = Place::cell(&sheet.name, 1, old, "id_string");
        log.report(Code::TwoIds, place, "id_string", "form_id is given too; id_string is not read");
        sheet.rows.iter_mut().filter_map(|row| row.get_mut(old)).for_each(String::clear);
    }
    sheet
}
