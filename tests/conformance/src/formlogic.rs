//! `formlogic`: recorded scenarios, small forms that each show one rule.

use std::collections::HashMap;
use std::path::Path;

use rukun_form::expression::Clock;
use serde::Deserialize;

use crate::outcome::Outcome;
use crate::replay::{Replay, Seen, matches};
use crate::xform;

#[derive(Debug, Deserialize)]
struct Suite {
    forms: HashMap<String, String>,
    traces: Vec<Trace>,
}

#[derive(Debug, Deserialize)]
struct Trace {
    id: String,
    form: String,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    known_fail_in_web_forms: bool,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    /// Which of several sessions of a trace.
    s: u32,
    op: String,
    form: Option<String>,
    #[serde(rename = "ref")]
    address: Option<String>,
    stored: Option<String>,
    #[serde(default)]
    args: Vec<serde_json::Value>,
    value: Option<serde_json::Value>,
    outcome: Option<String>,
    language: Option<String>,
    error: Option<serde_json::Value>,
    #[serde(default)]
    changed: Option<Vec<Seen>>,
    #[serde(default)]
    removed: Vec<String>,
}

/// 2026-03-15T09:26:53.589-07:00, at which the recordings were made.
pub(crate) const CLOCK: Clock = Clock { millis: 1_773_592_013_589, offset: -420 };

/// Runs the suite.
pub(crate) fn run(file: &Path) -> Result<Outcome, Box<dyn std::error::Error>> {
    let suite: Suite = serde_json::from_slice(&std::fs::read(file)?)?;
    let mut outcome = Outcome::default();
    for trace in &suite.traces {
        let clean = trace.flags.is_empty() && !trace.known_fail_in_web_forms;
        let (asserted, states) = replay(trace, &suite.forms);
        let (name, needed) = if clean { ("clean", Some(0.97)) } else { ("flagged", None) };
        outcome.tier(name, needed).count(&trace.id, asserted);
        let tier = outcome.tier(&format!("{name}, every state"), None);
        for (id, result) in states {
            tier.count(&format!("{} {id}", trace.id), result);
        }
    }
    Ok(outcome)
}

type States = Vec<(String, Result<(), String>)>;

/// Whether all that a trace asserts is so, and how each state compares.
fn replay(trace: &Trace, forms: &HashMap<String, String>) -> (Result<(), String>, States) {
    let mut sessions: HashMap<u32, Replay> = HashMap::new();
    let mut states = Vec::new();
    let mut wrong: Option<String> = None;
    for (number, step) in trace.steps.iter().enumerate() {
        let result = match step.op.as_str() {
            "init" => begin(step, trace, forms).map(|replay| {
                sessions.insert(step.s, replay);
            }),
            _ => match sessions.get_mut(&step.s) {
                Some(replay) => act(step, replay),
                None => Err("no session".to_owned()),
            },
        };
        let refused = step.error.is_some();
        if let (Err(error), false) = (&result, refused) {
            wrong.get_or_insert_with(|| {
                format!("step {number} ({} {}): {error}", step.op, step.address.clone().unwrap_or_default())
            });
        }
        if let (Some(changed), Some(replay)) = (&step.changed, sessions.get_mut(&step.s)) {
            let compared = replay.compare(changed, &step.removed);
            states.extend(compared.into_iter().map(|(address, result)| (format!("step {number} {address}"), result)));
        }
    }
    (wrong.map_or(Ok(()), Err), states)
}

fn begin(step: &Step, trace: &Trace, forms: &HashMap<String, String>) -> Result<Replay, String> {
    let id = step.form.as_ref().unwrap_or(&trace.form);
    let xml = forms.get(id).ok_or_else(|| format!("no form {id}"))?;
    let form = xform::read(xml).map_err(|error| error.to_string())?;
    Replay::begin(form, CLOCK)
}

fn act(step: &Step, replay: &mut Replay) -> Result<(), String> {
    let address = step.address.as_deref().unwrap_or_default();
    match step.op.as_str() {
        "answer" => {
            match (&step.stored, step.args.len()) {
                (Some(stored), _) => replay.answer(address, stored),
                // An engine that stores nothing of several choices refused them.
                (None, 3..) => Ok(()),
                (None, _) => replay.answer(address, ""),
            }
        }
        "createNewRepeat" => replay.add(address),
        "removeRepeat" => replay.remove(address),
        "setLanguage" => {
            replay.set_language(step.language.as_deref().unwrap_or_default());
            Ok(())
        }
        "answerOf" => {
            // What was compared as an object left no value in the recording.
            let Some(expected) = step.value.as_ref().map(text) else { return Ok(()) };
            let ours = replay.seen(address).map(Seen::value);
            let ours = ours.ok_or_else(|| format!("{address} is not there"))?;
            let same = matches(&expected, ours);
            if same { Ok(()) } else { Err(format!("expected `{expected}`, got `{ours}`")) }
        }
        "countRepeatInstancesOf" => {
            let expected = step.value.as_ref().and_then(serde_json::Value::as_u64).unwrap_or(0);
            let (parent, name) = address.rsplit_once('/').ok_or("no path")?;
            let parent = replay.session.at_address(parent).ok_or_else(|| format!("no {parent}"))?;
            let path = if parent.path.is_empty() { name.to_owned() } else { format!("{}/{name}", parent.path) };
            let ours = replay.session.instances(&path, parent.instance).len() as u64;
            if expected == ours { Ok(()) } else { Err(format!("expected {expected} instances, got {ours}")) }
        }
        "getValidationOutcome" => {
            let findings = replay.session.complete().err().unwrap_or_default();
            let ours = findings.first().map_or("ANSWER_OK", |finding| match finding.kind {
                rukun_form::session::FindingKind::Required => "ANSWER_REQUIRED_BUT_EMPTY",
                rukun_form::session::FindingKind::Constraint
                | rukun_form::session::FindingKind::WrongType
                | rukun_form::session::FindingKind::NotOffered
                | rukun_form::session::FindingKind::FormFault => "ANSWER_CONSTRAINT_VIOLATED",
            });
            let expected = step.outcome.as_deref().unwrap_or_default();
            if expected == ours { Ok(()) } else { Err(format!("expected {expected}, got {ours}")) }
        }
        // What the recording only looked at is compared with the states.
        _ => Ok(()),
    }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
