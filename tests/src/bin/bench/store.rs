//! What a phone waits for, with 10,000 records in its store: opening it, saving one more, searching. And whether a sync of so
//! many costs more a record than one of fewer.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;
use serde_json::{Value, json};

use crate::figures::{Figures, median};
use crate::rig::System;
use crate::workload::Day;
use crate::{Outcome, Size};

/// Records in the store.
pub(crate) const RECORDS: usize = 10_000;
/// Records saved one by one beyond them.
pub(crate) const SAVES: usize = 200;
const OPENINGS: usize = 7;
/// As a facilitator types them: names, a beginning of one, two words together.
const SEARCHES: [&str; 8] = ["siti", "kena", "budi melati", "warung", "lestari utara", "rah", "sumber makmur", "guru"];

/// The figures of a phone's store.
#[derive(Debug, Serialize)]
pub(crate) struct StoreFigures {
    /// From the start of a process to the answer to its first search.
    pub(crate) open_ms: f64,
    /// The most memory of that process.
    pub(crate) open_peak_mb: f64,
    /// One record of 80 answers, until it is durable and sealed.
    pub(crate) save_ms: f64,
    /// The slowest of a hundred of them.
    pub(crate) save_worst_of_100_ms: f64,
    /// One search, first page.
    pub(crate) search_ms: f64,
    /// First push of so many records.
    pub(crate) push: Figures,
    /// First pull of them.
    pub(crate) pull: Figures,
}

/// Measures them, once the records have been pushed by one phone and pulled by the other.
pub(crate) fn measure(system: &dyn System, folder: &Path) -> Outcome<StoreFigures> {
    let scratch = tempfile::tempdir_in(folder)?;
    let size = Size { records: RECORDS, edited: 0, runs: 1 };
    let mut day = Day::begin(system.start(scratch.path())?, &size)?;
    let (push, pull) = (day.first_push()?, day.first_pull()?);
    let saved = day.anna.call(&json!({ "command": "create", "count": SAVES }))?;
    let mut saves = numbers(&saved["each"]);
    saves.sort_by(f64::total_cmp);
    let search = json!({ "command": "search", "words": SEARCHES });
    let searched = day.budi.call(&search)?;
    if searched["found"].as_f64().unwrap_or_default() < 100.0 {
        return Err(format!("the searches found too little: {searched}").into());
    }
    let searches = numbers(&searched["each"]);
    let (rig, budi) = (day.rig, day.budi);
    budi.finish()?;
    let (mut times, mut peaks) = (Vec::new(), Vec::new());
    for _ in 0..OPENINGS {
        let started = Instant::now();
        let mut budi = rig.phone("budi")?;
        budi.call(&json!({ "command": "search", "words": [SEARCHES[0]] }))?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
        peaks.push(budi.peak_memory()?);
        budi.finish()?;
    }
    Ok(StoreFigures {
        open_ms: median(times),
        open_peak_mb: median(peaks),
        save_worst_of_100_ms: saves.iter().rev().nth(SAVES / 100).copied().unwrap_or_default(),
        save_ms: median(saves),
        search_ms: median(searches),
        push,
        pull,
    })
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}
