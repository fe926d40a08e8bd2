//! `realforms`: forms that people use, filled by chance in a reference engine; the forms lie in `../forms/reference`.

use std::path::Path;

use rukun_form::Form;
use rukun_form::session::Answers;
use rukun_xlsform::{Options, Workbook, compile};
use serde::Deserialize;

use crate::formlogic::CLOCK;
use crate::outcome::Outcome;
use crate::replay::{Replay, Seen};
use crate::xform;

#[derive(Debug, Deserialize)]
struct Suite {
    traces: Vec<Trace>,
}

#[derive(Debug, Deserialize)]
struct Trace {
    form_file: String,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    steps: Vec<Step>,
    load_error: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Step {
    op: String,
    #[serde(rename = "ref")]
    address: Option<String>,
    value: Option<String>,
    #[serde(default)]
    changed: Vec<Seen>,
    #[serde(default)]
    removed: Vec<String>,
}

/// Runs the suite. Where the author's own file lies beside the folder of XForms, the same walk is made over what our compiler
/// makes of it. That tier is counted only: it differs from the recording where we mean to differ from pyxform, by showing the
/// default language in place of a translation that is not there, keeping the labels of what is computed, and making ordinary
/// selects of `select_one_external`.
pub(crate) fn run(file: &Path) -> Result<Outcome, Box<dyn std::error::Error>> {
    let suite: Suite = serde_json::from_slice(&std::fs::read(file)?)?;
    let forms = file.parent().map(|folder| folder.join("../forms/reference")).unwrap_or_default();
    let mut outcome = Outcome::default();
    for trace in &suite.traces {
        let clean = trace.flags.is_empty() && trace.load_error.is_none();
        let (name, needed) = if clean { ("clean, every state", Some(0.99)) } else { ("flagged, every state", None) };
        let xml = std::fs::read_to_string(forms.join(format!("{}.xml", trace.form_file)))?;
        let began = xform::read(&xml).map_err(|error| error.to_string()).and_then(|form| Replay::begin(form, CLOCK));
        match began {
            Ok(replay) if trace.load_error.is_none() => {
                let tier = outcome.tier(name, needed);
                for (id, result) in walk(trace, replay) {
                    tier.count(&format!("{} {id}", trace.form_file), result);
                }
            }
            Ok(_) => outcome.tier("refused by both", None).count(&trace.form_file, Err("taken here".to_owned())),
            Err(error) if trace.load_error.is_none() => {
                let tier = outcome.tier(name, needed);
                let states = trace.steps.iter().flat_map(|step| &step.changed).count();
                (0..states).for_each(|_| tier.count(&trace.form_file, Err(error.clone())));
            }
            Err(_) => outcome.tier("refused by both", None).count(&trace.form_file, Ok(())),
        }
        if clean && let Some(form) = from_sheets(&forms.join("..").join(&trace.form_file)) {
            let tier = outcome.tier("clean, compiled from its sheets", None);
            match Replay::begin((form, Answers::default()), CLOCK) {
                Ok(replay) => {
                    let states = walk(trace, replay);
                    states
                        .into_iter()
                        .for_each(|(id, result)| tier.count(&format!("{} {id}", trace.form_file), result));
                }
                Err(error) => tier.count(&trace.form_file, Err(error)),
            }
        }
    }
    Ok(outcome)
}

/// The form as our own compiler makes it of the author's file; none without the file, or when it is refused.
fn from_sheets(file: &Path) -> Option<Form> {
    let workbook = Workbook::read(file).ok()?;
    compile(&workbook, &Options::default()).form
}

fn walk(trace: &Trace, mut replay: Replay) -> Vec<(String, Result<(), String>)> {
    let mut states = Vec::new();
    for (number, step) in trace.steps.iter().enumerate() {
        let address = step.address.as_deref().unwrap_or_default();
        let done = match step.op.as_str() {
            "answer" => replay.answer(address, step.value.as_deref().unwrap_or_default()),
            "createNewRepeat" => replay.add(address),
            _ => Ok(()),
        };
        if let Err(error) = done {
            states.push((format!("step {number} {} {address}", step.op), Err(error)));
        }
        let compared = replay.compare(&step.changed, &step.removed);
        states.extend(compared.into_iter().map(|(at, result)| (format!("step {number} {at}"), result)));
    }
    states
}
