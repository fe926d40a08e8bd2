//! Suites of syntax: `[ { expression, expected: ok or syntax-error, ast } ]`, and beside them all expressions of the real forms
//! in `../forms/reference`.

mod javarosa;
mod real;

use std::path::Path;

use rukun_form::expression::parse;
use serde::Deserialize;

use crate::outcome::Outcome;

#[derive(Deserialize)]
struct Case {
    source: String,
    line: u32,
    expression: String,
    expected: String,
    ast: Option<String>,
}

/// Runs a suite of syntax.
pub(crate) fn run(path: &Path) -> Result<Outcome, Box<dyn std::error::Error>> {
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(path)?)?;
    let mut outcome = Outcome::default();
    for case in &cases {
        let id = format!("{}:{}", case.source, case.line);
        let read = parse(&case.expression);
        let verdict = if read.is_ok() == (case.expected == "ok") {
            Ok(())
        } else {
            Err(format!("{}: expected {}, got {read:?}", case.expression, case.expected))
        };
        outcome.tier("verdict", Some(0.97)).count(&id, verdict);
        if let (Ok(tree), Some(expected)) = (&read, &case.ast) {
            let printed = javarosa::notation(tree);
            let same = if printed == *expected { Ok(()) } else { Err(format!("expected {expected}, got {printed}")) };
            outcome.tier("tree", None).count(&id, same);
        }
    }
    let folder = path.parent().and_then(Path::parent).map(|folder| folder.join("forms").join("reference"));
    if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
        real::run(&folder, &mut outcome)?;
    }
    Ok(outcome)
}
