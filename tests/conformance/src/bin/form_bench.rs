//! `form-bench FILE_OR_FOLDER...`: what a form costs: compiling it, making it ready, opening a record, answering one question,
//! computing everything anew. Of a folder it takes the form with the most rows that compiles leniently. Medians and the
//! worst of many; nothing fails for being slow.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rukun_form::expression::Clock;
use rukun_form::plan::Plan;
use rukun_form::session::{Change, NodeSort, Properties, Session, View, World};
use rukun_form::{Form, QuestionType};
use rukun_xlsform::{Mode, Options, Workbook, compile};

/// How often each thing is done.
const TIMES: usize = 41;
/// How many questions are answered.
const ANSWERED: usize = 400;

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args().skip(1).map(PathBuf::from) {
        let Some((file, rows)) = largest(&path) else { continue };
        measure(&file, rows)?;
    }
    Ok(())
}

fn lenient() -> Options {
    Options { mode: Mode::Lenient, root: None }
}

/// The form with the most rows that compiles.
fn largest(path: &Path) -> Option<(PathBuf, usize)> {
    let inside = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = if path.join("survey.csv").exists() { Vec::new() } else { inside.collect() };
    if files.is_empty() {
        files.push(path.to_owned());
    }
    let rows = |file: &PathBuf| {
        let workbook = Workbook::read(file).ok()?;
        let rows = workbook.sheet("survey")?.rows.len();
        compile(&workbook, &lenient()).form.map(|_| (file.clone(), rows))
    };
    files.iter().filter_map(rows).max_by_key(|(_, rows)| *rows)
}

fn measure(file: &Path, rows: usize) -> Result<(), Box<dyn Error>> {
    println!("{}: {rows} rows", file.file_name().unwrap_or_default().to_string_lossy());
    let workbook = Workbook::read(file)?;
    say("read the workbook", &times(9, || Workbook::read(file)));
    say("compile it", &times(9, || compile(&workbook, &lenient())));
    let form = compile(&workbook, &lenient()).form.ok_or("it does not compile")?;
    let json = serde_json::to_vec(&form)?;
    println!("  compiled form: {} bytes", json.len());
    say("read the compiled form", &times(TIMES, || Form::from_json(&json)));
    say("make it ready", &times(TIMES, || Plan::new(form.clone())));
    let plan = Arc::new(Plan::new(form)?);
    say("begin a record", &times(TIMES, || Session::begin(Arc::clone(&plan), world())));
    let mut session = Session::begin(Arc::clone(&plan), world());
    let first = Instant::now();
    let seen = session.changes();
    println!("  see everything for the first time: {:.2} ms", milliseconds(first.elapsed()));
    let mut answering = Vec::new();
    for view in typed(&seen).into_iter().cycle().take(ANSWERED) {
        let answer = answer_of(view, answering.len());
        let begun = Instant::now();
        session.answer(&view.key, &answer)?;
        session.changes();
        answering.push(begun.elapsed());
    }
    say("answer one question and see what changed", &answering);
    let answers = session.answers();
    say("open a record and compute everything", &times(TIMES, || Session::open(Arc::clone(&plan), world(), &answers)));
    say("find everything that is wrong", &times(TIMES, || session.findings()));
    Ok(())
}

/// The questions that a person can answer, first those on which others depend.
fn typed(seen: &[Change]) -> Vec<&View> {
    let views = seen.iter().filter_map(|change| match change {
        Change::Seen(view) => Some(&**view),
        Change::Gone(_) => None,
    });
    let can = |view: &&View| {
        let NodeSort::Question(question_type) = view.sort else { return false };
        view.relevant
            && !view.read_only
            && matches!(
                question_type,
                QuestionType::Integer | QuestionType::Text | QuestionType::SelectOne | QuestionType::Date
            )
    };
    views.filter(can).collect()
}

fn answer_of(view: &View, turn: usize) -> String {
    match view.sort {
        NodeSort::Question(QuestionType::Integer) => (turn % 7).to_string(),
        NodeSort::Question(QuestionType::Date) => format!("2026-01-{:02}", turn % 28 + 1),
        NodeSort::Question(QuestionType::SelectOne) if !view.choices.is_empty() => {
            view.choices[turn % view.choices.len()].name.clone()
        }
        NodeSort::Form | NodeSort::Group | NodeSort::Instance | NodeSort::Question(_) => format!("jawaban {turn}"),
    }
}

fn world() -> World {
    let clock = Clock { millis: 1_763_900_000_000, offset: 420 };
    World { record: [7; 16], clock, seed: 1, properties: Properties::default() }
}

fn times<T>(count: usize, what: impl Fn() -> T) -> Vec<Duration> {
    let once = |_| {
        let begun = Instant::now();
        let made = what();
        let took = begun.elapsed();
        drop(made);
        took
    };
    (0..count).map(once).collect()
}

fn say(what: &str, times: &[Duration]) {
    let mut times = times.to_vec();
    times.sort_unstable();
    let (median, most) = (times.get(times.len() / 2), times.last());
    if let (Some(median), Some(most)) = (median, most) {
        println!(
            "  {what}: median {:.3} ms, most {:.3} ms, of {}",
            milliseconds(*median),
            milliseconds(*most),
            times.len()
        );
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
