//! `make bench`: what a sync costs, beside PouchDB doing the same work in the same run.
//!
//! Every part is real: a server process on its embedded database in a fresh folder, phones in processes of their own, HTTP
//! between them through a proxy that counts. A table goes to the screen, everything to `target/bench/results.json`. What is
//! slow is said and fails nothing; a merge that loses an answer does fail (docs/benchmarks.md).
//!
//! `RUNS`, `RECORDS` and `EDITED` in the environment change the size; `bench phone FOLDER URL RECORDS` is one phone.

mod bars;
mod figures;
mod phone;
mod pouchdb;
mod process;
mod proxy;
mod questionnaire;
mod records;
mod report;
mod rig;
mod rukun;
mod store;
mod workload;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use figures::{Figures, medians};
use report::{Conditions, Results};
use rig::System;

/// A benchmark stops at the first thing that goes wrong, with its words.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["phone", folder, url, records] => {
            phone::run(Path::new(folder), url, Path::new(records)).map(|()| ExitCode::SUCCESS)
        }
        [] => bench(),
        _ => Err("usage: bench, or bench phone FOLDER URL RECORDS".into()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("bench: {error}");
        ExitCode::FAILURE
    })
}

/// How much is done.
pub(crate) struct Size {
    /// Records made and sent.
    pub(crate) records: usize,
    /// Records edited afterwards.
    pub(crate) edited: usize,
    /// Runs of each system, taken in turn.
    pub(crate) runs: usize,
}

fn bench() -> Outcome<ExitCode> {
    let number = |name: &str, otherwise| std::env::var(name).map_or(Ok(otherwise), |text| text.parse::<usize>());
    let size = Size { records: number("RECORDS", 2000)?, edited: number("EDITED", 100)?, runs: number("RUNS", 3)? };
    let folder = target()?.join("bench");
    fs::create_dir_all(&folder)?;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the tests lie in the repository")?;
    let beside = repository.parent().unwrap_or(repository).join("shared");
    let records = records::load(&beside, size.records)?;
    let file = folder.join("records.jsonl");
    fs::write(&file, lines(&records.all, store::RECORDS + store::SAVES)?)?;

    let rukun = rukun::Rukun { records: file.clone() };
    let pouchdb = pouchdb::prepare(&repository.join("tests/bench/pouchdb"), &folder, &file)?;
    let mut systems: Vec<&dyn System> = vec![&rukun];
    systems.extend(pouchdb.as_ref().map(|system| system as &dyn System));
    let mut runs: BTreeMap<&str, Vec<BTreeMap<&str, Figures>>> = BTreeMap::new();
    for run in 1..=size.runs {
        for system in &systems {
            eprintln!("run {run} of {}: {}", size.runs, system.name());
            let scratch = tempfile::tempdir_in(&folder)?;
            runs.entry(system.name()).or_default().push(workload::run(system.start(scratch.path())?, &size)?);
        }
    }
    eprintln!("a phone with 10,000 records");
    let store = store::measure(&rukun, &folder)?;
    let results = Results {
        systems: runs.into_iter().map(|(name, runs)| (name, medians(&runs))).collect(),
        store,
        conditions: Conditions::here(&size, records.source),
    };
    fs::write(folder.join("results.json"), serde_json::to_vec_pretty(&results.json())?)?;
    println!("{}", results.table());
    println!("{}", folder.join("results.json").display());
    Ok(if results.merges_right(&size) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Records as lines; what is missing to `count` comes from the generator.
fn lines(records: &[records::Answers], count: usize) -> Outcome<String> {
    let mut lines = String::new();
    let more = (records.len()..count).map(|number| records::generate(number as u64));
    for record in records.iter().cloned().chain(more) {
        lines += &serde_json::to_string(&record)?;
        lines.push('\n');
    }
    Ok(lines)
}

/// Cargo's target folder: this program lies in `target/release`.
fn target() -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).ok_or("a program outside a target folder")?.to_path_buf())
}
