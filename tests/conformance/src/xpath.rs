//! Suites of expressions over documents: `{ meta, docs: id -> XML, cases }`.
//!
//! The engines that made the cases count dates differently: Enketo and web-forms from UTC, JavaRosa (and Rukun) from the
//! midnight of the device. A case that JavaRosa agreed to is run the one way, the others are run the other way, so that what
//! a case is about is tested, and not the zone of the machine it was made on. How many of these would also pass in Rukun's own
//! way is printed, too. All other deviations count as failures.

mod case;
mod world;

use std::collections::HashMap;
use std::path::Path;

use rukun_form::expression::{DayZero, parse};
use serde::Deserialize;

use crate::document::Document;
use crate::outcome::Outcome;
use case::Case;
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
        let mut document = Document::read(text).unwrap_or_else(|error| {
            println!("document {id} cannot be read: {error}");
            Document::read("<empty/>").expect("a document")
        });
        document.part_instances();
        documents.insert(id.as_str(), document);
    }
    let empty = Document::read("<root/>")?;
    let mut outcome = Outcome::default();
    for case in &suite.cases {
        let document = documents.get(case.doc.as_str()).unwrap_or(&empty);
        let name = if case.is_flagged() { format!("{}, with flags", case.tier) } else { case.tier.clone() };
        let asked = if case.is_flagged() { None } else { needed(&case.tier) };
        outcome.tier(&name, asked).count(&case.id, run_case(case, document, case.day_zero()));
    }
    for case in suite.cases.iter().filter(|case| case.tier == "A" && !case.is_flagged()) {
        let document = documents.get(case.doc.as_str()).unwrap_or(&empty);
        outcome.tier("A, all counted in local days", None).count(&case.id, run_case(case, document, DayZero::Local));
    }
    Ok(outcome)
}

fn run_case(case: &Case, document: &Document, day_zero: DayZero) -> Result<(), String> {
    let described = |what: String| format!("{} @ {}: {what}", case.expression, case.context);
    let expression = match parse(&case.expression) {
        Ok(expression) => expression,
        Err(_) if case.kind == "error" => return Ok(()),
        Err(error) => return Err(described(error.to_string())),
    };
    let context = document.find(&case.context).ok_or_else(|| described("no such context".to_owned()))?;
    let world = World::new(document, case, day_zero);
    case.check(&expression, &world, context).map_err(described)
}
