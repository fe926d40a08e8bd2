//! A row of a table as the answers of a record.

use csv::StringRecord;
use rukun_form::QuestionType;
use rukun_form::session::{Answers, Key};
use thiserror::Error;

use crate::column_map::{ColumnMap, MappedColumn, Reading};
use crate::unread::{Reason, Unread};

/// Why a table cannot be worked on.
#[derive(Debug, Error)]
pub enum TableError {
    /// The table or the output cannot be read or written.
    #[error("the table: {0}")]
    Csv(#[from] csv::Error),
    /// The output cannot be written.
    #[error("the output: {0}")]
    Output(#[from] std::io::Error),
    /// Columns that the map names are not there.
    #[error("the table has no column {}", .columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", "))]
    Missing {
        /// Their names.
        columns: Vec<String>,
    },
}

/// A map laid over the columns of one table.
#[derive(Debug)]
pub struct Columns {
    columns: Vec<(usize, MappedColumn)>,
}

impl Columns {
    /// Finds the map's columns in the table's header.
    ///
    /// # Errors
    /// [`TableError::Missing`] with all that are not there.
    pub fn find(map: &ColumnMap, header: &StringRecord) -> Result<Self, TableError> {
        let missing: Vec<String> =
            map.columns().filter(|column| place(header, column).is_none()).map(str::to_owned).collect();
        if !missing.is_empty() {
            return Err(TableError::Missing { columns: missing });
        }
        let columns = map.columns.iter().filter_map(|mapped| Some((place(header, &mapped.column)?, mapped.clone())));
        Ok(Self { columns: columns.collect() })
    }

    /// The answers of a row. What is not read is counted in `unread`.
    ///
    /// Where several columns answer one question, the first that says something is heard; of a select of several choices all
    /// are.
    #[must_use]
    pub fn answers(&self, row: &StringRecord, unread: &mut Unread) -> Answers {
        let mut values: Vec<(Key, String)> = Vec::with_capacity(self.columns.len());
        for (place, mapped) in &self.columns {
            let cell = row.get(*place).unwrap_or_default();
            match mapped.reading(cell) {
                Reading::Nothing => {}
                Reading::Unread => unread.count(&mapped.column, cell.trim(), Reason::Unknown),
                Reading::Answer(answer) => {
                    match values.iter_mut().find(|(key, _)| key.path == mapped.question.as_str()) {
                        None => values.push((Key::of(mapped.question.as_str()), answer.into_owned())),
                        Some((_, before)) if mapped.question_type == QuestionType::SelectMultiple => {
                            add(before, &answer)
                        }
                        Some((_, before)) if *before == answer => {}
                        Some(_) => unread.count(&mapped.column, cell.trim(), Reason::Contradicted),
                    }
                }
            }
        }
        Answers { instances: Vec::new(), values }
    }
}

/// The place of a column in a header.
pub(crate) fn place(header: &StringRecord, column: &str) -> Option<usize> {
    header.iter().position(|name| name.trim_start_matches('\u{feff}').trim() == column)
}

/// Adds choices to those of a select of several, each once.
fn add(before: &mut String, choices: &str) {
    for choice in choices.split_whitespace() {
        if !before.split_whitespace().any(|known| known == choice) {
            before.push(' ');
            before.push_str(choice);
        }
    }
}
