//! What is set once: defaults, metadata, and what actions set when something happens.

use std::sync::Arc;

use super::Session;
use super::instance_tree::Place;
use super::value::fitted;
use crate::expression::{Builtin, Expr, Function, evaluate_to_text};
use crate::model::QuestionType;
use crate::plan::{BoundAction, BoundEvent, NodeIndex};

impl Session {
    /// Puts the defaults into a new instance, or into the part outside repeats of a new record.
    pub(super) fn defaults(&mut self, frame: u32) {
        let plan = Arc::clone(&self.plan);
        let repeat = self.tree.frame(frame).and_then(|frame| frame.repeat);
        for node in plan.indices().filter(|node| plan.at(*node).repeat == repeat) {
            let Some(asked) = plan.at(node).asked() else { continue };
            let place = Place { frame, node };
            if let Some(value) = self.known(asked.question_type) {
                // A record's own id is no answer of it.
                self.set(place, value, asked.question_type != QuestionType::InstanceId);
            } else if let Some(default) = &asked.default {
                self.set(place, fitted(default, asked.question_type), true);
            }
        }
    }

    /// What metadata questions that no one stores read when a record is opened.
    pub(super) fn metadata(&mut self) {
        let plan = Arc::clone(&self.plan);
        for node in plan.indices().filter(|node| plan.at(*node).question_type() == Some(QuestionType::InstanceId)) {
            if let (Some(value), None) = (self.known(QuestionType::InstanceId), plan.at(node).repeat) {
                self.set(Place { frame: 0, node }, value, false);
            }
        }
    }

    /// What a metadata question reads at the beginning.
    fn known(&self, question_type: QuestionType) -> Option<String> {
        let properties = &self.world.properties;
        let text = match question_type {
            QuestionType::Start => self.moment(),
            QuestionType::Today => self.moment().split_once('T').map(|(day, _)| day.to_owned()).unwrap_or_default(),
            QuestionType::StartGeopoint => properties.location.clone(),
            QuestionType::DeviceId => properties.device_id.clone(),
            QuestionType::Username => properties.username.clone(),
            QuestionType::PhoneNumber => properties.phone_number.clone(),
            QuestionType::Email => properties.email.clone(),
            QuestionType::InstanceId => format!("uuid:{}", uuid::Uuid::from_bytes(self.world.record).hyphenated()),
            QuestionType::Integer
            | QuestionType::Decimal
            | QuestionType::Range
            | QuestionType::Text
            | QuestionType::SelectOne
            | QuestionType::SelectMultiple
            | QuestionType::Rank
            | QuestionType::Acknowledge
            | QuestionType::Date
            | QuestionType::Time
            | QuestionType::DateTime
            | QuestionType::Geopoint
            | QuestionType::Geotrace
            | QuestionType::Geoshape
            | QuestionType::Barcode
            | QuestionType::Image
            | QuestionType::Audio
            | QuestionType::BackgroundAudio
            | QuestionType::Video
            | QuestionType::File
            | QuestionType::Note
            | QuestionType::Calculate
            | QuestionType::Hidden
            | QuestionType::End
            | QuestionType::Audit => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Now, as `now()` writes it.
    fn moment(&self) -> String {
        let now = Expr::Call(Function::Known(Builtin::Now), Vec::new());
        let form = Place { frame: 0, node: NodeIndex::FORM };
        let text =
            self.look(form, |reader, spot| evaluate_to_text(&now, reader, spot).map(std::borrow::Cow::into_owned));
        text.and_then(Result::ok).unwrap_or_default()
    }

    /// Lets the questions that ask when the record was last saved read this moment. It is no answer: two devices that save
    /// would have a conflict each time, and the record's history knows the moment of every save anyway.
    pub fn note_end(&mut self) {
        let plan = Arc::clone(&self.plan);
        let moment = self.moment();
        for node in plan.indices().filter(|node| plan.at(*node).question_type() == Some(QuestionType::End)) {
            if plan.at(node).repeat.is_none() {
                self.set(Place { frame: 0, node }, moment.clone(), false);
            }
        }
        self.settle();
    }

    /// Does what is done once, when a record is begun.
    pub(super) fn first_load(&mut self) {
        let places: Vec<Place> = self.tree.places().collect();
        self.act(|on| *on == BoundEvent::FirstLoad, &places);
        self.drain();
    }

    /// Does what is done at every opening.
    pub(super) fn every_load(&mut self) {
        let places: Vec<Place> = self.tree.places().collect();
        self.act(|on| *on == BoundEvent::EveryLoad, &places);
    }

    /// Does what is done when an instance of a repeat is added.
    pub(super) fn new_repeat(&mut self, repeat: NodeIndex, frame: u32) {
        let places = self.places_in(frame);
        self.act(|on| *on == BoundEvent::NewRepeat(repeat), &places);
    }

    /// Does what waits for the change of a value.
    pub(super) fn value_changed(&mut self, place: Place) {
        let plan = Arc::clone(&self.plan);
        let event = BoundEvent::Changed(place.node);
        for action in plan.actions.iter().filter(|action| action.on.contains(&event)) {
            for target in self.reached(place, action.target) {
                self.do_action(action, target);
            }
            self.drain();
        }
    }

    /// The places of a node that share as many repeats with `place` as can be.
    fn reached(&self, place: Place, target: NodeIndex) -> Vec<Place> {
        let around = |node: NodeIndex| {
            let mut repeats: Vec<NodeIndex> = std::iter::successors(self.plan.at(node).repeat, |repeat| {
                self.plan.at(*repeat).parent.and_then(|parent| self.plan.at(parent).repeat)
            })
            .collect();
            repeats.reverse();
            repeats
        };
        let (from, to) = (around(place.node), around(target));
        let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
        let base = self.tree.ancestor(place.frame, u32::try_from(shared).unwrap_or(0));
        let mut frames = Vec::new();
        self.tree.descend(base, &to[shared..], &mut frames);
        frames.into_iter().map(|frame| Place { frame, node: target }).collect()
    }

    fn act(&mut self, happens: impl Fn(&BoundEvent) -> bool, places: &[Place]) {
        let plan = Arc::clone(&self.plan);
        for action in plan.actions.iter().filter(|action| action.on.iter().any(&happens)) {
            for place in places.iter().filter(|place| place.node == action.target) {
                self.do_action(action, *place);
                self.drain();
            }
        }
    }

    /// Sets the target of an action. What is not asked is not set, as in ODK: a default is for those who see the question.
    fn do_action(&mut self, action: &BoundAction, target: Place) {
        if !self.shown(target) {
            return;
        }
        let value = match &action.value {
            Some(expr) => self.text(expr, target, "action"),
            None => self.world.properties.location.clone(),
        };
        self.give(target, &value);
    }
}
