//! Entities: what ODK calls the things that a form registers or updates. Here they are subjects.

use serde::{Deserialize, Serialize};

use super::expression::Expression;
use super::path::QuestionPath;

/// What a form registers or updates: a household, a facility.
///
/// Its expressions are seen from the instance of its repeat; without a repeat, from the form's root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// The list of entities (`list_name`).
    pub list: String,
    /// The repeat that holds one each; none when the record itself is about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<QuestionPath>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Expression>,
    /// Which one is updated (`entity_id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Expression>,
    /// When one is registered (`create_if`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_if: Option<Expression>,
    /// When one is updated (`update_if`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_if: Option<Expression>,
    /// Which answers become its properties (`save_to`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<EntityProperty>,
}

/// An answer that becomes a property of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityProperty {
    /// The property.
    pub name: String,
    /// The question.
    pub question: QuestionPath,
}
