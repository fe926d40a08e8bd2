//! Choice lists.

use std::collections::BTreeMap;

use rukun_form::{Choice, ChoiceList};

use super::Assembler;
use super::section::MEDIA;
use crate::resolve::Scope;
use crate::table::Row;

impl Assembler<'_> {
    /// Puts the lists of both choices sheets into the form.
    pub(super) fn choice_lists(&mut self) {
        let (lists, external) = (self.lists, self.external);
        let is_choice = |row: &&Row| row.text(&["name"]).is_some();
        for (name, rows) in lists.iter() {
            let list = ChoiceList(rows.iter().filter(is_choice).map(|row| self.choice(row)).collect());
            self.form.lists.insert(name.to_owned(), list);
        }
        for (name, rows) in external.into_iter().flat_map(|lists| lists.iter()) {
            let list = ChoiceList(rows.iter().filter(is_choice).map(|row| self.choice(row)).collect());
            self.form.lists.insert(self.external_name(name), list);
        }
    }

    /// What a list of the external_choices sheet is called in the form: the two sheets may use a name each.
    pub(super) fn external_name(&self, name: &str) -> String {
        if self.lists.get(name).is_some() { format!("{name}_external") } else { name.to_owned() }
    }

    fn choice(&mut self, row: &Row) -> Choice {
        let mut media = BTreeMap::new();
        for kind in MEDIA {
            let label = self.texts.label(row, &["media", kind], Scope::nowhere(), self.log);
            if !label.is_empty() {
                media.insert(kind.to_owned(), label);
            }
        }
        let columns = row.cells.iter().filter_map(|cell| match cell.column.words.as_slice() {
            [word] if !matches!(word.as_str(), "list name" | "name" | "label") => {
                Some((word.clone(), cell.text.clone()))
            }
            _ => None,
        });
        Choice {
            name: row.text(&["name"]).unwrap_or_default().to_owned(),
            label: self.texts.label(row, &["label"], Scope::nowhere(), self.log),
            media,
            columns: columns.collect(),
        }
    }
}
