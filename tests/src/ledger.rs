//! The world's own book of everything that was acknowledged to a person as saved.

use std::collections::BTreeMap;

use sync_core::change::RawChange;
use sync_core::id::{ChangeHash, DocumentId};
use sync_core::record::Edit;

use crate::oracle::Oracle;

/// One save.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The record.
    pub document: DocumentId,
    /// The change that the save made.
    pub change: ChangeHash,
    /// Who saved, by the place of the phone in the world.
    pub phone: usize,
    /// Whether the store said so before anything happened to it. What was cut short may be there or not.
    pub acknowledged: bool,
    /// All copies were destroyed in an accident of the world's: nobody can have it any more.
    pub destroyed: bool,
}

/// All saves, and what they must come to.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    /// By change: on what it was made, and what was typed.
    typed: BTreeMap<ChangeHash, (Vec<ChangeHash>, Vec<Edit>)>,
}

impl Ledger {
    /// Enters a save.
    pub fn enter(&mut self, entry: Entry, shown: &[ChangeHash], edits: &[Edit]) {
        self.typed.insert(entry.change, (shown.to_vec(), edits.to_vec()));
        self.entries.push(entry);
    }

    /// The second opinion on a document with these changes, each after what it builds on: of those that people saved by what
    /// they typed, of others by what is written in them. Gives those others as well.
    #[must_use]
    pub fn oracle_of<'a>(&self, changes: &[RawChange<'a>]) -> (Oracle, Vec<RawChange<'a>>) {
        let (mut oracle, mut others) = (Oracle::default(), Vec::new());
        for change in changes {
            match self.typed.get(&change.hash()) {
                Some((shown, edits)) => oracle.note(change.hash(), shown, edits),
                None => {
                    oracle.read(change, &changes[0]);
                    others.push(change.clone());
                }
            }
        }
        (oracle, others)
    }

    /// All saves, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Writes off every save that `somewhere` cannot find after an accident.
    pub fn write_off(&mut self, mut somewhere: impl FnMut(&Entry) -> bool) {
        for entry in self.entries.iter_mut().filter(|entry| !entry.destroyed) {
            entry.destroyed = !somewhere(entry);
        }
    }
}
