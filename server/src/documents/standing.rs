//! One document as it stands, open for judging: what is in it, and what is kept outside of it.

use std::collections::{HashMap, HashSet};

use sync_core::area::AreaCode;
use sync_core::change::{History, RawChange, Rule, Unsound, change_hash, check};
use sync_core::document::Document;
use sync_core::exchange::HeldReason;
use sync_core::id::{ActorPrefix, ChangeHash, DocumentId, DocumentKind, ProgrammeId};
use sync_core::record::Record;
use sync_core::segment::{Chunks, Segment};

use super::{StoredDocument, open};
use crate::authors::Author;
use crate::database::{AnyConnection, DatabaseError};
use crate::segments::{self, Fate};

/// What is to become of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It brings nothing new.
    NothingNew,
    /// It builds on changes that are not here.
    Wanted(Vec<ChangeHash>),
    /// It is not sound.
    Refused(Unsound),
    /// It is kept outside.
    Held(HeldReason),
    /// It has been taken into the open document, and must be entered in the feed.
    Entered,
}

/// A segment outside of the document: held, or discarded with it.
struct Apart {
    changes: Vec<u8>,
    reason: HeldReason,
}

/// A document as it stands while segments are judged one after the other.
pub(crate) struct Standing {
    pub(crate) id: DocumentId,
    pub(crate) stored: Option<StoredDocument>,
    /// Where it lies, or would lie by its root change.
    area: Option<AreaCode>,
    kind: Option<DocumentKind>,
    document: Option<Document>,
    /// What its root change says, read while nothing else is in it.
    root_record: Option<Record>,
    apart: Vec<Apart>,
    /// Changes outside, by name: which of `apart` has them.
    outside: HashMap<ChangeHash, usize>,
}

/// A segment with its changes read, and its signature verified if its author is known.
pub(crate) struct Candidate<'a> {
    pub(crate) segment: &'a Segment,
    pub(crate) changes: &'a [RawChange<'a>],
    /// None if no such device is enrolled here: it is held, whoever releases it.
    pub(crate) author: Option<&'a Author>,
    /// A supervisor releases it: the author's rights are not asked.
    pub(crate) released: bool,
}

impl Candidate<'_> {
    /// What its actors start with; of a device that is not known, what it claims.
    fn prefix(&self) -> ActorPrefix {
        self.author.map_or_else(|| self.segment.header.actor.prefix(), Author::prefix)
    }

    /// Why its author may not write in an area.
    fn without_right(&self, area: &AreaCode) -> Option<HeldReason> {
        match self.author {
            None => Some(HeldReason::DeviceUnknown),
            Some(_) if self.released => None,
            Some(author) => author.may_write(self.segment.header.kind, area).err(),
        }
    }
}

impl Standing {
    /// Prepares a document; `some_apart` says whether segments are kept outside of it.
    pub(crate) fn load(
        connection: &mut AnyConnection,
        programme: ProgrammeId,
        id: DocumentId,
        stored: Option<StoredDocument>,
        some_apart: bool,
    ) -> Result<Self, DatabaseError> {
        let mut standing = Self {
            id,
            area: stored.as_ref().map(|stored| stored.area.clone()),
            kind: stored.as_ref().map(|stored| stored.kind),
            document: stored.as_ref().map(|stored| open(connection, stored)).transpose()?,
            stored,
            root_record: None,
            apart: Vec::new(),
            outside: HashMap::new(),
        };
        if some_apart {
            for apart in segments::apart_from(connection, programme, id)? {
                if matches!(apart.fate, Fate::Held | Fate::Withdrawn) {
                    standing.put_apart(apart.segment.changes, apart.held_reason.unwrap_or(HeldReason::DependsOnHeld));
                }
            }
        }
        Ok(standing)
    }

    /// The feed area the document lies in, or would lie in.
    pub(crate) const fn area(&self) -> Option<&AreaCode> {
        self.area.as_ref()
    }

