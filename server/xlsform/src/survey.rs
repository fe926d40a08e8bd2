//! The survey sheet, row by row: types, names, nesting, and what each row must have.

mod container;
mod names;
mod question;
mod select;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::choices::Lists;
use crate::code::Code;
use crate::draft::Draft;
use crate::parameters::{self, Parameters};
use crate::problem::Log;
use crate::question_type::{self, Container};
use crate::reference::{only_reference, pieces, references};
use crate::table::{Cell, Row, Table};
use crate::typography::truth;

use names::Names;

/// What the survey sheet says.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Its items, nested.
    pub(crate) items: Vec<Draft>,
    /// Items of the group `meta`.
    pub(crate) meta: Vec<Draft>,
    /// How often each name is given, wherever.
    pub(crate) names: HashMap<String, usize>,
    /// Settings that rows of the survey sheet are: `set_form_title`.
    pub(crate) settings: BTreeMap<String, String>,
}

/// Reads the survey sheet.
pub(crate) struct Reader<'a> {
    /// The lists of the choices sheet; `or_other` adds to them.
    pub(crate) lists: &'a mut Lists,
    /// The lists of the external_choices sheet; none without one.
    pub(crate) external: Option<&'a Lists>,
    /// The form's root: no repeat may be called so.
    pub(crate) root: &'a str,
    /// Names of entity lists.
    pub(crate) entities: Vec<String>,
    /// Names of sheets, for advice on spelling.
    pub(crate) sheets: Vec<String>,
    pub(crate) log: &'a mut Log,
    survey: Survey,
    stack: Vec<Open>,
    questions: HashSet<String>,
    repeats: HashSet<String>,
    instances: HashSet<String>,
    triggers: Vec<(String, Cell)>,
    geometries: Vec<(String, Cell)>,
    table_list: Option<TableList>,
}

/// A group that is open.
#[derive(Debug, Default)]
struct Open {
    container: Option<Container>,
    list: Option<String>,
    name: String,
    row: Row,
    count: Option<Cell>,
    children: Vec<Draft>,
    names: Names,
}

/// A group of selects that share one list.
#[derive(Debug)]
enum TableList {
    /// Its first select is still to come.
    Begun,
    /// The list that its selects share.
    Of(String),
}

impl<'a> Reader<'a> {
    pub(crate) fn new(lists: &'a mut Lists, external: Option<&'a Lists>, root: &'a str, log: &'a mut Log) -> Self {
        Self {
            lists,
            external,
            root,
            entities: Vec::new(),
            sheets: Vec::new(),
            log,
            survey: Survey::default(),
            stack: vec![Open::default()],
            questions: HashSet::new(),
            repeats: HashSet::new(),
            instances: HashSet::new(),
            triggers: Vec::new(),
            geometries: Vec::new(),
            table_list: None,
        }
    }

    /// Reads all rows.
    pub(crate) fn read(mut self, table: &Table) -> Survey {
        for row in &table.rows {
            self.read_row(row);
        }
        self.check_triggers();
        self.check_geometries();
        while self.stack.len() > 1 {
            self.report_open();
            self.close();
        }
        let mut survey = self.survey;
        survey.items = self.stack.pop().map(|open| open.children).unwrap_or_default();
        survey
    }

    fn read_row(&mut self, row: &Row) {
        if let Some(cell) = row.cell(&["disabled"]) {
            self.log.report(Code::RowDisabled, cell.place(), &cell.text, "the column `disabled` is no part of XLSForm");
            if truth(&cell.text) == Some(true) {
                return;
            }
        }
        if row.cells.iter().all(|cell| cell.column.header == "disabled") {
            return;
        }
        let Some(kind) = row.text(&["type"]).filter(|text| !text.is_empty()) else {
            return self.read_typeless(row);
        };
        let kind = if self.log.is_lenient() { question_type::lenient(kind) } else { kind.to_owned() };
        let triggers = self.read_triggers(row);
        let parameters = row.cell(&["parameters"]).map(|cell| parameters::parse(cell, self.log)).unwrap_or_default();
        if kind == "audit" {
            return self.read_audit(row, parameters);
        }
        if let Some(setting) = setting(&kind, self.log.is_lenient()) {
            let value = row.text(&["name"]).unwrap_or_default().to_owned();
            self.survey.settings.insert(setting.to_owned(), value);
            return;
        }
        if let Some(container) = question_type::end(&kind) {
            return self.read_end(row, container);
        }
        let name = self.read_name(row, &kind);
        if let Some((container, list)) = question_type::begin(&kind) {
            return self.read_begin(row, name, container, list);
        }
        self.questions.insert(name.clone());
        self.read_question(row, name, &kind, parameters, triggers);
    }

