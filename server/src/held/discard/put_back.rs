//! Which edits put back what discarded changes did, and at which heads.

use std::collections::HashSet;

use sync_core::document::Document;
use sync_core::id::ChangeHash;
use sync_core::record::{Answer, Edit, QuestionKey, Record, history_of, same};

use crate::documents::Standing;
use crate::held::reentry::edits_between;

/// A record before discarded segments entered it.
pub(in crate::held) struct State {
    pub(in crate::held) heads: Vec<ChangeHash>,
    changes: HashSet<ChangeHash>,
    record: Option<Record>,
}

impl State {
    /// The present state; none while nothing was ever accepted.
    pub(in crate::held) fn of(standing: &mut Standing) -> Option<Self> {
        let record = standing.record();
        let document = standing.document()?;
        let changes = document.history().iter().map(|(hash, _)| hash).collect();
        Some(Self { heads: document.heads().to_vec(), changes, record })
    }
}

/// Edits, each list one change.
pub(in crate::held) struct PutBack {
    /// Made on everything there is now, side by side: where there are several, they open a conflict again.
    pub(in crate::held) at_now: Vec<Vec<Edit>>,
    /// Made at the heads before. A conflict that was settled for one of its own values is opened again from there: written
    /// on top of the choice, a rival would settle it the other way.
    pub(in crate::held) at_before: Vec<Vec<Edit>>,
    /// Made last: a withdrawal judges all the rest (R10).
    pub(in crate::held) at_last: Vec<Edit>,
}

impl PutBack {
    /// Plans it for the answers that `discarded` wrote and nobody else wrote since.
    pub(in crate::held) fn plan(
        document: &Document,
        before: Option<&State>,
        now: &Record,
        discarded: &HashSet<ChangeHash>,
    ) -> Self {
        let was_there = |hash: &ChangeHash| before.is_some_and(|state| state.changes.contains(hash));
        let record = before.and_then(|state| state.record.as_ref());
        let mut plan = Self { at_now: vec![Vec::new()], at_before: Vec::new(), at_last: Vec::new() };
        for (key, steps) in history_of(document) {
            let touched = steps.iter().any(|step| discarded.contains(&step.moment.change));
            let since = |change: &ChangeHash| !discarded.contains(change) && !was_there(change);
            if touched && !steps.iter().any(|step| since(&step.moment.change)) {
                plan.answer(&key, &values_of(record, &key), &values_of(Some(now), &key));
            }
        }
        let others = edits_between(Some(now), record, |_| false);
        plan.at_now[0].extend(others.first);
        plan.at_last = others.then;
        plan
    }

    fn answer(&mut self, key: &QuestionKey, wanted: &[Option<Answer>], standing: &[Option<Answer>]) {
        let has = |values: &[Option<Answer>], value: &Option<Answer>| {
            values.iter().any(|other| same(other.as_ref(), value.as_ref()))
        };
        if wanted.len() == standing.len() && wanted.iter().all(|value| has(standing, value)) {
            return;
        }
        let chosen = match (wanted, standing) {
            ([_, _, ..], [only]) if has(wanted, only) => Some(only),
            _ => None,
        };
        let rounds = if chosen.is_some() { &mut self.at_before } else { &mut self.at_now };
        let missing = wanted.iter().filter(|value| chosen.is_none_or(|chosen| !same(chosen.as_ref(), value.as_ref())));
        for (round, value) in missing.enumerate() {
            if rounds.len() <= round {
                rounds.push(Vec::new());
            }
            rounds[round].push(Edit::Answer { key: key.clone(), value: value.clone() });
        }
    }
}

/// The values of a question that stand side by side; one, perhaps none, without a conflict.
fn values_of(record: Option<&Record>, key: &QuestionKey) -> Vec<Option<Answer>> {
    match record.and_then(|record| record.answers.get(key)) {
        None => vec![None],
        Some(answered) if answered.conflict.is_empty() => vec![answered.value.clone()],
        Some(answered) => answered.conflict.iter().map(|candidate| candidate.value.clone()).collect(),
    }
}
