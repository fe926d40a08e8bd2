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
    let forms = repository().join("server/forms");
    let file = |name: String| std::fs::read(forms.join(name)).expect("a file beside the forms");
    let form_read = Form::from_json(&file(format!("{form}.json"))).expect("form");
    let map = ColumnMap::read(&*file(format!("{form}/{map}")), &form_read).expect("map");
    let plan = Arc::new(Plan::new(form_read).expect("plan"));
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
