//! A questionnaire being filled: what every screen on every platform is made of.
//!
//! A session begins a record or opens one, takes answers, adds and takes out repeat instances, and says what people see and
//! what changed. It computes only what depends on what was answered. Nothing that a person typed is thrown away: an answer
//! that breaks a rule is kept and marked, one that is no longer asked is kept and hidden, and a draft can always be saved.
//!
//! It knows nothing of CRDTs and stores: it is given [`Answers`] and gives back [`SessionEdit`]s.

mod actions;
mod address;
mod answers;
mod change;
mod choices;
mod compute;
mod finding;
mod instance_tree;
mod merge;
mod page;
mod reader;
mod value;
mod view;
mod world;

use std::cell::Cell as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use thiserror::Error;

use crate::expression::{Clock, evaluate_to_text};
use crate::model::{Language, QuestionType};
use crate::plan::{Aspect, Kind, NodeIndex, Plan, Rule};
use instance_tree::{Cell, InstanceTree, Place};

pub use answers::{Answers, GivenInstance, Key, SessionEdit};
pub use change::Change;
pub use choices::Offered;
pub use finding::{Finding, FindingKind};
pub use page::{Page, Progress};
pub use view::{NodeSort, View};
pub use world::{InstanceKey, Properties, World};

/// A questionnaire being filled.
#[derive(Debug)]
pub struct Session {
    plan: Arc<Plan>,
    tree: InstanceTree,
    world: World,
    language: Language,
    chance: Slot<u64>,
    /// What must be computed, by its place in the plan's order.
    queue: BTreeSet<(u32, Place)>,
    /// Questions whose change sets others, waiting for their turn.
    changed: VecDeque<Place>,
    /// Whether a record is still being begun or opened: nothing has changed yet, everything is as it was.
    loading: bool,
    /// Places that people may see otherwise than they were told.
    looked: BTreeSet<Place>,
    /// What people were told, once somebody asked.
    told: HashMap<Place, View>,
    /// Instances that were told and are gone.
    gone: Vec<Key>,
    /// Expressions that could not be computed, by place and column.
    faults: BTreeMap<(Place, &'static str), String>,
    /// What is to be written into the record.
    edits: Vec<SessionEdit>,
    /// Answers that this version of the form has no question for.
    aside: Vec<(Key, String)>,
    /// Findings that were not there before the last merge.
    from_merge: BTreeSet<(Key, FindingKind)>,
}

/// Why an answer or an instance is not taken. Nothing was changed.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum SessionError {
    /// The form has no such question, or the record no such instance.
    #[error("there is no question `{path}` here")]
    UnknownQuestion {
        /// The path.
        path: String,
    },
    /// The form has no such repeat, or the record no such instance around it.
    #[error("there is no repeat `{path}` here")]
    UnknownRepeat {
        /// The path.
        path: String,
    },
    /// The record has no such instance.
    #[error("there is no such instance of a repeat")]
    UnknownInstance,
    /// The number of instances is computed.
    #[error("how often `{path}` is asked follows from other answers: no instance is added or taken out by hand")]
    Counted {
        /// The repeat's path.
        path: String,
    },
    /// Nobody types there.
    #[error("`{path}` cannot be typed in")]
    ReadOnly {
        /// The question's path.
        path: String,
    },
}

impl Session {
    /// Begins a record: defaults, first instances, and what is set once at the beginning.
    #[must_use]
    pub fn begin(plan: Arc<Plan>, world: World) -> Self {
        Self::begin_with(plan, world, &Answers::default())
    }

    /// Begins a record that is known in part: the row of a table, a household seen in an earlier round.
    #[must_use]
    pub fn begin_with(plan: Arc<Plan>, world: World, answers: &Answers) -> Self {
        let mut session = Self::empty(plan, world);
        session.first_instances(0, NodeIndex::FORM);
        session.tree.arrange(&Arc::clone(&session.plan));
        session.defaults(0);
        session.put_in(answers);
        session.load();
        session.loading = true;
        session.first_load();
        session.loading = false;
        session.every_load();
        session.settle();
        session
    }

    /// Opens a record.
    #[must_use]
    pub fn open(plan: Arc<Plan>, world: World, answers: &Answers) -> Self {
        let mut session = Self::empty(plan, world);
        session.metadata();
        session.put_in(answers);
        session.load();
        session.loading = false;
        session.every_load();
        session.settle();
        session
    }

