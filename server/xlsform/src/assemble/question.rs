//! Questions.

use rukun_form::{Condition, Expression, Itemset, Question, QuestionType};

use super::{Assembler, Role};
use crate::code::Code;
use crate::draft::{Asked, Select, Source, split_file};
use crate::question_type::Control;
use crate::reference::references;
use crate::resolve::Scope;
use crate::search;
use crate::table::{Cell, Row};

impl Assembler<'_> {
    pub(super) fn question(&mut self, node: usize, asked: &Asked) -> Option<Question> {
        let tree = self.tree;
        let row = &tree.nodes[node].row;
        self.check_shown(node, asked);
        let path = self.path(node);
        let mut question = Question::new(path?, asked.info.question_type);
        question.label = self.label(node, &["label"]);
        question.hint = self.label(node, &["hint"]);
        question.guidance = self.label(node, &["guidance_hint"]);
        question.media = self.media(node);
        question.relevant = self.column(node, &["bind", "relevant"], Role::Value);
        question.required = self.condition(node, &["bind", "required"]);
        question.required_message = self.label(node, &["bind", "jr:requiredMsg"]);
        question.read_only = self.condition(node, &["bind", "readonly"]);
        question.constraint = self.column(node, &["bind", "constraint"], Role::Other);
        if question.constraint.is_none() {
            question.constraint = asked.info.constraint.map(Expression::new);
        }
        question.constraint_message = self.label(node, &["bind", "jr:constraintMsg"]);
        question.appearance = self.appearance(node);
        question.parameters.clone_from(&asked.parameters);
        self.resolve_seed(node, &mut question);
        self.computed(node, asked, &mut question);
        if let Some(select) = &asked.select {
            self.choices(node, select, asked, &mut question);
        }
        own_columns(row, &mut question);
        if question.question_type == QuestionType::Note {
            question.read_only = Condition::default();
        }
        Some(question)
    }

    /// A question that people see has something to read.
    fn check_shown(&mut self, node: usize, asked: &Asked) {
        let crate::tree::Node { row, name, .. } = &self.tree.nodes[node];
        if !is_shown(row, asked) {
            return;
        }
        let is_blank = row.text(&["control", "appearance"]) == Some("label");
        if !is_blank && !row.has("label") && !row.has("hint") && !row.has("media") {
            self.log.report(
                Code::NoLabel,
                row.place_of(&["label"]),
                name,
                format!("the question `{name}` has no label"),
            );
        }
        if !row.translations(&["media", "big-image"]).is_empty() && row.translations(&["media", "image"]).is_empty() {
            self.log.report(
                Code::BigImage,
                row.place_of(&["media", "big-image"]),
                name,
                format!("`{name}` has a big-image and no image"),
            );
        }
    }

    fn resolve_seed(&mut self, node: usize, question: &mut Question) {
        let Some(cell) = self.tree.nodes[node].row.cell(&["parameters"]) else { return };
        let scope = self.scope(node);
        for value in question.parameters.values_mut().filter(|value| !references(value).is_empty()) {
            let resolved = self.resolver.expression(cell, value, scope, self.log);
            resolved.trim().clone_into(value);
        }
    }

    /// The value that it begins with, is computed by, or is set to when something happens.
    fn computed(&mut self, node: usize, asked: &Asked, question: &mut Question) {
        if asked.triggers.is_empty() {
            question.calculation = self.column(node, &["bind", "calculate"], Role::Value);
        } else {
            self.triggered(node, asked, &question.path);
        }
        if asked.finds_place && asked.triggers.is_empty() {
            self.finds_place_at_first(node, &question.path);
        }
        let Some(default) = self.tree.nodes[node].row.cell(&["default"]) else { return };
        if asked.dynamic_default {
            let default = default.clone();
            self.dynamic_default(node, &default, &question.path);
        } else {
            question.default = Some(default.text.clone());
        }
    }

    fn choices(&mut self, node: usize, select: &Select, asked: &Asked, question: &mut Question) {
        let mut scope = self.scope(node);
        scope.above_repeat = select.source == Source::Answers;
        match select.source {
            Source::List => match self.searched(node, select) {
                Some((itemset, filter)) => {
                    question.itemset = Some(itemset);
                    question.choice_filter = filter;
                }
                None => question.list = Some(select.list.clone()),
            },
            Source::External => question.list = Some(self.external_name(&select.list)),
            Source::File => question.itemset = Some(file_itemset(&select.list, asked)),
            Source::Answers => question.itemset = self.answers_itemset(node, &select.list, scope),
        }
        let filter = self.tree.nodes[node].row.cell(&["choice_filter"]).filter(|cell| !cell.text.is_empty()).cloned();
        if let Some(cell) = filter {
            scope.uses_current = true;
            let filter = self.checked(node, &cell, scope, Role::Other);
            let filter = relative_to_choice(filter, question.itemset.as_ref(), select.source);
            question.choice_filter = Some(match &question.choice_filter {
                Some(search) => Expression::new(format!("({search}) and ({filter})")),
                None => filter,
            });
        } else if let (Source::Answers, Some(itemset)) = (select.source, &question.itemset) {
            // An instance that has no answer yet is no choice.
            question.choice_filter = Some(Expression::new(format!("./{} != ''", itemset.value)));
        }
    }

    /// Choices that `search()` finds in a file, and which of them.
    fn searched(&mut self, node: usize, select: &Select) -> Option<(Itemset, Option<Expression>)> {
        let cell = self.tree.nodes[node].row.cell(&["control", "appearance"])?;
        let search = search::parse(&cell.text)?;
        let (value, label) = search::columns(self.lists.get(&select.list)?)?;
        let nodes = Expression::new(format!("instance('{}')/root/item", search.instance));
        let itemset = Itemset { nodes, value: Expression::new(value), label: Expression::new(label) };
        let scope = Scope { uses_current: true, ..self.scope(node) };
        let filter = search.filter.map(|filter| self.checked(node, &cell.with_text(filter), scope, Role::Other));
        Some((itemset, filter))
    }

    /// Choices that are answers given in a repeat: its instances, by the answer that the reference names.
    fn answers_itemset(&mut self, node: usize, list: &str, scope: Scope) -> Option<Itemset> {
        let row = &self.tree.nodes[node].row;
        let cell = row.cell(&["type"]).or(row.cells.first())?;
        let path = self.resolver.expression(cell, list, scope, self.log);
        let (nodes, name) = path.trim().rsplit_once('/')?;
        Some(Itemset { nodes: Expression::new(nodes), value: Expression::new(name), label: Expression::new(name) })
    }
}

