//! Choices of select questions.

use serde::{Deserialize, Serialize};

use super::label::Label;

/// The choices that a select question offers. A name keeps its meaning for ever and is never reused (R25).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChoiceList(pub Vec<Choice>);

/// One choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub name: String,
    /// What people read.
    pub label: Label,
}

impl ChoiceList {
    /// The choice with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Choice> {
        self.0.iter().find(|choice| choice.name == name)
    }
}
