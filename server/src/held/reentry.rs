//! The edits that make one reading of a record into another: how the server says again what a segment said that can never
//! enter its document, and how it puts back what a discarded one changed.

use sync_core::record::{Edit, Instance, Presence, QuestionKey, Record, same};

/// Edits that a person could have made to turn `before` into `after`. Comments are added, never taken away; a withdrawal
/// comes separately, because it must judge the rest (R10).
pub(super) struct Edits {
    /// Everything else, in one save.
    pub(super) first: Vec<Edit>,
    /// A withdrawal or its taking back.
    pub(super) then: Vec<Edit>,
}

/// Computes them; only answers for whose question `counts` says yes.
pub(super) fn edits_between(
    before: Option<&Record>,
    after: Option<&Record>,
    counts: impl Fn(&QuestionKey) -> bool,
) -> Edits {
    let mut first = answers_between(before, after, counts);
    first.extend(instances_between(before, after));
    let mut then = Vec::new();
    if let Some(after) = after {
        let state = before.map(|before| before.state);
        if state.is_some_and(|state| state != after.state) {
            first.push(Edit::State(after.state));
        }
        if let ([version], true) = (after.versions.as_slice(), before.is_some_and(|it| it.versions != after.versions)) {
            first.push(Edit::Version(version.clone()));
        }
        first.extend(new_comments(before, after));
        match (before.map_or(&Presence::Present, |before| &before.presence), &after.presence) {
            (Presence::Present, Presence::Gone { reason }) => then.push(Edit::Withdraw { reason: reason.clone() }),
            (Presence::Gone { .. } | Presence::GoneButEdited { .. }, Presence::Present) => then.push(Edit::Reinstate),
            (Presence::Present, Presence::Present | Presence::GoneButEdited { .. })
            | (Presence::Gone { .. } | Presence::GoneButEdited { .. }, _) => {}
        }
    }
    Edits { first, then }
}

fn answers_between(
    before: Option<&Record>,
    after: Option<&Record>,
    counts: impl Fn(&QuestionKey) -> bool,
) -> Vec<Edit> {
    let answer =
        |record: Option<&Record>, key: &QuestionKey| record.and_then(|record| record.answers.get(key)).cloned();
    let keys = |record: Option<&Record>| -> Vec<QuestionKey> {
        record.map(|record| record.answers.keys().cloned().collect()).unwrap_or_default()
    };
    let mut all = [keys(before), keys(after)].concat();
    all.sort_unstable();
    all.dedup();
    let changed = all.into_iter().filter(counts).filter_map(|key| {
        let (old, new) = (answer(before, &key), answer(after, &key));
        let value = new.as_ref().and_then(|answered| answered.value.clone());
        let was = old.as_ref().and_then(|answered| answered.value.as_ref());
        let settled = old.as_ref().is_none_or(|answered| answered.conflict.is_empty());
        (!settled || !same(was, value.as_ref())).then_some(Edit::Answer { key, value })
    });
    changed.collect()
}

fn instances_between(before: Option<&Record>, after: Option<&Record>) -> Vec<Edit> {
    let of = |record: Option<&Record>| -> Vec<Instance> { record.map(|it| it.instances.clone()).unwrap_or_default() };
    let (before, after) = (of(before), of(after));
    let mut edits = Vec::new();
    for new in &after {
        match before.iter().find(|old| old.id == new.id) {
            None => edits.push(Edit::AddInstance {
                instance: new.id,
                path: new.path.clone(),
                parent: new.parent,
                order: new.order,
            }),
            Some(old) if old.presence != Presence::Present && new.presence == Presence::Present => {
                edits.push(Edit::RestoreInstance { instance: new.id });
            }
            Some(_) => {}
        }
        let was_there = before.iter().all(|old| old.id != new.id || old.presence == Presence::Present);
        if let (Presence::Gone { reason }, true) = (&new.presence, was_there) {
            edits.push(Edit::RemoveInstance { instance: new.id, reason: reason.clone() });
        }
    }
    let gone =
        before.iter().filter(|old| old.presence == Presence::Present && after.iter().all(|new| new.id != old.id));
    edits.extend(gone.map(|old| Edit::RemoveInstance { instance: old.id, reason: "discarded".to_owned() }));
    edits
}

fn new_comments(before: Option<&Record>, after: &Record) -> Vec<Edit> {
    let known = |id| before.is_some_and(|before| before.comments.iter().any(|comment| comment.id == id));
    let new = after.comments.iter().filter(|comment| !known(comment.id));
    new.filter_map(|comment| {
        let text = comment.text.clone()?;
        Some(Edit::Comment { id: comment.id, question: comment.question.clone(), text })
    })
    .collect()
}
