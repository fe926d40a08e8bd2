//! What a table says that was not read: counted and told, never dropped in silence.

use std::collections::BTreeMap;

/// Distinct values of a column that are told apart; a column of free text mapped to a select would fill the memory.
const VALUES: usize = 1_000;

/// Values of a table that were not read, by column and value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    columns: BTreeMap<String, Column>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Column {
    values: BTreeMap<(String, Reason), u64>,
    /// Values beyond those that are told apart.
    others: u64,
}

/// Why a value was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Neither the map nor the question knows it.
    Unknown,
    /// An earlier column of the map answered the question otherwise.
    Contradicted,
}

/// A value that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadValue<'a> {
    /// The column.
    pub column: &'a str,
    /// The value; none stands for all that are not told apart.
    pub value: Option<&'a str>,
    /// Why.
    pub reason: Reason,
    /// In how many rows.
    pub rows: u64,
}

impl Unread {
    pub(crate) fn count(&mut self, column: &str, value: &str, reason: Reason) {
        self.add(column, value, reason, 1);
    }

    fn add(&mut self, column: &str, value: &str, reason: Reason, rows: u64) {
        let column = self.columns.entry(column.to_owned()).or_default();
        let key = (value.to_owned(), reason);
        if column.values.len() < VALUES || column.values.contains_key(&key) {
            *column.values.entry(key).or_default() += rows;
        } else {
            column.others += rows;
        }
    }

    /// Takes the counts of another part of the table in.
    pub(crate) fn join(&mut self, other: Self) {
        for (name, column) in other.columns {
            for ((value, reason), rows) in &column.values {
                self.add(&name, value, *reason, *rows);
            }
            if column.others > 0 {
                self.columns.entry(name).or_default().others += column.others;
            }
        }
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// What was not read, by column and value.
    pub fn values(&self) -> impl Iterator<Item = UnreadValue<'_>> {
        self.columns.iter().flat_map(|(name, column)| {
            let known = column.values.iter().map(|((value, reason), rows)| UnreadValue {
                column: name,
                value: Some(value),
                reason: *reason,
                rows: *rows,
            });
            let others = (column.others > 0).then_some(UnreadValue {
                column: name,
                value: None,
                reason: Reason::Unknown,
                rows: column.others,
            });
            known.chain(others)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_parts_add_up_to_the_counts_of_the_whole() {
        let (mut one, mut other, mut whole) = (Unread::default(), Unread::default(), Unread::default());
        for (part, value) in [(0, "a"), (1, "a"), (0, "b"), (1, "c")] {
            whole.count("x", value, Reason::Unknown);
            if part == 0 { &mut one } else { &mut other }.count("x", value, Reason::Unknown);
        }
        one.join(other);
        assert_eq!(one, whole);
        assert_eq!(one.values().map(|value| value.rows).sum::<u64>(), 4);
    }

    #[test]
    fn a_column_of_free_text_is_counted_without_keeping_it_all() {
        let mut unread = Unread::default();
        for number in 0..5_000 {
            unread.count("x", &number.to_string(), Reason::Unknown);
        }
        assert_eq!(unread.values().map(|value| value.rows).sum::<u64>(), 5_000);
        assert_eq!(unread.values().count(), VALUES + 1);
    }
}
