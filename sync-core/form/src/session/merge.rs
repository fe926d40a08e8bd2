//! What came from others while a record is open.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Session;
use super::answers::{Answers, Key, SessionEdit};
use super::finding::FindingKind;

impl Session {
    /// Takes in the record as it stands after a merge, and computes what follows from it. What was typed here and is not
    /// saved yet is typed again on top. What people see of the difference is what [`Session::changes`] says next.
    ///
    /// `sides` are the findings of the states that met, if several did; see [`Session::mark_merged`].
    pub fn merged(&mut self, answers: &Answers, sides: Option<&BTreeSet<(Key, FindingKind)>>) {
        let mut next = Self::open(Arc::clone(&self.plan), self.world.clone(), answers);
        next.chance = self.chance.clone();
        if self.language != next.language {
            next.set_language(self.language.clone());
        }
        for edit in std::mem::take(&mut self.edits) {
            next.repeat_edit(edit);
        }
        next.settle();
        next.mark_merged(sides);
        // Places are others in the new tree: what was told is found again by its key.
        let told: HashMap<Key, _> = self.told.drain().map(|(_, view)| (view.key.clone(), view)).collect();
        let places: Vec<_> = next.tree.places().collect();
        let here: BTreeSet<Key> = places.iter().map(|place| next.outside(*place)).collect();
        next.gone = std::mem::take(&mut self.gone);
        next.gone.extend(told.keys().filter(|key| !here.contains(key)).cloned());
        for place in places {
            if let Some(view) = told.get(&next.outside(place)) {
                next.told.insert(place, view.clone());
            }
            next.looked.insert(place);
        }
        *self = next;
    }

    /// Marks the findings that none of the states that met had: nobody typed anything wrong, two right answers met. `None`
    /// when nothing met.
    pub fn mark_merged(&mut self, sides: Option<&BTreeSet<(Key, FindingKind)>>) {
        self.from_merge.clear();
        if let Some(sides) = sides {
            let found = self.findings().into_iter().map(|finding| (finding.key, finding.kind));
            self.from_merge = found.filter(|finding| !sides.contains(finding)).collect();
        }
        let marked: Vec<_> = self
            .tree
            .places()
            .filter(|place| {
                let key = self.outside(*place);
                self.from_merge.iter().any(|(at, _)| *at == key)
            })
            .collect();
        self.looked.extend(marked);
    }

    /// Does again what was done before and is not saved.
    fn repeat_edit(&mut self, edit: SessionEdit) {
        match edit {
            SessionEdit::Answer { key, value } => {
                if let Ok(place) = self.question_place(&key) {
                    self.give(place, &value);
                }
            }
            SessionEdit::Add { repeat, id, parent } => {
                if self.tree.frame_of(id).is_none() && self.add_instance(&repeat, parent, id).is_err() {
                    // A count made it, and makes it again when its answers are there.
                    self.settle();
                }
            }
            // Whoever removed it saw it as it was: an edit that came since keeps it (R10).
            SessionEdit::Remove { id } => {
                if self.remove_instance(id).is_err() {
                    self.settle();
                }
            }
        }
    }
}
