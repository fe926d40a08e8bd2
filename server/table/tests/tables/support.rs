//! Tables evaluated, as a test sees them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rukun_form::Form;
use rukun_form::expression::Clock;
use rukun_form::plan::Plan;
use rukun_table::{ColumnMap, Evaluator, Summary};

/// What came of a table: the output's rows by column, and the summary.
pub(crate) struct Evaluated {
    pub(crate) rows: Vec<BTreeMap<String, String>>,
    pub(crate) summary: Summary,
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the data that is too large for the repository; none where it is not at hand.
pub(crate) fn large(name: &str) -> Option<Vec<u8>> {
    let file = repository().join("../shared/data").join(name);
    let bytes = std::fs::read(&file).ok();
    if bytes.is_none() {
        eprintln!("{} is not here, so this test tests nothing", file.display());
    }
    bytes
}

/// Evaluates `table` with a form that comes with the server and one of the maps beside it.
pub(crate) fn evaluate(form: &str, map: &str, table: &[u8]) -> Evaluated {
    evaluate_by(form, &beside_forms(&format!("{form}/{map}")), table)
}

fn beside_forms(name: &str) -> Vec<u8> {
    std::fs::read(repository().join("server/forms").join(name)).expect("a file beside the forms")
}

fn evaluate_by(form: &str, map: &[u8], table: &[u8]) -> Evaluated {
    let form = Form::from_json(&beside_forms(&format!("{form}.json"))).expect("form");
    let map = ColumnMap::read(map, &form).expect("map");
    let plan = Arc::new(Plan::new(form).expect("plan"));
    let clock = Clock { millis: 1_795_554_900_000, offset: 420 };
    let mut out = Vec::new();
    let evaluator = Evaluator { plan: &plan, map: &map, key: None, clock, workers: 2 };
    let summary = evaluator.run(table, &mut out, |_| {}).expect("evaluation");
    let rows = csv::Reader::from_reader(&*out).into_deserialize().map(|row| row.expect("row")).collect();
    Evaluated { rows, summary }
}

impl Evaluated {
    /// How often an outcome has each of its values.
    pub(crate) fn counts(&self, outcome: &str) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row[outcome].clone()).or_default() += 1;
        }
        counts
    }
}

/// What a form that comes with the server makes of one row, given by question; a later answer counts.
pub(crate) fn evaluate_answers(form: &str, answers: &[(&str, &str)]) -> BTreeMap<String, String> {
    let answers: BTreeMap<&str, &str> = answers.iter().copied().collect();
    let rows: Vec<String> = answers.keys().map(|path| format!("{path},{path},,")).collect();
    let cells: Vec<&str> = answers.values().copied().collect();
    let names: Vec<&str> = answers.keys().copied().collect();
    let table = format!("{}\n{}\n", names.join(","), cells.join(","));
    let evaluated =
        evaluate_by(form, format!("column,question,from,to\n{}\n", rows.join("\n")).as_bytes(), table.as_bytes());
    assert!(evaluated.summary.unread.is_empty(), "{:?}", evaluated.summary.unread);
    evaluated.rows.into_iter().next().expect("a row")
}