    fn empty(plan: Arc<Plan>, world: World) -> Self {
        Self {
            tree: InstanceTree::new(&plan),
            language: plan.default_language(),
            chance: Slot::new(world.seed),
            plan,
            world,
            queue: BTreeSet::new(),
            changed: VecDeque::new(),
            loading: true,
            looked: BTreeSet::new(),
            told: HashMap::new(),
            gone: Vec::new(),
            faults: BTreeMap::new(),
            edits: Vec::new(),
            aside: Vec::new(),
            from_merge: BTreeSet::new(),
        }
    }

    /// The plan of the form that is filled.
    #[must_use]
    pub const fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Moves the clock: what is computed from now on sees this moment. What was computed stays.
    pub const fn set_clock(&mut self, clock: Clock) {
        self.world.clock = clock;
    }

    /// The language in use.
    #[must_use]
    pub const fn language(&self) -> &Language {
        &self.language
    }

    /// Changes the language. All texts are looked at again; answers stay.
    pub fn set_language(&mut self, language: Language) {
        self.language = language;
        // Expressions may read labels, of choices above all.
        self.queue_everything();
        self.settle();
        self.looked.extend(self.tree.places());
    }

    /// Answers a question; nothing, or only blanks, clears it. An answer that breaks a rule is taken and marked.
    ///
    /// # Errors
    /// [`SessionError::UnknownQuestion`], [`SessionError::ReadOnly`].
    pub fn answer(&mut self, key: &Key, answer: &str) -> Result<(), SessionError> {
        let place = self.question_place(key)?;
        let is_id = self.plan.at(place.node).question_type() == Some(QuestionType::InstanceId);
        if is_id || self.is_read_only(place) {
            return Err(SessionError::ReadOnly { path: key.path.clone() });
        }
        if !self.give(place, answer) {
            // The same answer again says which of two rivals is right: it settles a conflict.
            self.edits.push(SessionEdit::Answer { key: self.key_of(place), value: self.stored(place).to_owned() });
        }
        self.settle();
        Ok(())
    }

    /// Adds an instance of a repeat, in the instance `parent` of the repeat around it.
    ///
    /// # Errors
    /// [`SessionError::UnknownRepeat`], [`SessionError::Counted`].
    pub fn add_instance(
        &mut self,
        repeat: &str,
        parent: Option<InstanceKey>,
        id: InstanceKey,
    ) -> Result<(), SessionError> {
        let unknown = || SessionError::UnknownRepeat { path: repeat.to_owned() };
        let node = self.plan.node(repeat).filter(|node| self.plan.at(*node).is_repeat()).ok_or_else(unknown)?;
        if matches!(self.plan.at(node).kind, Kind::Repeat { counted: true, .. }) {
            return Err(SessionError::Counted { path: repeat.to_owned() });
        }
        let frame = parent.map_or(Some(0), |parent| self.tree.frame_of(parent)).ok_or_else(unknown)?;
        let around = self.plan.at(node).parent.and_then(|parent| self.plan.at(parent).repeat);
        if self.tree.frame(frame).is_none_or(|frame| frame.repeat != around) {
            return Err(unknown());
        }
        let added = self.new_instance(node, frame, id);
        self.structure_changed(frame, node, &[added]);
        self.drain();
        self.new_repeat(node, added);
        self.settle();
        Ok(())
    }

    /// Takes an instance out, with all in it.
    ///
    /// # Errors
    /// [`SessionError::UnknownInstance`], [`SessionError::Counted`].
    pub fn remove_instance(&mut self, id: InstanceKey) -> Result<(), SessionError> {
        let frame = self.tree.frame_of(id).ok_or(SessionError::UnknownInstance)?;
        let (parent, repeat) = self
            .tree
            .frame(frame)
            .and_then(|frame| Some((frame.parent, frame.repeat?)))
            .ok_or(SessionError::UnknownInstance)?;
        let node = self.plan.at(repeat);
        if matches!(node.kind, Kind::Repeat { counted: true, .. }) {
            return Err(SessionError::Counted { path: node.path.clone() });
        }
        self.forget(frame);
        self.tree.remove(frame);
        self.edits.push(SessionEdit::Remove { id });
        self.structure_changed(parent, repeat, &[]);
        self.settle();
        Ok(())
    }

    /// What is to be written into the record, in order, since [`Session::edits_saved`].
    #[must_use]
    pub fn edits(&self) -> &[SessionEdit] {
        &self.edits
    }

