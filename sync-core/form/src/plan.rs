//! A form made ready to be filled: its nodes laid out, its expressions read and bound, and the order of computing known.
//!
//! A plan is made once for a form's version and shared by all sessions.

mod bind;
mod build;
mod graph;
mod node;
mod secondary;

use std::collections::{BTreeMap, HashMap};

use thiserror::Error;

use crate::expression::Expr;
use crate::model::{Action, ActionValue, Event, Form, FormId, FormVersion, Label, Language, Text};

pub(crate) use bind::Reference;
pub(crate) use graph::{Aspect, Dependent, Graph};
pub use node::NodeIndex;
pub(crate) use node::{Kind, PlanNode, Rule};
pub(crate) use secondary::{SecondaryText, SecondaryTrees};

/// A form made ready to be filled.
#[derive(Debug)]
pub struct Plan {
    pub(crate) form: Form,
    pub(crate) nodes: Vec<PlanNode>,
    pub(crate) references: Vec<Reference>,
    pub(crate) graph: Graph,
    pub(crate) secondary: SecondaryTrees,
    pub(crate) actions: Vec<BoundAction>,
    /// How many slots an instance of a repeat has, and the part outside repeats (`None`).
    pub(crate) slots: BTreeMap<Option<NodeIndex>, u32>,
    pub(crate) instance_name: Option<Expr>,
    /// The values within texts, bound, by the node that shows the text and the expression.
    pub(crate) text_values: HashMap<(NodeIndex, String), Expr>,
    by_path: HashMap<String, NodeIndex>,
}

/// An action, read and bound.
#[derive(Debug)]
pub(crate) struct BoundAction {
    pub(crate) on: Vec<BoundEvent>,
    pub(crate) target: NodeIndex,
    /// None asks for the place where the device is.
    pub(crate) value: Option<Expr>,
}

/// When an action happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoundEvent {
    FirstLoad,
    EveryLoad,
    NewRepeat(NodeIndex),
    Changed(NodeIndex),
}

/// A form that cannot be filled. The compiler gives out none; an app meets one only in a file that somebody altered.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("the form cannot be used: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct PlanError {
    /// All that is wrong.
    pub faults: Vec<PlanFault>,
}

/// Something wrong with a form.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("{what} of `{path}`: {reason}")]
pub struct PlanFault {
    /// The path of the question, group or repeat; empty for the form itself.
    pub path: String,
    /// Which of its columns: `relevant`, `calculation`, …
    pub what: &'static str,
    /// Why.
    pub reason: String,
}

impl Plan {
    /// Makes a form ready.
    ///
    /// # Errors
    /// [`PlanError`] with everything that is wrong: expressions that cannot be read or use something unknown, actions on
    /// questions that are not there.
    pub fn new(form: Form) -> Result<Self, PlanError> {
        build::build(form)
    }

    /// The form.
    #[must_use]
    pub const fn form(&self) -> &Form {
        &self.form
    }

    /// The form's id and version.
    #[must_use]
    pub const fn name(&self) -> (&FormId, &FormVersion) {
        (&self.form.id, &self.form.version)
    }

    /// The node with this path; the empty path is the form itself.
    #[must_use]
    pub fn node(&self, path: &str) -> Option<NodeIndex> {
        self.by_path.get(path).copied()
    }

    /// Paths of questions that are computed, in a circle, from themselves, or from one that is.
    #[must_use]
    pub fn cycle(&self) -> Vec<&str> {
        self.graph.cycle.iter().map(|node| self.at(*node).path.as_str()).collect()
    }

    /// The language that a session begins in: the form's first.
    #[must_use]
    pub fn default_language(&self) -> Language {
        self.form.languages.first().cloned().unwrap_or_else(|| Language("default".to_owned()))
    }

    pub(crate) fn at(&self, node: NodeIndex) -> &PlanNode {
        &self.nodes[node.index()]
    }

    /// The text of a label in a language, else in the form's default language, else in any.
    pub(crate) fn text<'a>(&self, label: &'a Label, language: &Language) -> Option<&'a Text> {
        let default = || self.form.languages.first().and_then(|first| label.0.get(first));
        label.0.get(language).or_else(default).or_else(|| label.0.values().next())
    }

    /// All indices, in document order, the document's own root left out.
    pub(crate) fn indices(&self) -> impl Iterator<Item = NodeIndex> + use<> {
        (1..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeIndex)
    }
}

/// What the event of an action is bound to.
fn bind_event(event: &Event, by_path: &HashMap<String, NodeIndex>) -> Option<BoundEvent> {
    Some(match event {
        Event::FirstLoad => BoundEvent::FirstLoad,
        Event::EveryLoad => BoundEvent::EveryLoad,
        Event::NewRepeat(path) => BoundEvent::NewRepeat(*by_path.get(path.as_str())?),
        Event::Changed(path) => BoundEvent::Changed(*by_path.get(path.as_str())?),
    })
}

/// The expression of an action; none when it asks for a place.
fn action_value(action: &Action) -> Option<&str> {
    match &action.value {
        ActionValue::Expression(expression) => Some(expression.as_str()),
        ActionValue::Geopoint => None,
    }
}
