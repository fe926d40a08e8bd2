//! `regex`: a pattern that the whole text must fulfil, as the ODK documentation says and JavaRosa does; to Enketo and web-forms,
//! a part of it is enough.

use std::cell::RefCell;

use regex_lite::Regex;

use super::{Context, Evaluator, Outcome, argument};
use crate::expression::{Dialect, Environment, EvaluationError, Expr, Value};

/// How many patterns are kept compiled in a thread: more than forms have.
const KEPT: usize = 32;

/// A pattern, compiled; nothing if it cannot be.
struct Pattern {
    text: String,
    whole: bool,
    regex: Option<Regex>,
}

thread_local! {
    /// Compiling a pattern takes longer than all else in an expression, and forms have few of them.
    static COMPILED: RefCell<Vec<Pattern>> = const { RefCell::new(Vec::new()) };
}

/// Whether the text, or a part of it, fulfils the pattern; nothing if it is no pattern.
fn fulfils(text: &str, pattern: &str, whole: bool) -> Option<bool> {
    COMPILED.with_borrow_mut(|compiled| {
        let known = compiled.iter().position(|known| known.text == pattern && known.whole == whole);
        let place = known.unwrap_or_else(|| {
            if compiled.len() >= KEPT {
                compiled.remove(0);
            }
            compiled.push(Pattern { text: pattern.to_owned(), whole, regex: compile(pattern, whole) });
            compiled.len() - 1
        });
        compiled.get(place).and_then(|pattern| pattern.regex.as_ref()).map(|regex| regex.is_match(text))
    })
}

fn compile(pattern: &str, whole: bool) -> Option<Regex> {
    // By itself first: `a)|(b` is no pattern, and would be one between brackets.
    let part = Regex::new(pattern).ok()?;
    if whole { Regex::new(&format!("^(?:{pattern})$")).ok() } else { Some(part) }
}

/// Whether the text is a pattern.
pub(in crate::expression) fn is_pattern(pattern: &str) -> bool {
    Regex::new(pattern).is_ok()
}

impl<'a, E: Environment> Evaluator<'a, E> {
    pub(super) fn regex(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(argument(arguments, 0), context)?;
        let pattern = self.text(argument(arguments, 1), context)?;
        let whole = self.environment.dialect() == Dialect::Collect;
        match fulfils(&text, &pattern, whole) {
            Some(fulfils) => Ok(Value::Boolean(fulfils)),
            None => Err(EvaluationError::BadPattern(pattern.into_owned())),
        }
    }
}
