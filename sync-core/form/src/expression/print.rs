//! Trees to text, in one way of writing: what [`parse`](super::parse) reads back as the same tree.
//!
//! Three things have no text of their own: a bound path prints as `#` and its number; a text with both kinds of quotes as the
//! concatenation of its pieces; a negative number as one that is negated. No text is read into any of them.

use std::fmt::{self, Display, Formatter, Write};

use super::{Axis, Expr, NodeTest, Operator, Path, Step};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Literal(text) => literal(text, f),
            Self::Path(path) => path.fmt(f),
            Self::Reference(reference) => write!(f, "#{reference}"),
            Self::Filter { base, predicates, steps } => {
                within(base, !matches!(**base, Self::Call(..) | Self::Reference(_)), f)?;
                bracketed(predicates, f)?;
                write_steps(steps, true, f)
            }
            Self::Binary(operator, left, right) => {
                let strength = operator.strength();
                within(left, left.strength() < strength || left.swallows_operator(), f)?;
                write!(f, " {operator} ")?;
                within(right, right.strength() <= strength, f)
            }
            Self::Negate(inner) => {
                f.write_char('-')?;
                within(inner, inner.strength() < Operator::NEGATION, f)
            }
            Self::Call(function, arguments) => {
                write!(f, "{function}(")?;
                for (place, argument) in arguments.iter().enumerate() {
                    f.write_str(if place == 0 { "" } else { ", " })?;
                    argument.fmt(f)?;
                }
                f.write_char(')')
            }
        }
    }
}

impl Expr {
    /// How strongly its outermost operator binds.
    fn strength(&self) -> u8 {
        match self {
            Self::Binary(operator, ..) => operator.strength(),
            Self::Negate(_) => Operator::NEGATION,
            Self::Number(_) | Self::Literal(_) | Self::Path(_) | Self::Reference(_) => u8::MAX,
            Self::Filter { .. } | Self::Call(..) => u8::MAX,
        }
    }

    /// Whether an operator written behind it would be read as a name: `/ * 2`, `/ and a`.
    fn swallows_operator(&self) -> bool {
        match self {
            Self::Path(path) => path.absolute && path.steps.is_empty(),
            Self::Binary(operator, _, right) => right.strength() > operator.strength() && right.swallows_operator(),
            Self::Negate(inner) => inner.strength() >= Operator::NEGATION && inner.swallows_operator(),
            Self::Number(_) | Self::Literal(_) | Self::Reference(_) | Self::Filter { .. } | Self::Call(..) => false,
        }
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.absolute && self.steps.is_empty() {
            f.write_char('/')
        } else {
            write_steps(&self.steps, self.absolute, f)
        }
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.axis, &self.test) {
            (Axis::SelfNode, NodeTest::Node) => f.write_char('.')?,
            (Axis::Parent, NodeTest::Node) => f.write_str("..")?,
            (Axis::Child, test) => test.fmt(f)?,
            (Axis::Attribute, test) => write!(f, "@{test}")?,
            (axis, test) => write!(f, "{}::{test}", axis.name())?,
        }
        bracketed(&self.predicates, f)
    }
}

impl Display for NodeTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_char('*'),
            Self::AnyOf(prefix) => write!(f, "{prefix}:*"),
            Self::Name(name) => f.write_str(name),
            Self::Node => f.write_str("node()"),
            Self::Text => f.write_str("text()"),
            Self::Comment => f.write_str("comment()"),
            Self::ProcessingInstruction(None) => f.write_str("processing-instruction()"),
            Self::ProcessingInstruction(Some(target)) => {
                f.write_str("processing-instruction(")?;
                literal(target, f)?;
                f.write_char(')')
            }
        }
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "div",
            Self::Modulo => "mod",
            Self::Union => "|",
        })
    }
}

fn within(expr: &Expr, brackets: bool, f: &mut Formatter<'_>) -> fmt::Result {
    if brackets { write!(f, "({expr})") } else { expr.fmt(f) }
}

fn bracketed(predicates: &[Expr], f: &mut Formatter<'_>) -> fmt::Result {
    predicates.iter().try_for_each(|predicate| write!(f, "[{predicate}]"))
}

/// Steps, behind a slash or not. `//` only stands between two steps, or before the first of an absolute path.
fn write_steps(steps: &[Step], behind_slash: bool, f: &mut Formatter<'_>) -> fmt::Result {
    let mut slash = if behind_slash { "/" } else { "" };
    let mut steps = steps.iter().peekable();
    while let Some(step) = steps.next() {
        if slash == "/" && step.is_anywhere() && steps.peek().is_some() {
            slash = "//";
        } else {
            write!(f, "{slash}{step}")?;
            slash = "/";
        }
    }
    Ok(())
}

impl Step {
    /// Whether it is what `//` stands for.
    fn is_anywhere(&self) -> bool {
        self.axis == Axis::DescendantOrSelf && self.test == NodeTest::Node && self.predicates.is_empty()
    }
}

fn literal(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    if !text.contains('\'') {
        return write!(f, "'{text}'");
    }
    if !text.contains('"') {
        return write!(f, "\"{text}\"");
    }
    f.write_str("concat(")?;
    for (place, piece) in text.split('"').enumerate() {
        f.write_str(if place == 0 { "" } else { ", '\"', " })?;
        write!(f, "\"{piece}\"")?;
    }
    f.write_char(')')
}

#[cfg(test)]
mod tests;