    /// What the document is.
    pub(crate) const fn kind(&self) -> Option<DocumentKind> {
        self.kind
    }

    /// The document with all that has entered it.
    pub(crate) const fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// The document, to be changed by this server itself.
    pub(crate) fn document_mut(&mut self) -> Option<&mut Document> {
        self.document.as_mut()
    }

    /// The record as it is now; none of a document that is none.
    pub(crate) fn record(&mut self) -> Option<Record> {
        let document = self.document.as_ref().filter(|_| self.kind == Some(DocumentKind::Record))?;
        let root_alone = document.history().len() == 1;
        self.root_record.take().filter(|_| root_alone).or_else(|| Record::read(document).ok())
    }

    /// Keeps a segment outside: what builds on it is kept with it.
    pub(crate) fn put_apart(&mut self, changes: Vec<u8>, reason: HeldReason) {
        let place = self.apart.len();
        for hash in Chunks::new(&changes).flatten().filter_map(|chunk| change_hash(chunk).ok()) {
            let known = self.outside.entry(hash).or_insert(place);
            // Anyone can name a device that is not known: such a copy stands behind every other that is kept.
            let copy = self.apart.get(*known).is_some_and(|apart| apart.reason == HeldReason::DeviceUnknown);
            if copy && reason != HeldReason::DeviceUnknown {
                *known = place;
            }
        }
        self.apart.push(Apart { changes, reason });
    }

    /// The segment outside that has this change, if the document has it not.
    fn outside(&self, hash: ChangeHash) -> Option<&Apart> {
        let place = self.outside.get(&hash).filter(|_| !self.in_document(hash))?;
        self.apart.get(*place)
    }

    fn in_document(&self, hash: ChangeHash) -> bool {
        self.document.as_ref().is_some_and(|document| document.history().contains(hash))
    }

    /// Judges a segment by itself and takes it in if it may enter; if not, the document stays as it was (R2).
    /// `area_exists` answers for areas that the programme may not have.
    pub(crate) fn judge(
        &mut self,
        candidate: &Candidate<'_>,
        mut area_exists: impl FnMut(&AreaCode) -> Result<bool, DatabaseError>,
    ) -> Result<Verdict, DatabaseError> {
        if self.kind.is_some_and(|kind| kind != candidate.segment.header.kind) {
            return Ok(Verdict::Refused(wrong("the document is of another kind")));
        }
        let new: Vec<&RawChange<'_>> =
            candidate.changes.iter().filter(|change| !self.in_document(change.hash())).collect();
        if new.is_empty() {
            return Ok(Verdict::NothingNew);
        }
        if let Some(missing) = self.missing(&new) {
            return Ok(Verdict::Wanted(missing));
        }
        if self.document.is_none() && new.first().is_some_and(|change| change.is_root()) {
            return self.judge_first(candidate, &mut area_exists);
        }
        let reason = match candidate.author {
            None => Some(HeldReason::DeviceUnknown),
            Some(_) => {
                let area = self.area.as_ref();
                self.hindrance(&new).or_else(|| area.and_then(|area| candidate.without_right(area)))
            }
        };
        self.settle(candidate, reason)
    }

