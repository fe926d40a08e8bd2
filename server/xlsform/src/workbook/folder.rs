//! Folders of CSV files as workbooks: how forms live in a repository, where changes can be read line by line.

use std::collections::BTreeMap;
use std::path::Path;

use super::{MOST_COLUMNS, MOST_ROWS, Sheet, Workbook, WorkbookError, extension, read_file, stem};

/// The files that are sheets; any other CSV is an attachment.
const SHEETS: [&str; 5] = ["survey", "choices", "settings", "entities", "external_choices"];

pub(super) fn read(folder: &Path) -> Result<Workbook, WorkbookError> {
    let mut workbook = Workbook { stem: stem(folder), ..Workbook::default() };
    for name in SHEETS {
        let file = folder.join(format!("{name}.csv"));
        if file.is_file() {
            workbook.sheets.push(Sheet { name: name.to_owned(), rows: rows(&file)?, has_margins: false });
        }
    }
    if workbook.sheets.is_empty() {
        return Err(WorkbookError::Kind { file: folder.to_owned() });
    }
    workbook.attachments = attachments(folder, |name| !SHEETS.iter().any(|sheet| name == format!("{sheet}.csv")))?;
    Ok(workbook)
}

fn rows(file: &Path) -> Result<Vec<Vec<String>>, WorkbookError> {
    let bytes = read_file(file)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let failed = |reason| WorkbookError::Csv { file: file.to_owned(), reason };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for record in csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes).into_records() {
        let record = record.map_err(failed)?;
        if rows.len() == MOST_ROWS || record.len() > MOST_COLUMNS {
            let what = format!("more than {MOST_ROWS} rows or {MOST_COLUMNS} columns");
            return Err(WorkbookError::TooLarge { file: file.to_owned(), what });
        }
        rows.push(record.iter().map(|cell| cell.trim().to_owned()).collect());
    }
    Ok(rows)
}

/// Attachments of a file: those beside it, and those in a folder `<stem>-media`.
pub(super) fn attachments_beside(
    file: &Path,
    wanted: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<u8>>, WorkbookError> {
    let Some(folder) = file.parent() else { return Ok(BTreeMap::new()) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut found = attachments(folder, &wanted)?;
    if let Some(stem) = stem(file) {
        found.extend(attachments(&folder.join(format!("{stem}-media")), &wanted)?);
    }
    Ok(found)
}

/// The CSV, GeoJSON and XML files in a folder; none when there is no such folder.
fn attachments(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<BTreeMap<String, Vec<u8>>, WorkbookError> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if matches!(extension(&path).as_str(), "csv" | "geojson" | "xml") && path.is_file() && wanted(&name) {
            found.insert(name, read_file(&path)?);
        }
    }
    Ok(found)
}
