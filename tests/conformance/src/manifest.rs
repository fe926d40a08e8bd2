//! Folders of real forms, with what pyxform says of each.

use std::panic::catch_unwind;
use std::path::Path;

use rukun_xlsform::{Compiled, Mode, Options, Problem, Severity, Workbook, WorkbookError, compile};
use serde::Deserialize;

use crate::equivalence;
use crate::outcome::Outcome;

#[derive(Deserialize)]
struct Entry {
    file: String,
    pyxform: Option<String>,
    reference_xform: Option<String>,
}

/// Runs a folder.
pub(crate) fn run(file: &Path) -> Result<Outcome, Box<dyn std::error::Error>> {
    let entries: Vec<Entry> = serde_json::from_slice(&std::fs::read(file)?)?;
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let mut outcome = Outcome::default();
    for entry in &entries {
        let path = folder.join(&entry.file);
        if !path.exists() {
            continue;
        }
        let pyxform = entry.pyxform.as_deref().unwrap_or_default();
        let strict = run_once(&path, Mode::Strict);
        outcome.tier("strict verdict", Some(0.98)).count(&entry.file, verdict(&strict, pyxform, false));
        let tier = outcome.tier("strict verdict, expressions read too", None);
        tier.count(&entry.file, verdict(&strict, pyxform, true));
        if let (Ok(Ok(Compiled { form: Some(form), .. })), Some(xform)) = (&strict, &entry.reference_xform) {
            let xform = std::fs::read_to_string(folder.join(xform)).map_err(|error| error.to_string());
            let same = xform.as_ref().map_err(Clone::clone).and_then(|xform| equivalence::compare(form, xform));
            outcome.tier("same nodes and binds", None).count(&entry.file, same);
            let same = xform.and_then(|xform| equivalence::compare_body(form, &xform));
            outcome.tier("same labels, choices and actions", None).count(&entry.file, same);
        }
        let lenient = run_once(&path, Mode::Lenient);
        outcome
            .tier("lenient without panic", Some(1.0))
            .count(&entry.file, lenient.as_ref().map(|_| ()).map_err(Clone::clone));
        outcome.tier("lenient compiled", None).count(&entry.file, lenient.and_then(|read| no_errors(&read, true)));
    }
    Ok(outcome)
}

type Read = Result<Compiled, WorkbookError>;

fn run_once(path: &Path, mode: Mode) -> Result<Read, String> {
    let run = || Workbook::read(path).map(|workbook| compile(&workbook, &Options { mode, root: None }));
    catch_unwind(run).map_err(|_| "panicked".to_owned())
}

fn no_errors(read: &Read, with_expressions: bool) -> Result<(), String> {
    match read {
        Err(error) => Err(error.to_string()),
        Ok(compiled) => {
            let counts = |problem: &&Problem| {
                problem.severity == Severity::Error && (with_expressions || !problem.code.is_beyond_pyxform())
            };
            match compiled.problems.iter().find(counts) {
                None => Ok(()),
                Some(problem) => Err(format!("{} {}: {}", problem.code, problem.place, problem.message)),
            }
        }
    }
}

fn verdict(read: &Result<Read, String>, pyxform: &str, with_expressions: bool) -> Result<(), String> {
    let read = read.as_ref().map_err(Clone::clone)?;
    match (pyxform == "ok", no_errors(read, with_expressions)) {
        (true, Err(error)) => Err(format!("refused: {error}")),
        (false, Ok(())) => Err(format!("taken, and pyxform says {pyxform}")),
        (true, Ok(())) | (false, Err(_)) => Ok(()),
    }
}
