//! What is wrong with an expression that can be read: what makes an unsupported function an error of the form, found when the
//! form is compiled, and not a blank found in the field.

use std::fmt;

use super::evaluate::is_pattern;
use super::parse::parse_with_calls;
use super::{Arguments, Builtin, Expr, Function, Step, SyntaxError};

/// Something wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which call: how many begin before it in the text.
    pub call: usize,
    /// How many bytes of the text lie before its name; known when the text is ([`review`]).
    pub place: Option<usize>,
    /// The name of the function, as it is written.
    pub function: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No function has this name.
    UnknownFunction {
        /// The known name that looks most like it.
        nearest: Option<&'static str>,
    },
    /// The function takes fewer or more arguments.
    WrongArguments {
        /// How many there are.
        given: usize,
        /// How many it takes.
        takes: Arguments,
    },
    /// `regex()` with a pattern that cannot be read, or with look-around and other things that patterns here do not have.
    BadPattern(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let function = &self.function;
        match &self.problem {
            Problem::UnknownFunction { nearest: None } => write!(f, "there is no function {function}()"),
            Problem::UnknownFunction { nearest: Some(nearest) } => {
                write!(f, "there is no function {function}(); do you mean {nearest}()?")
            }
            Problem::WrongArguments { given, takes } => {
                write!(f, "{function}() takes {takes}, and here it has {given}")
            }
            Problem::BadPattern(pattern) => write!(f, "the pattern \"{pattern}\" cannot be used"),
        }
    }
}

/// Finds the calls that no function can answer, in the order of the text.
#[must_use]
pub fn check(expr: &Expr) -> Vec<Finding> {
    let mut findings = Findings { calls: 0, found: Vec::new() };
    findings.look(expr);
    findings.found
}

/// Reads an expression and checks it, and so knows the places of the findings.
///
/// # Errors
///
/// As [`parse`](super::parse).
pub fn review(text: &str) -> Result<(Expr, Vec<Finding>), SyntaxError> {
    let (expr, places) = parse_with_calls(text)?;
    let mut findings = check(&expr);
    for finding in &mut findings {
        finding.place = places.get(finding.call).copied();
    }
    Ok((expr, findings))
}

struct Findings {
    calls: usize,
    found: Vec<Finding>,
}

impl Findings {
    fn look(&mut self, expr: &Expr) {
        match expr {
            Expr::Number(_) | Expr::Literal(_) | Expr::Reference(_) => {}
            Expr::Path(path) => self.look_into(&path.steps),
            Expr::Filter { base, predicates, steps } => {
                self.look(base);
                predicates.iter().for_each(|predicate| self.look(predicate));
                self.look_into(steps);
            }
            Expr::Binary(_, left, right) => {
                self.look(left);
                self.look(right);
            }
            Expr::Negate(inner) => self.look(inner),
            Expr::Call(function, arguments) => {
                if let Some(problem) = problem_of(function, arguments) {
                    let function = function.name().to_owned();
                    self.found.push(Finding { call: self.calls, place: None, function, problem });
                }
                self.calls += 1;
                arguments.iter().for_each(|argument| self.look(argument));
            }
        }
    }

    fn look_into(&mut self, steps: &[Step]) {
        steps.iter().flat_map(|step| &step.predicates).for_each(|predicate| self.look(predicate));
    }
}

/// What is wrong with a call of this function with these arguments.
fn problem_of(function: &Function, arguments: &[Expr]) -> Option<Problem> {
    let (given, builtin) = match function {
        Function::Unknown(name) => return Some(Problem::UnknownFunction { nearest: nearest(name) }),
        Function::Known(builtin) => (arguments.len(), *builtin),
    };
    let takes = builtin.arguments();
    if !takes.allow(given) {
        return Some(Problem::WrongArguments { given, takes });
    }
    match (builtin, arguments.get(1)) {
        (Builtin::Regex, Some(Expr::Literal(pattern))) if !is_pattern(pattern) => {
            Some(Problem::BadPattern(pattern.clone()))
        }
        _ => None,
    }
}

/// The known name with the fewest letters changed, if not too many are.
fn nearest(name: &str) -> Option<&'static str> {
    let (name, most) = (name.to_lowercase(), name.chars().count() / 3);
    let distances = Builtin::ALL.iter().map(|builtin| (distance(&name, builtin.name()), builtin.name()));
    distances.min().filter(|(distance, _)| *distance <= most).map(|(_, name)| name)
}

/// How many letters must be put in, left out or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, a) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (b, above) in other.chars().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *above;
            left = replaced.min(left + 1).min(*above + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