    /// A row without a type is a comment, unless it looks like a question.
    fn read_typeless(&mut self, row: &Row) {
        if row.has("name") || row.cell(&["label"]).is_some() || row.has("label") {
            let text = row.text(&["name"]).or_else(|| row.text(&["label"])).unwrap_or_default();
            self.log.report(Code::NoType, row.place_of(&["type"]), text, "the row has a name or a label, but no type");
        } else {
            let text = row.cells.first().map(|cell| cell.text.clone()).unwrap_or_default();
            self.log.report(Code::RowIgnored, row.place(), &text, "the row has no type, name or label, and is ignored");
        }
    }

    /// The questions that a trigger names; references parted by commas.
    fn read_triggers(&mut self, row: &Row) -> Vec<String> {
        let Some(cell) = row.cell(&["trigger"]).filter(|cell| !cell.text.is_empty()) else { return Vec::new() };
        if !cell.text.contains("${") || cell.text.len() < 3 {
            let message = format!("`{}` is no reference to a question", cell.text);
            self.log.report(Code::BadReference, cell.place(), &cell.text, message);
            return Vec::new();
        }
        let mut triggers = Vec::new();
        for part in cell.text.split(',') {
            let (_, malformed) = pieces(part, self.log.is_lenient());
            for bad in malformed {
                self.log.report(Code::BadReference, cell.place(), &bad.0, format!("`{}` is no reference", bad.0));
            }
            let named = references(part);
            if named.len() > 1 {
                let message = format!("`{}` has no comma between the references", part.trim());
                self.log.report(Code::ReferenceList, cell.place(), part.trim(), message);
            }
            triggers.extend(named.into_iter().map(|reference| reference.name.to_owned()));
        }
        self.triggers.extend(triggers.iter().map(|name| (name.clone(), cell.clone())));
        triggers
    }

    fn check_triggers(&mut self) {
        for (name, cell) in std::mem::take(&mut self.triggers) {
            if !self.questions.contains(&name) {
                let message = format!("`{name}` is no question of this form");
                self.log.report(Code::UnknownReference, cell.place(), &cell.text, message);
            }
        }
    }

    fn check_geometries(&mut self) {
        for (target, cell) in std::mem::take(&mut self.geometries) {
            let known = self.instances.contains(&target)
                || self.lists.get(&target).is_some()
                || self.entities.contains(&target)
                || only_reference(&target).is_some_and(|name| self.repeats.contains(name));
            if !known {
                let message = format!("`{target}` is no list, file or repeat");
                self.log.report(Code::ReferenceGeometry, cell.place(), &target, message);
            }
        }
    }

    fn read_audit(&mut self, row: &Row, parameters: Parameters) {
        if let Some(cell) = row.cell(&["name"]).filter(|cell| !cell.text.is_empty() && cell.text != "audit") {
            let message = format!("an audit is always called `audit`, not `{}`", cell.text);
            self.log.report(Code::AuditName, cell.place(), &cell.text, message);
        }
        parameters::check_audit(&parameters, row.cell(&["parameters"]), self.log);
        let control = question_type::Control::None;
        let audit = Draft::question("audit", row.clone(), rukun_form::QuestionType::Audit, control);
        self.survey.meta.push(audit);
    }

    fn open(&mut self) -> &mut Open {
        if self.stack.is_empty() {
            self.stack.push(Open::default());
        }
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }
}

/// Rows of the survey sheet that are settings; very old forms write them with blanks.
fn setting(kind: &str, lenient: bool) -> Option<&'static str> {
    let kind = if lenient { kind.replace(' ', "_") } else { kind.to_owned() };
    Some(match kind.as_str() {
        "form_title" | "set_form_title" => "title",
        "form_id" | "set_form_id" => "id_string",
        "prefix" => "prefix",
        _ => return None,
    })
}
