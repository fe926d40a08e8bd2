//! A sheet as a table: columns with meanings, rows of cells that know their address.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::code::Code;
use crate::header::Vocabulary;
use crate::place::Place;
use crate::problem::Log;
use crate::typography;
use crate::workbook::Sheet;

/// After so many empty columns nothing more is read.
const EMPTY_COLUMNS: usize = 20;
/// After so many empty rows nothing more is read.
const EMPTY_ROWS: usize = 60;

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// The sheet.
    pub(crate) sheet: String,
    /// Its number, from 0.
    pub(crate) number: usize,
    /// Its header as written.
    pub(crate) header: String,
    /// What the header means.
    pub(crate) words: Vec<String>,
}

/// A cell with something in it.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// Its column.
    pub(crate) column: Rc<Column>,
    /// Its row, as spreadsheets count.
    pub(crate) row: usize,
    /// What is in it, cleaned.
    pub(crate) text: String,
    /// What is in it, as written.
    pub(crate) raw: String,
}

/// A row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// The sheet.
    pub(crate) sheet: String,
    /// The columns of its sheet.
    pub(crate) columns: Rc<[Rc<Column>]>,
    /// Its number, as spreadsheets count.
    pub(crate) number: usize,
    /// Its cells.
    pub(crate) cells: Vec<Cell>,
}

/// A sheet, read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The sheet's name.
    pub(crate) sheet: String,
    /// Its columns.
    pub(crate) columns: Vec<Rc<Column>>,
    /// Its rows below the header, the empty ones among them.
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// Reads a sheet. With `collapse`, runs of blanks in cells become one.
    pub(crate) fn read(sheet: &Sheet, vocabulary: &Vocabulary, collapse: bool, log: &mut Log) -> Self {
        let columns = columns(sheet, vocabulary, log);
        let all: Rc<[Rc<Column>]> = columns.values().cloned().collect();
        let mut rows = Vec::new();
        let mut empty = 0;
        for (index, texts) in sheet.rows.iter().enumerate().skip(1) {
            let cells = cells(sheet, &columns, index + 1, texts, collapse, log);
            empty = if cells.is_empty() { empty + 1 } else { 0 };
            if empty > EMPTY_ROWS {
                break;
            }
            let (sheet, columns) = (sheet.name.clone(), Rc::clone(&all));
            rows.push(Row { sheet, columns, number: index + 1, cells });
        }
        Self { sheet: sheet.name.clone(), columns: columns.into_values().collect(), rows }
    }

    /// Whether there is a column whose meaning begins with this word.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.columns.iter().any(|column| column.words.first().is_some_and(|first| first == word))
    }
}

/// The columns, by number. Two headers for one column are an error, or, leniently, two columns of which a row fills either.
fn columns(sheet: &Sheet, vocabulary: &Vocabulary, log: &mut Log) -> BTreeMap<usize, Rc<Column>> {
    let headers = sheet.rows.first().map(Vec::as_slice).unwrap_or_default();
    let double = headers.iter().any(|header| header.contains("::"));
    let mut columns: BTreeMap<usize, Rc<Column>> = BTreeMap::new();
    let mut empty = 0;
    for (number, header) in headers.iter().enumerate() {
        empty = if header.trim().is_empty() { empty + 1 } else { 0 };
        if empty > EMPTY_COLUMNS {
            break;
        }
        if empty > 0 {
            continue;
        }
        let written = typography_of_header(header, sheet.has_margins);
        let meaning = vocabulary.meaning(&written, double);
        let place = || Place::cell(&sheet.name, 1, number, &written);
        if let Some(twin) = columns.values().find(|column| column.words == meaning.words) {
            let (same, other) = (twin.header == written, twin.header.clone());
            if same && sheet.has_margins {
                let message = format!("two columns have the header `{written}`");
                log.report(Code::HeaderTwice, place(), &written, message);
            } else if !same && !meaning.exact {
                let message = format!("`{other}` and `{written}` are two names of the same column");
                log.report(Code::HeaderSynonyms, place(), &written, message);
            }
        }
        let column = Column { sheet: sheet.name.clone(), number, header: written, words: meaning.words };
        columns.insert(number, Rc::new(column));
    }
    columns
}

fn typography_of_header(header: &str, is_excel: bool) -> String {
    if is_excel {
        typography::clean(header, true).replace(['\u{2018}', '\u{2019}'], "'")
    } else {
        header.trim().to_owned()
    }
}

