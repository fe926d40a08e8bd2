//! Making a plan of a form.

use std::collections::{BTreeMap, HashMap};

use super::bind::{Binder, Reads, Reference};
use super::graph::{Graph, NodeReads};
use super::node::{Asked, Bound, BoundChoices, NodeIndex, PlanNode, Rule, lay_out};
use super::{BoundAction, Plan, PlanError, PlanFault, SecondaryTrees, action_value, bind_event};
use crate::expression::{Axis, Builtin, Expr, Function, NodeTest, Path, Step, check, parse};
use crate::model::{Condition, Form, Label, Part, Text};

pub(super) fn build(form: Form) -> Result<Plan, PlanError> {
    let nodes = lay_out(&form.root, &form.items);
    let by_path: HashMap<String, NodeIndex> = (1..nodes.len())
        .map(|index| (nodes[index].path.clone(), NodeIndex(u32::try_from(index).unwrap_or(u32::MAX))))
        .collect();
    let mut slots: BTreeMap<Option<NodeIndex>, u32> = BTreeMap::new();
    for node in &nodes {
        let around = node.parent.and_then(|parent| nodes[parent.index()].repeat);
        *slots.entry(around).or_insert(0) += 1;
    }
    let mut builder =
        Builder { form: &form, nodes: &nodes, references: Vec::new(), faults: Vec::new(), text_values: HashMap::new() };
    let mut bound = Vec::with_capacity(nodes.len());
    let mut reads = Vec::with_capacity(nodes.len());
    for index in (0..nodes.len()).map(|index| NodeIndex(u32::try_from(index).unwrap_or(u32::MAX))) {
        let (one, read) = builder.node(index);
        bound.push(one);
        reads.push(read);
    }
    let actions = builder.actions(&by_path);
    let instance_name = form.instance_name.as_ref().and_then(|expression| {
        builder.bind(NodeIndex::FORM, "instance_name", expression.as_str()).map(|(expr, _)| expr)
    });
    let Builder { references, faults, text_values, .. } = builder;
    if !faults.is_empty() {
        return Err(PlanError { faults });
    }
    let graph = Graph::new(&nodes, &reads);
    let secondary = SecondaryTrees::of(&form);
    let nodes = nodes.into_iter().zip(bound).map(|(node, bound)| PlanNode { bound, ..node }).collect();
    Ok(Plan { form, nodes, references, graph, secondary, actions, slots, instance_name, text_values, by_path })
}

struct Builder<'a> {
    form: &'a Form,
    nodes: &'a [PlanNode],
    references: Vec<Reference>,
    faults: Vec<PlanFault>,
    text_values: HashMap<(NodeIndex, String), Expr>,
}

