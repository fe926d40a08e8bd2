//! The parameters of a question: `start=1 end=10 step=1`.

mod audit;
mod geo;
mod range;

use std::collections::BTreeMap;

pub(crate) use audit::check_audit;
pub(crate) use geo::check_geo;
pub(crate) use range::check_range;

use crate::code::Code;
use crate::name::is_name;
use crate::problem::Log;
use crate::table::Cell;

/// Parameters by name.
pub(crate) type Parameters = BTreeMap<String, String>;

/// Reads a cell of parameters.
pub(crate) fn parse(cell: &Cell, log: &mut Log) -> Parameters {
    let words = words(&cell.text);
    let mut parameters = Parameters::new();
    let mut rest = words.as_slice();
    while let [key, equals, value, after @ ..] = rest {
        if key == "=" || equals != "=" || value == "=" {
            break;
        }
        let key = key.to_lowercase();
        let keeps_case = matches!(key.as_str(), "label" | "value" | "seed");
        parameters.insert(key, if keeps_case { value.clone() } else { value.to_lowercase() });
        rest = after;
    }
    if !rest.is_empty() {
        let message = format!("`{}` is not written as key=value", cell.text);
        log.report(Code::BadParameters, cell.place(), &cell.text, message);
    }
    parameters
}

/// Words and equals signs; blanks, commas and semicolons part them.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for character in text.chars() {
        match character {
            '=' => {
                words.push("=".to_owned());
                open = false;
            }
            ',' | ';' => open = false,
            _ if character.is_whitespace() => open = false,
            _ => {
                if !open {
                    words.push(String::new());
                }
                words.last_mut().into_iter().for_each(|word| word.push(character));
                open = true;
            }
        }
    }
    words
}

/// Reports parameters that this type of question does not take.
pub(crate) fn accept(parameters: &Parameters, accepted: &[&str], cell: Option<&Cell>, log: &mut Log) {
    let Some(cell) = cell else { return };
    for key in parameters.keys().filter(|key| !accepted.contains(&key.as_str())) {
        let message = format!("`{key}` is no parameter of this type; it takes {}", accepted.join(", "));
        log.report(Code::UnknownParameter, cell.place(), key, message);
    }
}

/// Reports a value that a parameter cannot have.
pub(crate) fn refuse(parameters: &Parameters, key: &str, wanted: &str, cell: Option<&Cell>, log: &mut Log) {
    if let (Some(cell), Some(value)) = (cell, parameters.get(key)) {
        let message = format!("`{key}` is `{value}`, and must be {wanted}");
        log.report(Code::ParameterValue, cell.place(), value, message);
    }
}

/// Checks the parameters of a text.
pub(crate) fn check_text(parameters: &Parameters, cell: Option<&Cell>, log: &mut Log) {
    accept(parameters, &["rows"], cell, log);
    if parameters.get("rows").is_some_and(|rows| !is_integer(rows)) {
        refuse(parameters, "rows", "a whole number", cell, log);
    }
}

/// Checks the parameters of a photo.
pub(crate) fn check_image(parameters: &Parameters, appearance: Option<&str>, cell: Option<&Cell>, log: &mut Log) {
    accept(parameters, &["app", "max-pixels"], cell, log);
    if parameters.get("max-pixels").is_some_and(|pixels| !is_integer(pixels)) {
        refuse(parameters, "max-pixels", "a whole number", cell, log);
    }
    let uses_app = appearance.is_none_or(|appearance| appearance == "annotate");
    if uses_app && parameters.get("app").is_some_and(|app| !is_package(app)) {
        refuse(parameters, "app", "the name of an Android package, such as org.example.camera", cell, log);
    }
}

fn is_package(name: &str) -> bool {
    let is_segment = |segment: &str| {
        segment.chars().next().is_some_and(|first| first != '_' && !first.is_numeric())
            && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    name.contains('.') && name.split('.').all(is_segment)
}

/// Checks the parameters of a sound.
pub(crate) fn check_audio(parameters: &Parameters, in_background: bool, cell: Option<&Cell>, log: &mut Log) {
    accept(parameters, &["quality"], cell, log);
    let good = parameters.get("quality").is_none_or(|quality| {
        matches!(quality.as_str(), "voice-only" | "low" | "normal") || (quality == "external" && !in_background)
    });
    if !good {
        refuse(parameters, "quality", "voice-only, low, normal or external", cell, log);
    }
}

/// Checks the parameters of a select.
pub(crate) fn check_select(parameters: &Parameters, from_file: bool, cell: Option<&Cell>, log: &mut Log) {
    let accepted: &[&str] = if from_file { &["label", "randomize", "seed", "value"] } else { &["randomize", "seed"] };
    accept(parameters, accepted, cell, log);
    let Some(place) = cell.map(Cell::place) else { return };
    if from_file {
        for key in ["value", "label"] {
            if let Some(value) = parameters.get(key).filter(|value| !is_name(value)) {
                log.report(
                    Code::BadName,
                    place.clone(),
                    value,
                    format!("`{key}` is `{value}`, which is no column's name"),
                );
            }
        }
    }
    match (parameters.get("randomize"), parameters.get("seed")) {
        (Some(randomize), _) if !is_truth(randomize) => refuse(parameters, "randomize", "true or false", cell, log),
        (Some(_), Some(seed)) if crate::reference::only_reference(seed).is_none() && !is_number(seed) => {
            refuse(parameters, "seed", "a number or a reference to a question", cell, log);
        }
        (None, Some(_)) => refuse(parameters, "seed", "together with randomize=true", cell, log),
        (Some(_), Some(_) | None) | (None, None) => {}
    }
}

fn is_truth(text: &str) -> bool {
    matches!(text, "true" | "false")
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}
