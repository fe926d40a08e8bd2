//! Reading a text into a tree: a Pratt parser, for the binary operators, over a descent into paths and calls.

mod path;
mod primary;

use super::scan::Scanner;
use super::{Expr, Operator, SyntaxError, SyntaxProblem};

/// How many expressions may lie in one another. Far beyond what people write, and far below what a small stack bears.
pub const MAX_DEPTH: usize = 96;

/// How many operators may stand between operands. The longest of 19,000 expressions of real forms has 39.
pub const MAX_OPERATORS: usize = 1000;

/// How many bytes an expression may have; a cell of Excel has at most 32,767 characters.
pub const MAX_LENGTH: usize = 131_072;

/// Reads an expression: XPath 1.0 without variables.
///
/// # Errors
///
/// Says where the text stops being an expression, and what could stand there.
pub fn parse(text: &str) -> Result<Expr, SyntaxError> {
    parse_with_calls(text).map(|(expr, _)| expr)
}

/// As [`parse`], and the places of the names of all calls, in bytes, in the order of the text. In that order, too, a walk
/// through the tree from the outside inwards and from left to right meets them.
pub(super) fn parse_with_calls(text: &str) -> Result<(Expr, Vec<usize>), SyntaxError> {
    if text.len() > MAX_LENGTH {
        return Err(SyntaxError::at(text, text.len(), SyntaxProblem::TooLong));
    }
    let mut parser = Parser { text, scanner: Scanner::new(text), depth: 0, operators: 0, calls: Vec::new() };
    let expr = parser.expression(0)?;
    parser.scanner.skip_blanks();
    if parser.scanner.rest().is_empty() { Ok((expr, parser.calls)) } else { Err(parser.unexpected(AFTER_OPERAND)) }
}

/// What can follow an operand.
const AFTER_OPERAND: &str = "an operator (and, or, =, !=, <, >, +, -, *, div, mod) or the end";

struct Parser<'t> {
    text: &'t str,
    scanner: Scanner<'t>,
    depth: usize,
    operators: usize,
    calls: Vec<usize>,
}

impl Parser<'_> {
    /// An expression of operators that bind at least so strongly.
    fn expression(&mut self, least: u8) -> Result<Expr, SyntaxError> {
        self.deeper()?;
        let mut left = self.operand(least)?;
        while let Some((operator, length)) = self.scanner.peek_operator() {
            let strength = operator.strength();
            if strength < least {
                break;
            }
            self.operators += 1;
            if self.operators > MAX_OPERATORS {
                return Err(self.problem(SyntaxProblem::TooLong));
            }
            self.scanner.pass(length);
            let right = self.expression(strength + 1)?;
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
        self.depth -= 1;
        Ok(left)
    }

    /// What stands between operators: a path, a call, a value, or one of them negated.
    fn operand(&mut self, least: u8) -> Result<Expr, SyntaxError> {
        // What is joined by `|` cannot be negated.
        if least <= Operator::NEGATION && self.scanner.take("-") {
            return Ok(Expr::Negate(Box::new(self.expression(Operator::NEGATION)?)));
        }
        self.path_or_filter()
    }

    fn deeper(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.problem(SyntaxProblem::TooDeep)) } else { Ok(()) }
    }

    /// Passes a sign that must stand here.
    fn demand(&mut self, sign: &str, expected: &'static str) -> Result<(), SyntaxError> {
        if self.scanner.take(sign) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn unexpected(&mut self, expected: &'static str) -> SyntaxError {
        self.scanner.skip_blanks();
        SyntaxError::unexpected(self.text, self.scanner.place(), expected)
    }

    fn problem(&mut self, problem: SyntaxProblem) -> SyntaxError {
        self.scanner.skip_blanks();
        SyntaxError::at(self.text, self.scanner.place(), problem)
    }
}

impl Operator {
    /// How strongly a minus before an operand binds.
    pub(super) const NEGATION: u8 = 7;

    /// How strongly it binds, `or` being the weakest.
    pub(super) const fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide | Self::Modulo => 6,
            Self::Union => 8,
        }
    }
}

#[cfg(test)]
mod tests;
