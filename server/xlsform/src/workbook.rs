//! Workbooks: what a form is written in, whatever file it came from.

mod excel;
mod folder;
mod markdown;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use write::write_excel;

/// More rows than this in one sheet are refused. The largest form known has 1,806.
pub const MOST_ROWS: usize = 200_000;
/// More columns than this in one sheet are refused.
pub const MOST_COLUMNS: usize = 1_024;
/// A file larger than this is refused, and so is a compressed one that unpacks to more.
pub const MOST_BYTES: u64 = 256 << 20;

/// Sheets of text, and the files that lie beside them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workbook {
    /// The sheets, in order.
    pub sheets: Vec<Sheet>,
    /// Attached files by name: CSV, GeoJSON and XML that questions take their choices from.
    pub attachments: BTreeMap<String, Vec<u8>>,
    /// The file's or folder's name without its extension: the form's id when the settings give none.
    pub stem: Option<String>,
}

/// A sheet: rows of cells, as text. A cell that is not there is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The rows; the first is row 1.
    pub rows: Vec<Vec<String>>,
    /// What stands under an empty header is no part of the form: so in Excel, where people scribble beside their tables.
    pub has_margins: bool,
}

/// Why a workbook cannot be read.
#[derive(Debug, Error)]
pub enum WorkbookError {
    /// The file cannot be read at all.
    #[error("cannot read {}: {reason}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// It is no workbook.
    #[error("{} is no Excel workbook: {reason}", file.display())]
    Excel {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: calamine::Error,
    },
    /// It is no CSV.
    #[error("{} is no CSV in UTF-8: {reason}", file.display())]
    Csv {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: csv::Error,
    },
    /// It is larger than any form.
    #[error("{} is too large: {what}", file.display())]
    TooLarge {
        /// Which file.
        file: PathBuf,
        /// What of it.
        what: String,
    },
    /// Its name ends in nothing that is known.
    #[error("{} is no form: expected .xlsx, .xlsm, .xls, .md, or a folder with survey.csv", file.display())]
    Kind {
        /// Which file.
        file: PathBuf,
    },
    /// It cannot be written.
    #[error("cannot write {}: {reason}", file.display())]
    Write {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: rust_xlsxwriter::XlsxError,
    },
}

impl Workbook {
    /// Reads a form: an Excel file, a folder of CSV files, or markdown tables. CSV, GeoJSON and XML files that lie beside an
    /// Excel file, in its folder or in `<name>-media`, and that some cell names, are its attachments.
    ///
    /// # Errors
    /// When the file cannot be read, is none of these, or is too large.
    pub fn read(path: &Path) -> Result<Self, WorkbookError> {
        if path.is_dir() {
            return folder::read(path);
        }
        let bytes = read_file(path)?;
        let mut workbook = match extension(path).as_str() {
            "xlsx" | "xlsm" | "xls" => excel::read(path, bytes)?,
            "md" => Self::from_markdown(&String::from_utf8_lossy(&bytes)),
            _ => return Err(WorkbookError::Kind { file: path.to_owned() }),
        };
        workbook.stem = stem(path);
        workbook.attachments = folder::attachments_beside(path, |name| workbook.mentions(name))?;
        Ok(workbook)
    }

    /// Whether any cell has the name of a file, without its extension, in it: a folder may hold much that is no part of a form.
    fn mentions(&self, file: &str) -> bool {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        self.sheets.iter().flat_map(|sheet| &sheet.rows).flatten().any(|cell| cell.contains(stem))
    }

    /// Reads an Excel file from memory; `name` is its name, for messages and for the form's id.
    ///
    /// # Errors
    /// When it is no workbook, or too large.
    pub fn from_excel(name: &str, bytes: Vec<u8>) -> Result<Self, WorkbookError> {
        let path = Path::new(name);
        let mut workbook = excel::read(path, bytes)?;
        workbook.stem = stem(path);
        Ok(workbook)
    }

    /// Reads markdown tables, as discussions of XLSForms quote them: a line `| survey |` begins a sheet, and its rows have an
    /// empty first cell.
    #[must_use]
    pub fn from_markdown(text: &str) -> Self {
        markdown::read(text)
    }

    /// The sheet with this name, in whatever case.
    #[must_use]
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().rev().find(|sheet| sheet.name.to_lowercase() == name)
    }
}

fn extension(path: &Path) -> String {
    path.extension().map(|text| text.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn stem(path: &Path) -> Option<String> {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned())
}

fn read_file(path: &Path) -> Result<Vec<u8>, WorkbookError> {
    let failed = |reason| WorkbookError::File { file: path.to_owned(), reason };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MOST_BYTES {
        return Err(WorkbookError::TooLarge { file: path.to_owned(), what: format!("{size} bytes") });
    }
    std::fs::read(path).map_err(failed)
}