    /// What was to be written is written.
    pub fn edits_saved(&mut self) {
        self.edits.clear();
    }

    /// Answers that this version of the form has no question for: kept, shown, exported.
    #[must_use]
    pub fn set_aside(&self) -> &[(Key, String)] {
        &self.aside
    }

    /// The value of a question as other questions see it: nothing while it is not asked.
    #[must_use]
    pub fn value(&self, key: &Key) -> Option<&str> {
        let place = self.question_place(key).ok()?;
        self.tree.cell(&self.plan, place).map(Cell::seen)
    }

    /// The values of all questions outside repeats that are computed, with their indicator's name if they are one, in order.
    pub fn computed(&self) -> impl Iterator<Item = (&str, Option<&str>, &str)> {
        self.plan.indices().filter_map(|node| {
            let planned = self.plan.at(node);
            let asked = planned.asked().filter(|_| planned.repeat.is_none() && planned.bound.calculation.is_some())?;
            let cell = self.tree.cell(&self.plan, Place { frame: 0, node })?;
            Some((planned.path.as_str(), asked.indicator.as_deref(), cell.seen()))
        })
    }

    /// What the record is called, by the form's `instance_name`; nothing when the form does not say.
    #[must_use]
    pub fn name(&self) -> String {
        let Some(expr) = &self.plan.instance_name else { return String::new() };
        let form = Place { frame: 0, node: NodeIndex::FORM };
        let text =
            self.look(form, |reader, spot| evaluate_to_text(expr, reader, spot).map(std::borrow::Cow::into_owned));
        text.and_then(Result::ok).unwrap_or_default()
    }

    /// The ids of the instances of a repeat that are there, in order.
    #[must_use]
    pub fn instances(&self, repeat: &str, parent: Option<InstanceKey>) -> Vec<InstanceKey> {
        let Some(node) = self.plan.node(repeat) else { return Vec::new() };
        let Some(frame) = parent.map_or(Some(0), |parent| self.tree.frame_of(parent)) else { return Vec::new() };
        self.tree.shown(frame, node).iter().filter_map(|frame| self.tree.frame(*frame)?.id).collect()
    }

    fn question_place(&self, key: &Key) -> Result<Place, SessionError> {
        let unknown = || SessionError::UnknownQuestion { path: key.path.clone() };
        let node = self.plan.node(&key.path).ok_or_else(unknown)?;
        let planned = self.plan.at(node);
        let frame = key.instance.map_or(Some(0), |id| self.tree.frame_of(id)).ok_or_else(unknown)?;
        let fits = self.tree.frame(frame).is_some_and(|frame| frame.repeat == planned.repeat);
        if fits && planned.asked().is_some() { Ok(Place { frame, node }) } else { Err(unknown()) }
    }

    fn key_of(&self, place: Place) -> Key {
        let instance = self.tree.frame(place.frame).and_then(|frame| frame.id);
        Key { instance, path: self.plan.at(place.node).path.clone() }
    }

    /// Whether nobody types at a place: by its own rule, by one around it, or because it is no question to type in.
    fn is_read_only(&self, place: Place) -> bool {
        let mut here = Some(place);
        while let Some(at) = here {
            let rule = match &self.plan.at(at.node).bound.read_only {
                Rule::Never => false,
                Rule::Always => true,
                Rule::When(expr) => self.is_true(expr, at),
            };
            if rule {
                return true;
            }
            here = self.around(at);
        }
        matches!(self.plan.at(place.node).question_type(), Some(QuestionType::Note | QuestionType::Calculate))
    }

    /// The place around a place.
    fn around(&self, place: Place) -> Option<Place> {
        let node = self.plan.at(place.node).parent?;
        let frame =
            if self.plan.at(place.node).is_repeat() { self.tree.frame(place.frame)?.parent } else { place.frame };
        Some(Place { frame, node })
    }

    fn shown(&self, place: Place) -> bool {
        self.tree.cell(&self.plan, place).is_some_and(|cell| cell.shown)
    }

    fn seen(&self, place: Place) -> &str {
        self.tree.cell(&self.plan, place).map_or("", Cell::seen)
    }

    fn stored(&self, place: Place) -> &str {
        self.tree.cell(&self.plan, place).map_or("", |cell| cell.value.as_str())
    }

    fn rank(&self, aspect: Aspect, node: NodeIndex) -> u32 {
        self.plan.graph.rank(aspect, node)
    }
}
