//! Computing the value of a tree.

mod axis;
mod call;
mod compare;
mod convert;
mod path;

use std::borrow::Cow;

pub(super) use call::is_pattern;

use super::{Environment, EvaluationError, Expr, MAX_DEPTH, Operator, Value};

/// How many expressions and nodes one computation may look at. Half a second on a desktop; a choice filter over the 80,000 villages
/// of Indonesia takes a tenth of it.
pub const MAX_EFFORT: usize = 10_000_000;

/// Computes an expression that belongs to the node `context`: the question it is written at, or the row of a choice list.
///
/// # Errors
///
/// Says why there is no value; [`check`](super::check) finds most of the reasons before.
pub fn evaluate<'a, E: Environment>(
    expr: &'a Expr,
    environment: &'a E,
    context: E::Node,
) -> Result<Value<'a, E::Node>, EvaluationError> {
    Evaluator::new(environment, context).value(expr, Context::of(context))
}

/// As [`evaluate`], for an expression that decides: `relevant`, `constraint`.
///
/// # Errors
///
/// As [`evaluate`].
pub fn evaluate_to_boolean<'a, E: Environment>(
    expr: &'a Expr,
    environment: &'a E,
    context: E::Node,
) -> Result<bool, EvaluationError> {
    Evaluator::new(environment, context).boolean(expr, Context::of(context))
}

/// As [`evaluate`], for an expression whose value is stored or shown: `calculation`, a part of a label.
///
/// # Errors
///
/// As [`evaluate`].
pub fn evaluate_to_text<'a, E: Environment>(
    expr: &'a Expr,
    environment: &'a E,
    context: E::Node,
) -> Result<Cow<'a, str>, EvaluationError> {
    Evaluator::new(environment, context).text(expr, Context::of(context))
}

/// As [`evaluate`], for an expression that counts: `repeat_count`.
///
/// # Errors
///
/// As [`evaluate`].
pub fn evaluate_to_number<'a, E: Environment>(
    expr: &'a Expr,
    environment: &'a E,
    context: E::Node,
) -> Result<f64, EvaluationError> {
    Evaluator::new(environment, context).number(expr, Context::of(context))
}

/// Where an expression is computed.
#[derive(Clone, Copy)]
struct Context<N> {
    node: N,
    /// Its place among the nodes that a predicate looks at, the first being 1.
    position: usize,
    /// How many these are.
    size: usize,
}

impl<N> Context<N> {
    const fn of(node: N) -> Self {
        Self { node, position: 1, size: 1 }
    }
}

type Outcome<'a, E> = Result<Value<'a, <E as super::Tree>::Node>, EvaluationError>;

struct Evaluator<'a, E: Environment> {
    environment: &'a E,
    /// The node that the whole expression belongs to.
    current: E::Node,
    depth: usize,
    /// How much has been computed: expressions, and nodes looked at.
    effort: usize,
    /// Lists that were used and can be used again.
    spare: [Vec<E::Node>; 3],
}

impl<'a, E: Environment> Evaluator<'a, E> {
    const fn new(environment: &'a E, current: E::Node) -> Self {
        Self { environment, current, depth: 0, effort: 0, spare: [const { Vec::new() }; 3] }
    }

    fn value(&mut self, expr: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        self.deeper(|this| match expr {
            Expr::Number(number) => Ok(Value::Number(*number)),
            Expr::Literal(text) => Ok(Value::Text(Cow::Borrowed(text))),
            Expr::Path(_) | Expr::Reference(_) | Expr::Filter { .. } | Expr::Binary(Operator::Union, ..) => {
                this.nodes(expr, context).map(Value::Nodes)
            }
            Expr::Binary(operator, left, right) => this.binary(*operator, left, right, context),
            Expr::Negate(inner) => Ok(Value::Number(-this.number(inner, context)?)),
            Expr::Call(function, arguments) => this.call(function, arguments, context),
        })
    }

    /// `a or b or c`: operators lean to the left, and a hundred of them in a row need no deeper stack than one.
    fn binary(
        &mut self,
        operator: Operator,
        left: &'a Expr,
        right: &'a Expr,
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        if !matches!(left, Expr::Binary(..)) {
            let left = self.value(left, context)?;
            return self.operate(operator, left, right, context);
        }
        let (mut links, mut first) = (vec![(operator, right)], left);
        while let Expr::Binary(operator, left, right) = first
            && *operator != Operator::Union
        {
            links.push((*operator, right));
            first = left;
        }
        let mut value = self.value(first, context)?;
        while let Some((operator, right)) = links.pop() {
            self.spend(1)?;
            value = self.operate(operator, value, right, context)?;
        }
        Ok(value)
    }

    fn operate(
        &mut self,
        operator: Operator,
        left: Value<'a, E::Node>,
        right: &'a Expr,
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        match operator {
            Operator::Or => Ok(Value::Boolean(self.boolean_of(left) || self.boolean(right, context)?)),
            Operator::And => Ok(Value::Boolean(self.boolean_of(left) && self.boolean(right, context)?)),
            Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => {
                let right = self.value(right, context)?;
                self.compare(operator, left, right).map(Value::Boolean)
            }
            Operator::Add => Ok(Value::Number(self.number_of(left) + self.number(right, context)?)),
            Operator::Subtract => Ok(Value::Number(self.number_of(left) - self.number(right, context)?)),
            Operator::Multiply => Ok(Value::Number(self.number_of(left) * self.number(right, context)?)),
            Operator::Divide => Ok(Value::Number(self.number_of(left) / self.number(right, context)?)),
            Operator::Modulo => Ok(Value::Number(self.number_of(left) % self.number(right, context)?)),
            // A union is computed where nodes are.
            Operator::Union => Err(EvaluationError::NotNodes),
        }
    }

    /// Goes one expression deeper. No text is read into a tree too deep; one made otherwise may be.
    fn deeper<T>(
        &mut self,
        compute: impl FnOnce(&mut Self) -> Result<T, EvaluationError>,
    ) -> Result<T, EvaluationError> {
        if self.depth > 2 * MAX_DEPTH {
            return Err(EvaluationError::TooDeep);
        }
        self.spend(1)?;
        self.depth += 1;
        let computed = compute(self);
        self.depth -= 1;
        computed
    }

    /// Counts what is computed, and ends what would take for ever: `//*[//*[//*[…]]]`.
    const fn spend(&mut self, effort: usize) -> Result<(), EvaluationError> {
        self.effort = self.effort.saturating_add(effort);
        if self.effort > MAX_EFFORT { Err(EvaluationError::TooMuch) } else { Ok(()) }
    }

    /// An empty list.
    fn list(&mut self) -> Vec<E::Node> {
        self.spare.iter_mut().find(|list| list.capacity() > 0).map(std::mem::take).unwrap_or_default()
    }

    /// Gives back a list that is not needed any more.
    fn give_back(&mut self, mut list: Vec<E::Node>) {
        list.clear();
        if let Some(place) = self.spare.iter_mut().find(|list| list.capacity() == 0) {
            *place = list;
        }
    }
}

#[cfg(test)]
mod tests;
