//! Parameters of a range.

use super::{Parameters, accept};
use crate::choices::Lists;
use crate::code::Code;
use crate::problem::Log;
use crate::table::Row;

/// What a range is checked against.
struct Bounds {
    start: f64,
    end: f64,
    step: f64,
    tick: Option<f64>,
}

impl Bounds {
    fn holds(&self, value: f64) -> bool {
        value >= self.start.min(self.end) && value <= self.start.max(self.end)
    }

    fn width(&self) -> f64 {
        (self.end - self.start).abs()
    }
}

/// Checks the parameters of a range, and fills in start, end and step.
pub(crate) fn check_range(parameters: &mut Parameters, row: &Row, lists: &Lists, log: &mut Log) {
    let cell = row.cell(&["parameters"]);
    accept(parameters, &["end", "placeholder", "start", "step", "tick_interval", "tick_labelset"], cell, log);
    let place = row.place_of(&["parameters"]);
    let mut report = |code: Code, text: &str, message: String| log.report(code, place.clone(), text, message);
    let appearance = row.text(&["control", "appearance"]).unwrap_or_default();
    let fancy = ["tick_interval", "placeholder", "tick_labelset"].iter().any(|key| parameters.contains_key(*key));
    if fancy && !appearance.is_empty() && !appearance.contains("vertical") && !appearance.contains("no-ticks") {
        report(Code::RangeAppearance, appearance, format!("a range with the appearance `{appearance}` takes no ticks"));
    }
    for (key, value) in [("start", "1"), ("end", "10"), ("step", "1")] {
        parameters.entry(key.to_owned()).or_insert_with(|| value.to_owned());
    }
    let mut number = |key: &str| {
        let value = parameters.get(key)?;
        let number = value.parse::<f64>().ok().filter(|number| !number.is_infinite());
        if number.is_none() {
            report(Code::RangeNumber, value, format!("`{key}` is `{value}`, which is no number"));
        }
        number
    };
    let (start, end, step) = (number("start"), number("end"), number("step"));
    let (tick, placeholder) = (number("tick_interval"), number("placeholder"));
    let (Some(start), Some(end), Some(step)) = (start, end, step) else { return };
    let bounds = Bounds { start, end, step, tick };
    check_steps(&bounds, &mut report);
    if let Some(placeholder) = placeholder {
        if !is_multiple(placeholder - start, step) {
            report(
                Code::RangeMultiple,
                &placeholder.to_string(),
                format!("`placeholder` is {placeholder}, which no step reaches"),
            );
        }
        if !bounds.holds(placeholder) {
            report(
                Code::RangeOutside,
                &placeholder.to_string(),
                format!("`placeholder` is {placeholder}, outside the range"),
            );
        }
    }
    if let Some(name) = parameters.get("tick_labelset") {
        check_labels(name, &bounds, appearance.contains("no-ticks"), lists, &mut report);
    }
}

fn check_steps(bounds: &Bounds, report: &mut impl FnMut(Code, &str, String)) {
    for (key, value) in [("step", Some(bounds.step)), ("tick_interval", bounds.tick)] {
        let Some(value) = value else { continue };
        let text = value.to_string();
        if value == 0.0 {
            report(Code::RangeZero, &text, format!("`{key}` is 0"));
        } else if value > bounds.width() {
            report(Code::RangeWide, &text, format!("`{key}` is {value}, more than the whole range"));
        } else if key == "tick_interval" && !is_multiple(value, bounds.step) {
            report(Code::RangeMultiple, &text, format!("`{key}` is {value}, no multiple of the step {}", bounds.step));
        }
    }
}

fn check_labels(
    name: &str,
    bounds: &Bounds,
    without_ticks: bool,
    lists: &Lists,
    report: &mut impl FnMut(Code, &str, String),
) {
    let Some(list) = lists.get(name) else {
        return report(Code::RangeLabels, name, format!("there is no list `{name}`"));
    };
    let mut values: Vec<f64> = Vec::new();
    for choice in list {
        let text = choice.text(&["name"]).unwrap_or_default();
        let Some(value) = text.parse::<f64>().ok().filter(|value| !value.is_infinite()) else {
            return report(Code::RangeLabelNumber, text, format!("the choice `{text}` of `{name}` is no number"));
        };
        let between = bounds.tick.is_some_and(|tick| !is_multiple(value - bounds.start, tick))
            || !is_multiple(value - bounds.start, bounds.step);
        if !bounds.holds(value) {
            report(Code::RangeLabelOutside, text, format!("the choice {text} of `{name}` lies outside the range"));
        } else if between {
            report(Code::RangeLabelMultiple, text, format!("the choice {text} of `{name}` stands between the ticks"));
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if without_ticks && values.len() > 2 {
        report(Code::RangeNoTicksMany, name, format!("`{name}` has {} choices", values.len()));
    } else if without_ticks && !(values.contains(&bounds.start) && values.contains(&bounds.end)) {
        report(
            Code::RangeNoTicksEnds,
            name,
            format!("the choices of `{name}` are not {} and {}", bounds.start, bounds.end),
        );
    }
}

/// Whether `value` is a multiple of `step`, as far as decimal fractions in binary can tell.
fn is_multiple(value: f64, step: f64) -> bool {
    if step == 0.0 {
        return true;
    }
    let quotient = value / step;
    (quotient - quotient.round()).abs() < 1e-9
}
