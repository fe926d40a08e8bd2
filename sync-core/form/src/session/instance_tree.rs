//! The nodes of a record that is being filled: one for each question outside repeats and, in each repeat instance, for each in
//! the repeat.
//!
//! Cells stay where they are for as long as their instance lives; the order in which expressions see them is made anew when
//! an instance comes or goes.

use std::collections::BTreeMap;
use std::collections::HashMap;

use super::world::InstanceKey;
use crate::plan::{NodeIndex, Plan};

/// A question, group or repeat instance of the record: the instance around it, and which node of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    /// The instance it lies in; a repeat's own place is in its own instance. 0 is the part outside repeats.
    pub(super) frame: u32,
    /// Which node.
    pub(super) node: NodeIndex,
}

/// What is known of a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// The answer or the computed value, whether it is asked or not.
    pub(super) value: String,
    /// What its own condition says.
    pub(super) relevant: bool,
    /// Whether it and all around it are asked.
    pub(super) shown: bool,
    /// What of the value is still offered, when that is not all of it: what is chosen stays, and reads as nothing while other
    /// answers leave it no place.
    pub(super) offered: Option<String>,
}

/// A repeat instance, or the part outside repeats.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) repeat: Option<NodeIndex>,
    pub(super) id: Option<InstanceKey>,
    pub(super) parent: u32,
    pub(super) depth: u32,
    /// The cell of the instance as a whole.
    pub(super) head: Cell,
    cells: Vec<Cell>,
    /// By slot: the place in the order.
    orders: Vec<u32>,
    /// The place of the instance itself in the order; `u32::MAX` while it is not there.
    pub(super) order: u32,
    /// The instances of the repeats in it, in order.
    nested: BTreeMap<NodeIndex, Nested>,
}

/// The instances of a repeat in one instance of what is around it.
#[derive(Debug, Default)]
pub(super) struct Nested {
    /// All, in order. A count that falls hides the last ones and loses nothing.
    pub(super) frames: Vec<u32>,
    /// How many are there.
    pub(super) shown: usize,
}

/// A node in the order.
#[derive(Debug, Clone, Copy)]
struct Ordered {
    node: NodeIndex,
    frame: u32,
    parent: u32,
    end: u32,
}

/// The nodes of a record.
#[derive(Debug)]
pub(super) struct InstanceTree {
    frames: Vec<Frame>,
    order: Vec<Ordered>,
    by_id: HashMap<InstanceKey, u32>,
}

impl InstanceTree {
    /// A record without repeat instances.
    pub(super) fn new(plan: &Plan) -> Self {
        let mut tree = Self { frames: Vec::new(), order: Vec::new(), by_id: HashMap::new() };
        tree.frames.push(Frame::new(plan, None, None, 0, 0));
        tree.arrange(plan);
        tree
    }

    /// Adds an instance behind the others. It is in the order only after [`Self::arrange`].
    pub(super) fn add(&mut self, plan: &Plan, repeat: NodeIndex, parent: u32, id: InstanceKey) -> u32 {
        let number = u32::try_from(self.frames.len()).unwrap_or(u32::MAX);
        let depth = plan.at(repeat).depth;
        self.frames.push(Frame::new(plan, Some(repeat), Some(id), parent, depth));
        self.by_id.insert(id, number);
        if let Some(frame) = self.frames.get_mut(parent as usize) {
            let nested = frame.nested.entry(repeat).or_default();
            nested.frames.push(number);
            nested.shown = nested.frames.len();
        }
        number
    }

    /// Takes an instance out.
    pub(super) fn remove(&mut self, frame: u32) {
        let Some((parent, repeat)) = self.frames.get(frame as usize).map(|frame| (frame.parent, frame.repeat)) else {
            return;
        };
        if let (Some(around), Some(repeat)) = (self.frames.get_mut(parent as usize), repeat)
            && let Some(nested) = around.nested.get_mut(&repeat)
            && let Some(place) = nested.frames.iter().position(|one| *one == frame)
        {
            nested.frames.remove(place);
            nested.shown = nested.shown.min(nested.frames.len());
        }
        if let Some(id) = self.frames.get(frame as usize).and_then(|frame| frame.id) {
            self.by_id.remove(&id);
        }
    }

    /// Shows so many instances of a repeat, if there are as many.
    pub(super) fn show(&mut self, parent: u32, repeat: NodeIndex, count: usize) {
        if let Some(frame) = self.frames.get_mut(parent as usize) {
            let nested = frame.nested.entry(repeat).or_default();
            nested.shown = count.min(nested.frames.len());
        }
    }

    /// Puts all nodes in document order again.
    pub(super) fn arrange(&mut self, plan: &Plan) {
        self.order.clear();
        for frame in &mut self.frames {
            frame.order = u32::MAX;
            frame.orders.fill(u32::MAX);
        }
        self.place(plan, NodeIndex::DOCUMENT, 0, 0);
    }

    fn place(&mut self, plan: &Plan, node: NodeIndex, frame: u32, parent: u32) {
        let here = u32::try_from(self.order.len()).unwrap_or(u32::MAX);
        self.order.push(Ordered { node, frame, parent, end: here + 1 });
        self.set_order(plan, Place { frame, node }, here);
        for child in &plan.at(node).children {
            if plan.at(*child).is_repeat() {
                let shown: Vec<u32> = self.shown(frame, *child).to_vec();
                shown.into_iter().for_each(|instance| self.place(plan, *child, instance, here));
            } else {
                self.place(plan, *child, frame, here);
            }
        }
        let end = u32::try_from(self.order.len()).unwrap_or(u32::MAX);
        if let Some(ordered) = self.order.get_mut(here as usize) {
            ordered.end = end;
        }
    }

