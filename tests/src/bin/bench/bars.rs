//! What must be reached, beside what was measured. A bar that is missed is said; it fails nothing.

use std::collections::BTreeMap;

use crate::figures::Figures;
use crate::store::StoreFigures;

/// One line: what, measured, what it must be.
pub(crate) struct Bar {
    /// What is measured.
    pub(crate) what: &'static str,
    /// The value.
    pub(crate) measured: f64,
    /// In words.
    pub(crate) must: &'static str,
    /// Whether it is reached.
    pub(crate) met: bool,
}

/// All bars. Those against PouchDB are left out where it was not measured.
pub(crate) fn all(systems: &BTreeMap<&str, BTreeMap<&str, Figures>>, store: &StoreFigures, records: f64) -> Vec<Bar> {
    let Some(rukun) = systems.get("rukun") else { return Vec::new() };
    let nothing = Figures::default();
    let of = |workload: &str| rukun.get(workload).unwrap_or(&nothing);
    let (push, pull) = (of("W1"), of("W2"));
    let most = |what, measured: f64, must, bar: f64| Bar { what, measured, must, met: measured <= bar };
    let least = |what, measured: f64, must, bar: f64| Bar { what, measured, must, met: measured >= bar };
    let times = |workload: &str| {
        let other = systems.get("pouchdb")?.get(workload)?.records_per_s;
        (other > 0.0).then(|| of(workload).records_per_s / other)
    };
    let memory = rukun.values().map(|figures| figures.server_peak_mb).fold(0.0, f64::max);
    let both = of("W5");
    let mut bars = vec![
        most("W1 first push, bytes a record", push.bytes() / records, "<= 430", 430.0),
        most("W1 server CPU, ms a record", push.server_cpu_ms_per_record, "<= 0.30, aim 0.20", 0.30),
        most("W2 first pull, bytes a record", pull.bytes() / records, "<= 430", 430.0),
        most("W3 edits, push and pull, KB", of("W3").bytes() / 1e3, "<= 36", 36.0),
        most("W4 nothing changed, bytes", of("W4").bytes(), "<= 1000", 1000.0),
        least("W5 different questions, both kept", both.merged.unwrap_or_default(), "all", both.records),
        least("W5 same question, shown as a conflict", both.conflicts_shown.unwrap_or_default(), "all", both.records),
        most("phone: open 10,000 records and search, ms", store.open_ms, "<= 150", 150.0),
        most("phone: the same, peak memory, MB", store.open_peak_mb, "<= 60", 60.0),
        most("phone: save a record, ms", store.save_ms, "<= 5", 5.0),
        most("server: peak memory, MB", memory, "<= 120", 120.0),
    ];
    if let Some(times) = times("W2") {
        bars.insert(3, least("W2 records a second, times PouchDB", times, ">= 3, aim 5", 3.0));
    }
    if let Some(times) = times("W1") {
        bars.insert(1, least("W1 records a second, times PouchDB", times, ">= 3, aim 5", 3.0));
    }
    bars
}
