//! Suites of expressions over documents: `{ meta, docs: id -> XML, cases }`.
//!
//! Engines read a few things differently. A case that JavaRosa agreed to is run in Rukun's own dialect, the others in that of
//! web-forms, so that a case tests what it is about, and not once more the same difference. How the cases of tier A fare when
//! all are run in Rukun's own dialect is printed, too. Cases that say nothing (see [`doubt`]) are counted apart, and once more
//! with the others, so that nothing is hidden.

mod case;
mod doubt;
mod world;

use std::collections::HashMap;
use std::path::Path;

use rukun_form::expression::{Dialect, parse};
use serde::Deserialize;

use crate::document::Document;
use crate::outcome::Outcome;
use case::Case;
use doubt::Doubt;
use world::World;

#[derive(Deserialize)]
struct Suite {
    docs: HashMap<String, String>,
    cases: Vec<Case>,
}

/// The share of the cases of a tier that must pass; nothing for one that is only counted.
fn needed(tier: &str) -> Option<f64> {
    match tier {
        "A" => Some(0.995),
        "B" => Some(0.9),
        _ => None,
    }
}

/// Runs a suite of expressions.
pub(crate) fn run(path: &Path) -> Result<Outcome, Box<dyn std::error::Error>> {
    let suite: Suite = serde_json::from_slice(&std::fs::read(path)?)?;
    let mut documents = HashMap::new();
    for (id, text) in &suite.docs {
        let document = Document::read(text).map_err(|error| format!("document {id}: {error}"))?;
        documents.insert(id.as_str(), document);
    }
    let empty = Document::read("<root/>")?;
    let doubts = doubt::of_all(&suite.cases, &documents);
    let mut outcome = Outcome::default();
    for (case, doubt) in suite.cases.iter().zip(&doubts) {
        let document = documents.get(case.doc.as_str()).unwrap_or(&empty);
        let result = run_case(case, document, case.dialect());
        if doubt != &Some(Doubt::Flagged) {
            outcome.tier(&format!("{}, nothing set apart", case.tier), None).count(&case.id, result.clone());
        }
        match doubt {
            None => outcome.tier(&case.tier, needed(&case.tier)).count(&case.id, result),
            Some(doubt) => outcome.tier(&format!("{}, {}", case.tier, doubt.name()), None).count(&case.id, result),
        }
    }
    for (case, _) in suite.cases.iter().zip(&doubts).filter(|(case, doubt)| case.tier == "A" && doubt.is_none()) {
        let document = documents.get(case.doc.as_str()).unwrap_or(&empty);
        let result = run_case(case, document, Dialect::Collect);
        outcome.tier("A, all in the own dialect", None).count(&case.id, result);
    }
    outcome.tiers.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(outcome)
}

fn run_case(case: &Case, document: &Document, dialect: Dialect) -> Result<(), String> {
    let described = |what: String| format!("{} @ {}: {what}", case.expression, case.context);
    let expression = match parse(&case.expression) {
        Ok(expression) => expression,
        Err(_) if case.kind == "error" => return Ok(()),
        Err(error) => return Err(described(error.to_string())),
    };
    let context = document.find(&case.context).ok_or_else(|| described("no such context".to_owned()))?;
    let world = World::new(document, case, dialect);
    case.check(&expression, &world, context).map_err(described)
}
