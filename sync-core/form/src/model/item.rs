//! What a form is made of: questions, groups and repeats.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expression::{Condition, Expression};
use super::label::Label;
use super::path::QuestionPath;
use super::question::Question;

/// A node of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all items are questions")]
pub enum Item {
    /// A question.
    Question(Question),
    /// Questions that belong together.
    Group(Group),
    /// A group that may be answered several times.
    Repeat(Repeat),
}

/// Questions that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Path of the group.
    pub path: QuestionPath,
    /// Heading.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub label: Label,
    /// Help below the heading.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub hint: Label,
    /// Pictures and sounds beside the heading.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, Label>,
    /// When it is asked; without it, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant: Option<Expression>,
    /// No one may type in it.
    #[serde(default, skip_serializing_if = "Condition::is_never")]
    pub read_only: Condition,
    /// Appearances as the form's author wrote them; `field-list` shows all on one page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appearance: Vec<String>,
    /// What is in it, in order.
    pub items: Vec<Item>,
}

/// A group that may be answered several times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    /// Path of the repeat.
    pub path: QuestionPath,
    /// Heading.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub label: Label,
    /// Help below the heading.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub hint: Label,
    /// Pictures and sounds beside the heading.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, Label>,
    /// When it is asked; without it, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant: Option<Expression>,
    /// No one may type in it.
    #[serde(default, skip_serializing_if = "Condition::is_never")]
    pub read_only: Condition,
    /// Appearances as the form's author wrote them; `field-list` shows all on one page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appearance: Vec<String>,
    /// How many instances there are; nobody may then add or remove one. Without it, people add and remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Expression>,
    /// How many instances a new record begins with, when no count says so. XLSForms begin with one.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub initial: u32,
    /// What one instance asks, in order.
    pub items: Vec<Item>,
}

fn one() -> u32 {
    1
}

fn is_one(count: &u32) -> bool {
    *count == 1
}

impl Group {
    /// A group without a heading or conditions.
    #[must_use]
    pub fn new(path: QuestionPath, items: Vec<Item>) -> Self {
        Self {
            path,
            label: Label::default(),
            hint: Label::default(),
            media: BTreeMap::new(),
            relevant: None,
            read_only: Condition::default(),
            appearance: Vec::new(),
            items,
        }
    }
}

impl Repeat {
    /// A repeat without a heading or conditions, that a record begins with one instance of.
    #[must_use]
    pub fn new(path: QuestionPath, items: Vec<Item>) -> Self {
        Self {
            path,
            label: Label::default(),
            hint: Label::default(),
            media: BTreeMap::new(),
            relevant: None,
            read_only: Condition::default(),
            appearance: Vec::new(),
            count: None,
            initial: 1,
            items,
        }
    }
}