    /// What changes build on that is neither in the document, nor outside of it, nor among them.
    fn missing(&self, new: &[&RawChange<'_>]) -> Option<Vec<ChangeHash>> {
        let own: HashSet<ChangeHash> = new.iter().map(|change| change.hash()).collect();
        let here = |hash: &ChangeHash| self.in_document(*hash) || own.contains(hash) || self.outside(*hash).is_some();
        let mut missing: Vec<ChangeHash> =
            new.iter().flat_map(|change| change.dependencies()).filter(|hash| !here(hash)).copied().collect();
        missing.sort_unstable();
        missing.dedup();
        (!missing.is_empty()).then_some(missing)
    }

    /// Why changes cannot enter, whoever made them.
    fn hindrance(&self, new: &[&RawChange<'_>]) -> Option<HeldReason> {
        let history = self.document.as_ref().map(Document::history);
        // Some of it is held: the rest is held with it (R15). But a copy that names a device nobody knows, and that nobody
        // could verify, must not hold up the honest segment.
        let vouched = |apart: &&Apart| apart.reason != HeldReason::DeviceUnknown;
        if let Some(apart) = new.iter().find_map(|change| self.outside(change.hash()).filter(vouched)) {
            return Some(apart.reason);
        }
        if history.is_some() && new.iter().any(|change| change.is_root()) {
            return Some(HeldReason::IdTaken);
        }
        if new.iter().flat_map(|change| change.dependencies()).any(|hash| self.outside(*hash).is_some()) {
            return Some(HeldReason::DependsOnHeld);
        }
        let forked = |change: &&&RawChange<'_>| history.is_some_and(|history| is_forked(history, change));
        new.iter().find(forked).map(|_| HeldReason::Forked)
    }

    /// Judges a segment that begins the document.
    fn judge_first(
        &mut self,
        candidate: &Candidate<'_>,
        area_exists: &mut impl FnMut(&AreaCode) -> Result<bool, DatabaseError>,
    ) -> Result<Verdict, DatabaseError> {
        let document = match begin(candidate.changes, candidate.prefix()) {
            Ok(document) => document,
            Err(unsound) => return Ok(Verdict::Refused(unsound)),
        };
        let header = &candidate.segment.header;
        let record = match header.kind {
            DocumentKind::Record => match read_first(&document, candidate.changes) {
                Ok(record) => Some(record),
                Err(unsound) => return Ok(Verdict::Refused(unsound)),
            },
            DocumentKind::Review => None,
        };
        // A record lies where its root change says, whatever the segment around it believes (R14).
        let area = record.as_ref().map_or(&header.area, |record| &record.unchanging.area).feed_area();
        let new: Vec<&RawChange<'_>> = candidate.changes.iter().collect();
        let reason = match &area {
            Some(area) if area_exists(area)? => {
                let unknown = candidate.author.is_none().then_some(HeldReason::DeviceUnknown);
                unknown.or_else(|| self.hindrance(&new)).or_else(|| candidate.without_right(area))
            }
            Some(_) | None => Some(HeldReason::UnknownArea),
        };
        match reason {
            Some(reason) => {
                self.put_apart(candidate.segment.changes.clone(), reason);
                Ok(Verdict::Held(reason))
            }
            None => {
                self.document = Some(document);
                self.root_record = record;
                self.kind = Some(header.kind);
                self.area = area;
                Ok(Verdict::Entered)
            }
        }
    }

    /// Takes a segment in, or proves it sound where it is to be kept.
    fn settle(&mut self, candidate: &Candidate<'_>, reason: Option<HeldReason>) -> Result<Verdict, DatabaseError> {
        let (prefix, changes) = (candidate.prefix(), candidate.changes);
        let (sound, reason) = match (reason, self.document.as_mut()) {
            (None, Some(document)) => (document.take_in(changes, prefix).map(|_| ()), None),
            (Some(reason), _) => (self.prove_apart(changes, prefix, reason), Some(reason)),
            // Without a document and not its beginning: it builds on something outside.
            (None, None) => {
                (self.prove_apart(changes, prefix, HeldReason::DependsOnHeld), Some(HeldReason::DependsOnHeld))
            }
        };
        let reason = match (sound, reason) {
            (Ok(()), None) => return Ok(Verdict::Entered),
            (Ok(()), Some(reason)) => reason,
            (Err(unsound), _) if unsound.rule == Rule::Size => HeldReason::DocumentFull,
            (Err(unsound), _) => return Ok(Verdict::Refused(unsound)),
        };
        self.put_apart(candidate.segment.changes.clone(), reason);
        Ok(Verdict::Held(reason))
    }

    /// Proves changes sound on a copy: on the document as it is, or, where that has a rival of theirs in it or lacks what
    /// they build on, on their ancestors alone.
    fn prove_apart(&self, changes: &[RawChange<'_>], prefix: ActorPrefix, reason: HeldReason) -> Result<(), Unsound> {
        let ordinary = match reason {
            HeldReason::NoAssignment
            | HeldReason::ReadOnly
            | HeldReason::DeviceRevoked
            | HeldReason::UserDisabled
            | HeldReason::UnknownArea
            | HeldReason::DocumentFull => true,
            HeldReason::DependsOnHeld | HeldReason::IdTaken | HeldReason::Forked | HeldReason::DeviceUnknown => false,
        };
        let builds_outside = changes.iter().flat_map(RawChange::dependencies).any(|hash| self.outside(*hash).is_some());
        match &self.document {
            Some(document) if ordinary && !builds_outside => document.clone().take_in(changes, prefix).map(|_| ()),
            Some(_) | None => self.prove_on_ancestors(changes, prefix),
        }
    }

    fn prove_on_ancestors(&self, changes: &[RawChange<'_>], prefix: ActorPrefix) -> Result<(), Unsound> {
        let inside = self.document.as_ref().map(Document::changes).unwrap_or_default();
        let outside = self.apart.iter().flat_map(|apart| Chunks::new(&apart.changes).flatten());
        let known: Vec<RawChange<'_>> =
            inside.iter().map(Vec::as_slice).chain(outside).filter_map(|chunk| RawChange::read(chunk).ok()).collect();
        let by_hash: HashMap<ChangeHash, &RawChange<'_>> = known.iter().map(|change| (change.hash(), change)).collect();
        let mut ancestors = HashSet::new();
        let mut open: Vec<ChangeHash> = changes.iter().flat_map(RawChange::dependencies).copied().collect();
        while let Some(hash) = open.pop() {
            if let Some(change) = by_hash.get(&hash)
                && ancestors.insert(hash)
            {
                open.extend(change.dependencies());
            }
        }
        let mut ancestors_in_order = known.into_iter().filter(|change| ancestors.remove(&change.hash()));
        match ancestors_in_order.next() {
            None => begin(changes, prefix).map(|_| ()),
            Some(root) => {
                let mut document = Document::begin(&root)?;
                document.take_in_proven(&ancestors_in_order.collect::<Vec<_>>())?;
                document.take_in(changes, prefix).map(|_| ())
            }
        }
    }
}

/// Begins a document with changes whose first is its root change, with all of R2.
fn begin(changes: &[RawChange<'_>], prefix: ActorPrefix) -> Result<Document, Unsound> {
    let (root, rest) = changes.split_first().ok_or_else(|| wrong("no change"))?;
    check(root, prefix, &History::default())?;
    let mut document = Document::begin(root)?;
    document.take_in(rest, prefix)?;
    Ok(document)
}

/// The record that a segment begins.
fn read_first(document: &Document, changes: &[RawChange<'_>]) -> Result<Record, Unsound> {
    let not_a_record = Unsound { rule: Rule::Actions, detail: "the root change does not begin a record" };
    let read = match changes {
        [root] => Record::read_root(root).map_err(|_| not_a_record)?,
        _ => None,
    };
    read.map_or_else(|| Record::read(document).map_err(|_| not_a_record), Ok)
}

/// Whether the document has another change of the same actor under the same number (R7).
fn is_forked(history: &History, change: &RawChange<'_>) -> bool {
    let reached = history.last_of(change.actor()).is_some_and(|(last, _)| last >= change.sequence());
    reached && {
        let same = |(hash, known): (ChangeHash, &sync_core::change::Known)| {
            known.actor == change.actor() && known.sequence == change.sequence() && hash != change.hash()
        };
        history.iter().any(same)
    }
}

const fn wrong(detail: &'static str) -> Unsound {
    Unsound { rule: Rule::Segment, detail }
}
