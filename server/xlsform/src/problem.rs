//! What is wrong with a form: all of it, each with its place.

use std::fmt;

use serde::Serialize;

use crate::code::{Code, Gravity};
use crate::place::Place;

/// How strictly a form is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// What pyxform refuses is refused.
    #[default]
    Strict,
    /// What real forms get away with is taken, and warned of.
    Lenient,
}

/// Whether a problem keeps a form from being compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// Something wrong, or doubtful, with a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it keeps the form from being compiled.
    pub severity: Severity,
    /// What kind it is.
    pub code: Code,
    /// Where it is.
    pub place: Place,
    /// The text that it is about, cut to 200 characters.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub advice: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{word}[{}] {}: {}", self.code, self.place, self.message)?;
        if !self.text.is_empty() {
            writeln!(f, "    | {}", self.text.replace('\n', "\n    | "))?;
        }
        write!(f, "    = {}", self.advice)
    }
}

/// Where problems are collected.
#[derive(Debug)]
pub(crate) struct Log {
    mode: Mode,
    problems: Vec<Problem>,
}

impl Log {
    pub(crate) fn new(mode: Mode) -> Self {
        Self { mode, problems: Vec::new() }
    }

    pub(crate) fn is_lenient(&self) -> bool {
        self.mode == Mode::Lenient
    }

    /// Notes a problem. The same one is noted once, however many checks find it.
    pub(crate) fn report(&mut self, code: Code, place: Place, text: &str, message: impl Into<String>) {
        let severity = match (code.gravity(), self.mode) {
            (Gravity::Error, _) | (Gravity::Lenient, Mode::Strict) => Severity::Error,
            (Gravity::Lenient, Mode::Lenient) | (Gravity::Warning, _) => Severity::Warning,
        };
        let text = text.chars().take(200).collect();
        let problem = Problem { severity, code, place, text, message: message.into(), advice: code.advice() };
        let is_known =
            |other: &Problem| (other.code, &other.place, &other.text) == (code, &problem.place, &problem.text);
        if !self.problems.iter().any(is_known) {
            self.problems.push(problem);
        }
    }

    /// Whether anything noted so far is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// The problems in the order of their places.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems;
        problems.sort_by_key(|problem| (order(&problem.place), problem.severity));
        problems
    }
}

fn order(place: &Place) -> (usize, usize, usize, String) {
    const SHEETS: [&str; 6] = ["", "settings", "survey", "choices", "external_choices", "entities"];
    let sheet = SHEETS.iter().position(|sheet| *sheet == place.sheet.to_lowercase()).unwrap_or(SHEETS.len());
    let letters = place.letters.clone().unwrap_or_default();
    (sheet, place.row.unwrap_or_default(), letters.len(), letters)
}
