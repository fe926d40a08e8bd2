//! One document, open. Documents are small and many: keep their bytes, open one at a time (an open one costs 17 KiB of heap).

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use automerge::{Automerge, Change};
use thiserror::Error;

use crate::change::{History, RawChange, Rule, Traits, Unsound, check, hash_of};
use crate::id::{ActorPrefix, ChangeHash};
use crate::limits;

/// Stored bytes that do not open as a document. They are moved aside and kept, never deleted.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum DocumentError {
    /// Automerge does not load the bytes.
    #[error("the document does not open: {reason}")]
    Damaged {
        /// Automerge's words; they hold no content.
        reason: String,
    },
    /// The bytes hold changes whose ancestors are missing.
    #[error("the document has changes that build on missing ones")]
    Incomplete,
    /// The bytes hold no change, or none that Rukun could have made.
    #[error("the bytes are not a document of Rukun")]
    Foreign,
}

/// An open document of any kind: Automerge's state and the graph of its changes.
#[derive(Clone)]
pub struct Document {
    /// Automerge's state; of a document that is a plain root change alone it is made when it is first asked for.
    automerge: OnceLock<Automerge>,
    /// That root change.
    root: Vec<u8>,
    history: History,
    traits: Traits,
    /// Bytes of what it was loaded from and of the changes since: about what it takes to store, known without storing it.
    weight: usize,
}

impl Document {
    /// Opens stored bytes.
    ///
    /// # Errors
    /// [`DocumentError`]. A panic of Automerge's is caught and counts as damage.
    pub fn load(bytes: &[u8]) -> Result<Self, DocumentError> {
        let automerge = catch_unwind(|| Automerge::load(bytes))
            .map_err(|_| DocumentError::Damaged { reason: "the loader panicked".into() })?
            .map_err(|error| DocumentError::Damaged { reason: error.to_string() })?;
        Self::from_automerge(automerge, bytes.len())
    }

    fn from_automerge(automerge: Automerge, weight: usize) -> Result<Self, DocumentError> {
        let history = History::of(&automerge).ok_or(DocumentError::Foreign)?;
        if history.is_empty() {
            return Err(DocumentError::Foreign);
        }
        if !automerge_missing(&automerge).is_empty() {
            return Err(DocumentError::Incomplete);
        }
        Ok(Self { automerge: automerge.into(), root: Vec::new(), history, traits: Traits::default(), weight })
    }

    /// Begins a document with its root change, which must have been checked by [`check`] against an empty history, or come
    /// from who did that.
    ///
    /// Nobody else's work is in it yet, so it is not saved and loaded on trial (R2); but Automerge must give back the very
    /// bytes, because a change that it would write differently makes a document that never loads again. Of a change as plain
    /// as the ones that Rukun makes that is known without asking it ([`RawChange::is_plain_root`]).
    ///
    /// # Errors
    /// [`Unsound`] by [`Rule::Trial`] if Automerge does not take it or does not give it back.
    pub fn begin(root: &RawChange<'_>) -> Result<Self, Unsound> {
        let mut history = History::default();
        history.add(root);
        let (traits, weight) = (Traits::of(root), root.bytes().len());
        if root.is_plain_root() {
            let (automerge, root) = (OnceLock::new(), root.bytes().to_vec());
            return Ok(Self { automerge, root, history, traits, weight });
        }
        let mut automerge = Automerge::new();
        apply(&mut automerge, &[root])?;
        let given_back = catch_unwind(AssertUnwindSafe(|| automerge.get_changes(&[]))).unwrap_or_default();
        if !matches!(given_back.as_slice(), [change] if change.raw_bytes() == root.bytes()) {
            return Err(Unsound::new(Rule::Trial, "Automerge gives back another change"));
        }
        Ok(Self { automerge: automerge.into(), root: Vec::new(), history, traits, weight })
    }

