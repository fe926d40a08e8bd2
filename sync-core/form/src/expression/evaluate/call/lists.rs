//! Functions of answers to select questions, which are words with blanks between them, and of checklists.

use std::borrow::Cow;

use super::nodes::count_of;
use super::texts::BLANKS;
use super::{Context, Evaluator, Outcome, argument};
use crate::expression::value::whole;
use crate::expression::{Environment, EvaluationError, Expr, Value};

impl<'a, E: Environment> Evaluator<'a, E> {
    /// Whether a value is among those selected. Nothing is selected where nothing is answered: then `''` is.
    pub(super) fn selected(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let list = self.text(argument(arguments, 0), context)?;
        let value = self.text(argument(arguments, 1), context)?;
        let value = value.trim_matches(BLANKS);
        let found =
            if value.is_empty() { words(&list).next().is_none() } else { words(&list).any(|word| word == value) };
        Ok(Value::Boolean(found))
    }

    pub(super) fn selected_at(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let list = self.text(argument(arguments, 0), context)?;
        let place = whole(self.number(argument(arguments, 1), context)?).and_then(|place| usize::try_from(place).ok());
        let word = place.and_then(|place| words(&list).nth(place));
        Ok(word.map_or(Value::empty(), |word| Value::Text(Cow::Owned(word.to_owned()))))
    }

    pub(super) fn count_selected(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let list = self.text(first, context)?;
        Ok(Value::Number(count_of(words(&list).count())))
    }

    pub(super) fn checklist(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let range = self.range(arguments, context)?;
        let mut count = 0.0;
        for argument in arguments.iter().skip(2) {
            self.each_answer(argument, context, |is| count += f64::from(u8::from(is)))?;
        }
        Ok(Value::Boolean(range.holds(count)))
    }

    /// Weights stand behind what they weigh: a value behind a value, as many nodes behind nodes.
    pub(super) fn weighted_checklist(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let range = self.range(arguments, context)?;
        let mut sum = 0.0;
        for pair in arguments.get(2..).unwrap_or_default().chunks(2) {
            let mut answers = Vec::new();
            self.each_answer(argument(pair, 0), context, |is| answers.push(is))?;
            let mut weights = Vec::new();
            match self.value(argument(pair, 1), context)? {
                Value::Nodes(nodes) => weights.extend(nodes.iter().map(|&node| self.number_of_node(node))),
                value @ (Value::Boolean(_) | Value::Number(_) | Value::Text(_)) => weights.push(self.number_of(value)),
            }
            sum += answers.iter().zip(&weights).filter(|(is, _)| **is).map(|(_, weight)| weight).sum::<f64>();
        }
        Ok(Value::Boolean(range.holds(sum)))
    }

    fn range(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Result<Range, EvaluationError> {
        let least = self.number(argument(arguments, 0), context)?;
        Ok(Range { least, most: self.number(argument(arguments, 1), context)? })
    }

    /// Visits whether values are true: of nodes, whether they have a text.
    fn each_answer(
        &mut self,
        expr: &'a Expr,
        context: Context<E::Node>,
        mut visit: impl FnMut(bool),
    ) -> Result<(), EvaluationError> {
        match self.value(expr, context)? {
            Value::Nodes(nodes) => {
                nodes.iter().for_each(|&node| visit(!self.environment.string_value(node).is_empty()));
                self.give_back(nodes);
            }
            value @ (Value::Boolean(_) | Value::Number(_) | Value::Text(_)) => visit(self.boolean_of(value)),
        }
        Ok(())
    }
}

/// From so many to so many; -1 for no limit.
struct Range {
    least: f64,
    most: f64,
}

impl Range {
    fn holds(&self, count: f64) -> bool {
        (self.least < 0.0 || count >= self.least) && (self.most < 0.0 || count <= self.most)
    }
}

/// The words of a list.
fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(BLANKS).filter(|word| !word.is_empty())
}
