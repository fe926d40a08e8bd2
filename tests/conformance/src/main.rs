//! Runs suites of cases that other projects' engines agreed on: `conformance DIR [--verbose]`.
//!
//! `DIR` holds suite files, whose kind is the part of their name before the first dot (`xpath.shared.json`), or folders of
//! real forms with a `manifest.json`. A folder in it is looked into, too. For each suite it prints `passed N of M` by tier, and
//! with `--verbose` which cases failed and how. The exit status is 1 when a tier falls short of what is asked of it.

mod document;
mod equivalence;
mod formlogic;
mod manifest;
mod outcome;
mod parse;
mod realforms;
mod ref_paths;
mod replay;
mod xform;
mod xlsform_compile;
mod xpath;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use outcome::Outcome;

/// Runs suites of forms and expressions.
#[derive(Debug, Parser)]
struct Arguments {
    /// A suite file, or a folder of them
    paths: Vec<PathBuf>,
    /// Print each case that failed, and how
    #[arg(long, short)]
    verbose: bool,
}

/// How a kind of suite is run: from the file to the tiers.
type Run = fn(&Path) -> Result<Outcome, Box<dyn std::error::Error>>;

/// What is known to run a suite of this kind.
fn run_of(kind: &str) -> Option<Run> {
    Some(match kind {
        "formlogic" => formlogic::run,
        "manifest" => manifest::run,
        "parse" => parse::run,
        "realforms" => realforms::run,
        "ref_paths" => ref_paths::run,
        "xlsform_compile" => xlsform_compile::run,
        "xpath" => xpath::run,
        _ => return None,
    })
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut files = Vec::new();
    for path in &arguments.paths {
        collect(path, &mut files);
    }
    let mut good = !files.is_empty();
    for (file, run) in files {
        match run(&file) {
            Ok(outcome) => good &= outcome.print(&file, arguments.verbose),
            Err(error) => {
                println!("{}: cannot be run: {error}", file.display());
                good = false;
            }
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Finds the suites at a path, in the order of their names.
fn collect(path: &Path, files: &mut Vec<(PathBuf, Run)>) {
    if path.is_dir() {
        let mut inside: Vec<PathBuf> =
            std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        inside.sort();
        inside.iter().for_each(|path| collect(path, files));
    } else if let Some(run) = kind_of(path).and_then(|kind| run_of(&kind)) {
        files.push((path.to_owned(), run));
    }
}

/// The part of a JSON file's name before the first dot; results (`xpath.counts.json`) are no suites.
fn kind_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".json")?;
    let (kind, rest) = stem.split_once('.').unwrap_or((stem, ""));
    (!matches!(rest, "counts" | "conflicts")).then(|| kind.to_owned())
}
