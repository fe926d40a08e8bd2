//! Choices of select questions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expression::Expression;
use super::label::Label;

/// The choices that a select question offers. A name keeps its meaning for ever and is never reused (R25).
///
/// In expressions the list is `instance('name')/root/item`, and an item has the children `name`, `label` (in the language in
/// use) and one for each further column.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChoiceList(pub Vec<Choice>);

/// One choice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub name: String,
    /// What people read.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub label: Label,
    /// Pictures and sounds that stand for it: `image`, `audio`, `video`, `big-image` to file names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, Label>,
    /// Further columns, by which choice filters part them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

impl ChoiceList {
    /// The choice with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Choice> {
        self.0.iter().find(|choice| choice.name == name)
    }
}

/// Where a select finds its choices when that is no list of the form: an attached file, or the answers of a repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Itemset {
    /// The nodes, one a choice: `instance('village')/root/item`, `/data/member`. A filter is a question's own
    /// [`choice_filter`](super::Question::choice_filter), or a predicate here.
    pub nodes: Expression,
    /// What is stored, from each node: `name`.
    pub value: Expression,
    /// What people read, from each node: `label`. `jr:itext(itextId)` is understood.
    pub label: Expression,
}
