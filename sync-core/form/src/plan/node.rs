//! The nodes of a planned form.

use crate::expression::Expr;
use crate::model::{Condition, Expression, Group, Item, Itemset, Label, Question, QuestionType, Repeat};
use std::collections::BTreeMap;
use std::fmt;

/// Which node of a plan: an index in document order. The root of the tree, above the form's outermost element, is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub(crate) u32);

impl NodeIndex {
    pub(crate) const DOCUMENT: Self = Self(0);
    pub(crate) const FORM: Self = Self(1);

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// Above everything.
    Document,
    /// The outermost element.
    Form,
    /// Questions that belong together.
    Group,
    /// A group that may be answered several times; the node stands for one instance.
    Repeat {
        /// Whether an expression says how many there are.
        counted: bool,
        /// How many a new record begins with.
        initial: u32,
    },
    /// A question.
    Question(Box<Asked>),
}

/// What only a question has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    pub(crate) question_type: QuestionType,
    pub(crate) list: Option<String>,
    pub(crate) itemset: Option<Itemset>,
    pub(crate) required_message: Label,
    pub(crate) constraint_message: Label,
    pub(crate) guidance: Label,
    pub(crate) default: Option<String>,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) indicator: Option<String>,
}

/// A node of a planned form.
#[derive(Debug)]
pub(crate) struct PlanNode {
    pub(crate) name: String,
    /// Names from below the form's root, joined by `/`; empty for the root itself.
    pub(crate) path: String,
    pub(crate) kind: Kind,
    pub(crate) parent: Option<NodeIndex>,
    pub(crate) children: Vec<NodeIndex>,
    /// The first index behind it and all that lies in it.
    pub(crate) end: NodeIndex,
    /// The innermost repeat it lies in; a repeat lies in itself. None outside repeats.
    pub(crate) repeat: Option<NodeIndex>,
    /// How many repeats are around it, itself counted.
    pub(crate) depth: u32,
    /// Its place among the nodes of one instance of its innermost repeat, or among those outside repeats. For a repeat: among
    /// those of the instance around it.
    pub(crate) slot: u32,
    pub(crate) label: Label,
    pub(crate) hint: Label,
    pub(crate) media: BTreeMap<String, Label>,
    pub(crate) appearance: Vec<String>,
    /// Expressions as the form has them.
    pub(crate) sources: Sources,
    /// The same, read and bound.
    pub(crate) bound: Bound,
}

/// The texts of a node's expressions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    pub(crate) relevant: Option<Expression>,
    pub(crate) required: Condition,
    pub(crate) read_only: Condition,
    pub(crate) constraint: Option<Expression>,
    pub(crate) calculation: Option<Expression>,
    pub(crate) choice_filter: Option<Expression>,
    pub(crate) count: Option<Expression>,
}

/// A condition, read and bound.
#[derive(Debug, Default)]
pub(crate) enum Rule {
    /// Never.
    #[default]
    Never,
    /// Always.
    Always,
    /// When the expression is true.
    When(Expr),
}

/// The read and bound expressions of a node.
#[derive(Debug, Default)]
pub(crate) struct Bound {
    pub(crate) relevant: Option<Expr>,
    pub(crate) required: Rule,
    pub(crate) read_only: Rule,
    pub(crate) constraint: Option<Expr>,
    pub(crate) calculation: Option<Expr>,
    /// The calculation keeps its first value: `once(...)`.
    pub(crate) keeps: bool,
    pub(crate) count: Option<Expr>,
    /// The nodes of the choices, filter and all.
    pub(crate) choices: Option<BoundChoices>,
}

/// Where choices come from, read and bound.
#[derive(Debug)]
pub(crate) struct BoundChoices {
    pub(crate) nodes: Expr,
    pub(crate) value: Expr,
    pub(crate) label: Expr,
    /// Whether answers decide which choices are there.
    pub(crate) depends: bool,
}

impl PlanNode {
    fn new(name: &str, path: String, kind: Kind, parent: Option<NodeIndex>) -> Self {
        Self {
            name: name.to_owned(),
            path,
            kind,
            parent,
            children: Vec::new(),
            end: NodeIndex(0),
            repeat: None,
            depth: 0,
            slot: 0,
            label: Label::default(),
            hint: Label::default(),
            media: BTreeMap::new(),
            appearance: Vec::new(),
            sources: Sources::default(),
            bound: Bound::default(),
        }
    }

    /// What it has as a question, if it is one.
    pub(crate) fn asked(&self) -> Option<&Asked> {
        match &self.kind {
            Kind::Question(asked) => Some(asked),
            Kind::Document | Kind::Form | Kind::Group | Kind::Repeat { .. } => None,
        }
    }

    pub(crate) const fn is_repeat(&self) -> bool {
        matches!(self.kind, Kind::Repeat { .. })
    }

