//! Pages and what is on them, for an app.

use std::collections::HashMap;

use sync_core::filling::record_key;
use sync_core::form::session::{self, NodeSort, View};
use sync_core::record::Record;

use super::finding::Finding;
use super::write_key;
use crate::form::QuestionType;

/// What a phone shows at once.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Page {
    /// The groups and instances around it, outermost first.
    pub around: Vec<Seen>,
    /// What is asked, in order, with the headings of groups among it. Empty on a page that asks whether there is one more.
    pub questions: Vec<Seen>,
    /// Path of the repeat to which an instance may be added here.
    pub add: Option<String>,
    /// The instance around such a repeat.
    pub add_in: Option<String>,
}

/// What people see of a question, a group or a repeat instance, in the language in use.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Seen {
    /// Its key; empty for the form itself.
    pub key: String,
    /// What it is.
    pub kind: SeenKind,
    /// What kind of answer a question takes.
    pub question_type: Option<QuestionType>,
    /// Whether it and all around it are asked.
    pub relevant: bool,
    /// The answer or the computed value; nothing while it is not asked. In a conflict only a provisional one.
    pub value: String,
    /// Rival answers, none of whose authors had seen another's: show all. Empty when there is no conflict; a cleared answer
    /// is an empty text. Any answer settles it.
    pub conflict: Vec<String>,
    /// What it asks.
    pub label: String,
    /// Help below it.
    pub hint: String,
    /// Help for training, shown on request.
    pub guidance: String,
    /// File names of pictures and sounds beside the label, by kind.
    pub media: HashMap<String, String>,
    /// Appearances, as the form's author wrote them.
    pub appearance: Vec<String>,
    /// It must be answered.
    pub required: bool,
    /// Nobody types here.
    pub read_only: bool,
    /// What a select offers.
    pub choices: Vec<Offered>,
    /// What is wrong with the answer.
    pub findings: Vec<Finding>,
}

/// What a thing on a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SeenKind {
    /// The form itself.
    Form,
    /// Questions that belong together.
    Group,
    /// An instance of a repeat.
    Instance,
    /// A question.
    Question,
}

/// A choice as people see it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Offered {
    /// What is stored.
    pub name: String,
    /// What people read.
    pub label: String,
    /// File names of pictures and sounds that stand for it, by kind.
    pub media: HashMap<String, String>,
}

/// How far a record is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Progress {
    /// Questions that are asked and can be typed in.
    pub asked: u32,
    /// Those that have an answer.
    pub answered: u32,
    /// Those that must have one and have none.
    pub missing: u32,
}

impl Page {
    pub(super) fn of(page: session::Page, record: Option<&Record>) -> Self {
        let seen = |views: Vec<View>| views.into_iter().map(|view| Seen::of(view, record)).collect();
        let (add, add_in) = page.add.unzip();
        Self {
            around: seen(page.around),
            questions: seen(page.questions),
            add,
            add_in: add_in.flatten().map(|id| sync_core::filling::id_of(id).to_string()),
        }
    }
}

impl Seen {
    pub(super) fn of(view: View, record: Option<&Record>) -> Self {
        let (kind, question_type) = match view.sort {
            NodeSort::Form => (SeenKind::Form, None),
            NodeSort::Group => (SeenKind::Group, None),
            NodeSort::Instance => (SeenKind::Instance, None),
            NodeSort::Question(question_type) => (SeenKind::Question, Some(question_type.into())),
        };
        let answered = record_key(&view.key).and_then(|key| record?.answers.get(&key));
        let rivals = answered.into_iter().flat_map(|answered| &answered.conflict);
        let conflict =
            rivals.map(|rival| rival.value.as_ref().map(|value| value.words()).unwrap_or_default()).collect();
        Self {
            key: write_key(&view.key),
            kind,
            question_type,
            relevant: view.relevant,
            value: view.value,
            conflict,
            label: view.label,
            hint: view.hint,
            guidance: view.guidance,
            media: view.media.into_iter().collect(),
            appearance: view.appearance,
            required: view.required,
            read_only: view.read_only,
            choices: view.choices.into_iter().map(Into::into).collect(),
            findings: view.findings.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<session::Offered> for Offered {
    fn from(offered: session::Offered) -> Self {
        Self { name: offered.name, label: offered.label, media: offered.media.into_iter().collect() }
    }
}

impl From<session::Progress> for Progress {
    fn from(progress: session::Progress) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { asked: count(progress.asked), answered: count(progress.answered), missing: count(progress.missing) }
    }
}
