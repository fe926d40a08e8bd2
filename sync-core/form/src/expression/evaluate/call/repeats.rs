//! `indexed-repeat`: a question of one repeat instance, seen from anywhere.

use super::{Context, Evaluator, Outcome, argument};
use crate::expression::value::whole;
use crate::expression::{Environment, EvaluationError, Expr, Tree, Value};

impl<'a, E: Environment> Evaluator<'a, E> {
    /// Of the nodes, those in the repeat instance of this number; then in the instance of the next repeat inside it. An empty
    /// number is 1, as JavaRosa has it; no number, and a number of no instance, give no node.
    pub(super) fn indexed_repeat(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let mut nodes = self.nodes(argument(arguments, 0), context)?;
        let mut levels = Vec::new();
        for pair in arguments.get(1..).unwrap_or_default().chunks(2) {
            let instances = self.nodes(argument(pair, 0), context)?;
            let index = self.index(argument(pair, 1), context)?;
            let depth = instances.first().map_or(0, |&instance| depth_of(self.environment, instance));
            levels.push((depth, instances, index));
        }
        // Outer repeats come first, in whatever order they are written.
        levels.sort_by_key(|(depth, ..)| *depth);
        let mut within: Option<E::Node> = None;
        for (_, mut instances, index) in levels {
            if let Some(outer) = within {
                instances.retain(|&instance| lies_in(self.environment, instance, outer));
            }
            let chosen = index.and_then(|index| usize::try_from(index).ok()?.checked_sub(1));
            let Some(&instance) = chosen.and_then(|place| instances.get(place)) else {
                nodes.clear();
                return Ok(Value::Nodes(nodes));
            };
            self.give_back(instances);
            within = Some(instance);
        }
        if let Some(instance) = within {
            nodes.retain(|&node| lies_in(self.environment, node, instance));
        }
        Ok(Value::Nodes(nodes))
    }

    fn index(&mut self, expr: &'a Expr, context: Context<E::Node>) -> Result<Option<i64>, EvaluationError> {
        let value = self.value(expr, context)?;
        if matches!(&value, Value::Nodes(nodes) if nodes.is_empty()) {
            return Ok(None);
        }
        let index = self.text_of(value);
        Ok(if index.is_empty() { Some(1) } else { whole(self.number_of_text(&index)) })
    }
}

/// How many nodes are around a node.
fn depth_of<T: Tree>(tree: &T, node: T::Node) -> usize {
    std::iter::successors(tree.parent(node), |&around| tree.parent(around)).count()
}

/// Whether a node is the other or lies in it.
fn lies_in<T: Tree>(tree: &T, mut node: T::Node, outer: T::Node) -> bool {
    loop {
        if node == outer {
            return true;
        }
        match tree.parent(node) {
            Some(parent) => node = parent,
            None => return false,
        }
    }
}