/// Whether people see a question.
pub(super) fn is_shown(row: &Row, asked: &Asked) -> bool {
    let computed = row.cell(&["bind", "calculate"]).is_some() || !asked.triggers.is_empty();
    let silent = computed && !row.has("label") && !row.has("hint");
    asked.info.control == Control::Shown && !silent
}

/// Choices from an attached file.
fn file_itemset(file: &str, asked: &Asked) -> Itemset {
    let (stem, extension) = split_file(file);
    let (value, label) = if extension == ".geojson" { ("id", "title") } else { ("name", "label") };
    let parameter =
        |key: &str, otherwise: &str| Expression::new(asked.parameters.get(key).map_or(otherwise, String::as_str));
    Itemset {
        nodes: Expression::new(format!("instance('{stem}')/root/item")),
        value: parameter("value", value),
        label: parameter("label", label),
    }
}

/// A filter over a repeat's instances, where paths to them are paths from the instance that is looked at.
fn relative_to_choice(filter: Expression, itemset: Option<&Itemset>, source: Source) -> Expression {
    match itemset {
        Some(itemset) if source == Source::Answers => {
            let nodes = itemset.nodes.as_str();
            let text = filter.as_str().replace(&format!("current()/{nodes}"), ".").replace(nodes, ".");
            Expression::new(text)
        }
        _ => filter,
    }
}

/// The columns that XLSForm does not know and Rukun does.
fn own_columns(row: &Row, question: &mut Question) {
    let says_yes = |name: &str| row.own(name).is_some_and(|cell| crate::typography::truth(&cell.text) == Some(true));
    question.search = says_yes("search");
    question.personal = says_yes("personal");
    let indicator = row.own("indicator").map(|cell: &Cell| cell.text.trim());
    question.indicator = indicator.and_then(|text| match crate::typography::truth(text) {
        Some(true) => Some(question.path.name().to_owned()),
        Some(false) => None,
        None => Some(text.to_owned()),
    });
}
