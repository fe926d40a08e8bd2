//! Computing: what depends on a change, in the plan's order, and nothing else.

use std::sync::Arc;

use super::Session;
use super::instance_tree::Place;
use super::reader::{Reader, Spot};
use super::value::{fitted, text_of};
use super::world::InstanceKey;
use super::{Key, SessionEdit};
use crate::expression::{EvaluationError, Expr, evaluate, evaluate_to_boolean, evaluate_to_number};
use crate::plan::{Aspect, Kind, NodeIndex};

/// Steps after which a form that runs in a circle is stopped, by each place of the record.
const ROUNDS: usize = 16;

impl Session {
    /// Queues all that can be computed.
    pub(super) fn queue_everything(&mut self) {
        let places: Vec<Place> = self.tree.places().collect();
        for place in places {
            self.queue_place(place);
        }
    }

    fn queue_place(&mut self, place: Place) {
        let plan = Arc::clone(&self.plan);
        let node = plan.at(place.node);
        self.queue.insert((plan.graph.rank(Aspect::Relevance, place.node), place));
        if node.bound.calculation.is_some() || node.bound.choices.as_ref().is_some_and(|choices| choices.depends) {
            self.queue.insert((plan.graph.rank(Aspect::Value, place.node), place));
        }
        for child in &node.children {
            if plan.at(*child).bound.count.is_some() {
                self.queue.insert((plan.graph.rank(Aspect::Count, *child), Place { node: *child, ..place }));
            }
        }
    }

    /// Computes everything once, when a record is begun or opened.
    pub(super) fn load(&mut self) {
        self.tree.arrange(&Arc::clone(&self.plan));
        self.queue_everything();
        self.drain();
    }

    /// Computes until nothing is left to compute, and does what changes set off.
    pub(super) fn settle(&mut self) {
        let mut rounds = ROUNDS * self.plan.nodes.len();
        loop {
            self.drain();
            let Some(place) = self.changed.pop_front() else { break };
            self.value_changed(place);
            rounds = rounds.saturating_sub(1);
            if rounds == 0 {
                self.changed.clear();
                break;
            }
        }
    }

    /// Computes what is queued, and what that makes necessary, in order.
    pub(super) fn drain(&mut self) {
        let mut rounds = 0;
        while let Some((rank, place)) = self.queue.pop_first() {
            let Some((aspect, node)) = self.plan.graph.order.get(rank as usize).copied() else { continue };
            debug_assert_eq!(node, place.node, "a place is queued under its own node");
            match aspect {
                Aspect::Count => self.compute_count(place),
                Aspect::Relevance => self.compute_relevance(place),
                Aspect::Value => self.compute_value(place),
            }
            rounds += 1;
            if rounds % 4096 == 0 && rounds > ROUNDS * (4096 + self.tree.places().count() * 3) {
                self.queue.clear();
            }
        }
    }

    fn compute_count(&mut self, place: Place) {
        let plan = Arc::clone(&self.plan);
        let Some(expr) = &plan.at(place.node).bound.count else { return };
        let parent = Place { node: plan.at(place.node).parent.unwrap_or(NodeIndex::FORM), ..place };
        let number = self.number(expr, parent, "repeat_count");
        // Not a number and less than nothing are none.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
        let count = number.floor().clamp(0.0, 10_000.0) as usize;
        let here = self.tree.all(place.frame, place.node).len();
        let shown = self.tree.shown(place.frame, place.node).len();
        let mut added = Vec::new();
        for ordinal in here..count {
            let id = self.counted_id(place, ordinal);
            added.push(self.new_instance(place.node, place.frame, id));
        }
        if count == shown && added.is_empty() {
            return;
        }
        for frame in self.tree.shown(place.frame, place.node).to_vec().into_iter().skip(count) {
            self.forget(frame);
        }
        self.tree.show(place.frame, place.node, count);
        let back: Vec<u32> = self.tree.shown(place.frame, place.node).iter().skip(shown).copied().collect();
        self.structure_changed(place.frame, place.node, &back);
        if !self.loading {
            added.into_iter().for_each(|frame| self.new_repeat(place.node, frame));
        }
    }

