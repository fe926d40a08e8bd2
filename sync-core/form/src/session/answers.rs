//! What a session is given and gives back.

use std::sync::Arc;

use super::Session;
use super::instance_tree::Place;
use super::world::InstanceKey;
use crate::model::QuestionType;

/// Which answer: a question, and the repeat instance if it lies in one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The innermost repeat instance.
    pub instance: Option<InstanceKey>,
    /// The path of the question, group or repeat, without the form's root: `water/source`. Of a repeat instance itself, the
    /// path of its repeat; of the form itself, nothing.
    pub path: String,
}

impl Key {
    /// The key of a question outside repeats.
    #[must_use]
    pub fn of(path: impl Into<String>) -> Self {
        Self { instance: None, path: path.into() }
    }

    /// The key of a question in a repeat instance.
    #[must_use]
    pub fn inside(instance: InstanceKey, path: impl Into<String>) -> Self {
        Self { instance: Some(instance), path: path.into() }
    }
}

/// What is known of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Repeat instances, each after the one that it lies in, those of one repeat in their order.
    pub instances: Vec<GivenInstance>,
    /// Answers.
    pub values: Vec<(Key, String)>,
}

/// A repeat instance of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenInstance {
    /// Its id.
    pub id: InstanceKey,
    /// The repeat's path.
    pub repeat: String,
    /// The instance of the repeat around it.
    pub parent: Option<InstanceKey>,
}

/// What is to be written into a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionEdit {
    /// An answer; an empty one clears the question.
    Answer {
        /// Which.
        key: Key,
        /// What.
        value: String,
    },
    /// An instance came.
    Add {
        /// The repeat's path.
        repeat: String,
        /// Its id.
        id: InstanceKey,
        /// The instance around it.
        parent: Option<InstanceKey>,
    },
    /// An instance went.
    Remove {
        /// Its id.
        id: InstanceKey,
    },
}

impl Session {
    /// Puts in what is known of a record. What this version of the form has no place for is set aside.
    pub(super) fn put_in(&mut self, answers: &Answers) {
        let plan = Arc::clone(&self.plan);
        for instance in &answers.instances {
            if self.tree.frame_of(instance.id).is_some() {
                continue;
            }
            let around = instance.parent.map_or(Some(0), |parent| self.tree.frame_of(parent));
            let repeat = plan.node(&instance.repeat).filter(|node| plan.at(*node).is_repeat());
            if let (Some(around), Some(repeat)) = (around, repeat) {
                let fits = plan.at(repeat).parent.and_then(|parent| plan.at(parent).repeat);
                if self.tree.frame(around).is_some_and(|frame| frame.repeat == fits) {
                    self.tree.add(&plan, repeat, around, instance.id);
                }
            }
        }
        for (key, value) in &answers.values {
            match self.question_place(key) {
                Ok(place) => {
                    if let Some(cell) = self.tree.cell_mut(&plan, place) {
                        cell.value.clone_from(value);
                    }
                }
                Err(_) => self.aside.push((key.clone(), value.clone())),
            }
        }
    }

    /// Every answer that the record holds, asked or not, in the form's order: what a new version of the form, or another
    /// device, goes on with.
    #[must_use]
    pub fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        for place in self.tree.places() {
            let node = self.plan.at(place.node);
            if node.is_repeat() {
                let frame = self.tree.frame(place.frame);
                let parent = frame.and_then(|frame| self.tree.frame(frame.parent)).and_then(|frame| frame.id);
                if let Some(id) = frame.and_then(|frame| frame.id) {
                    answers.instances.push(GivenInstance { id, repeat: node.path.clone(), parent });
                }
            } else if let Some(value) = self.kept(place) {
                answers.values.push((self.key_of(place), value.to_owned()));
            }
        }
        answers.values.extend(self.aside.iter().cloned());
        answers
    }

    /// The answer at a place that a record keeps: given, or computed once.
    fn kept(&self, place: Place) -> Option<&str> {
        let node = self.plan.at(place.node);
        if node.asked()?.question_type == QuestionType::End {
            return None;
        }
        let computed = node.bound.calculation.is_some() && !node.bound.keeps;
        let value = self.stored(place);
        (!computed && !value.is_empty()).then_some(value)
    }
}
