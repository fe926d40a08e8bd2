//! One phone and the person who carries it.

use std::path::{Path, PathBuf};

use sync_core::document::Document;
use sync_core::id::{ChangeHash, DeviceId, DocumentId, UserId};
use sync_core::record::Edit;
use sync_core::store::{Draft, KeySource, OpenRecord, Store, StoreError, Sync, SyncError};
use sync_core::time::Timestamp;
use tempfile::TempDir;

use crate::crash::{self, Died};
use crate::ledger::{Entry, Ledger};
use crate::scratch;
use crate::seed::Seed;

/// A record on the screen: what a save will be made on, however much arrives meanwhile (R5).
pub(super) type Screen = OpenRecord;

/// Where an exchange stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Nobody is asked.
    Idle,
    /// Asked; nothing will come.
    Dead,
    /// Asked; this will come.
    Answering(Vec<u8>),
}

/// A phone.
pub struct Phone {
    /// The person's name.
    pub name: String,
    /// Its place in the world.
    pub(super) place: usize,
    pub(super) device: DeviceId,
    pub(super) user: UserId,
    /// Milliseconds that its clock is ahead.
    pub(super) clock: i64,
    folder: TempDir,
    lives: u32,
    store: Option<Store>,
    sync: Option<Sync>,
    pub(super) line: Line,
    pub(super) screen: Option<Screen>,
    pub(super) backup: Option<TempDir>,
    seed: Seed,
}

/// What a save came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saved {
    /// Said to be saved.
    Yes,
    /// Nothing changed, or the record may not be edited here.
    No,
    /// The phone died in the middle.
    Died,
}

impl Phone {
    /// A new phone with an empty store.
    pub(super) fn new(name: String, place: usize, mut seed: Seed, now: Timestamp) -> Self {
        crash::install();
        let mut phone = Self {
            name,
            place,
            device: DeviceId::from_bytes([0; 16]),
            user: UserId::from_bytes([0; 16]),
            clock: if seed.chance(20) { wrong_clock(&mut seed) } else { 0 },
            folder: scratch::folder(),
            lives: 0,
            store: None,
            sync: None,
            line: Line::Idle,
            screen: None,
            backup: None,
            seed,
        };
        phone.start(now);
        phone
    }

    /// The folder of its store in this life.
    fn home(&self) -> PathBuf {
        self.folder.path().join(self.lives.to_string())
    }

    /// Opens the store.
    ///
    /// # Panics
    /// When it does not open, or was found damaged: no simulated accident damages a file.
    fn start(&mut self, now: Timestamp) {
        let home = self.home();
        let opened = Store::open(&home, KeySource::Store, Box::new(self.seed.branch()), self.clock(now));
        let opened = opened.unwrap_or_else(|error| panic!("{} does not start: {error}", self.name));
        assert_eq!(opened.findings, Vec::new(), "{} found something at its start", self.name);
        self.store = Some(opened.store);
        self.sync = None;
        self.line = Line::Idle;
        self.screen = None;
    }

    pub(super) fn clock(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(self.clock)
    }

    /// The open store.
    ///
    /// # Panics
    /// Never: a phone that is touched is on.
    pub fn store(&mut self) -> &mut Store {
        self.store.as_mut().expect("the phone is on")
    }

    /// The app is closed and opened.
    pub(super) fn restart(&mut self, now: Timestamp) {
        self.store = None;
        self.start(now);
    }

    /// A second opening of the store while it is open must be refused, or two would draw numbers for one actor.
    ///
    /// # Panics
    /// When it is not.
    pub(super) fn try_second_opening(&mut self, now: Timestamp) {
        let second = Store::open(&self.home(), KeySource::Store, Box::new(self.seed.branch()), now);
        let refused = matches!(second, Err(StoreError::InUse));
        assert!(refused, "{}'s store was opened twice: {:?}", self.name, second.map(|opened| opened.findings));
    }

    /// Does `act`; if the phone dies in it, after so many steps of its database, the files go on as they were left.
    pub(super) fn perhaps_dying<T>(
        &mut self,
        steps: Option<u64>,
        now: Timestamp,
        act: impl FnOnce(&mut Self) -> T,
    ) -> Result<T, Died> {
        let Some(steps) = steps else { return Ok(act(self)) };
        let done = crash::dying_after(steps, || act(self));
        if done.is_err() {
            let left = self.home();
            self.lives += 1;
            crash::remains(&left, &self.home()).expect("the remains are copied");
            self.store = None;
            std::fs::remove_dir_all(left).expect("the old files go");
            self.start(now);
        }
        done
    }

    /// Copies the closed store's folder away.
    pub(super) fn back_up(&mut self, now: Timestamp) {
        let backup = scratch::folder();
        self.store = None;
        crash::remains(&self.home(), backup.path()).expect("a copy");
        self.backup = Some(backup);
        self.start(now);
    }

    /// Puts the backup in the place of the store; says whether there was one.
    pub(super) fn restore(&mut self, now: Timestamp) -> bool {
        let Some(backup) = self.backup.take() else { return false };
        self.store = None;
        let left = self.home();
        self.lives += 1;
        crash::remains(backup.path(), &self.home()).expect("a copy");
        std::fs::remove_dir_all(left).expect("the old files go");
        self.start(now);
        true
    }

