//! The graph of a document's changes: enough of each to judge the next one and to say who had seen what.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use automerge::Automerge;

use super::reader::RawChange;
use crate::id::{ActorId, ChangeHash};
use crate::time::Timestamp;

/// One change as the history knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who made it.
    pub actor: ActorId,
    /// The actor's count of changes, from 1.
    pub sequence: u64,
    /// Counter of its last operation.
    pub max_op: u64,
    /// The device's clock when it was made, to the second.
    pub time: Timestamp,
    /// The changes it builds on directly, sorted.
    pub dependencies: Vec<ChangeHash>,
}

/// All changes of one document, in the order in which they came: each follows what it builds on.
#[derive(Debug, Clone, Default)]
pub struct History {
    changes: HashMap<ChangeHash, Known>,
    order: Vec<ChangeHash>,
    last_of_actor: HashMap<ActorId, (u64, ChangeHash)>,
    heads: Vec<ChangeHash>,
    max_op: u64,
}

/// A change and everything it builds on, as far as a judgement needs it.
pub struct Ancestry {
    /// None: the whole history.
    members: Option<HashSet<ChangeHash>>,
    max_op: u64,
}

impl Ancestry {
    /// Whether `hash`, known to the history, is in it.
    #[must_use]
    pub fn contains(&self, hash: ChangeHash) -> bool {
        self.members.as_ref().is_none_or(|members| members.contains(&hash))
    }

    /// Counter of the last operation in it; 0 if it is empty.
    #[must_use]
    pub const fn max_op(&self) -> u64 {
        self.max_op
    }
}

pub(crate) fn hash_of(hash: &automerge::ChangeHash) -> ChangeHash {
    ChangeHash::from_bytes(hash.0)
}

pub(crate) fn automerge_hash(hash: &ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(*hash.as_bytes())
}

pub(crate) fn automerge_hashes(hashes: &[ChangeHash]) -> Vec<automerge::ChangeHash> {
    hashes.iter().map(automerge_hash).collect()
}

impl History {
    /// The history of a loaded document. `None` if an actor in it is not 16 bytes long, which no document of Rukun's has.
    #[must_use]
    pub fn of(document: &Automerge) -> Option<Self> {
        let mut history = Self::default();
        for meta in document.get_changes_meta(&[]) {
            let known = Known {
                actor: ActorId::from_slice(meta.actor.to_bytes()).ok()?,
                sequence: meta.seq,
                max_op: meta.max_op,
                time: Timestamp::from_seconds(meta.timestamp),
                dependencies: meta.deps.iter().map(hash_of).collect(),
            };
            history.insert(hash_of(&meta.hash), known);
        }
        Some(history)
    }

    /// Adds a change that was judged and applied.
    pub fn add(&mut self, change: &RawChange<'_>) {
        let known = Known {
            actor: change.actor(),
            sequence: change.sequence(),
            max_op: change.max_op(),
            time: change.time(),
            dependencies: change.dependencies().to_vec(),
        };
        self.insert(change.hash(), known);
    }

    fn insert(&mut self, hash: ChangeHash, mut known: Known) {
        known.dependencies.sort_unstable();
        self.heads.retain(|head| known.dependencies.binary_search(head).is_err());
        let place = self.heads.binary_search(&hash).unwrap_or_else(|place| place);
        self.heads.insert(place, hash);
        self.max_op = self.max_op.max(known.max_op);
        let last = self.last_of_actor.entry(known.actor).or_insert((known.sequence, hash));
        if known.sequence > last.0 {
            *last = (known.sequence, hash);
        }
        self.order.push(hash);
        self.changes.insert(hash, known);
    }

    /// Whether the document has no change yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// The changes that nothing builds on yet, sorted.
    #[must_use]
    pub fn heads(&self) -> &[ChangeHash] {
        &self.heads
    }

    /// The change that began the document.
    #[must_use]
    pub fn root(&self) -> Option<ChangeHash> {
        self.order.first().copied()
    }

    /// What is known of one change.
    #[must_use]
    pub fn get(&self, hash: ChangeHash) -> Option<&Known> {
        self.changes.get(&hash)
    }

