//! The smallest program that fills a form: what an app in a browser loads, but for its screens. Its size as WebAssembly is
//! measured by `tests/wasm/run`.
//!
//! The first line of the input is a compiled form; each further line answers a question, `path=answer`. It prints what is
//! seen of every question, and what is wrong.

use std::error::Error;
use std::io::Read;
use std::sync::Arc;

use rukun_form::Form;
use rukun_form::expression::Clock;
use rukun_form::plan::Plan;
use rukun_form::session::{Change, Key, Properties, Session, World};

fn main() -> Result<(), Box<dyn Error>> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let (form, answers) = input.split_once('\n').unwrap_or((&input, ""));
    let plan = Arc::new(Plan::new(Form::from_json(form.as_bytes())?)?);
    let clock = Clock { millis: 1_763_900_000_000, offset: 420 };
    let world = World { record: [7; 16], clock, seed: 1, properties: Properties::default() };
    let mut session = Session::begin(plan, world);
    for line in answers.lines() {
        if let Some((path, answer)) = line.split_once('=') {
            session.answer(&Key::of(path), answer)?;
        }
    }
    for change in session.changes() {
        if let Change::Seen(view) = change {
            println!("{}={} {}", view.key.path, view.value, if view.relevant { &view.label } else { "-" });
        }
    }
    for finding in session.findings() {
        println!("! {} {}", finding.key.path, finding.message);
    }
    Ok(())
}
