//! Which sheets of a workbook are which.

use crate::code::Code;
use crate::place::Place;
use crate::problem::Log;
use crate::workbook::{Sheet, Workbook};

/// Sheets that a form may have.
const KNOWN: [&str; 6] = ["survey", "choices", "settings", "external_choices", "osm", "entities"];

/// The sheets of a form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sheets<'a> {
    pub(crate) survey: &'a Sheet,
    pub(crate) choices: Option<&'a Sheet>,
    pub(crate) settings: Option<&'a Sheet>,
    pub(crate) external_choices: Option<&'a Sheet>,
    pub(crate) entities: Option<&'a Sheet>,
}

impl<'a> Sheets<'a> {
    /// Finds the sheets. A workbook with one sheet, of whatever name, is a survey.
    pub(crate) fn find(workbook: &'a Workbook, log: &mut Log) -> Option<Self> {
        let filled = |name: &str| workbook.sheet(name).filter(|sheet| sheet.rows.len() > 1);
        let only = match workbook.sheets.as_slice() {
            [only] if !KNOWN.contains(&only.name.to_lowercase().as_str()) => Some(only),
            _ => None,
        };
        let names: Vec<String> = workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect();
        let survey = workbook.sheet("survey").or(only).filter(|sheet| !sheet.rows.is_empty());
        let Some(survey) = survey else {
            let similar = similar("survey", &names);
            let but = if similar.is_empty() { String::new() } else { format!(", but `{}`", similar.join("`, `")) };
            let message = format!("there is no sheet `survey`{but}");
            log.report(Code::NoSurvey, Place::workbook(), &similar.join(", "), message);
            return None;
        };
        let sheets = Self {
            survey,
            choices: filled("choices"),
            settings: filled("settings"),
            external_choices: filled("external_choices"),
            entities: filled("entities"),
        };
        for (name, found) in [("settings", sheets.settings.is_some()), ("entities", sheets.entities.is_some())] {
            for other in if found { Vec::new() } else { similar(name, &names) } {
                let message = format!("there is no sheet `{name}`, but `{other}`, which is not read");
                log.report(Code::SimilarSheet, Place::sheet(&other), &other, message);
            }
        }
        Some(sheets)
    }
}

/// Names that are nearly `name`: at most two letters differ. Those that begin with `_` are meant to be passed over.
pub(crate) fn similar(name: &str, names: &[String]) -> Vec<String> {
    let near = |other: &&String| {
        !other.starts_with('_') && !KNOWN.contains(&other.as_str()) && distance(&other.to_lowercase(), name) <= 2
    };
    names.iter().filter(near).cloned().collect()
}

/// How many letters must be put in, left out or replaced.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, a) in one.chars().enumerate() {
        let mut next = vec![line + 1];
        for (column, b) in other.iter().enumerate() {
            let replaced = row[column] + usize::from(a != *b);
            next.push(replaced.min(row[column + 1] + 1).min(next[column] + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_with_nearly_the_right_name_are_found() {
        let names = ["Surve", "_survey", "choices", "notes"].map(str::to_owned);
        assert_eq!(similar("survey", &names), ["Surve"]);
    }
}
