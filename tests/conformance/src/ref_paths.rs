//! How `${name}` becomes a relative path, in forms of every shape.

use std::path::Path;

use rukun_xlsform::{Level, path_between};
use serde::Deserialize;

use crate::outcome::Outcome;

#[derive(Deserialize)]
struct Case {
    lcar_context: String,
    target_path: String,
    source_path: String,
    reference_parent: String,
    out_steps: String,
    out_path: String,
    expect_none: String,
}

/// Runs a suite.
pub(crate) fn run(file: &Path) -> Result<Outcome, Box<dyn std::error::Error>> {
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(file)?)?;
    let mut outcome = Outcome::default();
    for case in &cases {
        let Case { lcar_context, target_path, source_path, reference_parent, .. } = case;
        let id = format!("{lcar_context} {source_path} -> {target_path} ({reference_parent})");
        outcome.tier("paths", Some(1.0)).count(&id, check(case));
    }
    Ok(outcome)
}

fn check(case: &Case) -> Result<(), String> {
    let source = format!("{}{}", case.lcar_context, case.source_path);
    let target = format!("{}{}", case.lcar_context, case.target_path);
    let found = path_between(&levels(&source), &levels(&target), case.reference_parent == "1");
    let wanted = if case.expect_none == "1" {
        None
    } else {
        let steps = case.out_steps.parse().map_err(|_| format!("no number of steps: {}", case.out_steps))?;
        Some((steps, case.out_path.trim_start_matches('/').to_owned()))
    };
    if found == wanted { Ok(()) } else { Err(format!("{found:?} instead of {wanted:?}")) }
}

/// The suite's names say what they name: `r…` and `a` are repeats, `g…` groups.
fn levels(path: &str) -> Vec<Level<'_>> {
    let level = |name| Level { name, is_repeat: name == "a" || name.starts_with('r') };
    path.split('/').filter(|name| !name.is_empty()).map(level).collect()
}
