//! What people see of a question, a group or a repeat instance.

use super::Session;
use super::answers::Key;
use super::choices::{Offered, media};
use super::finding::Finding;
use super::instance_tree::Place;
use crate::model::QuestionType;
use crate::plan::{Kind, Rule};

/// What people see of a question, a group or a repeat instance, in the language in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Which.
    pub key: Key,
    /// What it is.
    pub sort: NodeSort,
    /// Whether it and all around it are asked.
    pub relevant: bool,
    /// The answer or the computed value; nothing while it is not asked.
    pub value: String,
    /// What it asks, its values filled in.
    pub label: String,
    /// Help below it.
    pub hint: String,
    /// Help for training.
    pub guidance: String,
    /// File names of pictures and sounds beside the label, by kind.
    pub media: Vec<(String, String)>,
    /// Appearances, as the form's author wrote them.
    pub appearance: Vec<String>,
    /// It must be answered.
    pub required: bool,
    /// Nobody types here.
    pub read_only: bool,
    /// What a select offers, after its filter.
    pub choices: Vec<Offered>,
    /// What is wrong with the answer.
    pub findings: Vec<Finding>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeSort {
    /// The form itself.
    Form,
    /// Questions that belong together.
    Group,
    /// An instance of a repeat.
    Instance,
    /// A question.
    Question(QuestionType),
}

impl Session {
    /// What people see of a question or group; of a repeat instance by the path of its repeat.
    #[must_use]
    pub fn view(&self, key: &Key) -> Option<View> {
        let node = self.plan.node(&key.path)?;
        let frame = key.instance.map_or(Some(0), |id| self.tree.frame_of(id))?;
        let fits = self.tree.frame(frame).is_some_and(|frame| frame.repeat == self.plan.at(node).repeat);
        fits.then(|| self.view_of(Place { frame, node }))
    }

    pub(super) fn view_of(&self, place: Place) -> View {
        let node = self.plan.at(place.node);
        let relevant = self.shown(place);
        let asked = node.asked();
        let sort = match &node.kind {
            Kind::Document | Kind::Form => NodeSort::Form,
            Kind::Group => NodeSort::Group,
            Kind::Repeat { .. } => NodeSort::Instance,
            Kind::Question(asked) => NodeSort::Question(asked.question_type),
        };
        let required = match &node.bound.required {
            Rule::Never => false,
            Rule::Always => true,
            Rule::When(expr) => self.is_true(expr, place),
        };
        let files = self.look(place, |reader, spot| media(reader, place, spot, &node.media)).unwrap_or_default();
        View {
            key: self.outside(place),
            sort,
            relevant,
            value: self.seen(place).to_owned(),
            label: self.words(place, &node.label),
            hint: self.words(place, &node.hint),
            guidance: asked.map(|asked| self.words(place, &asked.guidance)).unwrap_or_default(),
            media: files,
            appearance: node.appearance.clone(),
            required,
            read_only: self.is_read_only(place),
            choices: if asked.is_some() { self.offered(place) } else { Vec::new() },
            findings: self.findings_at(place),
        }
    }
}
