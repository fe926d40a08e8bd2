//! Circles: values that depend on themselves, by however many steps.

use std::collections::{BTreeSet, HashMap};

use rukun_form::expression::{Axis, Expr, Function, NodeTest, Path, Step};

use crate::assemble::Role;
use crate::code::Code;
use crate::problem::Log;
use crate::table::Cell;
use crate::tree::{ROOT, Tree};

/// What the values of a form depend on.
#[derive(Debug, Default)]
pub(crate) struct Dependencies {
    /// From a node to those that its value depends on, each with the cell that says so.
    values: HashMap<usize, Vec<(usize, Cell)>>,
    /// Conditions that ask for their own node.
    selfish: Vec<(usize, Cell)>,
}

impl Dependencies {
    /// Notes what an expression of a node asks for.
    pub(crate) fn add(&mut self, tree: &Tree, node: usize, role: Role, expr: &Expr, cell: &Cell) {
        let mut asked = BTreeSet::new();
        collect(tree, node, expr, &mut asked);
        match role {
            Role::Value => {
                self.values.entry(node).or_default().extend(asked.into_iter().map(|other| (other, cell.clone())))
            }
            Role::Condition if asked.contains(&node) => self.selfish.push((node, cell.clone())),
            Role::Condition | Role::Other => {}
        }
    }

    /// Reports each circle once, at the first of its cells.
    pub(crate) fn check(&self, tree: &Tree, log: &mut Log) {
        for (node, cell) in &self.selfish {
            let message = format!("the condition of `{}` asks for its own answer", tree.nodes[*node].name);
            log.report(Code::SelfCondition, cell.place(), &cell.text, message);
        }
        let mut done = vec![false; tree.nodes.len()];
        let mut reported: BTreeSet<Vec<usize>> = BTreeSet::new();
        for start in 0..tree.nodes.len() {
            self.walk(tree, start, &mut done, &mut reported, log);
        }
    }

    /// Depth first, with a stack of its own: forms may be deep.
    fn walk(&self, tree: &Tree, start: usize, done: &mut [bool], reported: &mut BTreeSet<Vec<usize>>, log: &mut Log) {
        if done[start] {
            return;
        }
        let mut way: Vec<(usize, Vec<usize>)> = vec![(start, self.next(tree, start))];
        while let Some((node, rest)) = way.last_mut() {
            let node = *node;
            let Some(next) = rest.pop() else {
                done[node] = true;
                way.pop();
                continue;
            };
            if let Some(begin) = way.iter().position(|(other, _)| *other == next) {
                let circle: Vec<usize> = way[begin..].iter().map(|(node, _)| *node).collect();
                let mut key = circle.clone();
                key.sort_unstable();
                if let Some(cell) = self.cell(&circle).filter(|_| reported.insert(key)) {
                    report(tree, &circle, cell, log);
                }
            } else if !done[next] {
                way.push((next, self.next(tree, next)));
            }
        }
    }

    /// What a node's value depends on: its own expressions', and whether what it lies in is relevant.
    fn next(&self, tree: &Tree, node: usize) -> Vec<usize> {
        let own = self.values.get(&node).into_iter().flatten().map(|(other, _)| *other);
        let parent = (node != ROOT).then(|| tree.nodes[node].parent).filter(|parent| *parent != ROOT);
        let mut next: Vec<usize> = own.chain(parent).collect();
        next.reverse();
        next
    }

    /// A cell that closes the circle.
    fn cell(&self, circle: &[usize]) -> Option<&Cell> {
        let pairs = circle.iter().zip(circle.iter().cycle().skip(1));
        let mut cells = pairs.filter_map(|(node, next)| {
            self.values.get(node)?.iter().find(|(other, _)| other == next).map(|(_, cell)| cell)
        });
        cells.next()
    }
}

fn report(tree: &Tree, circle: &[usize], cell: &Cell, log: &mut Log) {
    let names: Vec<&str> = circle.iter().chain(circle.first()).map(|node| tree.nodes[*node].name.as_str()).collect();
    let message = if circle.len() == 1 {
        format!("`{}` depends on itself", names[0])
    } else {
        format!("these depend on each other in a circle: {}", names.join(" → "))
    };
    log.report(Code::Circle, cell.place(), &cell.text, message);
}

/// The nodes that an expression asks for. What stands in predicates, and in `indexed-repeat()` and its like, may ask for other
/// instances of the same question, and is passed over.
fn collect(tree: &Tree, node: usize, expr: &Expr, asked: &mut BTreeSet<usize>) {
    match expr {
        Expr::Number(_) | Expr::Literal(_) | Expr::Reference(_) => {}
        Expr::Path(path) => asked.extend(target(tree, node, path)),
        Expr::Filter { base, .. } => collect(tree, node, base, asked),
        Expr::Binary(_, left, right) => {
            collect(tree, node, left, asked);
            collect(tree, node, right, asked);
        }
        Expr::Negate(inner) => collect(tree, node, inner, asked),
        Expr::Call(function, arguments) => {
            if !addresses_instances(function) {
                arguments.iter().for_each(|argument| collect(tree, node, argument, asked));
            }
        }
    }
}

/// Functions whose arguments name questions or instances rather than asking for the value at hand; `once()` looks at its own
/// node's value by design.
fn addresses_instances(function: &Function) -> bool {
    matches!(function.name(), "indexed-repeat" | "position" | "count" | "once" | "instance")
}

/// The node that a path of plain steps leads to.
fn target(tree: &Tree, node: usize, path: &Path) -> Option<usize> {
    if path.steps.iter().any(|step| !step.predicates.is_empty()) {
        return None;
    }
    let mut steps = path.steps.iter();
    let mut at = if path.absolute { is_named(steps.next()?, &tree.nodes[ROOT].name).then_some(ROOT)? } else { node };
    for step in steps {
        at = match (step.axis, &step.test) {
            (Axis::SelfNode, NodeTest::Node) => at,
            (Axis::Parent, NodeTest::Node) => (at != ROOT).then(|| tree.nodes[at].parent)?,
            (Axis::Child, NodeTest::Name(name)) => {
                *tree.nodes[at].children.iter().find(|child| tree.nodes[**child].name == *name)?
            }
            _ => return None,
        };
    }
    Some(at)
}

fn is_named(step: &Step, name: &str) -> bool {
    step.axis == Axis::Child && matches!(&step.test, NodeTest::Name(own) if own == name)
}