    /// An instance with its defaults and the instances that it begins with.
    pub(super) fn new_instance(&mut self, repeat: NodeIndex, parent: u32, id: InstanceKey) -> u32 {
        let plan = Arc::clone(&self.plan);
        let frame = self.tree.add(&plan, repeat, parent, id);
        let around = self.tree.frame(parent).and_then(|frame| frame.id);
        self.edits.push(SessionEdit::Add { repeat: plan.at(repeat).path.clone(), id, parent: around });
        self.defaults(frame);
        frame
    }

    /// Adds the instances with which the repeats in a part of a new record begin. An instance that is added later begins with
    /// none in it, as in ODK.
    pub(super) fn first_instances(&mut self, frame: u32, node: NodeIndex) {
        let plan = Arc::clone(&self.plan);
        let depth = plan.at(node).depth;
        let inside = (node.0 + 1..plan.at(node).end.0).map(NodeIndex);
        let repeats = inside.filter(|inside| plan.at(*inside).is_repeat() && plan.at(*inside).depth == depth + 1);
        for repeat in repeats {
            if let Kind::Repeat { counted: false, initial } = plan.at(repeat).kind {
                for ordinal in 0..initial {
                    let id = self.counted_id(Place { frame, node: repeat }, ordinal as usize);
                    let instance = self.new_instance(repeat, frame, id);
                    self.first_instances(instance, repeat);
                }
            }
        }
    }

    fn compute_relevance(&mut self, place: Place) {
        let plan = Arc::clone(&self.plan);
        if self.tree.order_of(&plan, place).is_none() {
            return;
        }
        let own = match &plan.at(place.node).bound.relevant {
            // A condition that cannot be computed hides nothing.
            Some(expr) => self.condition(expr, place, "relevant", true),
            None => true,
        };
        let around = self.around(place).is_none_or(|around| around.node == NodeIndex::DOCUMENT || self.shown(around));
        let Some(cell) = self.tree.cell_mut(&plan, place) else { return };
        let was = cell.shown;
        cell.relevant = own;
        cell.shown = own && around;
        if cell.shown == was {
            return;
        }
        self.looked.insert(place);
        let node = plan.at(place.node);
        if node.asked().is_some() {
            if !was && (node.bound.calculation.is_some() || node.bound.choices.is_some()) {
                self.queue.insert((plan.graph.rank(Aspect::Value, place.node), place));
            }
            if !self.stored(place).is_empty() {
                self.touch_beside(place);
            }
        }
        for child in &node.children {
            let rank = plan.graph.rank(Aspect::Relevance, *child);
            if plan.at(*child).is_repeat() {
                for frame in self.tree.shown(place.frame, *child) {
                    self.queue.insert((rank, Place { frame: *frame, node: *child }));
                }
            } else {
                self.queue.insert((rank, Place { node: *child, ..place }));
            }
        }
    }

    fn compute_value(&mut self, place: Place) {
        let plan = Arc::clone(&self.plan);
        if !self.shown(place) || self.tree.order_of(&plan, place).is_none() {
            return;
        }
        let node = plan.at(place.node);
        if let Some(expr) = &node.bound.calculation {
            let question_type = node.question_type();
            let computed = self.text(expr, place, "calculation");
            let value =
                question_type.map_or_else(|| computed.clone(), |question_type| fitted(&computed, question_type));
            self.set(place, value, false);
        } else if self.mask(place) {
            self.touch(place);
        }
    }

