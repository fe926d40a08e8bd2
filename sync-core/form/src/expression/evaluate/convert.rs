//! One kind of value as another.

use std::borrow::Cow;

use super::{Context, Evaluator};
use crate::expression::date::{self, Days};
use crate::expression::value::{number_to_text, read_number};
use crate::expression::{Dialect, Environment, EvaluationError, Expr, Operator, Value};

impl<'a, E: Environment> Evaluator<'a, E> {
    /// The expression as a decision.
    pub(super) fn boolean(&mut self, expr: &'a Expr, context: Context<E::Node>) -> Result<bool, EvaluationError> {
        let value = self.value(expr, context)?;
        Ok(self.boolean_of(value))
    }

    /// The expression as a number.
    pub(super) fn number(&mut self, expr: &'a Expr, context: Context<E::Node>) -> Result<f64, EvaluationError> {
        let value = self.value(expr, context)?;
        Ok(self.number_of(value))
    }

    /// The expression as a text.
    pub(super) fn text(&mut self, expr: &'a Expr, context: Context<E::Node>) -> Result<Cow<'a, str>, EvaluationError> {
        let value = self.value(expr, context)?;
        Ok(self.text_of(value))
    }

    /// Visits the text of a value; of nodes, that of each.
    pub(super) fn each_text(
        &mut self,
        expr: &'a Expr,
        context: Context<E::Node>,
        mut visit: impl FnMut(&str),
    ) -> Result<(), EvaluationError> {
        match self.value(expr, context)? {
            Value::Nodes(nodes) => {
                nodes.iter().for_each(|&node| visit(&self.environment.string_value(node)));
                self.give_back(nodes);
            }
            value @ (Value::Boolean(_) | Value::Number(_) | Value::Text(_)) => visit(&self.text_of(value)),
        }
        Ok(())
    }

    /// The nodes an expression gives.
    pub(super) fn nodes(&mut self, expr: &'a Expr, context: Context<E::Node>) -> Result<Vec<E::Node>, EvaluationError> {
        match expr {
            Expr::Path(path) => self.path(path, context),
            Expr::Reference(reference) => {
                let mut found = self.list();
                self.environment.reference(*reference, context.node, &mut found);
                Ok(found)
            }
            Expr::Filter { base, predicates, steps } => {
                let mut nodes = self.deeper(|this| this.nodes(base, context))?;
                self.filter(&mut nodes, 0, predicates)?;
                self.walk(nodes, steps)
            }
            Expr::Binary(Operator::Union, left, right) => self.union(left, right, context),
            Expr::Number(_) | Expr::Literal(_) | Expr::Negate(_) | Expr::Binary(..) => Err(EvaluationError::NotNodes),
            Expr::Call(..) => match self.value(expr, context)? {
                Value::Nodes(nodes) => Ok(nodes),
                Value::Boolean(_) | Value::Number(_) | Value::Text(_) => Err(EvaluationError::NotNodes),
            },
        }
    }

    /// All lists of `a | b | c` as one, in document order, each node once.
    fn union(
        &mut self,
        mut left: &'a Expr,
        right: &'a Expr,
        context: Context<E::Node>,
    ) -> Result<Vec<E::Node>, EvaluationError> {
        let mut nodes = self.deeper(|this| this.nodes(right, context))?;
        loop {
            let (rest, part) = if let Expr::Binary(Operator::Union, rest, part) = left {
                (Some(rest), part.as_ref())
            } else {
                (None, left)
            };
            let more = self.deeper(|this| this.nodes(part, context))?;
            nodes.extend_from_slice(&more);
            self.give_back(more);
            let Some(rest) = rest else { break };
            left = rest;
        }
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    pub(super) fn boolean_of(&mut self, value: Value<'a, E::Node>) -> bool {
        match value {
            Value::Boolean(is) => is,
            Value::Number(number) => number != 0.0 && !number.is_nan(),
            Value::Text(text) => !text.is_empty(),
            Value::Nodes(nodes) => {
                let any = !nodes.is_empty();
                self.give_back(nodes);
                any
            }
        }
    }

    pub(super) fn number_of(&mut self, value: Value<'a, E::Node>) -> f64 {
        match value {
            Value::Boolean(is) => f64::from(u8::from(is)),
            Value::Number(number) => number,
            Value::Text(text) => self.number_of_text(&text),
            Value::Nodes(nodes) => {
                let number = nodes.first().map_or(f64::NAN, |&node| self.number_of_node(node));
                self.give_back(nodes);
                number
            }
        }
    }

    pub(super) fn text_of(&mut self, value: Value<'a, E::Node>) -> Cow<'a, str> {
        match value {
            Value::Boolean(is) => Cow::Borrowed(if is { "true" } else { "false" }),
            Value::Number(number) => number_to_text(number),
            Value::Text(text) => text,
            Value::Nodes(nodes) => {
                let text = nodes.first().map_or(Cow::Borrowed(""), |&node| self.environment.string_value(node));
                self.give_back(nodes);
                text
            }
        }
    }

    /// The number of a node's text.
    pub(super) fn number_of_node(&self, node: E::Node) -> f64 {
        self.number_of_text(&self.environment.string_value(node))
    }

    /// The number a text writes; for a date or a time the days since 1970.
    pub(super) fn number_of_text(&self, text: &str) -> f64 {
        if let Some(number) = read_number(text) {
            return number;
        }
        let days = self.days();
        if days.dialect == Dialect::WebForms && text.contains("e-") {
            // As JavaScript writes very small numbers.
            return text.trim().parse().unwrap_or(f64::NAN);
        }
        if !date::looks_like_date(text) {
            return f64::NAN;
        }
        days.read(text).map_or(f64::NAN, |moment| days.number(moment))
    }

    /// How days are counted here.
    pub(super) fn days(&self) -> Days {
        Days { offset: self.environment.clock().offset, dialect: self.environment.dialect() }
    }
}
