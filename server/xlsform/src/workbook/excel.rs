//! Excel files as workbooks.

use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, Reader, Sheets, Xlsx, open_workbook_auto_from_rs};

use super::{MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Sheet, Workbook, WorkbookError};

pub(super) fn read(file: &Path, bytes: Vec<u8>) -> Result<Workbook, WorkbookError> {
    refuse_bombs(file, &bytes)?;
    let failed = |reason| WorkbookError::Excel { file: file.to_owned(), reason };
    let mut sheets: Sheets<_> = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(failed)?;
    let mut workbook = Workbook::default();
    for name in sheets.sheet_names() {
        let rows = match &mut sheets {
            Sheets::Xlsx(book) => streamed(book, &name).map_err(calamine::Error::Xlsx),
            Sheets::Xls(_) | Sheets::Xlsb(_) | Sheets::Ods(_) => {
                sheets.worksheet_range(&name).map(|range| rows(&range))
            }
        };
        let rows = match rows {
            Ok(rows) => trimmed(rows),
            // A chart is a sheet without cells.
            Err(_) if !is_needed(&name) => Vec::new(),
            Err(reason) => return Err(failed(reason)),
        };
        workbook.sheets.push(Sheet { rows, name, has_margins: true });
    }
    Ok(workbook)
}

fn is_needed(name: &str) -> bool {
    matches!(name.to_lowercase().as_str(), "survey" | "choices" | "settings" | "entities" | "external_choices")
}

/// The rows of a sheet, read cell by cell: a sheet with one cell in its last corner must not claim memory for all between.
fn streamed(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Result<Vec<Vec<String>>, calamine::XlsxError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        let text = text(&Data::from(cell.get_value().clone()));
        if row >= MOST_ROWS || column >= MOST_COLUMNS || text.is_empty() {
            continue;
        }
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut rows[row];
        if cells.len() <= column {
            cells.resize_with(column + 1, String::new);
        }
        cells[column] = text;
    }
    Ok(rows)
}

/// Refuses an archive that unpacks to more than any form needs, before anything is unpacked.
fn refuse_bombs(file: &Path, bytes: &[u8]) -> Result<(), WorkbookError> {
    if !bytes.starts_with(b"PK") {
        return Ok(());
    }
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    let mut unpacked = 0;
    for index in 0..archive.len() {
        // The sizes in the directory are the author's claim: what is really there is counted, up to the limit.
        let Ok(entry) = archive.by_index(index) else { continue };
        unpacked += std::io::copy(&mut entry.take(MOST_BYTES + 1), &mut std::io::sink()).unwrap_or_default();
        if unpacked > MOST_BYTES {
            let what = format!("it unpacks to more than {MOST_BYTES} bytes");
            return Err(WorkbookError::TooLarge { file: file.to_owned(), what });
        }
    }
    Ok(())
}

/// The rows of a range, counted from A1, cut to the limits: what lies beyond is formatting dragged down a column.
fn rows(range: &calamine::Range<Data>) -> Vec<Vec<String>> {
    let (top, left) = range.start().map_or((0, 0), |(row, column)| (row as usize, column as usize));
    let mut rows = vec![Vec::new(); top.min(MOST_ROWS)];
    for cells in range.rows().take(MOST_ROWS.saturating_sub(top)) {
        let mut row = vec![String::new(); left.min(MOST_COLUMNS)];
        row.extend(cells.iter().take(MOST_COLUMNS.saturating_sub(left)).map(text));
        rows.push(row);
    }
    rows
}

/// Drops the empty end of each row, and the empty rows at the end.
fn trimmed(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    for row in &mut rows {
        while row.last().is_some_and(String::is_empty) {
            row.pop();
        }
    }
    while rows.last().is_some_and(Vec::is_empty) {
        rows.pop();
    }
    rows
}

/// A cell as text: whole numbers without a point, truth in capitals, times as ISO 8601 with a blank.
fn text(cell: &Data) -> String {
    match cell {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number),
        Data::String(text) => text.replace('\u{a0}', " ").trim().to_owned(),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::DateTime(time) if time.is_datetime() => date_text(time),
        Data::DateTime(time) => number_text(time.as_f64()),
        Data::DateTimeIso(text) => text.replacen('T', " ", 1),
        Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

/// A number as text. 17 digits and more are written in full, as nobody types them otherwise.
fn number_text(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

fn date_text(time: &calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if time.as_f64() < 1.0 {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}
