//! A case, and whether a value is what it expects.

use regex_lite::Regex;
use rukun_form::expression::{
    Dialect, Expr, Tree, Value, evaluate, evaluate_to_boolean, evaluate_to_number, evaluate_to_text,
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
    pub(crate) docfree: bool,
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

    /// Where, when and in which language its expression is computed.
    pub(crate) fn situation(&self) -> [Option<&str>; 6] {
        let place = [&self.expression, &self.doc, &self.context].map(|text| Some(text.as_str()));
        let [expression, document, context] = place;
        [expression, document, context, self.tz.as_deref(), self.clock.as_deref(), self.lang.as_deref()]
    }

    /// The date on which it was recorded.
    pub(crate) fn day(&self) -> Option<&str> {
        self.clock.as_deref()?.get(..10)
    }

    /// Whether no number is both what this one expects and the text of what the other expects.
    pub(crate) fn contradicts(&self, other: &Self) -> bool {
        let number =
            if other.kind == "string" { other.expected.as_str().and_then(|text| text.parse().ok()) } else { None };
        self.kind == "number" && number.is_some_and(|number| self.check_number(number).is_err())
    }

    /// Whether JavaRosa alone says that it is an error.
    pub(crate) fn is_error_of_javarosa_alone(&self) -> bool {
        self.kind == "error" && self.engines.iter().all(|engine| engine == "javarosa")
    }

    /// The dialect of the engines that made it.
    pub(crate) fn dialect(&self) -> Dialect {
        if self.engines.iter().any(|engine| engine == "javarosa") { Dialect::Collect } else { Dialect::WebForms }
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
            _ => self.check_text(&evaluate_to_text(expression, world, context).map_err(failed)?, world),
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
        // Equal as the engine itself compares: the last bits of a sine or a power differ between platforms.
        let equal = rounded == expected || (rounded - expected).abs() < 1e-12;
        let good = near || equal || (rounded.is_nan() && expected.is_nan());
        if good { Ok(()) } else { Err(format!("expected {}, got {number:?}", self.expected)) }
    }

    fn check_nodes(&self, value: Value<'_, NodeId>, world: &World<'_>) -> Result<(), String> {
        let nodes = match value {
            Value::Nodes(nodes) => nodes,
            // Texts lie outside of Rukun's trees: what web-forms finds as nodes is a text here (`jr:itext`), the same one.
            Value::Text(text) => return self.check_text_of_nodes(&text, world),
            Value::Boolean(_) | Value::Number(_) => return Err(format!("expected nodes, got {value:?}")),
        };
        let mut places: Vec<String> = nodes.iter().map(|&node| world.document.place(node)).collect();
        let expected = self.expected.as_array().into_iter().flatten().filter_map(Json::as_str);
        let mut expected: Vec<String> = expected.map(str::to_owned).collect();
        if self.unordered {
            places.sort();
            expected.sort();
        }
        if places == expected { Ok(()) } else { Err(format!("expected {expected:?}, got {places:?}")) }
    }

    fn check_text_of_nodes(&self, text: &str, world: &World<'_>) -> Result<(), String> {
        let first = self.expected.get(0).and_then(Json::as_str).and_then(|place| world.document.find(place));
        let expected = first.map(|node| world.document.string_value(node));
        if expected.as_deref() == Some(text) { Ok(()) } else { Err(format!("expected {expected:?}, got {text:?}")) }
    }

    fn check_text(&self, text: &str, world: &World<'_>) -> Result<(), String> {
        match (self.kind.as_str(), self.expected.as_str()) {
            ("string-length", _) => self.equal(&Json::from(text.chars().count())),
            ("string-matches", Some(pattern)) => {
                let pattern = pattern.trim_start_matches('/').rsplit_once('/').map_or(pattern, |(inside, _)| inside);
                let regex = Regex::new(pattern).map_err(|error| error.to_string())?;
                if regex.is_match(text) { Ok(()) } else { Err(format!("expected {pattern}, got {text:?}")) }
            }
            // Told on the local clock, with or without the zone.
            ("datetime", Some(expected)) if world.is_same_moment(expected, text) => Ok(()),
            _ => self.equal(&Json::from(text)),
        }
    }
}
