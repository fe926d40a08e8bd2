//! The history of a record, question by question, read from the changes themselves.

use std::collections::BTreeMap;

use super::answer::{Answer, same};
use super::document::{ANSWERS, COMMENTS, Stored, is_object, object, stored_scalar};
use super::question_key::QuestionKey;
use super::reading::answer_of;
use crate::change::{Action, History, Key, RawChange, automerge_hash};
use crate::document::Document;
use crate::id::{ActorId, ChangeHash};
use crate::time::Timestamp;

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

/// Every step of every question, in an order in which each follows what it builds on.
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
        let unseen = |write: &&Write| {
            !writes.iter().any(|later| later.change != write.change && history.had_seen(later.change, write.change))
        };
        let standing: Vec<&Write> = writes.iter().filter(unseen).collect();
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

struct Write {
    change: ChangeHash,
    value: Option<Answer>,
    deletes: bool,
}

/// All changes that wrote each key of a map; of several operations in one change the last counts.
fn writes(document: &Document, map: &str) -> BTreeMap<String, Vec<Write>> {
    let mut writes: BTreeMap<String, Vec<Write>> = BTreeMap::new();
    let automerge = document.automerge();
    let Some(answers) = object(automerge, map) else { return writes };
    let mut texts: Vec<(automerge::ObjId, String)> = Vec::new();
    for (key, id) in text_objects(document, &answers) {
        texts.push((id, key));
    }
    for bytes in document.changes() {
        let Ok(change) = RawChange::read(&bytes) else { continue };
        for operation in change.operations().map_while(Result::ok) {
            let Some(reference) = operation.object else { continue };
            let (key, value, deletes) = if is_object(&change, reference, &answers) {
                let Key::Name(key) = operation.key else { continue };
                match operation.action {
                    Action::Set => (key.to_owned(), answer_of(&stored_scalar(&operation.value)), false),
                    Action::Delete => (key.to_owned(), None, true),
                    Action::MakeText => (key.to_owned(), None, false),
                    Action::MakeMap => continue,
                }
            } else if let Some((id, key)) = texts.iter().find(|(id, _)| is_object(&change, reference, id)) {
                let heads = [automerge_hash(&change.hash())];
                let text = automerge::ReadDoc::text_at(automerge, id, &heads).unwrap_or_default();
                (key.clone(), answer_of(&Stored::LongText(text)), false)
            } else {
                continue;
            };
            let of_key = writes.entry(key).or_default();
            match of_key.last_mut() {
                Some(last) if last.change == change.hash() => *last = Write { change: last.change, value, deletes },
                Some(_) | None => of_key.push(Write { change: change.hash(), value, deletes }),
            }
        }
    }
    writes
}

/// Every text that stands, or stands hidden, under a key of `answers`.
fn text_objects(document: &Document, answers: &automerge::ObjId) -> Vec<(String, automerge::ObjId)> {
    let automerge = document.automerge();
    let mut texts = Vec::new();
    for item in automerge::ReadDoc::map_range(automerge, answers, ..) {
        if !item.conflict && !matches!(item.value, automerge::ValueRef::Object(automerge::ObjType::Text)) {
            continue;
        }
        let key = item.key.into_owned();
        for (value, id) in automerge::ReadDoc::get_all(automerge, answers, key.as_str()).unwrap_or_default() {
            if value == automerge::Value::Object(automerge::ObjType::Text) {
                texts.push((key.clone(), id));
            }
        }
    }
    texts
}
