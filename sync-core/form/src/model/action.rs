//! Values that are set once, when something happens, and not computed for ever after.

use serde::{Deserialize, Serialize};

use super::expression::Expression;
use super::path::QuestionPath;

/// Sets a question's answer when something happens: a dynamic default, or a calculation with a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// When.
    pub on: Vec<Event>,
    /// Which question.
    pub target: QuestionPath,
    /// What to.
    pub value: ActionValue,
}

/// What an action sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionValue {
    /// What the expression comes to; the target is its context.
    Expression(Expression),
    /// Where the device is, as far as the app knows.
    Geopoint,
}

/// When an action happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A record is begun. Never again for that record.
    FirstLoad,
    /// A record is opened, new or not.
    EveryLoad,
    /// An instance of this repeat is added.
    NewRepeat(QuestionPath),
    /// The value of this question is changed, by a person or by a calculation.
    Changed(QuestionPath),
}
