//! Parameters of an audit.

use super::{Parameters, accept, is_integer, is_truth, refuse};
use crate::problem::Log;
use crate::table::Cell;

const LOCATION: [&str; 3] = ["location-priority", "location-min-interval", "location-max-age"];

/// Checks the parameters of an audit.
pub(crate) fn check_audit(parameters: &Parameters, cell: Option<&Cell>, log: &mut Log) {
    let accepted = [&["identify-user", "track-changes", "track-changes-reasons"], LOCATION.as_slice()].concat();
    accept(parameters, &accepted, cell, log);
    for key in ["track-changes", "identify-user"] {
        if parameters.get(key).is_some_and(|value| !is_truth(value)) {
            refuse(parameters, key, "true or false", cell, log);
        }
    }
    if parameters.get("track-changes-reasons").is_some_and(|value| value != "on-form-edit") {
        refuse(parameters, "track-changes-reasons", "on-form-edit", cell, log);
    }
    check_location(parameters, cell, log);
}

/// The three parameters of places go together.
fn check_location(parameters: &Parameters, cell: Option<&Cell>, log: &mut Log) {
    let given: Vec<&str> = LOCATION.into_iter().filter(|key| parameters.contains_key(*key)).collect();
    if given.len() < LOCATION.len() {
        for key in given {
            refuse(
                parameters,
                key,
                "together with location-priority, location-min-interval and location-max-age",
                cell,
                log,
            );
        }
        return;
    }
    let priorities = ["no-power", "low-power", "balanced", "high-accuracy"];
    if parameters.get("location-priority").is_some_and(|value| !priorities.contains(&value.as_str())) {
        refuse(parameters, "location-priority", "no-power, low-power, balanced or high-accuracy", cell, log);
    }
    let seconds = |key: &str| {
        let value = parameters.get(key).filter(|value| is_integer(value));
        value.and_then(|value| value.parse::<i64>().ok()).filter(|value| *value >= 0)
    };
    let (interval, age) = (seconds("location-min-interval"), seconds("location-max-age"));
    for (key, value) in [("location-min-interval", interval), ("location-max-age", age)] {
        if value.is_none() {
            refuse(parameters, key, "a whole number of seconds, 0 or more", cell, log);
        }
    }
    if let (Some(interval), Some(age)) = (interval, age)
        && age < interval
    {
        refuse(parameters, "location-max-age", "no less than location-min-interval", cell, log);
    }
}