    /// Sets a value. Says whether it is another than before.
    pub(super) fn set(&mut self, place: Place, value: String, given: bool) -> bool {
        let plan = Arc::clone(&self.plan);
        let Some(cell) = self.tree.cell_mut(&plan, place) else { return false };
        if cell.value == value {
            return false;
        }
        cell.value.clone_from(&value);
        cell.offered = None;
        let shown = cell.shown;
        if !self.loading {
            self.mask(place);
        }
        self.looked.insert(place);
        if given || plan.at(place.node).bound.keeps {
            self.edits.push(SessionEdit::Answer { key: self.key_of(place), value });
        }
        if shown || self.loading {
            self.touch(place);
        }
        if !self.loading {
            self.changed.push_back(place);
        }
        true
    }

    /// Queues what depends on the value of a place.
    fn touch(&mut self, place: Place) {
        let plan = Arc::clone(&self.plan);
        for dependent in plan.graph.dependents.get(place.node.index()).into_iter().flatten() {
            self.queue_dependent(*dependent, place.frame, dependent.depth);
        }
        self.looked.insert(place);
    }

    /// Queues what depends on a value that came into sight or went out of it, but for the relevance of what is around it: a
    /// group that asks its own question whether it is asked would open and shut for ever.
    fn touch_beside(&mut self, place: Place) {
        let plan = Arc::clone(&self.plan);
        for dependent in plan.graph.dependents.get(place.node.index()).into_iter().flatten() {
            let around = dependent.node < place.node && place.node < plan.at(dependent.node).end;
            if !(around && dependent.aspect == Some(Aspect::Relevance)) {
                self.queue_dependent(*dependent, place.frame, dependent.depth);
            }
        }
        self.looked.insert(place);
    }

    fn queue_dependent(&mut self, dependent: crate::plan::Dependent, frame: u32, depth: u32) {
        let plan = Arc::clone(&self.plan);
        let from = self.tree.ancestor(frame, depth);
        let mut frames = Vec::new();
        let counted = dependent.aspect == Some(Aspect::Count);
        let node = plan.at(dependent.node);
        let within = if counted { node.parent.and_then(|parent| plan.at(parent).repeat) } else { node.repeat };
        let base = self.tree.frame(from).and_then(|frame| frame.repeat);
        let mut chain: Vec<NodeIndex> =
            std::iter::successors(within, |repeat| plan.at(*repeat).parent.and_then(|parent| plan.at(parent).repeat))
                .take_while(|repeat| Some(*repeat) != base)
                .collect();
        chain.reverse();
        self.tree.descend(from, &chain, &mut frames);
        for frame in frames {
            let place = Place { frame, node: dependent.node };
            match dependent.aspect {
                Some(aspect) => {
                    self.queue.insert((self.rank(aspect, dependent.node), place));
                }
                None => {
                    self.looked.insert(place);
                }
            }
        }
    }

    /// Instances of a repeat came or went: the order is made anew, and what reads them or counts them is queued.
    pub(super) fn structure_changed(&mut self, parent: u32, repeat: NodeIndex, added: &[u32]) {
        let plan = Arc::clone(&self.plan);
        self.tree.arrange(&plan);
        let depth = plan.at(repeat).depth - 1;
        for inside in (repeat.0..plan.at(repeat).end.0).map(NodeIndex) {
            for dependent in plan.graph.dependents.get(inside.index()).into_iter().flatten() {
                if inside == repeat || dependent.depth <= depth {
                    self.queue_dependent(*dependent, parent, dependent.depth.min(depth));
                }
            }
        }
        for frame in added {
            let places: Vec<Place> = self.places_in(*frame);
            places.into_iter().for_each(|place| {
                self.queue_place(place);
                self.looked.insert(place);
            });
        }
        // What stands behind has another position.
        for frame in self.tree.shown(parent, repeat) {
            self.looked.insert(Place { frame: *frame, node: repeat });
        }
    }

