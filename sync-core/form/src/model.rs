//! A form as data: what the compiler of XLSForms gives out, and what screens, projections and search read.
//!
//! A form is a tree of questions, groups and repeats. A question is named by its path, `water/source`; names alone are
//! unique only among siblings.

mod action;
mod choice;
mod entity;
mod expression;
mod instance;
mod item;
mod label;
mod path;
mod question;

pub use action::{Action, ActionValue, Event};
pub use choice::{Choice, ChoiceList, Itemset};
pub use entity::{Entity, EntityProperty};
pub use expression::{Condition, Expression};
pub use instance::{Element, SecondaryInstance, Table};
pub use item::{Group, Item, Repeat};
pub use label::{Label, Language, Part, Text};
pub use path::{PathError, QuestionPath};
pub use question::{AnswerShape, Question, QuestionType};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A form's id: what XLSForm calls `form_id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormId(String);

/// A form's version, as its author wrote it. Which of two is later is known by when they were published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormVersion(String);

macro_rules! text_name {
    ($name:ident) => {
        impl $name {
            /// Wraps the text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
text_name!(FormId);
text_name!(FormVersion);

/// A compiled form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Version of this JSON's own shape; 1.
    pub schema: u32,
    /// The form's id.
    pub id: FormId,
    /// This version of it.
    pub version: FormVersion,
    /// What people call it.
    pub title: Label,
    /// The languages it is written in, the default one first.
    pub languages: Vec<Language>,
    /// Name of the tree's root: absolute paths in expressions begin with it.
    #[serde(default = "data", skip_serializing_if = "is_data")]
    pub root: String,
    /// Its questions, groups and repeats in order.
    pub items: Vec<Item>,
    /// Choice lists by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, ChoiceList>,
    /// Data of attached files, by the name that expressions call them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instances: BTreeMap<String, SecondaryInstance>,
    /// Values that are set when something happens, in the order in which they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// What a record is called, from its answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_name: Option<Expression>,
    /// What the form registers or updates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Texts that expressions find by id with `jr:itext(id)`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, Label>,
    /// Further settings as the author wrote them: `style`, `version` of the scheme, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
}

fn data() -> String {
    "data".to_owned()
}

fn is_data(root: &str) -> bool {
    root == "data"
}

impl Form {
    /// A form without questions.
    #[must_use]
    pub fn new(id: FormId, version: FormVersion) -> Self {
        Self {
            schema: 1,
            id,
            version,
            title: Label::default(),
            languages: Vec::new(),
            root: data(),
            items: Vec::new(),
            lists: BTreeMap::new(),
            instances: BTreeMap::new(),
            actions: Vec::new(),
            instance_name: None,
            entities: Vec::new(),
            texts: BTreeMap::new(),
            settings: BTreeMap::new(),
        }
    }

    /// Reads a compiled form.
    ///
    /// # Errors
    /// serde_json's error, with line and column.
    pub fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// All questions in order, with whether each lies in a repeat.
    #[must_use]
    pub fn questions(&self) -> Vec<(&Question, bool)> {
        let mut questions = Vec::new();
        collect(&self.items, false, &mut questions);
        questions
    }

    /// The question with this path.
    #[must_use]
    pub fn question(&self, path: &str) -> Option<&Question> {
        self.questions().into_iter().map(|(question, _)| question).find(|question| question.path.as_str() == path)
    }

    /// Paths of the long-text questions outside repeats: the root change of a record makes their texts (R6).
    #[must_use]
    pub fn long_texts(&self) -> Vec<QuestionPath> {
        let outside =
            self.questions().into_iter().filter(|(question, in_repeat)| !in_repeat && question.is_long_text());
        outside.map(|(question, _)| question.path.clone()).collect()
    }
}

fn collect<'a>(items: &'a [Item], in_repeat: bool, questions: &mut Vec<(&'a Question, bool)>) {
    for item in items {
        match item {
            Item::Question(question) => questions.push((question, in_repeat)),
            Item::Group(group) => collect(&group.items, in_repeat, questions),
            Item::Repeat(repeat) => collect(&repeat.items, true, questions),
        }
    }
}