    /// Takes in changes that a device with `prefix` signed, each after what it builds on; those already here are passed
    /// over. All of R2 is checked, with a trial on a copy; if any change is not sound the document stays as it was.
    /// Says what the new ones are like.
    ///
    /// # Errors
    /// [`Unsound`] with the rule that is broken.
    pub fn take_in(&mut self, changes: &[RawChange<'_>], prefix: ActorPrefix) -> Result<Traits, Unsound> {
        let mut history = self.history.clone();
        let mut traits = Traits::default();
        let mut new = Vec::new();
        for change in changes {
            if history.contains(change.hash()) {
                continue;
            }
            traits = traits.and(check(change, prefix, &history)?);
            history.add(change);
            new.push(change);
        }
        if new.is_empty() {
            return Ok(traits);
        }
        if history.len() > limits::DOCUMENT_CHANGES {
            return Err(Unsound::new(Rule::Size, "the document would have more than 10,000 changes"));
        }
        let mut trial = self.automerge().clone();
        apply(&mut trial, &new)?;
        let loaded = save_and_load(&trial)?;
        if heads_of(&loaded) != history.heads() || heads_of(&trial) != history.heads() {
            return Err(Unsound::new(Rule::Trial, "the document would have other heads than it should"));
        }
        self.automerge = loaded.into();
        self.history = history;
        self.weight += weight_of(&new);
        self.remember(traits);
        Ok(traits)
    }

    /// Takes in changes that somebody trusted has proven sound: this device when it made them, or the server that sent
    /// them. Those already here are passed over.
    ///
    /// # Errors
    /// [`Unsound`] by [`Rule::Dependencies`] or [`Rule::Trial`]; then the document stays as it was.
    pub fn take_in_proven(&mut self, changes: &[RawChange<'_>]) -> Result<(), Unsound> {
        let mut history = self.history.clone();
        let mut traits = Traits::default();
        let mut new = Vec::new();
        for change in changes {
            if history.contains(change.hash()) {
                continue;
            }
            if !change.dependencies().iter().all(|hash| history.contains(*hash)) {
                return Err(Unsound::new(Rule::Dependencies, "a dependency is not known"));
            }
            traits = traits.and(Traits::of(change));
            history.add(change);
            new.push(change);
        }
        if new.is_empty() {
            return Ok(());
        }
        let mut automerge = self.automerge().clone();
        apply(&mut automerge, &new)?;
        if heads_of(&automerge) != history.heads() {
            return Err(Unsound::new(Rule::Trial, "the document has other heads than it should"));
        }
        self.automerge = automerge.into();
        self.history = history;
        self.weight += weight_of(&new);
        self.remember(traits);
        Ok(())
    }

    /// Goes on as `automerge`, which is this document and `made`, a change that this device just made on all its heads.
    pub(crate) fn go_on(&mut self, automerge: Automerge, made: &RawChange<'_>) {
        self.automerge = automerge.into();
        self.history.add(made);
        self.weight += made.bytes().len();
        self.remember(Traits::of(made));
    }

    /// Whether one more change of so many bytes would make it larger than others take (R22).
    pub(crate) fn is_full(&self, more: usize) -> bool {
        self.history.len() >= limits::DOCUMENT_CHANGES
            || (self.weight + more > limits::DOCUMENT_BYTES / 2 && self.bytes().len() + more > limits::DOCUMENT_BYTES)
    }

    /// The document as one compact chunk. It is not compressed inside, so that what compresses many together does well.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.automerge().save_nocompress()
    }

    /// The changes that nothing builds on yet, sorted.
    #[must_use]
    pub fn heads(&self) -> &[ChangeHash] {
        self.history.heads()
    }

    /// The graph of its changes.
    #[must_use]
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// Whether all of these changes are in the document: test this before asking for a state at them, because Automerge
    /// answers for unknown heads with an empty document.
    #[must_use]
    pub fn knows(&self, heads: &[ChangeHash]) -> bool {
        heads.iter().all(|head| self.history.contains(*head))
    }

    /// All changes as they were made, each after what it builds on.
    #[must_use]
    pub fn changes(&self) -> Vec<Vec<u8>> {
        match self.automerge.get() {
            Some(automerge) => automerge.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect(),
            None => vec![self.root.clone()],
        }
    }

    pub(crate) fn changes_by_hash(&self) -> HashMap<ChangeHash, Vec<u8>> {
        let changes = self.automerge().get_changes(&[]);
        changes.iter().map(|change| (hash_of(&change.hash()), change.raw_bytes().to_vec())).collect()
    }

    /// What is known of its changes beyond their graph.
    #[must_use]
    pub const fn traits(&self) -> Traits {
        self.traits
    }

    /// Adds what was noted about its changes when they came: the note is stored beside the bytes and given back after
    /// [`Document::load`].
    pub const fn remember(&mut self, traits: Traits) {
        self.traits = self.traits.and(traits);
    }

    /// Automerge's state. If it did not take a plain root change after all, which a property test denies, the state is
    /// empty: its heads are not those of the history then, and nothing more is taken in.
    pub(crate) fn automerge(&self) -> &Automerge {
        self.automerge.get_or_init(|| {
            let mut automerge = Automerge::new();
            match RawChange::read(&self.root).and_then(|root| apply(&mut automerge, &[&root])) {
                Ok(()) => automerge,
                Err(_) => Automerge::new(),
            }
        })
    }
}

fn weight_of(changes: &[&RawChange<'_>]) -> usize {
    changes.iter().map(|change| change.bytes().len()).sum()
}

fn automerge_missing(automerge: &Automerge) -> Vec<automerge::ChangeHash> {
    automerge::ReadDoc::get_missing_deps(automerge, &[])
}

fn heads_of(automerge: &Automerge) -> Vec<ChangeHash> {
    let mut heads: Vec<_> = automerge.get_heads().iter().map(hash_of).collect();
    heads.sort_unstable();
    heads
}

/// Loads what `automerge` saves: the proof that it can be stored.
fn save_and_load(automerge: &Automerge) -> Result<Automerge, Unsound> {
    let refused = Unsound::new(Rule::Trial, "the document would not load again");
    let saved = catch_unwind(AssertUnwindSafe(|| automerge.save_nocompress())).map_err(|_| refused)?;
    if saved.len() > limits::DOCUMENT_BYTES {
        return Err(Unsound::new(Rule::Size, "the document would be larger than 4 MiB"));
    }
    catch_unwind(|| Automerge::load(&saved)).ok().and_then(Result::ok).ok_or(refused)
}

/// Applies changes; a panic of Automerge's becomes a refusal.
fn apply(automerge: &mut Automerge, changes: &[&RawChange<'_>]) -> Result<(), Unsound> {
    let refused = Unsound::new(Rule::Trial, "Automerge does not take the change");
    let changes: Vec<Change> = changes
        .iter()
        .map(|change| catch_unwind(|| Change::try_from(change.bytes())).ok().and_then(Result::ok).ok_or(refused))
        .collect::<Result<_, _>>()?;
    catch_unwind(AssertUnwindSafe(|| automerge.apply_changes(changes))).ok().and_then(Result::ok).ok_or(refused)
}
