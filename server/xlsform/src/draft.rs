//! A form between its sheet and its compiled shape: the rows, nested, with what their types said.

use rukun_form::QuestionType;

use crate::parameters::Parameters;
use crate::question_type::{Control, TypeInfo};
use crate::table::{Cell, Row};

/// A question, group or repeat, as its row says.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Its name.
    pub(crate) name: String,
    /// Its row, or what the compiler made in place of one.
    pub(crate) row: Row,
    /// What it is.
    pub(crate) kind: Kind,
    /// What lies in it.
    pub(crate) children: Vec<Draft>,
}

/// What a draft is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// The form.
    Root,
    /// A group.
    Group,
    /// A repeat, with the cell that says how many instances it has.
    Repeat(Option<Cell>),
    /// A loop over a list, not yet unrolled.
    Loop(String),
    /// A question.
    Question(Box<Asked>),
    /// Attached data, named by a row: `csv-external`, `xml-external`.
    External(&'static str),
}

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Its type.
    pub(crate) info: TypeInfo,
    /// Its parameters.
    pub(crate) parameters: Parameters,
    /// Where its choices come from.
    pub(crate) select: Option<Select>,
    /// Questions whose change sets it.
    pub(crate) triggers: Vec<String>,
    /// It looks for the device's place when it is triggered.
    pub(crate) finds_place: bool,
    /// Its default is computed.
    pub(crate) dynamic_default: bool,
}

/// Where the choices of a select come from.
#[derive(Debug, Clone)]
pub(crate) struct Select {
    /// The list, the file, or the reference.
    pub(crate) list: String,
    /// Which of these.
    pub(crate) source: Source,
}

/// What a select's list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A list of the choices sheet.
    List,
    /// A list of the external_choices sheet.
    External,
    /// An attached file.
    File,
    /// The answers of a question in a repeat.
    Answers,
}

impl Draft {
    /// A question made by the compiler.
    pub(crate) fn question(name: &str, row: Row, question_type: QuestionType, control: Control) -> Self {
        let info = TypeInfo { question_type, control, constraint: None };
        Self { name: name.to_owned(), row, kind: Kind::Question(Box::new(Asked::new(info))), children: Vec::new() }
    }
}

impl Asked {
    pub(crate) fn new(info: TypeInfo) -> Self {
        Self {
            info,
            parameters: Parameters::new(),
            select: None,
            triggers: Vec::new(),
            finds_place: false,
            dynamic_default: false,
        }
    }
}

/// The file name's stem and extension, as they name a secondary instance: `cities` and `.csv`.
pub(crate) fn split_file(list: &str) -> (&str, &str) {
    match list.rfind('.') {
        Some(point) if point > 0 => list.split_at(point),
        _ => (list, ""),
    }
}

/// Whether an extension is that of a file which choices can come from.
pub(crate) fn is_data_file(extension: &str) -> bool {
    matches!(extension, ".csv" | ".geojson" | ".xml")
}