    /// Makes a record and enters it in the ledger.
    pub(super) fn create(&mut self, draft: &Draft, dying: Option<u64>, now: Timestamp, ledger: &mut Ledger) -> Saved {
        let before = self.documents();
        let clock = self.clock(now);
        let made = self.perhaps_dying(dying, now, |phone| phone.store().create_record(draft, clock));
        let new = self.documents().into_iter().find(|id| !before.contains(id));
        let edits: Vec<Edit> = draft
            .answers
            .iter()
            .filter(|(key, _)| key.path.as_str() != crate::survey::NOTES)
            .map(|(key, value)| Edit::Answer { key: key.clone(), value: Some(value.clone()) })
            .collect();
        if let Some(id) = new {
            let change = self.document(id).heads()[0];
            self.enter(ledger, id, change, made.is_ok(), &[], &edits);
        }
        match made {
            Ok(made) => {
                assert_eq!(made.ok(), new, "{}'s new record is not in the store", self.name);
                Saved::Yes
            }
            Err(Died) => Saved::Died,
        }
    }

    /// Saves edits on what the screen shows and enters the change in the ledger.
    pub(super) fn save(&mut self, edits: &[Edit], dying: Option<u64>, now: Timestamp, ledger: &mut Ledger) -> Saved {
        let Some(screen) = self.screen.clone() else { return Saved::No };
        if !self.documents().contains(&screen.id) {
            self.screen = None;
            return Saved::No;
        }
        let before = self.document(screen.id);
        let clock = self.clock(now);
        let saved =
            self.perhaps_dying(dying, now, |phone| phone.store().save_record(screen.id, edits, &screen.heads, clock));
        self.screen = None;
        if saved.is_err() && !self.documents().contains(&screen.id) {
            // Its area was lost; it was kept for the screen only, and the screen is gone.
            return Saved::Died;
        }
        let after = self.document(screen.id);
        let new = after.history().iter().find(|(hash, _)| !before.history().contains(*hash));
        if let Some((change, known)) = new {
            // Automerge names the actor's last change as well, which is an ancestor of what was shown.
            let (built_on, shown) =
                (after.history().closure(&known.dependencies), after.history().closure(&screen.heads));
            assert_eq!(built_on, shown, "{} saved on another state than was shown", self.name);
            self.enter(ledger, screen.id, change, saved.is_ok(), &screen.heads, edits);
        }
        match saved {
            Err(Died) => Saved::Died,
            Ok(Ok(changed)) => {
                assert_eq!(changed, new.is_some(), "{}'s save was not what was said", self.name);
                if changed { Saved::Yes } else { Saved::No }
            }
            Ok(Err(error)) => panic!("{} could not save: {error}", self.name),
        }
    }

    fn enter(
        &self,
        ledger: &mut Ledger,
        document: DocumentId,
        change: ChangeHash,
        acknowledged: bool,
        shown: &[ChangeHash],
        edits: &[Edit],
    ) {
        let entry = Entry { document, change, phone: self.place, acknowledged, destroyed: false };
        ledger.enter(entry, shown, edits);
    }

    /// The next request of the sync that is going on, or of a new one.
    pub(super) fn ask(&mut self, dying: Option<u64>, now: Timestamp) -> Option<Vec<u8>> {
        let clock = self.clock(now);
        let asked = self.perhaps_dying(dying, now, |phone| {
            let mut sync = phone.sync.take().unwrap_or_default();
            let request = sync.next_request(phone.store(), clock);
            (sync, request)
        });
        let Ok((sync, request)) = asked else { return None };
        let request = request.unwrap_or_else(|error| panic!("{} cannot ask: {error}", self.name));
        self.sync = request.is_some().then_some(sync);
        request
    }

    /// Takes in what came. Says whether this sync is done.
    pub(super) fn hear(&mut self, bytes: &[u8], dying: Option<u64>, now: Timestamp) -> Result<bool, SyncError> {
        let Some(mut sync) = self.sync.take() else { return Ok(true) };
        let clock = self.clock(now);
        let heard = self.perhaps_dying(dying, now, |phone| {
            let progress = sync.take_response(phone.store(), bytes, clock);
            (sync, progress)
        });
        let Ok((sync, progress)) = heard else { return Ok(false) };
        self.sync = Some(sync);
        progress.map(|progress| progress.done)
    }

    /// Forgets the sync that is going on, as when the app is put away.
    pub(super) fn hang_up(&mut self) {
        self.sync = None;
        self.line = Line::Idle;
    }

    /// Everything on the phone.
    pub fn documents(&mut self) -> Vec<DocumentId> {
        let heads = self.store().document_heads().expect("the store can be read");
        heads.into_iter().map(|(id, _, _)| id).collect()
    }

    /// One document, open.
    ///
    /// # Panics
    /// When it is not there or does not open.
    pub fn document(&mut self, id: DocumentId) -> Document {
        let bytes = self.store().document_bytes(id).expect("the document is there");
        Document::load(&bytes).unwrap_or_else(|error| panic!("{}'s {id} does not open: {error}", self.name))
    }

    /// Whether the change is on this phone.
    pub(super) fn has(&mut self, document: DocumentId, change: ChangeHash) -> bool {
        self.documents().contains(&document) && self.document(document).history().contains(change)
    }

    /// Where the store lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A clock that somebody set wrongly: by hours, by years, or to the first day there is.
pub(super) fn wrong_clock(seed: &mut Seed) -> i64 {
    const HOUR: i64 = 3_600_000;
    [-9 * HOUR, 7 * HOUR, 24 * 365 * 40 * HOUR, -1_764_000_000_000][seed.below(4)]
}
