//! What depends on what, and the order in which a form is computed.

use std::collections::{BTreeMap, BTreeSet};

use super::bind::Reads;
use super::node::{Kind, NodeIndex, PlanNode};

/// What is computed of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Aspect {
    /// How many instances a repeat has.
    Count,
    /// Whether it is asked.
    Relevance,
    /// Its value.
    Value,
}

/// Something that depends on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dependent {
    /// What must be computed again; none when only what people see of the node changes: labels, findings, choices.
    pub(crate) aspect: Option<Aspect>,
    /// Of which node.
    pub(crate) node: NodeIndex,
    /// How many repeats both share.
    pub(crate) depth: u32,
}

/// The order of computing, and who depends on whom.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// By node: who depends on its value, or on how many instances of it there are.
    pub(crate) dependents: Vec<Vec<Dependent>>,
    /// By node and aspect: its place in the order.
    ranks: Vec<[u32; 3]>,
    /// By place in the order: what is computed.
    pub(crate) order: Vec<(Aspect, NodeIndex)>,
    /// Nodes that are computed from themselves.
    pub(crate) cycle: Vec<NodeIndex>,
}

/// What the expressions of a node read.
#[derive(Debug, Default)]
pub(crate) struct NodeReads {
    pub(crate) count: Vec<Reads>,
    pub(crate) relevance: Vec<Reads>,
    pub(crate) value: Vec<Reads>,
    pub(crate) view: Vec<Reads>,
}

impl Graph {
    pub(crate) fn rank(&self, aspect: Aspect, node: NodeIndex) -> u32 {
        self.ranks[node.index()][aspect as usize]
    }

    pub(crate) fn new(nodes: &[PlanNode], reads: &[NodeReads]) -> Self {
        let mut graph = Self { dependents: vec![Vec::new(); nodes.len()], ..Self::default() };
        let mut before: BTreeMap<(Aspect, NodeIndex), BTreeSet<(Aspect, NodeIndex)>> = BTreeMap::new();
        for index in (1..nodes.len()).map(|index| NodeIndex(u32::try_from(index).unwrap_or(u32::MAX))) {
            let node = &nodes[index.index()];
            let reads = &reads[index.index()];
            if let Some(parent) = node.parent {
                let own = before.entry((Aspect::Relevance, index)).or_default();
                own.insert((Aspect::Relevance, parent));
                if node.is_repeat() {
                    own.insert((Aspect::Count, index));
                    before.entry((Aspect::Count, index)).or_default().insert((Aspect::Relevance, parent));
                }
                before.entry((Aspect::Value, index)).or_default().insert((Aspect::Relevance, index));
            }
            for (aspect, read) in [
                (Some(Aspect::Count), &reads.count),
                (Some(Aspect::Relevance), &reads.relevance),
                (Some(Aspect::Value), &reads.value),
                (None, &reads.view),
            ] {
                for read in read {
                    graph.note(nodes, *read, aspect, index, &mut before);
                }
            }
        }
        graph.dependents.iter_mut().for_each(|dependents| {
            dependents.sort_unstable();
            dependents.dedup();
        });
        graph.sort(nodes.len(), before);
        graph
    }

    fn note(
        &mut self,
        nodes: &[PlanNode],
        read: Reads,
        aspect: Option<Aspect>,
        reader: NodeIndex,
        before: &mut BTreeMap<(Aspect, NodeIndex), BTreeSet<(Aspect, NodeIndex)>>,
    ) {
        let target = &nodes[read.target.index()];
        let itself = read.target == reader && read.depth == target.depth;
        if !itself || aspect.is_none() {
            self.dependents[read.target.index()].push(Dependent { aspect, node: reader, depth: read.depth });
        }
        let Some(aspect) = aspect else { return };
        // A group that asks one of its own questions whether it is asked comes before them all the same.
        if aspect == Aspect::Relevance && reader.0 < read.target.0 && read.target.0 < nodes[reader.index()].end.0 {
            return;
        }
        let mut needs = Vec::new();
        if matches!(target.kind, Kind::Question(_)) && !itself {
            needs.push((Aspect::Value, read.target));
        }
        // How many instances there are matters where several may be read, and where places are counted.
        let counted = if target.is_repeat() || read.depth < target.depth { target.repeat } else { None };
        if let Some(repeat) = counted.filter(|repeat| (aspect, reader) != (Aspect::Count, *repeat)) {
            needs.push((Aspect::Count, repeat));
            if repeat != read.target {
                self.dependents[repeat.index()].push(Dependent {
                    aspect: Some(aspect),
                    node: reader,
                    depth: read.depth,
                });
            }
        }
        before.entry((aspect, reader)).or_default().extend(needs);
    }

    /// Puts all computations in an order in which each comes after what it reads. What is left is a cycle; it goes last.
    fn sort(&mut self, count: usize, before: BTreeMap<(Aspect, NodeIndex), BTreeSet<(Aspect, NodeIndex)>>) {
        let mut after: BTreeMap<(Aspect, NodeIndex), Vec<(Aspect, NodeIndex)>> = BTreeMap::new();
        let mut waits: BTreeMap<(Aspect, NodeIndex), usize> = BTreeMap::new();
        for (what, needs) in &before {
            let needs: Vec<_> = needs.iter().filter(|need| before.contains_key(need)).collect();
            waits.insert(*what, needs.len());
            needs.into_iter().for_each(|need| after.entry(*need).or_default().push(*what));
        }
        // In document order among those that are ready, so that the order is the same everywhere.
        let key = |(aspect, node): (Aspect, NodeIndex)| (node, aspect);
        let mut ready: BTreeSet<(NodeIndex, Aspect)> =
            waits.iter().filter(|(_, waits)| **waits == 0).map(|(what, _)| key(*what)).collect();
        while let Some((node, aspect)) = ready.pop_first() {
            self.order.push((aspect, node));
            waits.remove(&(aspect, node));
            for next in after.get(&(aspect, node)).into_iter().flatten() {
                if let Some(left) = waits.get_mut(next) {
                    *left -= 1;
                    if *left == 0 {
                        ready.insert(key(*next));
                    }
                }
            }
        }
        let mut left: Vec<(NodeIndex, Aspect)> = waits.keys().map(|what| key(*what)).collect();
        left.sort_unstable();
        self.cycle = left.iter().map(|(node, _)| *node).collect();
        self.cycle.dedup();
        self.order.extend(left.into_iter().map(|(node, aspect)| (aspect, node)));
        self.ranks = vec![[0; 3]; count];
        for (place, (aspect, node)) in self.order.iter().enumerate() {
            self.ranks[node.index()][*aspect as usize] = u32::try_from(place).unwrap_or(u32::MAX);
        }
    }
}
