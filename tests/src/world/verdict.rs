//! After quiet: what must hold of the whole world.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::area::AreaCode;
use sync_core::change::RawChange;
use sync_core::digest::{DigestTerm, FeedDigest};
use sync_core::document::Document;
use sync_core::exchange::{HeldReason, Right};
use sync_core::id::{ChangeHash, DocumentId, DocumentKind};
use sync_core::record::Record;
use sync_core::segment::Chunks;
use sync_core::store::{Fate, RecordFilter};

use super::World;

type Places = BTreeMap<DocumentId, (AreaCode, Vec<ChangeHash>)>;

impl World {
    /// Everything that is not as it must be, in words; none if all is well.
    pub fn verdict(&mut self) -> Vec<String> {
        let server: Places = self.server.documents().into_iter().map(|(id, area, heads)| (id, (area, heads))).collect();
        let mut wrong = Vec::new();
        for place in 0..self.phones.len() {
            wrong.extend(self.wrong_on_phone(place, &server));
        }
        wrong.extend(self.wrong_digests(&server));
        wrong.extend(self.lost_saves());
        wrong.extend(self.wrongly_held());
        wrong.extend(self.wrong_answers(&server));
        wrong.extend(self.wrong_projections());
        wrong
    }

    /// A phone has what its feeds have, no more and no less but for what waits, and says so truthfully.
    fn wrong_on_phone(&mut self, place: usize, server: &Places) -> Vec<String> {
        let mut wrong = Vec::new();
        let revoked = self.server.is_revoked(self.phones[place].device);
        let scope: BTreeSet<AreaCode> = self.server.scope_of(self.phones[place].user);
        let phone = &mut self.phones[place];
        let name = phone.name.clone();
        let waiting = phone.store().waiting().expect("what waits");
        let open = waiting.iter().filter(|waiting| waiting.fate < Fate::Held).count();
        if open > 0 {
            wrong.push(format!("{name}: {open} segments still wait: {waiting:?}"));
        }
        if phone.store().counts().expect("counts").damaged > 0 {
            wrong.push(format!("{name}: a document did not open"));
        }
        if revoked {
            return wrong;
        }
        let apart: BTreeSet<DocumentId> = waiting.iter().map(|waiting| waiting.document).collect();
        let feeds = phone.store().feeds().expect("feeds");
        let known: BTreeSet<AreaCode> = feeds.iter().map(|feed| feed.area.clone()).collect();
        if known != scope {
            wrong.push(format!("{name}: works in {known:?}, must in {scope:?}"));
        }
        for feed in &feeds {
            let digest = self.server.digest_of(&feed.area);
            if feed.agrees != Some(true) || feed.digest != digest {
                wrong.push(format!("{name}: {feed:?}; the server's digest is {digest:?}"));
            }
        }
        let phone = &mut self.phones[place];
        let here: Places = phone
            .store()
            .document_heads()
            .expect("heads")
            .into_iter()
            .map(|(id, area, heads)| (id, (area, heads)))
            .collect();
        for (id, (area, heads)) in server.iter().filter(|(_, (area, _))| scope.contains(area)) {
            match here.get(id) {
                None => wrong.push(format!("{name}: lacks {id}")),
                Some((other, _)) if other != area => wrong.push(format!("{name}: has {id} in {other}, not {area}")),
                Some((_, own)) if own != heads && !apart.contains(id) => {
                    wrong.push(format!("{name}: has {id} at {own:?}, not {heads:?}"));
                }
                Some(_) => {
                    let own = self.phones[place].document(*id);
                    if !own.knows(heads) {
                        wrong.push(format!("{name}: lacks changes of {id}"));
                    }
                }
            }
        }
        for line in waiting.iter().filter(|waiting| waiting.fate == Fate::Held) {
            if !self.server.keeps_apart(line.segment) {
                wrong.push(format!("{name}: thinks that {line:?} is held"));
            }
        }
        let discarded = |id: &DocumentId| here[id].1.iter().all(|head| self.server.is_apart(*id, *head));
        let only_here = here.keys().filter(|id| !server.contains_key(id) && !apart.contains(id) && !discarded(id));
        wrong.extend(only_here.map(|id| format!("{name}: has {id}, which nobody waits for and the server lacks")));
        wrong
    }

    /// Each feed's digest is the sum over its documents (R12).
    fn wrong_digests(&self, server: &Places) -> Vec<String> {
        let mut wrong = Vec::new();
        for area in &self.villages {
            let mut digest = FeedDigest::default();
            for (id, (_, heads)) in server.iter().filter(|(_, (other, _))| other == area) {
                let term = DigestTerm::of(*id, DocumentKind::Record, heads);
                digest.replace(DocumentKind::Record, DigestTerm::default(), term);
            }
            let kept = self.server.digest_of(area);
            if kept != digest {
                wrong.push(format!("the server's digest of {area} is {kept:?}, must be {digest:?}"));
            }
        }
        wrong
    }