fn cells(
    sheet: &Sheet,
    columns: &BTreeMap<usize, Rc<Column>>,
    row: usize,
    texts: &[String],
    collapse: bool,
    log: &mut Log,
) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for (number, raw) in texts.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let Some(column) = columns.get(&number) else {
            if !sheet.has_margins {
                let message = format!("`{raw}` stands in a column without a header");
                log.report(Code::HeaderMissing, Place::cell(&sheet.name, row, number, ""), raw, message);
            }
            continue;
        };
        let text = typography::clean(raw, collapse);
        cells.push(Cell { column: Rc::clone(column), row, text, raw: raw.clone() });
    }
    cells
}

impl Cell {
    /// Where it is.
    pub(crate) fn place(&self) -> Place {
        Place::cell(&self.column.sheet, self.row, self.column.number, &self.column.header)
    }

    fn is(&self, words: &[&str]) -> bool {
        self.column.words.iter().map(String::as_str).eq(words.iter().copied())
    }

    /// The same cell with another text: something made of what was written here.
    pub(crate) fn with_text(&self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self.clone() }
    }

    /// The same cell as if its column meant something else.
    pub(crate) fn with_meaning(&self, words: &[&str]) -> Self {
        let column = Column {
            sheet: self.column.sheet.clone(),
            number: self.column.number,
            header: self.column.header.clone(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        Self { column: Rc::new(column), ..self.clone() }
    }
}

impl Row {
    /// Where it is.
    pub(crate) fn place(&self) -> Place {
        Place::row(&self.sheet, self.number)
    }

    /// Where a cell is, or would be: in the column whose words begin with these. Without such a column, the row.
    pub(crate) fn place_of(&self, words: &[&str]) -> Place {
        let begins = |column: &&Rc<Column>| {
            column.words.len() >= words.len() && column.words.iter().zip(words).all(|(own, word)| own == word)
        };
        match (self.cell(words), self.columns.iter().find(begins)) {
            (Some(cell), _) => cell.place(),
            (None, Some(column)) => Place::cell(&self.sheet, self.number, column.number, &column.header),
            (None, None) => self.place(),
        }
    }

    /// A row without cells in the place of this one, for what the compiler makes of it.
    pub(crate) fn emptied(&self) -> Self {
        Self { sheet: self.sheet.clone(), columns: Rc::clone(&self.columns), number: self.number, cells: Vec::new() }
    }

    /// The cell of the column with these words. When several columns are that one, the last filled one.
    pub(crate) fn cell(&self, words: &[&str]) -> Option<&Cell> {
        self.cells.iter().rev().find(|cell| cell.is(words))
    }

    /// The text of the column with these words.
    pub(crate) fn text(&self, words: &[&str]) -> Option<&str> {
        self.cell(words).map(|cell| cell.text.as_str())
    }

    /// Whether any column with this first word is filled.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.cells.iter().any(|cell| cell.column.words.first().is_some_and(|first| first == word))
    }

    /// The cells of a column that is written in languages, each with its language; none is the default language.
    pub(crate) fn translations(&self, words: &[&str]) -> Vec<(Option<&str>, &Cell)> {
        let same = |cell: &&Cell| {
            let own = &cell.column.words;
            own.len() >= words.len()
                && own.len() <= words.len() + 1
                && own.iter().zip(words).all(|(own, word)| own == word)
        };
        let language = |cell: &'_ Cell| cell.column.words.len() > words.len();
        self.cells
            .iter()
            .filter(same)
            .map(|cell| (if language(cell) { cell.column.words.last().map(String::as_str) } else { None }, cell))
            .collect()
    }

    /// The text of a column of our own, whose header is in any case.
    pub(crate) fn own(&self, name: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| matches!(cell.column.words.as_slice(), [word] if word.eq_ignore_ascii_case(name)))
    }

    /// The same row with these words filled by something made of it; `near` is the cell it is made of.
    pub(crate) fn set(&mut self, words: &[&str], text: impl Into<String>) {
        self.cells.retain(|cell| !cell.is(words));
        let column = Column {
            sheet: self.sheet.clone(),
            number: 0,
            header: words.last().copied().unwrap_or_default().to_owned(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        let text = text.into();
        self.cells.push(Cell { column: Rc::new(column), row: self.number, raw: text.clone(), text });
    }

    /// Takes all cells out whose first words are these.
    pub(crate) fn remove(&mut self, words: &[&str]) {
        self.cells
            .retain(|cell| !cell.column.words.iter().map(String::as_str).zip(words).all(|(own, word)| own == *word));
    }
}
