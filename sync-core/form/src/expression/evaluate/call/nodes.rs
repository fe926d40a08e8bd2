//! Functions that count nodes, or find other ones.

use super::{Context, Evaluator, Outcome, argument};
use crate::expression::evaluate::path::root_of;
use crate::expression::{Axis, Environment, EvaluationError, Expr, NodeKind, NodeTest, Tree, Value};

/// A number of things as a number.
#[expect(clippy::cast_precision_loss, reason = "2^53 things fit nowhere")]
pub(super) const fn count_of(count: usize) -> f64 {
    count as f64
}

impl<'a, E: Environment> Evaluator<'a, E> {
    pub(super) fn count(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let nodes = self.nodes(first, context)?;
        let count = nodes.len();
        self.give_back(nodes);
        Ok(Value::Number(count_of(count)))
    }

    pub(super) fn count_non_empty(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let nodes = self.nodes(first, context)?;
        let count = nodes.iter().filter(|&&node| !self.environment.string_value(node).is_empty()).count();
        self.give_back(nodes);
        Ok(Value::Number(count_of(count)))
    }

    /// The place in the predicate; of a node, its place among its siblings of the same name.
    pub(super) fn position(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let Some(first) = arguments.first() else { return Ok(Value::Number(count_of(context.position))) };
        let nodes = self.nodes(first, context)?;
        let position = nodes.first().map_or(f64::NAN, |&node| count_of(place_of(self.environment, node)));
        self.give_back(nodes);
        Ok(Value::Number(position))
    }

    pub(super) fn instance(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let name = self.text(first, context)?;
        let mut found = self.list();
        found.push(self.instance_named(&name)?);
        Ok(Value::Nodes(found))
    }

    fn instance_named(&self, name: &str) -> Result<E::Node, EvaluationError> {
        self.environment.instance(name).ok_or_else(|| EvaluationError::NoInstance(name.to_owned()))
    }

    /// A cell of an attached table: of the first row where the key column holds the key.
    pub(super) fn pulldata(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let name = self.text(argument(arguments, 0), context)?;
        let column = self.text(argument(arguments, 1), context)?;
        let key_column = self.text(argument(arguments, 2), context)?;
        let key = self.text(argument(arguments, 3), context)?;
        let tree = self.environment;
        let instance = self.instance_named(&name)?;
        let Some(table) = tree.children(instance).find(|&node| tree.kind(node) == NodeKind::Element) else {
            return Ok(Value::empty());
        };
        let cell = |row: E::Node, column: &str| match column.strip_prefix('@') {
            Some(attribute) => tree.attributes(row).find(|&node| tree.name(node) == attribute),
            None => tree.children(row).find(|&node| tree.name(node) == column),
        };
        let is_wanted =
            |row: &E::Node| cell(*row, &key_column).is_some_and(|cell| tree.string_value(cell) == key.as_ref());
        let found = tree.children(table).find(is_wanted).and_then(|row| cell(row, &column));
        Ok(found.map_or(Value::empty(), |cell| Value::Text(tree.string_value(cell))))
    }

    /// The elements with one of these ids.
    pub(super) fn id(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let mut ids = Vec::new();
        self.each_text(first, context, |text| ids.push(text.to_owned()))?;
        let tree = self.environment;
        let mut found = Vec::new();
        let root = root_of(tree, self.current);
        super::super::axis::nodes(tree, root, Axis::DescendantOrSelf, &NodeTest::Any, &mut found);
        let wanted = |id: &str| ids.iter().any(|ids| ids.split_ascii_whitespace().any(|wanted| wanted == id));
        found.retain(|&node| tree.attributes(node).any(|at| tree.name(at) == "id" && wanted(&tree.string_value(at))));
        Ok(Value::Nodes(found))
    }
}

/// The place of a node among its siblings of the same name, the first being 1.
fn place_of<T: Tree>(tree: &T, node: T::Node) -> usize {
    let Some(parent) = tree.parent(node) else { return 1 };
    let name = tree.name(node);
    1 + tree.children(parent).take_while(|&other| other != node).filter(|&other| tree.name(other) == name).count()
}
