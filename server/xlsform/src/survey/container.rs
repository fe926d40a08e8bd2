//! Groups, repeats and loops: where they begin and end.

use rukun_form::QuestionType;

use super::{Open, Reader, TableList};
use crate::code::Code;
use crate::draft::{Draft, Kind};
use crate::question_type::{Container, Control};
use crate::reference::only_reference;
use crate::table::{Cell, Row};

/// How many groups may lie within each other. The deepest real form has 8; a compiled form is read with a limit, too.
const MOST_DEEP: usize = 24;

impl Reader<'_> {
    pub(super) fn read_begin(&mut self, row: &Row, name: String, container: Container, list: Option<&str>) {
        self.check_save_to_group(row);
        if container == Container::Repeat {
            self.check_repeat(row, &name);
        }
        if self.stack.len() == MOST_DEEP + 1 {
            let place = row.place_of(&["type"]);
            let message = format!("`{name}` lies in more than {MOST_DEEP} groups");
            self.log.report(Code::TooDeep, place, &name, message);
        }
        let list = if container == Container::Loop { self.loop_list(row, list) } else { None };
        let mut open = Open { container: Some(container), list, name, row: row.clone(), ..Open::default() };
        open.count = self.count(row, &open.name);
        self.begin_table_list(&mut open);
        self.stack.push(open);
    }

    fn check_repeat(&mut self, row: &Row, name: &str) {
        let place = row.place_of(&["name"]);
        if name == self.root {
            let message = format!("the repeat `{name}` is called like the form's root");
            self.log.report(Code::RepeatNamedAsRoot, place.clone(), name, message);
        }
        self.repeats.insert(name.to_owned());
        if !row.has("label") && !row.has("media") {
            self.log.report(Code::RepeatWithoutLabel, place, name, format!("the repeat `{name}` has no label"));
        }
    }

    fn loop_list(&mut self, row: &Row, list: Option<&str>) -> Option<String> {
        let place = row.place_of(&["type"]);
        let Some(list) = list else {
            self.log.report(Code::LoopWithoutList, place, "", "the loop does not say over which list");
            return None;
        };
        if self.lists.get(list).is_none() {
            self.log.report(Code::UnknownList, place, list, format!("there is no list `{list}`"));
        }
        Some(list.to_owned())
    }

    /// The cell that says how many instances there are. What is more than a reference becomes a calculate of its own.
    fn count(&mut self, row: &Row, name: &str) -> Option<Cell> {
        let cell = row.cell(&["control", "jr:count"]).filter(|cell| !cell.text.is_empty())?;
        if only_reference(&cell.text).is_some() {
            return Some(cell.clone());
        }
        let generated = format!("{name}_count");
        let mut count = row.emptied();
        count.set(&["bind", "readonly"], "true()");
        count.cells.push(cell.with_meaning(&["bind", "calculate"]));
        self.open().children.push(Draft::question(&generated, count, QuestionType::Calculate, Control::None));
        Some(cell.with_text(format!("${{{generated}}}")))
    }

    /// A group with the appearance `table-list` shows its selects as one table, under a heading that the compiler adds.
    fn begin_table_list(&mut self, open: &mut Open) {
        let Some(appearance) = open.row.text(&["control", "appearance"]).map(str::to_owned) else { return };
        let words: Vec<&str> = appearance.split_whitespace().collect();
        if !words.contains(&"table-list") {
            return;
        }
        self.table_list = Some(TableList::Begun);
        let rest = words.iter().filter(|word| **word != "table-list");
        let appearance: Vec<&str> = std::iter::once("field-list").chain(rest.copied()).collect();
        let mut note = open.row.clone();
        note.cells.retain(|cell| matches!(cell.column.words.first().map(String::as_str), Some("label" | "hint")));
        open.row.set(&["control", "appearance"], appearance.join(" "));
        if !note.cells.is_empty() {
            open.row.remove(&["label"]);
            open.row.remove(&["hint"]);
            let name = format!("generated_table_list_label_{}", open.row.number);
            open.children.push(Draft::question(&name, note, QuestionType::Note, Control::Shown));
        }
    }

    pub(super) fn read_end(&mut self, row: &Row, container: Container) {
        self.check_save_to_group(row);
        if self.stack.last().and_then(|open| open.container) != Some(container) {
            let open = self.stack.last().and_then(|open| Some((open.container?, open.name.clone(), open.row.number)));
            let place = row.place_of(&["type"]);
            let message = match open {
                Some((container, name, number)) => {
                    format!("the {} `{name}` of row {number} is still open here", container.name())
                }
                None => format!("no {} is open here", container.name()),
            };
            self.log.report(Code::UnmatchedEnd, place, row.text(&["type"]).unwrap_or_default(), message);
            // What was probably meant: the nearest open one of that kind ends, with all in it.
            if !self.stack.iter().any(|open| open.container == Some(container)) {
                return;
            }
            while self.stack.last().is_some_and(|open| open.container != Some(container)) {
                self.close();
            }
        }
        self.close();
        self.table_list = None;
    }

    pub(super) fn report_open(&mut self) {
        let Some(open) = self.stack.last() else { return };
        let place = open.row.place_of(&["type"]);
        let container = open.container.map_or("group", Container::name);
        let message = format!("the {container} `{}` is never ended", open.name);
        self.log.report(Code::UnmatchedBegin, place, &open.name, message);
    }

    /// Ends the innermost group.
    pub(super) fn close(&mut self) {
        if self.stack.len() < 2 {
            return;
        }
        let Some(open) = self.stack.pop() else { return };
        if self.stack.len() > MOST_DEEP {
            // Reported; what lies too deep is not nested further, so that nothing that walks the tree runs out of stack.
            self.open().children.extend(open.children);
            return;
        }
        let kind = match open.container {
            Some(Container::Repeat) => Kind::Repeat(open.count),
            Some(Container::Loop) => Kind::Loop(open.list.unwrap_or_default()),
            Some(Container::Group) | None => Kind::Group,
        };
        let draft = Draft { name: open.name, row: open.row, kind, children: open.children };
        self.open().children.push(draft);
    }

    fn check_save_to_group(&mut self, row: &Row) {
        let Some(cell) = row.cell(&["bind", "entities:saveto"]) else { return };
        let code = if self.entities.is_empty() { Code::SaveToWithoutEntities } else { Code::SaveToGroup };
        self.log.report(code, cell.place(), &cell.text, "a group or repeat cannot be saved to a property of an entity");
    }
}