    fn set_order(&mut self, plan: &Plan, place: Place, order: u32) {
        if let Some(frame) = self.frames.get_mut(place.frame as usize) {
            if frame.repeat == Some(place.node) {
                frame.order = order;
            } else if let Some(slot) = frame.orders.get_mut(plan.at(place.node).slot as usize) {
                *slot = order;
            }
        }
    }

    /// The instances of a repeat that are there, in order.
    pub(super) fn shown(&self, parent: u32, repeat: NodeIndex) -> &[u32] {
        let nested = self.frames.get(parent as usize).and_then(|frame| frame.nested.get(&repeat));
        nested.map_or(&[], |nested| nested.frames.get(..nested.shown).unwrap_or(&[]))
    }

    /// The instances of a repeat, hidden ones too.
    pub(super) fn all(&self, parent: u32, repeat: NodeIndex) -> &[u32] {
        let nested = self.frames.get(parent as usize).and_then(|frame| frame.nested.get(&repeat));
        nested.map_or(&[], |nested| nested.frames.as_slice())
    }

    /// The instance with this id.
    pub(super) fn frame_of(&self, id: InstanceKey) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn frame(&self, frame: u32) -> Option<&Frame> {
        self.frames.get(frame as usize)
    }

    /// Whether a place is in the order, and where.
    pub(super) fn order_of(&self, plan: &Plan, place: Place) -> Option<u32> {
        let frame = self.frames.get(place.frame as usize)?;
        let order = if frame.repeat == Some(place.node) {
            frame.order
        } else {
            *frame.orders.get(plan.at(place.node).slot as usize)?
        };
        (order != u32::MAX).then_some(order)
    }

    /// What stands at a place in the order.
    pub(super) fn at(&self, order: u32) -> Place {
        let ordered = self.order.get(order as usize);
        ordered.map_or(Place { frame: 0, node: NodeIndex::DOCUMENT }, |ordered| Place {
            frame: ordered.frame,
            node: ordered.node,
        })
    }

    pub(super) fn parent(&self, order: u32) -> Option<u32> {
        if order == 0 { None } else { self.order.get(order as usize).map(|ordered| ordered.parent) }
    }

    /// The first place in the order behind a node and all in it.
    pub(super) fn end(&self, order: u32) -> u32 {
        self.order.get(order as usize).map_or(0, |ordered| ordered.end)
    }

    /// What lies directly in a node, in order.
    pub(super) fn children(&self, order: u32) -> impl Iterator<Item = u32> {
        let end = self.end(order);
        let mut next = order + 1;
        std::iter::from_fn(move || {
            let here = next;
            (here < end).then(|| {
                next = self.end(here).max(here + 1);
                here
            })
        })
    }

    /// All places, in order, from the form's root.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.order.iter().skip(1).map(|ordered| Place { frame: ordered.frame, node: ordered.node })
    }

    pub(super) fn cell(&self, plan: &Plan, place: Place) -> Option<&Cell> {
        let frame = self.frames.get(place.frame as usize)?;
        if frame.repeat == Some(place.node) {
            Some(&frame.head)
        } else {
            frame.cells.get(plan.at(place.node).slot as usize)
        }
    }

    pub(super) fn cell_mut(&mut self, plan: &Plan, place: Place) -> Option<&mut Cell> {
        let frame = self.frames.get_mut(place.frame as usize)?;
        if frame.repeat == Some(place.node) {
            Some(&mut frame.head)
        } else {
            frame.cells.get_mut(plan.at(place.node).slot as usize)
        }
    }

    /// The instance around a place that has so many repeats around it.
    pub(super) fn ancestor(&self, mut frame: u32, depth: u32) -> u32 {
        while let Some(here) = self.frames.get(frame as usize) {
            if here.depth <= depth {
                break;
            }
            frame = here.parent;
        }
        frame
    }

    /// Puts the instances of the innermost of nested repeats that lie in `frame` into `found`, in order.
    pub(super) fn descend(&self, frame: u32, chain: &[NodeIndex], found: &mut Vec<u32>) {
        match chain {
            [] => found.push(frame),
            [repeat, rest @ ..] => {
                for instance in self.shown(frame, *repeat) {
                    self.descend(*instance, rest, found);
                }
            }
        }
    }
}

impl Cell {
    /// The value as others see it: nothing while it is not asked, and only what is offered.
    pub(super) fn seen(&self) -> &str {
        if self.shown { self.offered.as_deref().unwrap_or(&self.value) } else { "" }
    }
}

impl Frame {
    fn new(plan: &Plan, repeat: Option<NodeIndex>, id: Option<InstanceKey>, parent: u32, depth: u32) -> Self {
        let slots = plan.slots.get(&repeat).copied().unwrap_or(0) as usize;
        Self {
            repeat,
            id,
            parent,
            depth,
            head: Cell::default(),
            cells: vec![Cell::default(); slots],
            orders: vec![u32::MAX; slots],
            order: u32::MAX,
            nested: BTreeMap::new(),
        }
    }
}
