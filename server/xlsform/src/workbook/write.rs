//! Workbooks as Excel files, for people who review a form or write on in Excel.

use std::path::Path;

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, XlsxError};

use super::{Sheet, Workbook, WorkbookError};

/// Columns are as wide as their longest line, within these bounds; in characters.
const WIDTHS: (usize, usize) = (8, 60);

/// Writes the sheets of a workbook as an `.xlsx` file: headers bold and frozen, columns wide enough to read, long texts wrapped.
/// Every cell is text, so that reading it again gives the same workbook. Attachments are not written.
///
/// # Errors
/// When the file cannot be written, or a sheet is one that Excel cannot hold.
pub fn write_excel(workbook: &Workbook, file: &Path) -> Result<(), WorkbookError> {
    let failed = |reason| WorkbookError::Write { file: file.to_owned(), reason };
    let mut excel = rust_xlsxwriter::Workbook::new();
    // Without the moment of writing, so that the same form is the same file.
    excel.set_properties(
        &DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?),
    );
    for sheet in &workbook.sheets {
        write_sheet(&mut excel, sheet).map_err(failed)?;
    }
    excel.save(file).map_err(failed)
}

fn write_sheet(excel: &mut rust_xlsxwriter::Workbook, sheet: &Sheet) -> Result<(), XlsxError> {
    let header = Format::new().set_bold().set_background_color(Color::RGB(0x00E8_EEF4)).set_align(FormatAlign::Top);
    let body = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format("@");
    let page = excel.add_worksheet();
    page.set_name(&sheet.name)?;
    page.set_freeze_panes(1, 0)?;
    let columns = sheet.rows.iter().map(Vec::len).max().unwrap_or_default();
    for column in 0..columns {
        let width =
            sheet.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "at most 60")]
        let width = width.clamp(WIDTHS.0, WIDTHS.1) as f64 + 2.0;
        page.set_column_width(u16::try_from(column).unwrap_or(u16::MAX), width)?;
    }
    for (number, row) in sheet.rows.iter().enumerate() {
        let number_format = if number == 0 { &header } else { &body };
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let (number, column) =
                (u32::try_from(number).unwrap_or(u32::MAX), u16::try_from(column).unwrap_or(u16::MAX));
            page.write_string_with_format(number, column, cell, number_format)?;
        }
    }
    Ok(())
}

fn width(cell: &str) -> usize {
    cell.lines().map(|line| line.chars().count()).max().unwrap_or_default()
}
