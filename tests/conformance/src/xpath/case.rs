//! A case, and whether a value is what it expects.

use regex_lite::Regex;
use rukun_form::expression::{
    DayZero, Expr, Value, evaluate, evaluate_to_boolean, evaluate_to_number, evaluate_to_text,
};
use serde::Deserialize;
use serde_json::Value as Json;

use super::world::World;
use crate::document::NodeId;

/// An expression, where it is computed, and what comes of it.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) expression: String,
    #[serde(default)]
    pub(crate) doc: String,
    #[serde(default)]
    pub(crate) context: String,
    pub(crate) kind: String,
    expected: Json,
    pub(crate) tier: String,
    #[serde(default)]
    engines: Vec<String>,
    tolerance: Option<f64>,
    round_factor: Option<f64>,
    pub(crate) lang: Option<String>,
    pub(crate) tz: Option<String>,
    pub(crate) clock: Option<String>,
    #[serde(default)]
    conflict: bool,
    #[serde(default)]
    known_fail: bool,
    #[serde(default)]
    unverified: bool,
    #[serde(default)]
    unordered: bool,
}

impl Case {
    /// Whether engines disagree on it, or nobody knows whether it is right.
    pub(crate) fn is_flagged(&self) -> bool {
        self.conflict || self.known_fail || self.unverified
    }

    /// How the engines that made it count days.
    pub(crate) fn day_zero(&self) -> DayZero {
        if self.engines.iter().any(|engine| engine == "javarosa") { DayZero::Local } else { DayZero::Utc }
    }

    /// Computes the expression, and compares.
    pub(crate) fn check(&self, expression: &Expr, world: &World<'_>, context: NodeId) -> Result<(), String> {
        let failed = |error: rukun_form::expression::EvaluationError| error.to_string();
        match self.kind.as_str() {
            "error" => match evaluate(expression, world, context) {
                Ok(value) => Err(format!("expected an error, got {value:?}")),
                Err(_) => Ok(()),
            },
            "boolean" => self.equal(&Json::Bool(evaluate_to_boolean(expression, world, context).map_err(failed)?)),
            "number" => self.check_number(evaluate_to_number(expression, world, context).map_err(failed)?),
            "nodeset" => self.check_nodes(evaluate(expression, world, context).map_err(failed)?, world),
            _ => self.check_text(&evaluate_to_text(expression, world, context).map_err(failed)?),
        }
    }

    fn equal(&self, value: &Json) -> Result<(), String> {
        if *value == self.expected { Ok(()) } else { Err(format!("expected {}, got {value}", self.expected)) }
    }

    fn check_number(&self, number: f64) -> Result<(), String> {
        // NaN, the infinities and -0 are written as texts.
        let written = self.expected.as_str().and_then(|text| text.parse().ok());
        let expected = written.or_else(|| self.expected.as_f64()).unwrap_or(f64::NAN);
        let rounded = match self.round_factor {
            Some(factor) => (number * factor + 0.5).floor() / factor,
            None => number,
        };
        let near = self.tolerance.is_some_and(|tolerance| (rounded - expected).abs() <= tolerance);
        let good = near || rounded == expected || (rounded.is_nan() && expected.is_nan());
        if good { Ok(()) } else { Err(format!("expected {}, got {number:?}", self.expected)) }
    }

    fn check_nodes(&self, value: Value<'_, NodeId>, world: &World<'_>) -> Result<(), String> {
        let Value::Nodes(nodes) = value else { return Err(format!("expected nodes, got {value:?}")) };
        let mut places: Vec<String> = nodes.iter().map(|&node| world.document.place(node)).collect();
        let expected = self.expected.as_array().into_iter().flatten().filter_map(Json::as_str);
        let mut expected: Vec<String> = expected.map(str::to_owned).collect();
        if self.unordered {
            places.sort();
            expected.sort();
        }
        if places == expected { Ok(()) } else { Err(format!("expected {expected:?}, got {places:?}")) }
    }

    fn check_text(&self, text: &str) -> Result<(), String> {
        match (self.kind.as_str(), self.expected.as_str()) {
            ("string-length", _) => self.equal(&Json::from(text.chars().count())),
            ("string-matches", Some(pattern)) => {
                let pattern = pattern.trim_start_matches('/').rsplit_once('/').map_or(pattern, |(inside, _)| inside);
                let regex = Regex::new(pattern).map_err(|error| error.to_string())?;
                if regex.is_match(text) { Ok(()) } else { Err(format!("expected {pattern}, got {text:?}")) }
            }
            // Told on the local clock, without the zone.
            ("datetime", Some(expected)) if text.starts_with(expected) => Ok(()),
            _ => self.equal(&Json::from(text)),
        }
    }
}
