//! Where something is in a workbook.

use std::fmt;

use serde::Serialize;

/// A cell, a row, a column or a sheet. Rows and columns are counted as spreadsheet programs show them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Place {
    /// The sheet's name; empty for the workbook as a whole.
    pub sheet: String,
    /// The row, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// The column's letters: `A`, `AB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letters: Option<String>,
    /// The column's header, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Place {
    /// The workbook as a whole.
    #[must_use]
    pub fn workbook() -> Self {
        Self::default()
    }

    /// A sheet as a whole.
    #[must_use]
    pub fn sheet(sheet: &str) -> Self {
        Self { sheet: sheet.to_owned(), ..Self::default() }
    }

    /// A row; from 1.
    #[must_use]
    pub fn row(sheet: &str, row: usize) -> Self {
        Self { sheet: sheet.to_owned(), row: Some(row), ..Self::default() }
    }

    /// A cell: the row from 1, the column from 0, and its header.
    #[must_use]
    pub fn cell(sheet: &str, row: usize, column: usize, header: &str) -> Self {
        Self {
            sheet: sheet.to_owned(),
            row: Some(row),
            letters: Some(letters(column)),
            column: Some(header.to_owned()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sheet.is_empty() {
            return f.write_str("workbook");
        }
        f.write_str(&self.sheet)?;
        match (&self.letters, self.row) {
            (Some(letters), Some(row)) => write!(f, "!{letters}{row}")?,
            (None, Some(row)) => write!(f, " row {row}")?,
            (Some(letters), None) => write!(f, " column {letters}")?,
            (None, None) => {}
        }
        self.column.as_ref().map_or(Ok(()), |column| write!(f, " ({column})"))
    }
}

/// A column's letters, from its number: 0 is `A`, 26 is `AA`.
pub(crate) fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_spreadsheets_letter_them() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_cell_is_named_by_its_address_and_header() {
        assert_eq!(Place::cell("survey", 5, 6, "relevant").to_string(), "survey!G5 (relevant)");
    }
}
