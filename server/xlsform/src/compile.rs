//! From a workbook to a form.

use rukun_form::{Form, Label, Language, QuestionType, Text};

use crate::assemble::Assembler;
use crate::check::{Checked, check_references};
use crate::choices::{self, Checks, Lists};
use crate::code::Code;
use crate::draft::{Draft, Kind};
use crate::entity;
use crate::header;
use crate::place::Place;
use crate::problem::{Log, Mode, Problem};
use crate::question_type::Control;
use crate::settings::Settings;
use crate::sheets::Sheets;
use crate::survey::{Reader, Survey};
use crate::table::{Row, Table};
use crate::tree::Tree;
use crate::workbook::Workbook;

/// How a form is compiled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// How strictly.
    pub mode: Mode,
    /// What the form's root is called when the settings do not say; `data` without it.
    pub root: Option<String>,
}

/// What came of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// The form; none when there is an error.
    pub form: Option<Form>,
    /// All that is wrong or doubtful, in the order of the sheets.
    pub problems: Vec<Problem>,
}

/// Compiles a form. All problems are found in one go.
#[must_use]
pub fn compile(workbook: &Workbook, options: &Options) -> Compiled {
    let mut log = Log::new(options.mode);
    let form = Sheets::find(workbook, &mut log).map(|sheets| form(workbook, sheets, options, &mut log));
    let form = form.filter(|_| !log.has_errors());
    Compiled { form, problems: log.into_problems() }
}

fn form(workbook: &Workbook, sheets: Sheets<'_>, options: &Options, log: &mut Log) -> Form {
    let settings = Settings::read(sheets.settings, log);
    let checks = if settings.says_yes("allow_choice_duplicates") { Checks::Names } else { Checks::All };
    let external = sheets.external_choices.map(|sheet| choices::read(sheet, Checks::None, log).1);
    let (choice_table, mut lists) = match sheets.choices {
        Some(sheet) => {
            let (table, lists) = choices::read(sheet, checks, log);
            (Some(table), lists)
        }
        None => (None, Lists::default()),
    };
    let (entity_table, declarations) = entity::read(sheets.entities, log);
    let table = survey_table(&sheets, &settings, log);

    let root = settings.root(options.root.as_deref().unwrap_or("data")).to_owned();
    let mut reader = Reader::new(&mut lists, external.as_ref(), &root, log);
    reader.entities = declarations.iter().map(|declaration| declaration.list.clone()).collect();
    reader.sheets = workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let mut survey = reader.read(&table);
    let id = form_id(workbook, &settings, &survey);
    let title = survey.settings.remove("title");
    add_meta(&mut survey, &settings);

    let checked = Checked {
        settings: &settings.table,
        survey: &table,
        choices: choice_table.as_ref(),
        entities: entity_table.as_ref(),
    };
    check_references(&checked, &survey.names, log);
    let tree = Tree::new(&root, survey.items, &lists);
    tree.check_names(log);
    let mut assembler = Assembler::new(&tree, &settings, &id, &lists, log);
    assembler.external = external.as_ref();
    assembler.attachments = &workbook.attachments;
    assembler.form.entities = entity::assemble(&mut assembler, &declarations);
    let mut form = assembler.assemble(&settings, &id);
    if let Some(title) = title {
        form.title = Label([(Language(settings.default_language().to_owned()), Text::from(title))].into());
    }
    form
}

fn survey_table(sheets: &Sheets<'_>, settings: &Settings, log: &mut Log) -> Table {
    let table = Table::read(sheets.survey, &header::SURVEY, settings.collapses_blanks(), log);
    if !table.has("type") {
        let message = format!("the sheet `{}` has no column `type`", sheets.survey.name);
        log.report(Code::HeaderRequired, Place::row(&sheets.survey.name, 1), "type", message);
    }
    check_languages(&table, log);
    check_languages(&settings.table, log);
    for column in table.columns.iter().filter(|column| is_unknown(&column.words)) {
        let place = Place::cell(&table.sheet, 1, column.number, &column.header);
        let message = format!("the column `{}` is ignored", column.header);
        log.report(Code::HeaderIgnored, place, &column.header, message);
    }
    table
}

/// Reports filled columns that name a language and are the same in all, or that name two.
fn check_languages(table: &Table, log: &mut Log) {
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    for cell in cells.filter(|cell| has_language_in_excess(&cell.column.words)) {
        let message = format!("the column `{}` cannot be in that language", cell.column.header);
        log.report(Code::HeaderTranslated, cell.place(), &cell.text, message);
    }
}

fn has_language_in_excess(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["type" | "name" | "parameters" | "trigger" | "default", _]
            | ["id_string" | "version" | "style" | "public_key" | "default_language" | "instance_name", _]
            | ["control", "appearance", _]
            | ["bind", "entities:saveto", _]
            | ["label" | "hint" | "guidance_hint", _, _, ..]
            | ["media", _, _, _, ..]
            | ["bind", "jr:constraintMsg" | "jr:requiredMsg", _, _, ..]
    )
}

/// Whether a column is neither XLSForm's nor ours.
fn is_unknown(words: &[String]) -> bool {
    let first = words.first().map(String::as_str).unwrap_or_default();
    let own = ["indicator", "search", "personal", "disabled"].iter().any(|own| first.eq_ignore_ascii_case(own));
    !own && !header::SURVEY.columns.contains(&first) && !first.starts_with("sms_")
}

fn form_id(workbook: &Workbook, settings: &Settings, survey: &Survey) -> String {
    let in_survey = survey.settings.get("id_string").map(String::as_str);
    in_survey.or(settings.text("id_string")).or(workbook.stem.as_deref()).unwrap_or("data").to_owned()
}

/// The group `meta`, in which a record has its id and its name.
fn add_meta(survey: &mut Survey, settings: &Settings) {
    let row = |cell: Option<&crate::table::Cell>| {
        let mut row = Row { sheet: "settings".to_owned(), ..settings.row.clone() };
        row.cells = cell.cloned().into_iter().collect();
        row
    };
    let mut meta = std::mem::take(&mut survey.meta);
    if !settings.says_yes("omit_instanceID") {
        meta.push(Draft::question("instanceID", row(None), QuestionType::InstanceId, Control::None));
        *survey.names.entry("instanceID".to_owned()).or_default() += 1;
    }
    if let Some(cell) = settings.cell("instance_name") {
        let mut row = row(None);
        row.cells.push(cell.with_meaning(&["bind", "calculate"]));
        meta.push(Draft::question("instanceName", row, QuestionType::Calculate, Control::None));
    }
    if meta.is_empty() {
        return;
    }
    let is_meta = |draft: &&mut Draft| draft.name == "meta" && matches!(draft.kind, Kind::Group);
    match survey.items.iter_mut().find(is_meta) {
        Some(group) => {
            let own: Vec<String> = group.children.iter().map(|child| child.name.clone()).collect();
            group.children.extend(meta.into_iter().filter(|draft| !own.contains(&draft.name)));
        }
        None => {
            let row = Row { sheet: "settings".to_owned(), ..Row::default() };
            survey.items.push(Draft { name: "meta".to_owned(), row, kind: Kind::Group, children: meta });
        }
    }
}
