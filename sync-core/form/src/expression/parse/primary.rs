//! Values, calls, brackets, and paths that begin with them.

use super::Parser;
use crate::expression::{Expr, Function, Path, SyntaxError, SyntaxProblem};

/// What can stand where an operand begins.
const OPERAND: &str = "a question, a value or a function";

impl Parser<'_> {
    /// A path, or something else with predicates and steps behind it.
    pub(super) fn path_or_filter(&mut self) -> Result<Expr, SyntaxError> {
        let Some(base) = self.primary()? else { return self.path().map(Expr::Path) };
        let predicates = self.predicates()?;
        let steps = self.steps_behind()?;
        if predicates.is_empty() && steps.is_empty() {
            return Ok(base);
        }
        Ok(Expr::Filter { base: Box::new(base), predicates, steps })
    }

    /// What is no path: nothing if a path should stand here.
    fn primary(&mut self) -> Result<Option<Expr>, SyntaxError> {
        let before = self.scanner;
        if let Some(number) = self.scanner.take_number() {
            if number.is_infinite() {
                self.scanner = before;
                return Err(self.problem(SyntaxProblem::NumberTooLarge));
            }
            return Ok(Some(Expr::Number(number)));
        }
        match self.scanner.take_literal() {
            Some(Ok(text)) => return Ok(Some(Expr::Literal(text.to_owned()))),
            Some(Err(_)) => return Err(self.problem(SyntaxProblem::UnclosedLiteral)),
            None => {}
        }
        if self.scanner.take("(") {
            let inner = self.expression(0)?;
            self.demand(")", "an operator or the closing bracket )")?;
            return Ok(Some(inner));
        }
        if let Some(name) = self.scanner.take_name() {
            let place = self.scanner.place() - name.len();
            if !matches!(name, "node" | "text" | "comment" | "processing-instruction") && self.scanner.take("(") {
                self.calls.push(place);
                return Ok(Some(Expr::Call(Function::of(name), self.arguments()?)));
            }
            self.scanner = before;
        }
        Ok(None)
    }

    /// What stands behind the opening bracket of a call, and the closing one.
    fn arguments(&mut self) -> Result<Vec<Expr>, SyntaxError> {
        let mut arguments = Vec::new();
        if self.scanner.take(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression(0)?);
            if self.scanner.take(")") {
                return Ok(arguments);
            }
            self.demand(",", "an operator, a comma or the closing bracket ) of the function")?;
        }
    }

    /// `[…][…]`, as many as stand here.
    pub(super) fn predicates(&mut self) -> Result<Vec<Expr>, SyntaxError> {
        let mut predicates = Vec::new();
        while self.scanner.take("[") {
            predicates.push(self.expression(0)?);
            self.demand("]", "an operator or the closing bracket ]")?;
        }
        Ok(predicates)
    }

    fn path(&mut self) -> Result<Path, SyntaxError> {
        let mut steps = Vec::new();
        if self.scanner.take("//") {
            steps.push(Self::anywhere());
        } else if self.scanner.take("/") {
            if !self.begins_step() {
                return Ok(Path { absolute: true, steps });
            }
        } else {
            if !self.begins_step() {
                return Err(self.unexpected(OPERAND));
            }
            self.steps(&mut steps)?;
            return Ok(Path { absolute: false, steps });
        }
        self.steps(&mut steps)?;
        Ok(Path { absolute: true, steps })
    }
}