    /// Whether the change is in the document.
    #[must_use]
    pub fn contains(&self, hash: ChangeHash) -> bool {
        self.changes.contains_key(&hash)
    }

    /// All changes as they came, each after what it builds on. Two replicas may have them in different orders; see
    /// [`History::causal_order`].
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (ChangeHash, &Known)> {
        self.order.iter().filter_map(|hash| self.changes.get(hash).map(|known| (*hash, known)))
    }

    /// All changes, each after what it builds on, in an order that is the same on every replica: of those that may come next
    /// the one with the lowest operation counter, then the lowest hash.
    #[must_use]
    pub fn causal_order(&self) -> Vec<ChangeHash> {
        let mut waiting: HashMap<ChangeHash, usize> = HashMap::with_capacity(self.len());
        let mut followers: HashMap<ChangeHash, Vec<ChangeHash>> = HashMap::with_capacity(self.len());
        let mut open = BinaryHeap::new();
        for (hash, known) in self.iter() {
            waiting.insert(hash, known.dependencies.len());
            for dependency in &known.dependencies {
                followers.entry(*dependency).or_default().push(hash);
            }
            if known.dependencies.is_empty() {
                open.push(Reverse((known.max_op, hash)));
            }
        }
        let mut order = Vec::with_capacity(self.len());
        while let Some(Reverse((_, hash))) = open.pop() {
            order.push(hash);
            for follower in followers.remove(&hash).unwrap_or_default() {
                let left = waiting.get_mut(&follower).map_or(0, |left| {
                    *left -= 1;
                    *left
                });
                if left == 0
                    && let Some(known) = self.get(follower)
                {
                    open.push(Reverse((known.max_op, follower)));
                }
            }
        }
        order
    }

    /// The last change of an actor and its number.
    #[must_use]
    pub fn last_of(&self, actor: ActorId) -> Option<(u64, ChangeHash)> {
        self.last_of_actor.get(&actor).copied()
    }

    /// The ancestry of a change with these dependencies; none if one of them is not known.
    #[must_use]
    pub fn ancestry(&self, dependencies: &[ChangeHash]) -> Option<Ancestry> {
        if !dependencies.iter().all(|hash| self.contains(*hash)) {
            return None;
        }
        // The ordinary case: the change was made on everything there is.
        if dependencies == self.heads {
            return Some(Ancestry { members: None, max_op: self.max_op });
        }
        let members = self.closure(dependencies);
        let max_op = members.iter().filter_map(|hash| self.get(*hash)).map(|known| known.max_op).max().unwrap_or(0);
        Some(Ancestry { members: Some(members), max_op })
    }

    /// These changes and everything they build on.
    #[must_use]
    pub fn closure(&self, from: &[ChangeHash]) -> HashSet<ChangeHash> {
        let mut members = HashSet::new();
        let mut open = from.to_vec();
        while let Some(hash) = open.pop() {
            if let Some(known) = self.get(hash)
                && members.insert(hash)
            {
                open.extend(&known.dependencies);
            }
        }
        members
    }

    /// Whether the maker of `later` had seen `earlier` when making it. A change has seen itself.
    #[must_use]
    pub fn had_seen(&self, later: ChangeHash, earlier: ChangeHash) -> bool {
        later == earlier || self.closure(&[later]).contains(&earlier)
    }

    /// The heads of the document as it would be without `left_out` and what builds on it, sorted (R12).
    #[must_use]
    pub fn heads_without(&self, left_out: &HashSet<ChangeHash>) -> Vec<ChangeHash> {
        if left_out.is_empty() {
            return self.heads.clone();
        }
        let mut gone = left_out.clone();
        let mut heads: Vec<ChangeHash> = Vec::new();
        for (hash, known) in self.iter() {
            if gone.contains(&hash) || known.dependencies.iter().any(|dependency| gone.contains(dependency)) {
                gone.insert(hash);
                continue;
            }
            heads.retain(|head| !known.dependencies.contains(head));
            heads.push(hash);
        }
        heads.sort_unstable();
        heads
    }
}
