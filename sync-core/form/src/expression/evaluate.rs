//! Computing the value of a tree.

mod axis;
mod call;
mod compare;
mod convert;
mod path;

use std::borrow::Cow;

use super::{Environment, EvaluationError, Expr, MAX_DEPTH, MAX_OPERATORS, Operator, Value};

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
    /// Lists that were used and can be used again.
    spare: Vec<Vec<E::Node>>,
}

impl<'a, E: Environment> Evaluator<'a, E> {
    const fn new(environment: &'a E, current: E::Node) -> Self {
        Self { environment, current, depth: 0, spare: Vec::new() }
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

    fn binary(
        &mut self,
        operator: Operator,
        left: &'a Expr,
        right: &'a Expr,
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        match operator {
            Operator::Or => Ok(Value::Boolean(self.boolean(left, context)? || self.boolean(right, context)?)),
            Operator::And => Ok(Value::Boolean(self.boolean(left, context)? && self.boolean(right, context)?)),
            Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => self.compare(operator, left, right, context).map(Value::Boolean),
            Operator::Add => Ok(Value::Number(self.number(left, context)? + self.number(right, context)?)),
            Operator::Subtract => Ok(Value::Number(self.number(left, context)? - self.number(right, context)?)),
            Operator::Multiply => Ok(Value::Number(self.number(left, context)? * self.number(right, context)?)),
            Operator::Divide => Ok(Value::Number(self.number(left, context)? / self.number(right, context)?)),
            Operator::Modulo => Ok(Value::Number(self.number(left, context)? % self.number(right, context)?)),
            Operator::Union => self.union(left, right, context).map(Value::Nodes),
        }
    }

    /// Goes one expression deeper. No text is read into a tree too deep; one made otherwise may be.
    fn deeper<T>(
        &mut self,
        compute: impl FnOnce(&mut Self) -> Result<T, EvaluationError>,
    ) -> Result<T, EvaluationError> {
        if self.depth > MAX_DEPTH + MAX_OPERATORS {
            return Err(EvaluationError::TooDeep);
        }
        self.depth += 1;
        let computed = compute(self);
        self.depth -= 1;
        computed
    }

    /// An empty list.
    fn list(&mut self) -> Vec<E::Node> {
        self.spare.pop().unwrap_or_default()
    }

    /// Gives back a list that is not needed any more.
    fn give_back(&mut self, mut list: Vec<E::Node>) {
        list.clear();
        self.spare.push(list);
    }
}

#[cfg(test)]
mod tests;