    pub(crate) fn question_type(&self) -> Option<QuestionType> {
        self.asked().map(|asked| asked.question_type)
    }
}

impl fmt::Display for PlanNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

/// Lays the items of a form out as nodes, in document order.
pub(crate) fn lay_out(root: &str, items: &[Item]) -> Vec<PlanNode> {
    let mut nodes = vec![
        PlanNode::new("", String::new(), Kind::Document, None),
        PlanNode::new(root, String::new(), Kind::Form, Some(NodeIndex::DOCUMENT)),
    ];
    nodes[0].children.push(NodeIndex::FORM);
    for item in items {
        add(&mut nodes, item, NodeIndex::FORM);
    }
    close(&mut nodes);
    nodes
}

fn add(nodes: &mut Vec<PlanNode>, item: &Item, parent: NodeIndex) {
    #[expect(clippy::cast_possible_truncation, reason = "a form of four milliard questions is refused by its size")]
    let index = NodeIndex(nodes.len() as u32);
    let (node, items) = match item {
        Item::Question(question) => (of_question(question, parent), [].as_slice()),
        Item::Group(group) => (of_group(group, parent), group.items.as_slice()),
        Item::Repeat(repeat) => (of_repeat(repeat, parent), repeat.items.as_slice()),
    };
    nodes.push(node);
    nodes[parent.index()].children.push(index);
    items.iter().for_each(|item| add(nodes, item, index));
}

fn of_question(question: &Question, parent: NodeIndex) -> PlanNode {
    let asked = Asked {
        question_type: question.question_type,
        list: question.list.clone(),
        itemset: question.itemset.clone(),
        required_message: question.required_message.clone(),
        constraint_message: question.constraint_message.clone(),
        guidance: question.guidance.clone(),
        default: question.default.clone(),
        parameters: question.parameters.clone(),
        indicator: question.indicator.clone(),
    };
    let path = &question.path;
    PlanNode {
        label: question.label.clone(),
        hint: question.hint.clone(),
        media: question.media.clone(),
        appearance: question.appearance.clone(),
        sources: Sources {
            relevant: question.relevant.clone(),
            required: question.required.clone(),
            read_only: question.read_only.clone(),
            constraint: question.constraint.clone(),
            calculation: question.calculation.clone(),
            choice_filter: question.choice_filter.clone(),
            count: None,
        },
        ..PlanNode::new(path.name(), path.to_string(), Kind::Question(Box::new(asked)), Some(parent))
    }
}

fn of_group(group: &Group, parent: NodeIndex) -> PlanNode {
    PlanNode {
        label: group.label.clone(),
        hint: group.hint.clone(),
        media: group.media.clone(),
        appearance: group.appearance.clone(),
        sources: Sources { relevant: group.relevant.clone(), read_only: group.read_only.clone(), ..Sources::default() },
        ..PlanNode::new(group.path.name(), group.path.to_string(), Kind::Group, Some(parent))
    }
}

fn of_repeat(repeat: &Repeat, parent: NodeIndex) -> PlanNode {
    let kind = Kind::Repeat { counted: repeat.count.is_some(), initial: repeat.initial };
    PlanNode {
        label: repeat.label.clone(),
        hint: repeat.hint.clone(),
        media: repeat.media.clone(),
        appearance: repeat.appearance.clone(),
        sources: Sources {
            relevant: repeat.relevant.clone(),
            read_only: repeat.read_only.clone(),
            count: repeat.count.clone(),
            ..Sources::default()
        },
        ..PlanNode::new(repeat.path.name(), repeat.path.to_string(), kind, Some(parent))
    }
}

/// Fills in where each node ends, its innermost repeat, depth and slot.
fn close(nodes: &mut [PlanNode]) {
    #[expect(clippy::cast_possible_truncation, reason = "as in add")]
    let all = nodes.len() as u32;
    let mut slots: BTreeMap<Option<NodeIndex>, u32> = BTreeMap::new();
    for index in 0..nodes.len() {
        let around = nodes[index].parent.map(|parent| (nodes[parent.index()].repeat, nodes[parent.index()].depth));
        let (repeat, depth) = around.unwrap_or((None, 0));
        let slot = slots.entry(repeat).or_insert(0);
        nodes[index].slot = *slot;
        *slot += 1;
        #[expect(clippy::cast_possible_truncation, reason = "as in add")]
        let here = NodeIndex(index as u32);
        (nodes[index].repeat, nodes[index].depth) =
            if nodes[index].is_repeat() { (Some(here), depth + 1) } else { (repeat, depth) };
    }
    for index in (0..nodes.len()).rev() {
        let last = nodes[index].children.last().copied();
        #[expect(clippy::cast_possible_truncation, reason = "as in add")]
        let next = index as u32 + 1;
        nodes[index].end = last.map_or(NodeIndex(next.min(all)), |last| nodes[last.index()].end);
    }
}