    /// Every save that was acknowledged is in history where it must be.
    fn lost_saves(&mut self) -> Vec<String> {
        let Self { server, phones, ledger, .. } = self;
        let mut lost = Vec::new();
        for entry in ledger.entries().iter().filter(|entry| entry.acknowledged && !entry.destroyed) {
            let in_history =
                server.document(entry.document).is_some_and(|found| found.history().contains(entry.change));
            let held = server.is_apart(entry.document, entry.change);
            let on_phone = phones[entry.phone].has(entry.document, entry.change);
            // A revoked phone is told nothing of the feeds, so it cannot know that a restored server lacks what it had.
            let revoked = server.is_revoked(phones[entry.phone].device);
            if !(in_history || held || revoked && on_phone) {
                let whose = &phones[entry.phone].name;
                let place = if on_phone { "only on the phone that made it" } else { "nowhere" };
                lost.push(format!("{whose}'s save {} in {} is {place}", entry.change, entry.document));
            }
        }
        lost
    }

    /// Nothing is held without a reason that stands now.
    fn wrongly_held(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for line in self.server.held() {
            let area = line.area.as_ref().unwrap_or(&line.signed_area);
            let may_write = self.server.right_of(line.user, area) >= Some(Right::Write);
            let stands = match line.reason {
                HeldReason::NoAssignment | HeldReason::ReadOnly => !may_write,
                HeldReason::DeviceUnknown => !self.server.knows_device(line.device),
                HeldReason::DeviceRevoked => self.server.is_revoked(line.device),
                // What forgers do; what depends on it is looked at by the naive reading of the record.
                HeldReason::DependsOnHeld | HeldReason::IdTaken | HeldReason::Forked => true,
                HeldReason::UserDisabled | HeldReason::UnknownArea | HeldReason::DocumentFull => false,
            };
            if !stands {
                wrong.push(format!("held without a reason: {line:?}"));
            }
        }
        wrong
    }

    /// Every record says what a naive reading of the saves says.
    fn wrong_answers(&mut self, server: &Places) -> Vec<String> {
        let mut wrong = Vec::new();
        for id in server.keys().filter(|id| !self.foreign.contains(id)) {
            let document = self.server.document(*id).expect("a document of a feed");
            let changes = document.changes();
            let changes: Vec<RawChange<'_>> =
                changes.iter().map(|bytes| RawChange::read(bytes).expect("a change")).collect();
            let (oracle, others) = self.ledger.oracle_of(&changes);
            let server = self.server.identity.key.public().actor_prefix();
            let unknown = others.iter().filter(|change| change.actor().prefix() != server);
            wrong.extend(unknown.map(|change| format!("{id}: nobody saved {}", change.hash())));
            let record = Record::read(&document).expect("a record");
            let differences = oracle.differences(&record);
            wrong.extend(differences.into_iter().map(|difference| format!("{id}: {difference}")));
        }
        wrong
    }

    /// Projections are those of the documents, on the server and on every phone, and come out the same when rebuilt.
    fn wrong_projections(&mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        let before = self.server.projections();
        for (id, conflicts, state) in &before.records {
            let record = Record::read(&self.server.document(*id).expect("a document")).expect("a record");
            let shown = (i64::try_from(record.conflict_count()).unwrap_or(0), record.state);
            if shown != (*conflicts, *state) {
                wrong.push(format!("{id}: the server's list says {:?}, the record {shown:?}", (conflicts, state)));
            }
        }
        self.server.rebuild();
        let after = self.server.projections();
        if before.dump != after.dump {
            wrong.push(format!("a rebuild changes the projections:\n{}\n{}", before.dump, after.dump));
        }
        for phone in &mut self.phones {
            let filter = RecordFilter { with_withdrawn: true, ..RecordFilter::default() };
            for line in phone.store().records(&filter, 0, u32::MAX).expect("a list") {
                let mut document = phone.document(line.id);
                document.remember(sync_core::change::Traits { deletes_key: has_deletes(&document) });
                let record = Record::read(&document).expect("a record");
                if (line.conflicts as usize, line.state) != (record.conflict_count(), record.state) {
                    wrong.push(format!("{}: the list says {line:?}, the record {record:?}", phone.name));
                }
            }
        }
        wrong
    }
}

fn has_deletes(document: &Document) -> bool {
    let changes = document.changes();
    let read = changes.iter().flat_map(|bytes| Chunks::new(bytes).flatten());
    read.filter_map(|chunk| RawChange::read(chunk).ok()).any(|change| change.deletes_key())
}