impl Builder<'_> {
    fn bind(&mut self, origin: NodeIndex, what: &'static str, text: &str) -> Option<(Expr, Vec<Reads>)> {
        self.bind_as(origin, what, text, |expr| expr)
    }

    fn bind_as(
        &mut self,
        origin: NodeIndex,
        what: &'static str,
        text: &str,
        rewrite: impl FnOnce(Expr) -> Expr,
    ) -> Option<(Expr, Vec<Reads>)> {
        let path = &self.nodes[origin.index()].path;
        match parse(text) {
            Ok(expr) => {
                let findings = check(&expr);
                self.faults.extend(findings.into_iter().map(|finding| PlanFault {
                    path: path.clone(),
                    what,
                    reason: finding.to_string(),
                }));
                let mut binder = Binder::new(self.nodes, &mut self.references, origin);
                let bound = binder.bind(rewrite(expr));
                Some((bound, binder.reads()))
            }
            Err(error) => {
                self.faults.push(PlanFault { path: path.clone(), what, reason: error.to_string() });
                None
            }
        }
    }

    fn rule(&mut self, origin: NodeIndex, what: &'static str, condition: &Condition) -> (Rule, Vec<Reads>) {
        match condition {
            Condition::Constant(false) => (Rule::Never, Vec::new()),
            Condition::Constant(true) => (Rule::Always, Vec::new()),
            Condition::When(expression) => match self.bind(origin, what, expression.as_str()) {
                Some((expr, reads)) => (Rule::When(expr), reads),
                None => (Rule::Never, Vec::new()),
            },
        }
    }

    fn node(&mut self, index: NodeIndex) -> (Bound, NodeReads) {
        let node = &self.nodes[index.index()];
        let sources = &node.sources;
        let mut reads = NodeReads::default();
        let optional = |builder: &mut Self, what, source: &Option<crate::model::Expression>, into: &mut Vec<Reads>| {
            let (expr, read) = builder.bind(index, what, source.as_ref()?.as_str())?;
            into.extend(read);
            Some(expr)
        };
        let relevant = optional(self, "relevant", &sources.relevant, &mut reads.relevance);
        let calculation = optional(self, "calculation", &sources.calculation, &mut reads.value);
        let constraint = optional(self, "constraint", &sources.constraint, &mut reads.view);
        let count = sources.count.as_ref().and_then(|count| {
            // An instance is not there yet when their number is computed: `..` is then the group around them.
            let (expr, read) =
                self.bind_as(node.parent.unwrap_or(NodeIndex::FORM), "repeat_count", count.as_str(), |expr| {
                    if count.as_str().trim_start().starts_with("..") { from_parent(expr) } else { expr }
                })?;
            reads.count.extend(read);
            Some(expr)
        });
        let (required, read) = self.rule(index, "required", &sources.required);
        reads.view.extend(read);
        let (read_only, read) = self.rule(index, "read_only", &sources.read_only);
        reads.view.extend(read);
        let choices = node.asked().and_then(|asked| self.choices(index, asked, &mut reads));
        self.texts(index, &mut reads.view);
        let keeps =
            calculation.as_ref().is_some_and(|expr| matches!(expr, Expr::Call(Function::Known(Builtin::Once), _)));
        (Bound { relevant, required, read_only, constraint, calculation, keeps, count, choices }, reads)
    }

    fn choices(&mut self, index: NodeIndex, asked: &Asked, reads: &mut NodeReads) -> Option<BoundChoices> {
        let filter = self.nodes[index.index()].sources.choice_filter.as_ref();
        let predicate = filter.map_or_else(String::new, |filter| format!("[{filter}]"));
        let (nodes, value, label) = if let Some(itemset) = &asked.itemset {
            let nodes = format!("{}{predicate}", itemset.nodes);
            (nodes, itemset.value.as_str().to_owned(), itemset.label.as_str().to_owned())
        } else {
            // Lists are read as they stand when no filter parts them.
            filter?;
            let list = asked.list.as_ref()?;
            (format!("instance('{list}')/root/item{predicate}"), "name".to_owned(), "label".to_owned())
        };
        let source = nodes;
        let (nodes, mut read) = self.bind(index, "choice_filter", &source)?;
        // The answers of a repeat are choices: what they say matters as much as which there are.
        if !source.trim_start().starts_with("instance(") {
            for part in [&value, &label].into_iter().filter(|part| !part.contains('(')) {
                read.extend(
                    self.bind(index, "choice_filter", &format!("{source}/{part}"))
                        .map(|(_, read)| read)
                        .unwrap_or_default(),
                );
            }
        }
        let depends = !read.is_empty();
        reads.value.extend(read.iter().copied().filter(|read| read.target != index));
        reads.view.extend(read);
        let value = parse(&value).ok()?;
        if label.contains("jr:itext") {
            let texts = self.form.texts.clone();
            reads.view.extend(
                texts
                    .values()
                    .flat_map(values_in)
                    .filter_map(|value| self.bind(index, "label", &value))
                    .flat_map(|(_, read)| read),
            );
        }
        let label = parse(&label).ok()?;
        Some(BoundChoices { nodes, value, label, depends })
    }

    /// Binds the values in a node's texts and in those of its choices.
    fn texts(&mut self, index: NodeIndex, reads: &mut Vec<Reads>) {
        let node = &self.nodes[index.index()];
        let mut labels: Vec<&Label> = vec![&node.label, &node.hint];
        labels.extend(node.media.values());
        if index == NodeIndex::FORM {
            labels.extend(self.form.texts.values());
        }
        if let Some(asked) = node.asked() {
            labels.extend([&asked.required_message, &asked.constraint_message, &asked.guidance]);
            let list = asked.list.as_ref().and_then(|list| self.form.lists.get(list));
            labels.extend(list.into_iter().flat_map(|list| &list.0).map(|choice| &choice.label));
        }
        let values: Vec<String> = labels.into_iter().flat_map(values_in).collect();
        for value in values {
            if let Some((expr, read)) = self.bind(index, "label", &value) {
                reads.extend(read);
                self.text_values.insert((index, value), expr);
            }
        }
    }

    fn actions(&mut self, by_path: &HashMap<String, NodeIndex>) -> Vec<BoundAction> {
        let mut actions = Vec::new();
        for action in &self.form.actions {
            let target = by_path.get(action.target.as_str()).copied();
            let on: Option<Vec<_>> = action.on.iter().map(|event| bind_event(event, by_path)).collect();
            let (Some(target), Some(on)) = (target, on) else {
                let reason = "the question that it sets, or waits for, is not in the form".to_owned();
                self.faults.push(PlanFault { path: action.target.to_string(), what: "action", reason });
                continue;
            };
            let value = action_value(action).and_then(|text| self.bind(target, "action", text).map(|(expr, _)| expr));
            actions.push(BoundAction { on, target, value });
        }
        actions
    }
}

/// The expressions of the values in a label.
fn values_in(label: &Label) -> Vec<String> {
    let parts = label.0.values().flat_map(|text| match text {
        Text::Plain(_) => [].as_slice(),
        Text::Parts(parts) => parts.as_slice(),
    });
    let values = parts.filter_map(|part| match part {
        Part::Words(_) => None,
        Part::Value { value } => Some(value.as_str().to_owned()),
    });
    values.collect()
}

/// The same expression seen from the parent: the first `..` of each relative path is dropped.
fn from_parent(expr: Expr) -> Expr {
    match expr {
        Expr::Path(Path { absolute: false, mut steps }) => {
            let parent = steps.first().is_some_and(|step| step.axis == Axis::Parent && step.test == NodeTest::Node);
            if parent {
                steps.remove(0);
                if steps.is_empty() {
                    steps.push(Step { axis: Axis::SelfNode, test: NodeTest::Node, predicates: Vec::new() });
                }
            }
            Expr::Path(Path { absolute: false, steps })
        }
        Expr::Binary(operator, left, right) => {
            Expr::Binary(operator, Box::new(from_parent(*left)), Box::new(from_parent(*right)))
        }
        Expr::Negate(inner) => Expr::Negate(Box::new(from_parent(*inner))),
        Expr::Call(name, arguments) => Expr::Call(name, arguments.into_iter().map(from_parent).collect()),
        Expr::Filter { base, predicates, steps } => {
            Expr::Filter { base: Box::new(from_parent(*base)), predicates, steps }
        }
        Expr::Path(_) | Expr::Number(_) | Expr::Literal(_) | Expr::Reference(_) => expr,
    }
}
