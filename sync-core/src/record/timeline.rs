//! The history of a record, question by question, read from the changes themselves.

mod writes;

use std::collections::BTreeMap;

use super::answer::{Answer, same};
use super::document::{ANSWERS, COMMENTS};
use super::question_key::QuestionKey;
use crate::change::History;
use crate::document::Document;
use crate::id::{ActorId, ChangeHash};
use crate::time::Timestamp;
use writes::{Write, writes};

/// Who made a change and when, by the maker's clock. Device and user follow from the actor by the table of segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The change.
    pub change: ChangeHash,
    /// Its actor.
    pub actor: ActorId,
    /// The device's clock, to the second.
    pub time: Timestamp,
}

/// One step in the history of a question: a change that wrote or cleared its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Who and when.
    pub moment: Moment,
    /// What the answer became; `None` is cleared. Of a long text, the whole text as its author saw it then.
    pub value: Option<Answer>,
}

/// A key that was deleted, not cleared, by a change made elsewhere, while somebody else answered it (R4).
#[derive(Debug, Clone, PartialEq)]
pub struct Removed {
    /// The change that deleted, or that wrote a rival value.
    pub change: ChangeHash,
    /// The rival value; `None` is the removal.
    pub value: Option<Answer>,
}

impl Moment {
    pub(super) fn of(history: &History, change: ChangeHash) -> Option<Self> {
        let known = history.get(change)?;
        Some(Self { change, actor: known.actor, time: known.time })
    }
}

/// Every step of every question, in an order in which each follows what it builds on and which is the same on every replica.
#[must_use]
pub fn history_of(document: &Document) -> BTreeMap<QuestionKey, Vec<Step>> {
    let mut steps: BTreeMap<QuestionKey, Vec<Step>> = BTreeMap::new();
    for (key, writes) in writes(document, ANSWERS) {
        let Ok(key) = QuestionKey::parse(&key) else { continue };
        let moments = writes.into_iter().filter_map(|write| {
            Some(Step { moment: Moment::of(document.history(), write.change)?, value: write.value })
        });
        steps.insert(key, moments.collect());
    }
    steps
}

/// Keys with a removal that no later writer had seen, beside rival values: the long rule of R4. Empty unless a change made
/// elsewhere deleted a key.
#[must_use]
pub fn long_removals(document: &Document) -> BTreeMap<String, Vec<Removed>> {
    let history = document.history();
    let mut conflicts = BTreeMap::new();
    for (key, writes) in writes(document, ANSWERS) {
        if !writes.iter().any(|write| write.deletes) {
            continue;
        }
        let mut standing: Vec<&Write> = Vec::new();
        for write in &writes {
            let seen = history.closure(&[write.change]);
            standing.retain(|earlier| !seen.contains(&earlier.change));
            standing.push(write);
        }
        let differ = standing.iter().any(|write| !same(write.value.as_ref(), standing[0].value.as_ref()));
        if differ && standing.iter().any(|write| write.deletes) {
            let removed = standing.iter().map(|write| Removed { change: write.change, value: write.value.clone() });
            conflicts.insert(key, removed.collect());
        }
    }
    conflicts
}

/// Every writing of every comment: the words, or `None` for a hiding.
pub(super) fn comment_writes(document: &Document) -> BTreeMap<String, Vec<(ChangeHash, Option<String>)>> {
    let writes = writes(document, COMMENTS).into_iter();
    let texts = |writes: Vec<Write>| {
        writes.into_iter().map(|write| (write.change, write.value.as_ref().map(Answer::words))).collect()
    };
    writes.map(|(key, writes)| (key, texts(writes))).collect()
}
