//! Binding: paths of expressions become references to the form's nodes, and it becomes known what each expression reads.

use std::collections::BTreeSet;

use super::node::{NodeIndex, PlanNode};
use crate::expression::{Axis, Builtin, Expr, Function, NodeTest, Path, Step};

/// A path that always leads to the same node of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Where to start: at the question whose expression it is, and not at the node that a predicate looks at.
    pub(crate) from_origin: bool,
    /// How many repeats are around the instance in which the search starts.
    pub(crate) depth: u32,
    /// The repeats to go down through, all instances of each; the target last when it is one.
    pub(crate) chain: Vec<NodeIndex>,
    /// What is found.
    pub(crate) target: NodeIndex,
}

/// That an expression reads a node of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reads {
    /// The node.
    pub(crate) target: NodeIndex,
    /// How many repeats the reader shares with what it reads: 1 means that both are in the same instance of an outermost
    /// repeat, 0 that any instance may be read.
    pub(crate) depth: u32,
}

/// What a path stands at.
#[derive(Debug, Clone, Copy)]
enum Standing {
    /// A node of the form, and how many repeats it shares with the origin.
    Form(NodeIndex, u32),
    /// Somewhere in a secondary instance, or nowhere.
    Elsewhere,
}

/// Binds the expressions of one node.
pub(crate) struct Binder<'a> {
    nodes: &'a [PlanNode],
    references: &'a mut Vec<Reference>,
    origin: NodeIndex,
    reads: BTreeSet<Reads>,
}

impl<'a> Binder<'a> {
    pub(crate) fn new(nodes: &'a [PlanNode], references: &'a mut Vec<Reference>, origin: NodeIndex) -> Self {
        Self { nodes, references, origin, reads: BTreeSet::new() }
    }

    /// Binds an expression whose context is the origin.
    pub(crate) fn bind(&mut self, expr: Expr) -> Expr {
        let here = Standing::Form(self.origin, self.node(self.origin).depth);
        self.expr(expr, here, Absolute::Near)
    }

    /// What the expressions bound so far read.
    pub(crate) fn reads(self) -> Vec<Reads> {
        self.reads.into_iter().collect()
    }

