//! How expressions see a record that is being filled, and the secondary instances beside it.

use std::borrow::Cow;
use std::cell::Cell as Slot;

use super::instance_tree::{Cell, InstanceTree, Place};
use super::world::World;
use crate::expression::{Clock, Environment, NodeKind, Tree};
use crate::model::Language;
use crate::plan::{Kind, NodeIndex, Plan, SecondaryText};

/// A node as expressions see it: of the record (tree 0) or of a secondary instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot {
    pub(super) tree: u32,
    pub(super) order: u32,
}

/// One look at a record.
pub(super) struct Reader<'a> {
    pub(super) plan: &'a Plan,
    pub(super) tree: &'a InstanceTree,
    pub(super) world: &'a World,
    pub(super) language: &'a Language,
    /// The question whose expression is computed.
    pub(super) origin: Place,
    /// Where chance stands.
    pub(super) chance: &'a Slot<u64>,
    /// What people read for a choice.
    pub(super) choice_label: &'a dyn Fn(&Reader<'_>, &str, Place) -> Option<String>,
}

impl Reader<'_> {
    pub(super) fn spot(&self, place: Place) -> Option<Spot> {
        self.tree.order_of(self.plan, place).map(|order| Spot { tree: 0, order })
    }

    fn place(&self, spot: Spot) -> Place {
        self.tree.at(spot.order)
    }

    /// The value that others see: nothing while it is not asked.
    fn seen(&self, place: Place) -> &str {
        self.tree.cell(self.plan, place).map_or("", Cell::seen)
    }
}

impl Tree for Reader<'_> {
    type Node = Spot;

    fn kind(&self, node: Spot) -> NodeKind {
        match (node.tree, node.order) {
            (_, 0) => NodeKind::Root,
            (0, _) => NodeKind::Element,
            (tree, order) => {
                let tree = self.plan.secondary.tree(tree as usize - 1);
                tree.map_or(NodeKind::Element, |tree| tree.kind(order))
            }
        }
    }

    fn name(&self, node: Spot) -> &str {
        if node.tree == 0 {
            return &self.plan.at(self.place(node).node).name;
        }
        self.plan.secondary.tree(node.tree as usize - 1).map_or("", |tree| tree.name(node.order))
    }

    fn parent(&self, node: Spot) -> Option<Spot> {
        let order = if node.tree == 0 {
            self.tree.parent(node.order)?
        } else {
            self.plan.secondary.tree(node.tree as usize - 1)?.parent(node.order)?
        };
        Some(Spot { order, ..node })
    }

    fn children(&self, node: Spot) -> impl DoubleEndedIterator<Item = Spot> {
        let orders: Vec<u32> = if node.tree == 0 {
            self.tree.children(node.order).collect()
        } else {
            let tree = self.plan.secondary.tree(node.tree as usize - 1);
            tree.map_or_else(Vec::new, |tree| tree.inside(node.order, false).collect())
        };
        orders.into_iter().map(move |order| Spot { tree: node.tree, order })
    }

    fn attributes(&self, node: Spot) -> impl Iterator<Item = Spot> {
        let orders: Vec<u32> = if node.tree == 0 {
            Vec::new()
        } else {
            let tree = self.plan.secondary.tree(node.tree as usize - 1);
            tree.map_or_else(Vec::new, |tree| tree.inside(node.order, true).collect())
        };
        orders.into_iter().map(move |order| Spot { tree: node.tree, order })
    }

    fn string_value(&self, node: Spot) -> Cow<'_, str> {
        if node.tree == 0 {
            let place = self.place(node);
            if matches!(self.plan.at(place.node).kind, Kind::Question(_)) {
                return Cow::Borrowed(self.seen(place));
            }
            let all = (node.order..self.tree.end(node.order)).map(|order| self.tree.at(order));
            return Cow::Owned(all.map(|place| self.seen(place)).collect());
        }
        let Some(tree) = self.plan.secondary.tree(node.tree as usize - 1) else { return Cow::Borrowed("") };
        match tree.text(node.order) {
            SecondaryText::Plain(text) => Cow::Borrowed(text),
            SecondaryText::Nothing | SecondaryText::Label(_) => {
                Cow::Owned(tree.string_value(node.order, self.language))
            }
        }
    }
}

impl Environment for Reader<'_> {
    fn instance(&self, name: &str) -> Option<Spot> {
        let number = self.plan.secondary.number(name)?;
        Some(Spot { tree: u32::try_from(number).ok()? + 1, order: 0 })
    }

    fn reference(&self, reference: u32, context: Spot, found: &mut Vec<Spot>) {
        let Some(reference) = self.plan.references.get(reference as usize) else { return };
        let from =
            if reference.from_origin || context.tree != 0 { self.origin.frame } else { self.place(context).frame };
        let frame = self.tree.ancestor(from, reference.depth);
        let mut add = |frame: u32| {
            let place = Place { frame, node: reference.target };
            found.extend(self.tree.order_of(self.plan, place).map(|order| Spot { tree: 0, order }));
        };
        match reference.chain.as_slice() {
            [] => add(frame),
            chain => {
                let mut frames = Vec::new();
                self.tree.descend(frame, chain, &mut frames);
                frames.into_iter().for_each(add);
            }
        }
    }

    fn clock(&self) -> Clock {
        self.world.clock
    }

    fn random(&self) -> f64 {
        // SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
        let state = self.chance.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.chance.set(state);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
        let number = (mixed >> 11) as f64;
        number / 9_007_199_254_740_992.0
    }

    fn translation(&self, id: &str) -> Option<String> {
        let label = self.plan.form.texts.get(id)?;
        let form = self.spot(Place { frame: 0, node: NodeIndex::FORM })?;
        Some(super::choices::shown_in(self, NodeIndex::FORM, form, label))
    }

    fn choice_label(&self, name: &str, path: &str, context: Spot) -> Option<String> {
        let place = self.question_at(path, context)?;
        (self.choice_label)(self, name, place)
    }
}

impl Reader<'_> {
    /// The question that a written path leads to: `/data/member/sex`, `../sex`.
    fn question_at(&self, path: &str, context: Spot) -> Option<Place> {
        let path = path.trim();
        let (mut node, steps) = match path.strip_prefix('/') {
            Some(steps) => (NodeIndex::DOCUMENT, steps),
            None if context.tree == 0 => (self.place(context).node, path),
            None => (self.origin.node, path),
        };
        for step in steps.split('/').map(str::trim) {
            node = match step {
                "." => node,
                ".." => self.plan.at(node).parent?,
                name => *self.plan.at(node).children.iter().find(|child| self.plan.at(**child).name == name)?,
            };
        }
        let depth = self.plan.at(node).depth;
        let origin = if context.tree == 0 { self.place(context).frame } else { self.origin.frame };
        let frame = self.tree.ancestor(origin, depth);
        let found = self.tree.frame(frame)?;
        (found.repeat == self.plan.at(node).repeat).then_some(Place { frame, node })
    }
}
