//! A naive second opinion on what a record must say: kept from what people did, not from what Automerge made of it.
//!
//! It knows which change was made on which, and what each wrote under which question. The values of a question are then
//! those of its writings that no other writing of it had seen. It is quadratic and does not care.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::change::{Action, Key, OperationRef, RawChange, Scalar};
use sync_core::id::ChangeHash;
use sync_core::record::{Answer, Edit, QuestionKey, Record};

/// What is known of one document.
#[derive(Debug, Clone, Default)]
pub struct Oracle {
    /// Every change with those it was made on, and itself.
    seen: BTreeMap<ChangeHash, BTreeSet<ChangeHash>>,
    writings: Vec<Writing>,
}

#[derive(Debug, Clone)]
struct Writing {
    change: ChangeHash,
    key: QuestionKey,
    value: Option<Answer>,
}

impl Oracle {
    /// Notes a change that was made on `shown` and what its author wrote, scalar answers only. What only confirms a value
    /// that stands alone leaves no trace (R23), nor does clearing what was never answered.
    pub fn note(&mut self, change: ChangeHash, shown: &[ChangeHash], edits: &[Edit]) {
        let mut seen: BTreeSet<ChangeHash> =
            shown.iter().flat_map(|head| self.seen.get(head).cloned().unwrap_or_default()).collect();
        for edit in edits {
            let Edit::Answer { key, value } = edit else { continue };
            let standing = self.standing(key, Some(&seen));
            let trace = match standing.as_slice() {
                [] => value.is_some(),
                [only] => only.value != *value,
                _ => true,
            };
            let own_rewrite = self.writings.iter_mut().find(|writing| writing.change == change && writing.key == *key);
            match own_rewrite {
                Some(writing) => writing.value.clone_from(value),
                None if trace => self.writings.push(Writing { change, key: key.clone(), value: value.clone() }),
                None => {}
            }
        }
        seen.insert(change);
        self.seen.insert(change, seen);
    }

    /// Notes a change that nobody of the world saved, by what is written in it: the server's own, when a held edit is
    /// discarded, or a forger's.
    pub fn read(&mut self, change: &RawChange<'_>, root: &RawChange<'_>) {
        let parts = (root.start_op()..).zip(root.operations().map_while(Result::ok));
        let mut made = parts.filter(|(_, part)| part.action == Action::MakeMap && part.key == Key::Name("answers"));
        let Some((answers, _)) = made.next() else { return };
        let place = 1 + change.other_actors().iter().position(|actor| *actor == root.actor()).unwrap_or(usize::MAX - 1);
        let answers = OperationRef { counter: answers, actor: place as u64 };
        let mut written: BTreeMap<QuestionKey, Option<Answer>> = BTreeMap::new();
        for operation in change.operations().map_while(Result::ok).filter(|part| part.object == Some(answers)) {
            let (Key::Name(key), Action::Set | Action::Delete) = (operation.key, operation.action) else { continue };
            let Ok(key) = QuestionKey::parse(key) else { continue };
            written.insert(key, answer_of(&operation.value));
        }
        let dependencies = change.dependencies();
        let mut seen: BTreeSet<ChangeHash> =
            dependencies.iter().flat_map(|head| self.seen.get(head).cloned().unwrap_or_default()).collect();
        seen.insert(change.hash());
        self.seen.insert(change.hash(), seen);
        let change = change.hash();
        self.writings.extend(written.into_iter().map(|(key, value)| Writing { change, key, value }));
    }

    /// All changes noted.
    pub fn changes(&self) -> impl Iterator<Item = ChangeHash> {
        self.seen.keys().copied()
    }

    fn standing(&self, key: &QuestionKey, among: Option<&BTreeSet<ChangeHash>>) -> Vec<&Writing> {
        let counts = |change: &ChangeHash| among.is_none_or(|among| among.contains(change));
        let of_key: Vec<&Writing> =
            self.writings.iter().filter(|writing| writing.key == *key && counts(&writing.change)).collect();
        let overwritten = |writing: &Writing| {
            of_key
                .iter()
                .any(|later| later.change != writing.change && self.seen[&later.change].contains(&writing.change))
        };
        of_key.iter().copied().filter(|writing| !overwritten(writing)).collect()
    }

    /// The values that must stand under each scalar question that was ever written: more than one is a conflict.
    #[must_use]
    pub fn values(&self) -> BTreeMap<QuestionKey, Vec<Option<Answer>>> {
        let keys: BTreeSet<&QuestionKey> = self.writings.iter().map(|writing| &writing.key).collect();
        let values_of = |key: &QuestionKey| {
            let mut values: Vec<Option<Answer>> = Vec::new();
            for writing in self.standing(key, None) {
                if !values.contains(&writing.value) {
                    values.push(writing.value.clone());
                }
            }
            values
        };
        keys.into_iter().map(|key| (key.clone(), values_of(key))).filter(|(_, values)| !values.is_empty()).collect()
    }

    /// Compares a record with what it must say; the differences in words, none if all is right.
    #[must_use]
    pub fn differences(&self, record: &Record) -> Vec<String> {
        let mut differences = Vec::new();
        for (key, expected) in self.values() {
            let shown: Vec<Option<Answer>> = match record.answers.get(&key) {
                None => vec![None],
                Some(answered) if answered.conflict.is_empty() => vec![answered.value.clone()],
                Some(answered) => answered.conflict.iter().map(|rival| rival.value.clone()).collect(),
            };
            let same = shown.len() == expected.len() && expected.iter().all(|value| shown.contains(value));
            if !same {
                differences.push(format!("`{key}` shows {shown:?}, must show {expected:?}"));
            }
        }
        differences
    }
}

fn answer_of(value: &Scalar<'_>) -> Option<Answer> {
    match value {
        Scalar::Text(text) => Some(Answer::Text((*text).to_owned())),
        Scalar::Int(number) => Some(Answer::Integer(*number)),
        Scalar::Float(number) => Some(Answer::Decimal(*number)),
        Scalar::Null | Scalar::Bool(_) | Scalar::Uint(_) | Scalar::Bytes(_) | Scalar::Time(_) => None,
    }
}
