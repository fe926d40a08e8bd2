//! The results: for programs as JSON, for people as a table.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use serde::Serialize;
use serde_json::{Value, json};

use crate::Size;
use crate::bars;
use crate::figures::Figures;
use crate::store::StoreFigures;

/// Everything that was measured.
pub(crate) struct Results {
    /// System -> workload -> medians.
    pub(crate) systems: BTreeMap<&'static str, BTreeMap<&'static str, Figures>>,
    /// A phone's store, and a sync of 10,000 records.
    pub(crate) store: StoreFigures,
    /// Under which conditions.
    pub(crate) conditions: Conditions,
}

/// What figures depend on.
#[derive(Debug, Serialize)]
pub(crate) struct Conditions {
    records: usize,
    edited: usize,
    runs: usize,
    records_from: &'static str,
    processor: String,
    cores: usize,
}

impl Conditions {
    /// Those of this machine.
    pub(crate) fn here(size: &Size, records_from: &'static str) -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Self {
            records: size.records,
            edited: size.edited,
            runs: size.runs,
            records_from,
            processor: model.map_or_else(|| "unknown".to_owned(), |(_, model)| model.to_owned()),
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        }
    }
}

impl Results {
    /// workload -> system -> figures; beside them the phone's store and the conditions.
    pub(crate) fn json(&self) -> Value {
        let mut workloads: BTreeMap<&str, BTreeMap<&str, &Figures>> = BTreeMap::new();
        for (system, figures) in &self.systems {
            for (workload, figures) in figures {
                workloads.entry(workload).or_default().insert(system, figures);
            }
        }
        let mut json = json!(workloads);
        json["phone"] = json!({ "rukun": self.store });
        json["conditions"] = json!(self.conditions);
        json
    }

    /// Whether each run kept and showed what it must.
    pub(crate) fn merges_right(&self, size: &Size) -> bool {
        let all = Some(f64::from(u32::try_from(size.edited).unwrap_or(u32::MAX)));
        let both = self.systems.get("rukun").and_then(|rukun| rukun.get("W5"));
        both.is_some_and(|both| both.merged == all && both.conflicts_shown == all)
    }

    /// The table for people.
    pub(crate) fn table(&self) -> String {
        let Conditions { records, edited, runs, records_from, processor, cores } = &self.conditions;
        let mut table = format!(
            "{records} records of 80 answers from {records_from}, {edited} edited; medians of {runs} runs in turn; \
            {cores} cores, {processor}; CPU in ms a record\n\n"
        );
        let head = [
            "",
            "",
            "bytes up",
            "bytes down",
            "ms",
            "records/s",
            "server CPU",
            "phone CPU",
            "server MB",
            "phone MB",
            "merged",
            "shown",
        ];
        let _ = writeln!(table, "{}", row(&head.map(str::to_owned)));
        let large = [("W1, 10,000", &self.store.push), ("W2, 10,000", &self.store.pull)];
        let names =
            [("W1", "first push"), ("W2", "first pull"), ("W3", "edits"), ("W4", "idle"), ("W5", "same records")];
        for (workload, words) in names {
            for (system, figures) in &self.systems {
                if let Some(figures) = figures.get(workload) {
                    let _ = writeln!(table, "{}", line(&format!("{workload} {words}"), system, figures));
                }
            }
        }
        for (workload, figures) in large {
            let _ = writeln!(table, "{}", line(workload, "rukun", figures));
        }
        let StoreFigures { search_ms, save_worst_of_100_ms, .. } = &self.store;
        let _ = writeln!(
            table,
            "\nphone with 10,000 records: a search takes {search_ms:.2} ms, the slowest of a hundred saves \
            {save_worst_of_100_ms:.2} ms\n"
        );
        for bar in bars::all(&self.systems, &self.store, f64::from(u32::try_from(*records).unwrap_or(1))) {
            let met = if bar.met { "met" } else { "NOT MET" };
            let _ = writeln!(table, "{:<45} {:>10.2}   {:<18} {met}", bar.what, bar.measured, bar.must);
        }
        table
    }
}

fn line(workload: &str, system: &str, figures: &Figures) -> String {
    let whole = |number: f64| format!("{number:.0}");
    let maybe = |number: Option<f64>| number.map_or_else(String::new, whole);
    let per_record = |value: f64| if value > 0.0 { format!("{value:.3}") } else { String::new() };
    row(&[
        workload.to_owned(),
        system.to_owned(),
        whole(figures.bytes_up),
        whole(figures.bytes_down),
        whole(figures.milliseconds),
        if figures.records_per_s > 0.0 { whole(figures.records_per_s) } else { String::new() },
        per_record(figures.server_cpu_ms_per_record),
        per_record(figures.client_cpu_ms_per_record),
        whole(figures.server_peak_mb),
        whole(figures.client_peak_mb),
        maybe(figures.merged),
        maybe(figures.conflicts_shown),
    ])
}

fn row(cells: &[String; 12]) -> String {
    let [workload, system, numbers @ ..] = cells;
    numbers.iter().fold(format!("{workload:<16} {system:<8}"), |line, cell| line + &format!(" {cell:>10}"))
}