    /// All places of an instance, those of the instances in it too.
    pub(super) fn places_in(&self, frame: u32) -> Vec<Place> {
        let Some(repeat) = self.tree.frame(frame).and_then(|frame| frame.repeat) else { return Vec::new() };
        let Some(order) = self.tree.order_of(&self.plan, Place { frame, node: repeat }) else { return Vec::new() };
        (order..self.tree.end(order)).map(|order| self.tree.at(order)).collect()
    }

    /// Notes that an instance is no longer there to be seen.
    pub(super) fn forget(&mut self, frame: u32) {
        for place in self.places_in(frame) {
            if self.told.remove(&place).is_some() {
                self.gone.push(self.key_of(place));
            }
            self.looked.remove(&place);
        }
    }

    /// Looks at the record with the eyes of an expression.
    pub(super) fn look<T>(&self, origin: Place, look: impl FnOnce(&Reader<'_>, Spot) -> T) -> Option<T> {
        let reader = Reader {
            plan: &self.plan,
            tree: &self.tree,
            world: &self.world,
            language: &self.language,
            origin,
            chance: &self.chance,
            choice_label: &super::choices::label_of,
        };
        let spot = reader.spot(origin)?;
        Some(look(&reader, spot))
    }

    fn compute_with<T>(
        &mut self,
        place: Place,
        column: &'static str,
        otherwise: T,
        compute: impl FnOnce(&Reader<'_>, Spot) -> Result<T, EvaluationError>,
    ) -> T {
        match self.look(place, compute) {
            Some(Ok(value)) => {
                if !self.faults.is_empty() && self.faults.remove(&(place, column)).is_some() {
                    self.looked.insert(place);
                }
                value
            }
            Some(Err(error)) => {
                self.faults.insert((place, column), error.to_string());
                self.looked.insert(place);
                otherwise
            }
            None => otherwise,
        }
    }

    pub(super) fn text(&mut self, expr: &Expr, place: Place, column: &'static str) -> String {
        self.compute_with(place, column, String::new(), |reader, spot| {
            evaluate(expr, reader, spot).map(|value| text_of(&value, reader))
        })
    }

    fn number(&mut self, expr: &Expr, place: Place, column: &'static str) -> f64 {
        self.compute_with(place, column, f64::NAN, |reader, spot| evaluate_to_number(expr, reader, spot))
    }

    fn condition(&mut self, expr: &Expr, place: Place, column: &'static str, otherwise: bool) -> bool {
        self.compute_with(place, column, otherwise, |reader, spot| evaluate_to_boolean(expr, reader, spot))
    }

    /// Whether a rule holds, for looking only: what cannot be computed does not hold.
    pub(super) fn is_true(&self, expr: &Expr, place: Place) -> bool {
        matches!(self.look(place, |reader, spot| evaluate_to_boolean(expr, reader, spot)), Some(Ok(true)))
    }

    /// The id of the instance that a count, or the form itself, makes: the same on every device, so that two that count to
    /// three make the same third one (UUID version 5, RFC 9562, in the namespace of the record or of the instance around it).
    fn counted_id(&self, place: Place, ordinal: usize) -> InstanceKey {
        let around = self.tree.frame(place.frame).and_then(|frame| frame.id);
        let space = uuid::Uuid::from_bytes(around.map_or(self.world.record, |around| around.0));
        let name = format!("{}#{ordinal}", self.plan.at(place.node).path);
        InstanceKey(uuid::Uuid::new_v5(&space, name.as_bytes()).into_bytes())
    }

    /// Sets the answer of a question, as a person or an action gives it. Says whether it is another than before.
    pub(super) fn give(&mut self, place: Place, answer: &str) -> bool {
        let question_type = self.plan.at(place.node).question_type();
        let value = question_type.map_or_else(|| answer.to_owned(), |question_type| fitted(answer, question_type));
        self.set(place, value, true)
    }

    /// The key by which the outside knows a place.
    pub(super) fn outside(&self, place: Place) -> Key {
        self.key_of(place)
    }
}