    fn node(&self, index: NodeIndex) -> &'a PlanNode {
        &self.nodes[index.index()]
    }

    fn expr(&mut self, expr: Expr, standing: Standing, absolute: Absolute) -> Expr {
        match expr {
            Expr::Number(_) | Expr::Literal(_) | Expr::Reference(_) => expr,
            Expr::Negate(inner) => Expr::Negate(Box::new(self.expr(*inner, standing, absolute))),
            Expr::Binary(operator, left, right) => Expr::Binary(
                operator,
                Box::new(self.expr(*left, standing, absolute)),
                Box::new(self.expr(*right, standing, absolute)),
            ),
            Expr::Call(function, arguments) => self.call(function, arguments, standing, absolute),
            Expr::Path(path) => self.path(path, standing, absolute),
            Expr::Filter { base, predicates, steps } => self.filter(*base, predicates, steps, standing),
        }
    }

    fn call(&mut self, function: Function, arguments: Vec<Expr>, standing: Standing, absolute: Absolute) -> Expr {
        let arguments = arguments.into_iter().enumerate().map(|(place, argument)| {
            // The answers and the repeats of indexed-repeat are those of all instances: it picks by number.
            let all = function == Function::Known(Builtin::IndexedRepeat) && (place == 0 || place % 2 == 1);
            self.expr(argument, standing, if all { Absolute::All } else { absolute })
        });
        let arguments = arguments.collect();
        Expr::Call(function, arguments)
    }

    fn path(&mut self, path: Path, standing: Standing, absolute: Absolute) -> Expr {
        let start = if path.absolute { Standing::Form(NodeIndex::DOCUMENT, 0) } else { standing };
        let Standing::Form(from, shared) = start else {
            // Predicates may still look at the form through current() and absolute paths.
            let steps = self.steps_elsewhere(path.steps);
            return Expr::Path(Path { steps, ..path });
        };
        if let Some(target) = self.lead(from, &path.steps) {
            let reference = if path.absolute {
                let depth = match absolute {
                    Absolute::Near => self.shared_repeats(target),
                    Absolute::All => 0,
                };
                self.reference(true, depth, target)
            } else {
                let depth = self.lowest(from, &path.steps);
                self.reads.insert(Reads { target, depth: depth.min(shared) });
                self.reference_only(false, depth, target)
            };
            return reference;
        }
        let (steps, _) = self.walk(path.steps, vec![(from, shared)]);
        Expr::Path(Path { absolute: path.absolute, steps })
    }

    fn filter(&mut self, base: Expr, predicates: Vec<Expr>, steps: Vec<Step>, standing: Standing) -> Expr {
        let is_current = matches!(&base, Expr::Call(Function::Known(Builtin::Current), _));
        if is_current && predicates.is_empty() {
            if let Some(target) = self.lead(self.origin, &steps) {
                let depth = self.lowest(self.origin, &steps);
                return self.reference(true, depth, target);
            }
            let origin = (self.origin, self.node(self.origin).depth);
            let (steps, _) = self.walk(steps, vec![origin]);
            return Expr::Filter { base: Box::new(base), predicates, steps };
        }
        let elsewhere = matches!(&base, Expr::Call(Function::Known(Builtin::Instance), _));
        let base = self.expr(base, standing, Absolute::Near);
        let found = match &base {
            Expr::Reference(number) => {
                self.references.get(*number as usize).map(|reference| (reference.target, reference.depth))
            }
            Expr::Number(_)
            | Expr::Literal(_)
            | Expr::Path(_)
            | Expr::Filter { .. }
            | Expr::Binary(..)
            | Expr::Negate(_)
            | Expr::Call(..) => None,
        };
        if let (Some((target, depth)), false) = (found, elsewhere) {
            let inside = Standing::Form(target, depth);
            let predicates = predicates.into_iter().map(|one| self.expr(one, inside, Absolute::Near)).collect();
            let (steps, _) = self.walk(steps, vec![(target, depth)]);
            return Expr::Filter { base: Box::new(base), predicates, steps };
        }
        let predicates =
            predicates.into_iter().map(|one| self.expr(one, Standing::Elsewhere, Absolute::Near)).collect();
        let steps = self.steps_elsewhere(steps);
        Expr::Filter { base: Box::new(base), predicates, steps }
    }

    fn steps_elsewhere(&mut self, steps: Vec<Step>) -> Vec<Step> {
        let bind = |step: Step| {
            let predicates = step.predicates.into_iter();
            let predicates = predicates.map(|one| self.expr(one, Standing::Elsewhere, Absolute::Near)).collect();
            Step { predicates, ..step }
        };
        steps.into_iter().map(bind).collect()
    }

    /// Walks steps that no single reference stands for, binds their predicates and notes everything that they may read.
    fn walk(&mut self, steps: Vec<Step>, start: Vec<(NodeIndex, u32)>) -> (Vec<Step>, Vec<(NodeIndex, u32)>) {
        let mut found = start;
        let mut bound = Vec::with_capacity(steps.len());
        for step in steps {
            found = self.step(&found, &step);
            let inside = match found.as_slice() {
                [(node, depth)] => Standing::Form(*node, *depth),
                _ => Standing::Elsewhere,
            };
            let predicates: Vec<Expr> =
                step.predicates.into_iter().map(|one| self.expr(one, inside, Absolute::Near)).collect();
            // What a predicate picks from several nodes depends on each of them.
            if !predicates.is_empty() {
                self.note(&found);
            }
            bound.push(Step { predicates, ..step });
        }
        self.note(&found);
        (bound, found)
    }

    fn note(&mut self, found: &[(NodeIndex, u32)]) {
        self.reads.extend(found.iter().map(|(target, depth)| Reads { target: *target, depth: *depth }));
    }

    fn step(&self, from: &[(NodeIndex, u32)], step: &Step) -> Vec<(NodeIndex, u32)> {
        let mut found = BTreeSet::new();
        for (node, depth) in from {
            for next in self.along(*node, step.axis) {
                if self.fits(next, &step.test) {
                    // Only the children of what is shared are shared.
                    let within = match step.axis {
                        Axis::Child | Axis::Descendant | Axis::DescendantOrSelf | Axis::SelfNode => *depth,
                        Axis::Ancestor
                        | Axis::AncestorOrSelf
                        | Axis::Attribute
                        | Axis::Following
                        | Axis::FollowingSibling
                        | Axis::Namespace
                        | Axis::Parent
                        | Axis::Preceding
                        | Axis::PrecedingSibling => {
                            let parent = self.node(*node).parent.map_or(0, |parent| self.node(parent).depth);
                            (*depth).min(parent)
                        }
                    };
                    found.insert((next, within.min(self.node(next).depth)));
                }
            }
        }
        found.into_iter().collect()
    }

    fn along(&self, node: NodeIndex, axis: Axis) -> Vec<NodeIndex> {
        let below = || (node.0 + 1..self.node(node).end.0).map(NodeIndex);
        let above = || std::iter::successors(self.node(node).parent, |parent| self.node(*parent).parent);
        match axis {
            Axis::Child => self.node(node).children.clone(),
            Axis::Parent => self.node(node).parent.into_iter().collect(),
            Axis::SelfNode => vec![node],
            Axis::Descendant => below().collect(),
            Axis::DescendantOrSelf => std::iter::once(node).chain(below()).collect(),
            Axis::Ancestor => above().collect(),
            Axis::AncestorOrSelf => std::iter::once(node).chain(above()).collect(),
            Axis::PrecedingSibling | Axis::FollowingSibling => {
                self.node(node).parent.map_or_else(Vec::new, |parent| self.node(parent).children.clone())
            }
            Axis::Preceding | Axis::Following => (1..self.node(NodeIndex::DOCUMENT).end.0).map(NodeIndex).collect(),
            Axis::Attribute | Axis::Namespace => Vec::new(),
        }
    }

    fn fits(&self, node: NodeIndex, test: &NodeTest) -> bool {
        match test {
            NodeTest::Any => node != NodeIndex::DOCUMENT,
            NodeTest::Node => true,
            NodeTest::Name(name) => self.node(node).name == *name,
            NodeTest::AnyOf(prefix) => self.node(node).name.split_once(':').is_some_and(|(of, _)| of == prefix),
            NodeTest::Text | NodeTest::Comment | NodeTest::ProcessingInstruction(_) => false,
        }
    }

    /// The one node to which plain steps lead.
    fn lead(&self, from: NodeIndex, steps: &[Step]) -> Option<NodeIndex> {
        steps.iter().try_fold(from, |node, step| self.plain(node, step))
    }

    fn plain(&self, node: NodeIndex, step: &Step) -> Option<NodeIndex> {
        if !step.predicates.is_empty() {
            return None;
        }
        match (step.axis, &step.test) {
            (Axis::SelfNode, NodeTest::Node) => Some(node),
            (Axis::Parent, NodeTest::Node) => self.node(node).parent,
            (Axis::Child, NodeTest::Name(name)) => {
                let mut named = self.node(node).children.iter().filter(|child| self.node(**child).name == *name);
                let first = named.next()?;
                named.next().is_none().then_some(*first)
            }
            _ => None,
        }
    }

    /// How many repeats are around the highest node on the way: below it, all instances are meant.
    fn lowest(&self, from: NodeIndex, steps: &[Step]) -> u32 {
        let mut node = from;
        let mut depth = self.node(from).depth;
        for step in steps {
            let Some(next) = self.plain(node, step) else { break };
            node = next;
            depth = depth.min(self.node(node).depth);
        }
        depth
    }

    /// How many repeats the origin shares with a node: an absolute path means the instance that the question is in. A repeat
    /// itself means all its instances.
    fn shared_repeats(&self, target: NodeIndex) -> u32 {
        let around = if self.node(target).is_repeat() { self.node(target).parent } else { Some(target) };
        let targets: Vec<NodeIndex> = around.map_or_else(Vec::new, |node| self.repeats_around(node));
        let origins = self.repeats_around(self.origin);
        let shared = targets.iter().zip(&origins).take_while(|(one, other)| one == other).count();
        u32::try_from(shared).unwrap_or(0)
    }

    /// The repeats around a node, outermost first, itself among them.
    fn repeats_around(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let mut repeats: Vec<NodeIndex> = std::iter::successors(self.node(node).repeat, |repeat| {
            self.node(*repeat).parent.and_then(|parent| self.node(parent).repeat)
        })
        .collect();
        repeats.reverse();
        repeats
    }

    fn reference(&mut self, from_origin: bool, depth: u32, target: NodeIndex) -> Expr {
        self.reads.insert(Reads { target, depth });
        self.reference_only(from_origin, depth, target)
    }

    fn reference_only(&mut self, from_origin: bool, depth: u32, target: NodeIndex) -> Expr {
        let chain = self.repeats_around(target).into_iter().skip(depth as usize).collect();
        let reference = Reference { from_origin, depth, chain, target };
        let place = self.references.iter().position(|known| *known == reference);
        let place = place.unwrap_or_else(|| {
            self.references.push(reference);
            self.references.len() - 1
        });
        Expr::Reference(u32::try_from(place).unwrap_or(u32::MAX))
    }
}

/// What an absolute path into a repeat around the origin means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absolute {
    /// The instance that the origin is in.
    Near,
    /// All instances.
    All,
}
