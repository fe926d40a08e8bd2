//! `=`, `!=`, `<`, `<=`, `>`, `>=` (XPath 1.0, section 3.4): of nodes, whether any of them fulfils it.

use super::Evaluator;
use crate::expression::date::looks_like_date;
use crate::expression::value::numbers_equal;
use crate::expression::{Environment, EvaluationError, Operator, Value};

impl<'a, E: Environment> Evaluator<'a, E> {
    pub(super) fn compare(
        &mut self,
        operator: Operator,
        left: Value<'a, E::Node>,
        right: Value<'a, E::Node>,
    ) -> Result<bool, EvaluationError> {
        Ok(match (left, right) {
            (Value::Nodes(left), Value::Nodes(right)) => {
                self.spend(left.len().saturating_mul(right.len()))?;
                let any = left.iter().any(|&one| right.iter().any(|&other| self.compare_nodes(operator, one, other)));
                self.give_back(left);
                self.give_back(right);
                any
            }
            (Value::Nodes(nodes), right) => {
                let any = self.compare_with(operator, &nodes, &right, false);
                self.give_back(nodes);
                any
            }
            (left, Value::Nodes(nodes)) => {
                let any = self.compare_with(operator, &nodes, &left, true);
                self.give_back(nodes);
                any
            }
            (Value::Text(left), Value::Text(right)) => self.compare_texts(operator, &left, &right),
            (left @ Value::Boolean(_), right) | (left, right @ Value::Boolean(_)) if is_equality(operator) => {
                (self.boolean_of(left) == self.boolean_of(right)) == (operator == Operator::Equal)
            }
            (left, right) => compare_numbers(operator, self.number_of(left), self.number_of(right)),
        })
    }

    /// Whether any of the nodes fulfils it with the value, or (`swapped`) the value with any of them.
    fn compare_with(&self, operator: Operator, nodes: &[E::Node], value: &Value<'a, E::Node>, swapped: bool) -> bool {
        let numbers = |number: f64, other: f64| {
            if swapped { compare_numbers(operator, other, number) } else { compare_numbers(operator, number, other) }
        };
        match value {
            // Whether there are any counts, and not what is in them.
            Value::Boolean(is) if is_equality(operator) => (*is != nodes.is_empty()) == (operator == Operator::Equal),
            Value::Boolean(is) => {
                let number = f64::from(u8::from(*is));
                nodes.iter().any(|&node| numbers(self.number_of_node(node), number))
            }
            Value::Number(number) => nodes.iter().any(|&node| numbers(self.number_of_node(node), *number)),
            Value::Text(text) if is_equality(operator) => {
                nodes.iter().any(|&node| self.compare_texts(operator, &self.environment.string_value(node), text))
            }
            Value::Text(text) => {
                let number = self.number_of_text(text);
                nodes.iter().any(|&node| numbers(self.number_of_node(node), number))
            }
            Value::Nodes(_) => false,
        }
    }

    fn compare_nodes(&self, operator: Operator, one: E::Node, other: E::Node) -> bool {
        let (one, other) = (self.environment.string_value(one), self.environment.string_value(other));
        self.compare_texts(operator, &one, &other)
    }

    /// Texts are equal when their letters are; two dates or times, when they are the same moment.
    fn compare_texts(&self, operator: Operator, one: &str, other: &str) -> bool {
        if !is_equality(operator) {
            return compare_numbers(operator, self.number_of_text(one), self.number_of_text(other));
        }
        let equal = one == other
            || (looks_like_date(one)
                && looks_like_date(other)
                && numbers_equal(self.number_of_text(one), self.number_of_text(other)));
        equal == (operator == Operator::Equal)
    }
}

const fn is_equality(operator: Operator) -> bool {
    matches!(operator, Operator::Equal | Operator::NotEqual)
}

fn compare_numbers(operator: Operator, left: f64, right: f64) -> bool {
    match operator {
        Operator::Equal => numbers_equal(left, right),
        Operator::NotEqual => !numbers_equal(left, right),
        Operator::Less => left < right,
        Operator::LessOrEqual => left <= right,
        Operator::Greater => left > right,
        Operator::GreaterOrEqual => left >= right,
        Operator::Or
        | Operator::And
        | Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Modulo
        | Operator::Union => false,
    }
}
