//! XLSForms as markdown tables, compiled by pyxform or refused by it.

use std::path::Path;

use rukun_xlsform::{Compiled, Mode, Options, Severity, Sheet, Workbook, compile};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::equivalence;
use crate::outcome::Outcome;

#[derive(Deserialize)]
struct Suite {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(default)]
    n: u64,
    md: Option<String>,
    ss_structure: Option<Map<String, Value>>,
    name: Option<String>,
    /// Whether the suite's own run of the case went as the case says; where it did not, nothing vouches for the verdict.
    #[serde(default = "yes")]
    pass: bool,
    #[serde(default)]
    errored: bool,
    result_error: Option<String>,
    result_xform: Option<String>,
}

fn yes() -> bool {
    true
}

/// Runs a suite. pyxform does not read expressions but leaves that to ODK Validate, which was not run: what we refuse for its
/// expressions is compared in a tier of its own.
pub(crate) fn run(file: &Path) -> Result<Outcome, Box<dyn std::error::Error>> {
    let suite: Suite = serde_json::from_slice(&std::fs::read(file)?)?;
    let mut outcome = Outcome::default();
    for case in &suite.cases {
        let id = format!("{}/{}", case.id, case.n);
        let compiled = compile_case(case);
        let (tier, needed) = if case.pass { ("verdict", Some(0.98)) } else { ("verdict, unverified", None) };
        outcome.tier(tier, needed).count(&id, verdict(case, &compiled, false));
        if case.pass {
            outcome.tier("verdict, expressions read too", None).count(&id, verdict(case, &compiled, true));
        }
        if let (Some(form), Some(xform)) = (&compiled.form, &case.result_xform) {
            outcome.tier("same nodes and binds", None).count(&id, equivalence::compare(form, xform));
            outcome.tier("same labels, choices and actions", None).count(&id, equivalence::compare_body(form, xform));
        }
    }
    Ok(outcome)
}

fn compile_case(case: &Case) -> Compiled {
    let workbook = match (&case.md, &case.ss_structure) {
        (Some(md), _) => Workbook::from_markdown(md),
        (None, Some(sheets)) => from_rows(sheets),
        (None, None) => Workbook::default(),
    };
    let root = case.name.clone().unwrap_or_else(|| "test_name".to_owned());
    compile(&workbook, &Options { mode: Mode::Strict, root: Some(root) })
}

/// Sheets whose rows are maps from header to cell.
fn from_rows(sheets: &Map<String, Value>) -> Workbook {
    let mut workbook = Workbook::default();
    for (name, rows) in sheets {
        let rows: Vec<&Map<String, Value>> =
            rows.as_array().into_iter().flatten().filter_map(Value::as_object).collect();
        let mut headers: Vec<String> = Vec::new();
        for key in rows.iter().flat_map(|row| row.keys()) {
            if !headers.contains(key) {
                headers.push(key.clone());
            }
        }
        let cell = |row: &Map<String, Value>, header: &String| {
            row.get(header).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let mut cells = vec![headers.clone()];
        cells.extend(rows.iter().map(|row| headers.iter().map(|header| cell(row, header)).collect()));
        workbook.sheets.push(Sheet { name: name.clone(), rows: cells, has_margins: false });
    }
    workbook
}

fn verdict(case: &Case, compiled: &Compiled, with_expressions: bool) -> Result<(), String> {
    let errors: Vec<String> = compiled
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .filter(|problem| with_expressions || !problem.code.is_beyond_pyxform())
        .map(|problem| format!("{} {}: {}", problem.code, problem.place, problem.message))
        .collect();
    match (case.errored, errors.as_slice()) {
        (true, []) => Err(format!("taken, and pyxform says {}", case.result_error.as_deref().unwrap_or_default())),
        (false, [first, ..]) => Err(format!("refused: {first}")),
        (true, [_, ..]) | (false, []) => Ok(()),
    }
}
