//! Select questions.

use rukun_form::QuestionType;

use super::{Reader, TableList};
use crate::code::Code;
use crate::draft::{Asked, Draft, Kind, Select, Source, is_data_file, split_file};
use crate::parameters::{self, Parameters};
use crate::place::Place;
use crate::question_type::{Control, From, SelectType, TypeInfo};
use crate::reference::references;
use crate::table::Row;

impl Reader<'_> {
    pub(super) fn read_select(
        &mut self,
        row: &Row,
        name: String,
        select: SelectType<'_>,
        parameters: Parameters,
        triggers: Vec<String>,
    ) {
        let place = row.place_of(&["type"]);
        let source = self.source(&select, &place);
        if select.from != From::External {
            self.instances.insert(split_file(select.list).0.to_owned());
        }
        self.check_list(row, &select, source, &place);
        let from_file = select.from == From::File;
        parameters::check_select(&parameters, from_file, row.cell(&["parameters"]), self.log);
        if select.or_other {
            self.check_other(row, &select, &place);
        }
        let mut row = row.clone();
        self.join_table(&mut row, &select, &place);
        let info = TypeInfo { question_type: select.question_type, control: Control::Shown, constraint: None };
        let mut asked = Asked { parameters, triggers, ..Asked::new(info) };
        asked.select = Some(Select { list: select.list.to_owned(), source });
        asked.dynamic_default = super::question::has_dynamic_default(&row, "");
        let empty = row.emptied();
        self.push(Draft { name: name.clone(), row, kind: Kind::Question(Box::new(asked)), children: Vec::new() });
        if select.or_other {
            self.push(other_question(&name, empty));
        }
    }

    /// What the list's name is the name of.
    fn source(&mut self, select: &SelectType<'_>, place: &Place) -> Source {
        let list = select.list;
        let extension = split_file(list).1;
        let points = list.rsplit('/').next().unwrap_or(list).trim_start_matches('.').matches('.').count();
        if select.from == From::File && (points != 1 || !is_data_file(extension)) {
            let message = format!("`{list}` is no file that choices can come from");
            self.log.report(Code::FileKind, place.clone(), list, message);
            return Source::File;
        }
        match select.from {
            From::External => Source::External,
            From::File => Source::File,
            From::Any if is_data_file(extension) => Source::File,
            From::Any if !references(list).is_empty() => Source::Answers,
            From::Any => Source::List,
        }
    }

    fn check_list(&mut self, row: &Row, select: &SelectType<'_>, source: Source, place: &Place) {
        let list = select.list;
        match source {
            Source::External => {
                if row.text(&["choice_filter"]).is_none() && self.lists.get(list).is_none() {
                    let message = "select_one_external is meant for lists with a choice_filter";
                    self.log.report(Code::ExternalUnfiltered, place.clone(), list, message);
                }
                match self.external {
                    None => {
                        let message =
                            format!("there is no sheet `external_choices`{}", self.similar("external_choices"));
                        self.log.report(Code::NoExternalChoices, place.clone(), list, message);
                    }
                    Some(lists) if lists.get(list).is_none() => {
                        let message = format!("the sheet external_choices has no list `{list}`");
                        self.log.report(Code::UnknownList, place.clone(), list, message);
                    }
                    Some(_) => {}
                }
            }
            Source::List if self.lists.is_empty() => {
                let message =
                    format!("there is no list `{list}`, as there is no sheet `choices`{}", self.similar("choices"));
                self.log.report(Code::NoChoices, place.clone(), list, message);
            }
            Source::List => match self.lists.get(list) {
                None => self.log.report(Code::UnknownList, place.clone(), list, format!("there is no list `{list}`")),
                Some(choices) if select.question_type == QuestionType::SelectMultiple => {
                    let blanks = choices.iter().filter_map(|choice| choice.cell(&["name"]));
                    for cell in blanks.filter(|cell| cell.text.contains(' ')).cloned().collect::<Vec<_>>() {
                        let message =
                            format!("the choice `{}` of a select_multiple has a blank in its name", cell.text);
                        self.log.report(Code::ChoiceWithBlank, cell.place(), &cell.text, message);
                    }
                }
                Some(_) => {}
            },
            Source::File | Source::Answers => {}
        }
    }

    fn similar(&self, sheet: &str) -> String {
        let similar = crate::sheets::similar(sheet, &self.sheets);
        if similar.is_empty() { String::new() } else { format!(", but `{}`", similar.join("`, `")) }
    }

    fn check_other(&mut self, row: &Row, select: &SelectType<'_>, place: &Place) {
        if let Some(filter) = row.cell(&["choice_filter"]) {
            let message = "or_other cannot go with a choice filter";
            self.log.report(Code::OtherFiltered, filter.place(), &filter.text, message);
        }
        if self.lists.get(select.list).is_none() {
            let message = format!("or_other needs a list of choices, and `{}` is none", select.list);
            self.log.report(Code::OtherWithoutList, place.clone(), select.list, message);
        }
        self.lists.add_other(select.list);
    }

    /// In a table-list, the first select is preceded by one that shows the choices only.
    fn join_table(&mut self, row: &mut Row, select: &SelectType<'_>, place: &Place) {
        match &self.table_list {
            None => return,
            Some(TableList::Of(list)) if list != select.list => {
                let message =
                    format!("the first select of this table has the list `{list}`, this one `{}`", select.list);
                self.log.report(Code::TableLists, place.clone(), select.list, message);
            }
            Some(TableList::Of(_)) => {}
            Some(TableList::Begun) => {
                if let Some(filter) = row.cell(&["choice_filter"]) {
                    let message = "a table-list cannot have a choice filter";
                    self.log.report(Code::TableFiltered, filter.place(), &filter.text, message);
                }
                self.table_list = Some(TableList::Of(select.list.to_owned()));
                let mut heading = row.emptied();
                heading.set(&["control", "appearance"], "label");
                let name = format!("reserved_name_for_field_list_labels_{}", row.number);
                let mut draft = Draft::question(&name, heading, select.question_type, Control::Shown);
                if let Kind::Question(asked) = &mut draft.kind {
                    asked.select = Some(Select { list: select.list.to_owned(), source: Source::List });
                }
                self.push(draft);
            }
        }
        row.set(&["control", "appearance"], "list-nolabel");
    }
}

/// The text question that follows a select with `or_other`.
fn other_question(name: &str, mut row: Row) -> Draft {
    row.set(&["label"], "Specify other.");
    row.set(&["bind", "relevant"], format!("selected(../{name}, 'other')"));
    Draft::question(&format!("{name}_other"), row, QuestionType::Text, Control::Shown)
}
