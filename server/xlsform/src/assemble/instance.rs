//! Secondary instances: attached data, by the names that expressions call them.

use rukun_form::SecondaryInstance;

use super::Assembler;
use crate::attachment;
use crate::code::Code;
use crate::draft::{Kind, Select, Source, split_file};
use crate::place::Place;
use crate::reference::references;
use crate::search;
use crate::table::Cell;

/// What expressions call the record saved before.
const LAST_SAVED: &str = "__last-saved";

/// Data that some part of the form names.
struct Named {
    /// What expressions call it.
    id: String,
    /// The file it is read from; none for a list of the choices sheet.
    file: Option<String>,
    /// A row of its own declares it.
    is_declared: bool,
    place: Place,
}

impl Assembler<'_> {
    /// Finds all data that the form names, and reads it.
    pub(super) fn instances(&mut self) {
        let mut named = self.files();
        named.extend(self.last_saved());
        let searched = self.searched_lists();
        for list in searched.iter().filter(|list| named.iter().any(|instance| instance.id == **list)) {
            // The file is meant by that name, and not the row that names its columns.
            self.form.lists.remove(list);
        }
        for (list, rows) in self.lists.iter().filter(|(list, _)| !searched.iter().any(|other| other == list)) {
            let place = rows.first().map_or_else(Place::workbook, crate::table::Row::place);
            named.push(Named { id: list.to_owned(), file: None, is_declared: false, place });
        }
        self.check_ids(&named);
        for instance in named {
            let Some(file) = instance.file.filter(|file| !file.is_empty()) else { continue };
            if !self.form.instances.contains_key(&instance.id) {
                let data = self.load(&file, instance.place);
                self.form.instances.insert(instance.id, data);
            }
        }
    }

    /// The files that questions name, in the order of the form.
    fn files(&self) -> Vec<Named> {
        let mut named = Vec::new();
        for node in &self.tree.nodes {
            let place = node.row.place_of(&["type"]);
            let pulled = node.row.cells.iter().filter(is_expression).flat_map(pulled_files);
            for (id, place) in pulled {
                named.push(Named { file: Some(format!("{id}.csv")), id, is_declared: false, place });
            }
            match &node.kind {
                Kind::External(extension) => named.push(Named {
                    id: node.name.clone(),
                    file: Some(format!("{}{extension}", node.name)),
                    is_declared: true,
                    place,
                }),
                Kind::Question(asked) => {
                    let appearance = node.row.text(&["control", "appearance"]).unwrap_or_default();
                    if let Some(Select { list, source: Source::File }) = &asked.select {
                        let id = split_file(list).0.to_owned();
                        named.push(Named { id, file: Some(list.clone()), is_declared: false, place });
                    } else if let (Some(_), Some(search)) = (&asked.select, search::parse(appearance)) {
                        let (id, file) = (search.instance.clone(), Some(format!("{}.csv", search.instance)));
                        named.push(Named { id, file, is_declared: false, place });
                    }
                }
                Kind::Root | Kind::Group | Kind::Repeat(_) | Kind::Loop(_) => {}
            }
        }
        named
    }

    /// The record saved before, when an expression asks for it. No file: the app has it.
    fn last_saved(&self) -> Option<Named> {
        let mut cells = self.tree.nodes.iter().flat_map(|node| &node.row.cells).filter(is_expression);
        let cell = cells.find(|cell| references(&cell.text).iter().any(|reference| reference.last_saved))?;
        Some(Named { id: LAST_SAVED.to_owned(), file: Some(String::new()), is_declared: false, place: cell.place() })
    }

    /// A name means one thing.
    fn check_ids(&mut self, named: &[Named]) {
        for (index, instance) in named.iter().enumerate() {
            let Some(first) = named[..index].iter().find(|other| other.id == instance.id) else { continue };
            if first.file != instance.file || (first.is_declared && instance.is_declared) {
                let message = format!("`{}` names two sources of data; the other is at {}", instance.id, first.place);
                self.log.report(Code::InstanceTwice, instance.place.clone(), &instance.id, message);
            }
        }
    }

    /// Lists of selects whose choices are searched for in a file. They are no instances.
    fn searched_lists(&mut self) -> Vec<String> {
        let mut searched = Vec::new();
        let mut plain = Vec::new();
        for node in &self.tree.nodes {
            let Kind::Question(asked) = &node.kind else { continue };
            let Some(select) = &asked.select else { continue };
            let appearance = node.row.cell(&["control", "appearance"]);
            let search = appearance.filter(|cell| cell.text.contains("search(") && cell.text.contains(')'));
            match (search, select.source) {
                (Some(cell), Source::File) => {
                    let message = "search() cannot go with a select from a file";
                    self.log.report(Code::Search, cell.place(), &cell.text, message);
                }
                (Some(cell), _) => searched.push((select.list.as_str(), cell)),
                (None, _) => plain.push(select.list.as_str()),
            }
        }
        for (list, cell) in searched.iter().filter(|(list, _)| plain.contains(list)) {
            let message = format!("another question uses the list `{list}` without search()");
            self.log.report(Code::Search, cell.place(), &cell.text, message);
        }
        searched.into_iter().map(|(list, _)| list.to_owned()).collect()
    }

    fn load(&mut self, file: &str, place: Place) -> SecondaryInstance {
        let missing = || SecondaryInstance::Missing { file: file.to_owned() };
        let Some(bytes) = self.attachments.get(file) else {
            self.log.report(Code::FileMissing, place, file, format!("the file `{file}` is not there"));
            return missing();
        };
        attachment::read(file, bytes).unwrap_or_else(|error| {
            self.log.report(Code::FileBroken, place, file, format!("`{file}` cannot be read: {error}"));
            missing()
        })
    }
}

/// Whether a cell is one in which `pulldata()` names a file.
fn is_expression(cell: &&Cell) -> bool {
    let words: Vec<&str> = cell.column.words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["bind", "calculate" | "constraint" | "readonly" | "required" | "relevant"] | ["choice_filter" | "default"]
    )
}

/// The files that calls of `pulldata()` name.
fn pulled_files(cell: &Cell) -> Vec<(String, Place)> {
    let calls = cell.text.match_indices("pulldata").filter_map(|(begin, name)| {
        let rest = cell.text[begin + name.len()..].trim_start().strip_prefix('(')?;
        let (file, _) = rest.split_once(',')?;
        let file = file.replace(['\'', '"'], "").trim().to_owned();
        (!file.is_empty()).then(|| (file, cell.place()))
    });
    calls.collect()
}
