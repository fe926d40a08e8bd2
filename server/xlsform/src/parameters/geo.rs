//! Parameters of questions about places.

use rukun_form::QuestionType;

use super::{Parameters, accept, is_number, is_truth};
use crate::code::Code;
use crate::problem::Log;
use crate::table::Cell;
use crate::typography::truth;

/// Checks the parameters of a geopoint, geotrace or geoshape; `reference-geometry` is checked when all lists are known.
pub(crate) fn check_geo(parameters: &Parameters, question_type: QuestionType, cell: Option<&Cell>, log: &mut Log) {
    let is_point = question_type == QuestionType::Geopoint;
    let accepted: &[&str] = if is_point {
        &["allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"]
    } else {
        &["allow-mock-accuracy", "incremental", "reference-geometry"]
    };
    accept(parameters, accepted, cell, log);
    let Some(place) = cell.map(Cell::place) else { return };
    let mut refuse = |key: &str, code: Code, wanted: &str, good: fn(&str) -> bool| {
        if let Some(value) = parameters.get(key).filter(|value| !good(value)) {
            log.report(code, place.clone(), value, format!("`{key}` is `{value}`, and must be {wanted}"));
        }
    };
    if is_point {
        refuse("capture-accuracy", Code::CaptureAccuracy, "a number", is_number);
        refuse("warning-accuracy", Code::WarningAccuracy, "a number", is_number);
    } else {
        refuse("incremental", Code::Incremental, "true", |value| truth(value) == Some(true));
    }
    refuse("allow-mock-accuracy", Code::MockAccuracy, "true or false", is_truth);
}
