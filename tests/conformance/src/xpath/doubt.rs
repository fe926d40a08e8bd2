//! Cases that say nothing about an engine. Each reason is found in the suite itself, by a rule that knows no case by name.

use std::collections::{HashMap, HashSet};

use rukun_form::expression::{Expr, Found, Tree, parse};

use super::case::Case;
use crate::document::Document;

/// Why a case says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The suite marks it: engines disagree, or nobody knows whether it is right.
    Flagged,
    /// It was recorded over another document than the one stored with it. Either it is marked to need none, and yet its
    /// expression reads nodes; or the place it begins at does not exist in that document, or that of another case with it.
    DocumentLost,
    /// It asks for the time, and its document holds the date of another moment at which cases of the suite were recorded.
    ClockLost,
    /// Another case expects another value of the same expression at the same place: no value is both.
    Contradicted,
    /// JavaRosa alone expects an error of an expression that is well formed and calls nothing: by XPath 1.0 it has a value.
    LackedByJavaRosa,
}

impl Doubt {
    /// What its tier is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Flagged => "with flags",
            Self::DocumentLost => "document lost",
            Self::ClockLost => "clock lost",
            Self::Contradicted => "contradicted",
            Self::LackedByJavaRosa => "lacked by JavaRosa",
        }
    }
}

/// The doubts about all cases of a suite, in their order.
pub(super) fn of_all(cases: &[Case], documents: &HashMap<&str, Document>) -> Vec<Option<Doubt>> {
    let is_lost =
        |case: &&Case| documents.get(case.doc.as_str()).is_some_and(|known| known.find(&case.context).is_none());
    let lost: HashSet<&str> =
        cases.iter().filter(|case| !case.docfree).filter(is_lost).map(|case| case.doc.as_str()).collect();
    let mut alike: HashMap<_, Vec<&Case>> = HashMap::new();
    for case in cases.iter().filter(|case| !case.is_flagged()) {
        alike.entry(case.situation()).or_default().push(case);
    }
    let days: HashSet<&str> = cases.iter().filter_map(Case::day).collect();
    let doubt = |case: &Case| {
        let others = alike.get(&case.situation()).map_or(&[][..], Vec::as_slice);
        if case.is_flagged() {
            Some(Doubt::Flagged)
        } else if if case.docfree { reads_nodes(&case.expression) } else { lost.contains(case.doc.as_str()) } {
            Some(Doubt::DocumentLost)
        } else if asks_for_time(&case.expression) && is_of_another_day(case, &days, documents) {
            Some(Doubt::ClockLost)
        } else if others.iter().any(|one| others.iter().any(|other| one.contradicts(other))) {
            Some(Doubt::Contradicted)
        } else if case.is_error_of_javarosa_alone() && calls_nothing(&case.expression) {
            Some(Doubt::LackedByJavaRosa)
        } else {
            None
        }
    };
    cases.iter().map(doubt).collect()
}

fn asks_for_time(expression: &str) -> bool {
    parse(expression).is_ok_and(|expression| expression.needs().clock)
}

fn is_of_another_day(case: &Case, days: &HashSet<&str>, documents: &HashMap<&str, Document>) -> bool {
    let Some(document) = documents.get(case.doc.as_str()) else { return false };
    let text = document.string_value(0);
    let holds = |day: &str| text.contains(day);
    days.iter().any(|day| holds(day)) && !case.day().is_some_and(holds)
}

fn reads_nodes(expression: &str) -> bool {
    parse(expression).is_ok_and(|expression| {
        let mut reads = expression.needs().own_value;
        expression.walk_paths(&mut |_, _| reads = true);
        reads
    })
}

fn calls_nothing(expression: &str) -> bool {
    let calls = |expression: &Expr| {
        let mut calls = false;
        expression.walk(&mut |found, _| calls |= matches!(found, Found::Call(..)));
        calls
    };
    parse(expression).is_ok_and(|expression| !calls(&expression))
}
