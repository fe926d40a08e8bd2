//! Functions of numbers. All that is not exact comes from libm, so that every machine has the same bits.

use super::{Context, Evaluator, Outcome, argument};
use crate::expression::value::{number_to_text, whole};
use crate::expression::{Dialect, Environment, EvaluationError, Expr, Value};

/// The nearest number with so many decimal places, before the point if negative. It is the digits that are rounded, as people
/// read them, and not the binary number beneath; what lies in the middle goes up, or away from 0.
pub(super) fn round(number: f64, places: i64, dialect: Dialect) -> f64 {
    if !number.is_finite() {
        return number;
    }
    let text = number_to_text(number.abs());
    let (before, after) = text.split_once('.').unwrap_or((&text, ""));
    let digits = format!("{before}{after}");
    let length = i64::try_from(before.len()).unwrap_or(i64::MAX).saturating_add(places);
    let Ok(length) = usize::try_from(length) else { return 0.0 };
    if length >= digits.len() {
        return number;
    }
    let (kept, cut) = digits.split_at(length);
    let half = cut.starts_with('5') && cut.bytes().skip(1).all(|digit| digit == b'0');
    let up = if half {
        number > 0.0 || dialect == Dialect::WebForms
    } else {
        cut.as_bytes().first().is_some_and(|digit| *digit >= b'5')
    };
    // Read back with the point where it was, so that the nearest binary number is found once.
    let exponent = -places;
    let raised = if up { increment(kept) } else { kept.to_owned() };
    let magnitude: f64 = format!("0{raised}e{exponent}").parse().unwrap_or(f64::NAN);
    if number < 0.0 { -magnitude } else { magnitude }
}

/// Decimal digits, plus one.
fn increment(digits: &str) -> String {
    let nines = digits.bytes().rev().take_while(|digit| *digit == b'9').count();
    let (head, tail) = digits.split_at(digits.len() - nines);
    let zeros = "0".repeat(tail.len());
    match head.as_bytes().split_last() {
        Some((last, _)) => {
            let front = head.get(..head.len() - 1).unwrap_or("");
            format!("{front}{}{zeros}", char::from(last + 1))
        }
        None => format!("1{zeros}"),
    }
}

/// Ten to this power.
pub(super) fn exp10(number: f64) -> f64 {
    libm::pow(10.0, number)
}

impl<'a, E: Environment> Evaluator<'a, E> {
    /// A function of one number.
    pub(super) fn of_number(
        &mut self,
        function: fn(f64) -> f64,
        first: &'a Expr,
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        Ok(Value::Number(function(self.number(first, context)?)))
    }

    /// A function of two numbers.
    pub(super) fn of_numbers(
        &mut self,
        function: fn(f64, f64) -> f64,
        arguments: &'a [Expr],
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        let one = self.number(argument(arguments, 0), context)?;
        let other = self.number(argument(arguments, 1), context)?;
        Ok(Value::Number(function(one, other)))
    }

    pub(super) fn round(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let number = self.number(argument(arguments, 0), context)?;
        let places = match arguments.get(1) {
            Some(places) => whole(self.number(places, context)?).unwrap_or(0).clamp(-400, 400),
            None => return Ok(Value::Number(libm::floor(number + 0.5))),
        };
        Ok(Value::Number(round(number, places, self.environment.dialect())))
    }

    /// The least or the greatest of all numbers; NaN if there is none, or one that is no number.
    pub(super) fn extreme(
        &mut self,
        greatest: bool,
        arguments: &'a [Expr],
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        let mut extreme: Option<f64> = None;
        self.each_number(arguments, context, |number| {
            extreme = Some(match extreme {
                Some(other) if other.is_nan() || number.is_nan() => f64::NAN,
                Some(other) if (number > other) == greatest => number,
                Some(other) => other,
                None => number,
            });
        })?;
        Ok(Value::Number(extreme.unwrap_or(f64::NAN)))
    }

    pub(super) fn sum(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let nodes = self.nodes(first, context)?;
        let sum = nodes.iter().fold(0.0, |sum, &node| sum + self.number_of_node(node));
        self.give_back(nodes);
        Ok(Value::Number(sum))
    }

    /// Visits the numbers of all arguments, of all nodes if they are nodes.
    fn each_number(
        &mut self,
        arguments: &'a [Expr],
        context: Context<E::Node>,
        mut visit: impl FnMut(f64),
    ) -> Result<(), EvaluationError> {
        for argument in arguments {
            match self.value(argument, context)? {
                Value::Nodes(nodes) => {
                    nodes.iter().for_each(|&node| visit(self.number_of_node(node)));
                    self.give_back(nodes);
                }
                value @ (Value::Boolean(_) | Value::Number(_) | Value::Text(_)) => visit(self.number_of(value)),
            }
        }
        Ok(())
    }
}
