//! Walking along the steps of a path.

use super::{Context, Evaluator, axis};
use crate::expression::{Axis, Environment, EvaluationError, Expr, Path, Step, Tree, Value};

impl<'a, E: Environment> Evaluator<'a, E> {
    /// The nodes at the end of a path. An absolute one begins at the root above the node that the whole expression belongs to,
    /// also where the context is a row of a secondary instance.
    pub(super) fn path(&mut self, path: &'a Path, context: Context<E::Node>) -> Result<Vec<E::Node>, EvaluationError> {
        let mut from = self.list();
        from.push(if path.absolute { root_of(self.environment, self.current) } else { context.node });
        self.walk(from, &path.steps)
    }

    /// The nodes at the end of the steps, from each of these.
    pub(super) fn walk(&mut self, mut from: Vec<E::Node>, steps: &'a [Step]) -> Result<Vec<E::Node>, EvaluationError> {
        for step in steps {
            let mut to = self.list();
            for &node in &from {
                let begin = to.len();
                let visited = axis::nodes(self.environment, node, step.axis, &step.test, &mut to);
                self.spend(visited)?;
                self.filter(&mut to, begin, &step.predicates)?;
            }
            if from.len() > 1 || step.axis.is_reverse() {
                in_order(&mut to);
            }
            self.give_back(from);
            from = to;
        }
        Ok(from)
    }

    /// Leaves, of the nodes from `begin` on, those that fulfil the predicates.
    pub(super) fn filter(
        &mut self,
        nodes: &mut Vec<E::Node>,
        begin: usize,
        predicates: &'a [Expr],
    ) -> Result<(), EvaluationError> {
        for predicate in predicates {
            let size = nodes.len().saturating_sub(begin);
            let mut kept = begin;
            for position in 1..=size {
                let Some(&node) = nodes.get(begin + position - 1) else { break };
                if self.holds(predicate, Context { node, position, size })? {
                    if let Some(slot) = nodes.get_mut(kept) {
                        *slot = node;
                    }
                    kept += 1;
                }
            }
            nodes.truncate(kept);
        }
        Ok(())
    }

    fn holds(&mut self, predicate: &'a Expr, context: Context<E::Node>) -> Result<bool, EvaluationError> {
        let value = self.value(predicate, context)?;
        #[expect(clippy::cast_precision_loss, reason = "a list of 2^53 nodes fits nowhere")]
        Ok(if let Value::Number(number) = value { number == context.position as f64 } else { self.boolean_of(value) })
    }
}

impl Axis {
    /// Whether it goes against document order.
    const fn is_reverse(self) -> bool {
        matches!(self, Self::Ancestor | Self::AncestorOrSelf | Self::Preceding | Self::PrecedingSibling)
    }
}

/// Puts nodes into document order, each once; mostly they are.
fn in_order<N: Ord>(nodes: &mut Vec<N>) {
    if !nodes.is_sorted_by(|one, next| one < next) {
        nodes.sort_unstable();
        nodes.dedup();
    }
}

/// The top of the tree that a node lies in.
pub(super) fn root_of<T: Tree>(tree: &T, mut node: T::Node) -> T::Node {
    while let Some(parent) = tree.parent(node) {
        node = parent;
    }
    node
}
