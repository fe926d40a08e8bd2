//! Taking in what the server sent: one response, one transaction, cursors included. Killed in the middle, nothing of it
//! happened and the next request asks again.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::sqlite::SqliteConnection;

use super::Store;
use super::contents::FormCache;
use super::documents::{self, Found, Writing};
use super::error::StoreError;
use super::leaving;
use super::ledger::Ledger;
use super::outbox::{self, Marking};
use super::rebuilding;
use super::records::standing;
use super::rows::Fate;
use super::scope;
use super::summary::Summary;
use super::sync::Leaving;
use crate::area::AreaCode;
use crate::change::{RawChange, Traits, Unsound};
use crate::document::Document;
use crate::exchange::{Entry, Page, Receipt, Request, Response};
use crate::id::{ChangeHash, Cursor, DocumentId, DocumentKind, Sequence};
use crate::record::Record;
use crate::segment::Segment;
use crate::time::Timestamp;

/// What a response brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// Pushed segments accepted now.
    pub accepted: usize,
    /// Pushed segments held.
    pub held: usize,
    /// Pushed segments refused.
    pub refused: usize,
    /// Segments received.
    pub received: usize,
    /// Documents that could not take in what came for them; they are kept aside and asked for whole.
    pub unreadable: usize,
}

impl Store {
    /// Takes in a response to `request`, in one transaction. `leaving` is what the request asked of lost areas.
    pub(super) fn apply(
        &mut self,
        request: &Request,
        response: &Response,
        leaving: &Leaving,
        now: Timestamp,
    ) -> Result<Applied, StoreError> {
        let Self { connection, forms, shown, .. } = self;
        connection.immediate_transaction(|connection| {
            let (ledger, applied) = (Ledger::default(), Applied::default());
            let mut intake = Intake {
                connection,
                forms,
                shown,
                ledger,
                applied,
                settled: HashMap::new(),
                moves: BTreeMap::new(),
                now,
            };
            intake.take_fates(request, response)?;
            intake.let_go(request, response, leaving)?;
            if let Some(areas) = &response.scope {
                scope::take(intake.connection, &mut intake.ledger, areas)?;
            }
            for page in &response.pages {
                intake.forget_moves_of(page)?;
            }
            for page in &response.pages {
                intake.take_page(page, request, response)?;
            }
            for (document, (number, to)) in std::mem::take(&mut intake.moves) {
                intake.take_move(document, number, &to)?;
            }
            for (document, segments) in by_document(response.repairs.iter().map(|segment| (segment, None))) {
                intake.take_segments(document, None, &segments)?;
            }
            let Intake { connection, ledger, applied, .. } = intake;
            ledger.write(connection)?;
            if let Some(entries) = &response.catalogue {
                scope::take_catalogue(connection, entries)?;
            }
            scope::keep_papers(connection, response, now)?;
            Ok(applied)
        })
    }
}

/// A segment and its place in the feed.
type Placed<'a> = (&'a Segment, Option<Sequence>);

struct Intake<'a> {
    connection: &'a mut SqliteConnection,
    forms: &'a mut FormCache,
    shown: &'a HashSet<DocumentId>,
    ledger: Ledger,
    applied: Applied,
    /// Areas and heads of documents in work of which a receipt of this response made all agreed.
    settled: HashMap<DocumentId, (AreaCode, Vec<ChangeHash>)>,
    /// The last move of each document that the response tells of, in whichever feed: one in between must not take a document
    /// away that has come back, nor bring one back that has gone on.
    moves: BTreeMap<DocumentId, (u32, AreaCode)>,
    now: Timestamp,
}

impl Intake<'_> {
    fn take_fates(&mut self, request: &Request, response: &Response) -> Result<(), StoreError> {
        let mut touched: Vec<DocumentId> = Vec::new();
        for (segment, receipt) in request.push.iter().zip(&response.receipts) {
            match receipt {
                Receipt::Accepted(_) | Receipt::Discarded(_) => self.applied.accepted += 1,
                Receipt::Held(_) => self.applied.held += 1,
                Receipt::Refused(_) => self.applied.refused += 1,
                Receipt::Wanted(_) => {}
            }
            let marking = marking_of(receipt);
            touched.extend(outbox::mark(self.connection, segment.id(), marking)?);
            if !marking.fate.is_agreed() {
                outbox::keep_changes(self.connection, segment)?;
            }
        }
        for (id, receipt) in request.open_fates.iter().zip(&response.fates) {
            // The server does not have what it once had: it was restored from a backup, and gets it again (R9).
            let lost = Marking { fate: Fate::Sent, reason: None, sequence: None };
            let marking = receipt.as_ref().map_or(lost, marking_of);
            if !marking.fate.is_agreed()
                && let Some(document) = outbox::document_if_bare(self.connection, *id)?
            {
                outbox::offer_again(self.connection, document, self.now)?;
            }
            touched.extend(outbox::mark(self.connection, *id, marking)?);
        }
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().try_for_each(|document| self.agree_again(document))?;
        let pushed = request.push.iter().zip(&response.receipts);
        let pushed: Vec<DocumentId> =
            pushed.filter(|(_, receipt)| never_in_feed(receipt)).map(|(segment, _)| segment.header.document).collect();
        let mut gone = pushed;
        for (id, receipt) in request.open_fates.iter().zip(&response.fates) {
            if receipt.as_ref().is_some_and(never_in_feed) {
                gone.extend(outbox::document_of(self.connection, *id)?);
            }
        }
        gone.into_iter().try_for_each(|document| self.take_withdrawal(document))
    }

    /// Documents of lost areas go if the server has vouched for them.
    fn let_go(&mut self, request: &Request, response: &Response, leaving: &Leaving) -> Result<(), StoreError> {
        if leaving.asked.is_empty() {
            return Ok(());
        }
        let mut vouched = leaving.vouched.clone();
        vouched.extend(leaving::vouched_for(request, response));
        leaving
            .asked
            .iter()
            .try_for_each(|id| leaving::leave(self.connection, &mut self.ledger, *id, &vouched, self.shown))
    }

    /// A feed that starts again tells its moves from the beginning, perhaps fewer than before the server was restored (R9, R11).
    /// What lies out of scope is in no feed that would start again here, so it is forgotten with any.
    fn forget_moves_of(&mut self, page: &Page) -> Result<(), StoreError> {
        let Some(feed) = self.ledger.feed(self.connection, page.area.as_str())? else { return Ok(()) };
        let cursor = feed.cursor();
        if cursor.epoch == page.epoch || page.after != Sequence::ZERO {
            return Ok(());
        }
        let restored = cursor.epoch != Cursor::START.epoch;
        documents::forget_moves(self.connection, &page.area, restored)
    }

    fn take_page(&mut self, page: &Page, request: &Request, response: &Response) -> Result<(), StoreError> {
        let Some(feed) = self.ledger.feed(self.connection, page.area.as_str())? else { return Ok(()) };
        let cursor = feed.cursor();
        let restarted = cursor.epoch != page.epoch && page.after == Sequence::ZERO;
        if !restarted && (cursor.epoch != page.epoch || cursor.sequence != page.after) {
            // An answer to an older request than the cursor stands for; the next request asks from the cursor.
            return Ok(());
        }
        feed.epoch = page.epoch.as_bytes().to_vec();
        feed.sequence = i64::try_from(page.last().get()).unwrap_or(i64::MAX);
        feed.set_server_digest(page.digest.as_ref());
        let mut done = 0;
        let placed = page.entries.iter().zip(1..).filter_map(|(entry, step)| {
            let sequence = page.after.plus(step);
            let segment = match entry {
                Entry::Segment(segment) => segment,
                Entry::Pushed(index) => {
                    let segment = request.push.get(*index as usize)?;
                    if self.is_settled(segment, response.receipts.get(*index as usize), (&page.area, sequence)) {
                        done += 1;
                        return None;
                    }
                    segment
                }
                Entry::MovedIn { .. } | Entry::MovedOut { .. } | Entry::Withdrawn { .. } => return None,
            };
            Some((segment, Some(sequence)))
        });
        let groups = by_document(placed);
        self.applied.received += done;
        for (document, segments) in groups {
            self.take_segments(document, Some(&page.area), &segments)?;
        }
        for entry in &page.entries {
            let (document, number, to) = match entry {
                Entry::MovedIn { document, number, .. } => (*document, *number, &page.area),
                Entry::MovedOut { document, number, to } => (*document, *number, to),
                Entry::Withdrawn { document } => {
                    self.take_withdrawal(*document)?;
                    continue;
                }
                Entry::Segment(_) | Entry::Pushed(_) => continue,
            };
            let last = self.moves.entry(document).or_insert_with(|| (number, to.clone()));
            if number > last.0 {
                *last = (number, to.clone());
            }
        }
        Ok(())
    }

    /// Whether the receipt of a segment that went out has said all that its entry in the feed says, of a document that has
    /// it: the ordinary case of a push.
    fn is_settled(&self, segment: &Segment, receipt: Option<&Receipt>, at: (&AreaCode, Sequence)) -> bool {
        let (area, sequence) = at;
        let settled = self.settled.get(&segment.header.document);
        receipt == Some(&Receipt::Accepted(sequence))
            && settled.is_some_and(|(lies_in, heads)| lies_in == area && heads.contains(&segment.header.last_change))
    }

    /// Takes in segments of one document that the server has proven sound.
    fn take_segments(
        &mut self,
        id: DocumentId,
        feed: Option<&AreaCode>,
        segments: &[Placed<'_>],
    ) -> Result<(), StoreError> {
        self.applied.received += segments.len();
        for (segment, sequence) in segments {
            outbox::keep(self.connection, segment, Fate::Accepted, *sequence, self.now)?;
        }
        let before = documents::find(self.connection, id)?;
        if before.is_none()
            && let [(segment, _)] = segments
            && let Some(area) = feed
            && self.take_root(segment, area)?
        {
            return Ok(());
        }
        let mut changes = Vec::new();
        for (segment, _) in segments {
            match segment.open() {
                Ok(opened) => changes.extend(opened),
                Err(_) => return self.unreadable(),
            }
        }
        match &before {
            None => {
                let Some(area) = feed.or(segments.first().map(|(segment, _)| &segment.header.area)) else {
                    return Ok(());
                };
                let begun = changes.split_first().and_then(|(root, rest)| {
                    let mut document = Document::begin(root).ok()?;
                    document.take_in_proven(rest).ok()?;
                    Some(document)
                });
                match begun {
                    Some(document) => {
                        let kind = segments.first().map_or(DocumentKind::Record, |(segment, _)| segment.header.kind);
                        self.insert(id, kind, area, &document)
                    }
                    None => self.unreadable(),
                }
            }
            Some(found) => {
                let opened = documents::open(self.connection, found, self.now);
                let mut document = match opened {
                    Ok(document) => document,
                    Err(StoreError::Document { .. }) => return self.rebuild(found, &changes, feed),
                    Err(error) => return Err(error),
                };
                if document.take_in_proven(&changes).is_err() {
                    return self.unreadable();
                }
                self.rewrite(found, &document, feed)
            }
        }
    }

    /// The ordinary case of a first pull: a document of one change, read without opening it.
    fn take_root(&mut self, segment: &Segment, area: &AreaCode) -> Result<bool, StoreError> {
        if segment.header.kind != DocumentKind::Record || segment.header.first != 1 || segment.header.last != 1 {
            return Ok(false);
        }
        let Ok(change) = RawChange::read(&segment.changes) else { return Ok(false) };
        if !change.is_root() {
            return Ok(false);
        }
        let Ok(Some(record)) = Record::read_root(&change) else { return Ok(false) };
        let heads = [change.hash()];
        let writing = Writing {
            id: segment.header.document,
            kind: DocumentKind::Record,
            area,
            move_number: 0,
            bytes: segment.changes.clone(),
            heads: &heads,
            agreed: &heads,
            traits: Traits::default(),
            kept: 0,
            summary: Some(self.summary_of(&record)),
        };
        documents::write(self.connection, &mut self.ledger, None, writing, self.now)?;
        Ok(true)
    }

    fn summary_of(&mut self, record: &Record) -> Summary {
        self.forms.summary_of(self.connection, record)
    }

    fn summary(&mut self, document: &Document) -> Option<Summary> {
        Record::read(document).ok().map(|record| self.summary_of(&record))
    }

    fn insert(
        &mut self,
        id: DocumentId,
        kind: DocumentKind,
        area: &AreaCode,
        document: &Document,
    ) -> Result<(), StoreError> {
        let left_out = outbox::not_agreed(self.connection, id)?;
        let agreed = document.history().heads_without(&left_out);
        let writing = Writing {
            id,
            kind,
            area,
            move_number: 0,
            bytes: document.bytes(),
            heads: document.heads(),
            agreed: &agreed,
            traits: document.traits(),
            kept: 0,
            summary: self.summary(document),
        };
        documents::write(self.connection, &mut self.ledger, None, writing, self.now)
    }

    /// Writes a document that was here before. A feed that brings segments of it says where it lies, unless a move says
    /// otherwise. What the server sends is in work: also a document that was kept aside, because it was discarded, and has
    /// entered after all.
    fn rewrite(&mut self, found: &Found, document: &Document, feed: Option<&AreaCode>) -> Result<(), StoreError> {
        let left_out = outbox::not_agreed(self.connection, found.row.id()?)?;
        let agreed = document.history().heads_without(&left_out);
        let stood = found.row.area()?;
        let area = feed.filter(|_| found.row.move_number == 0).unwrap_or(&stood);
        let in_work = self.ledger.feed(self.connection, area.as_str())?.is_some();
        let summary = self.summary(document);
        let writing = standing(found, document, area, &agreed, summary)?;
        let writing = Writing { kept: if in_work { 0 } else { writing.kept }, ..writing };
        documents::write(self.connection, &mut self.ledger, Some(found), writing, self.now)
    }

    /// A document that did not open is made anew from what came and from what was made here; its damaged bytes are kept
    /// aside already.
    fn rebuild(&mut self, found: &Found, changes: &[RawChange<'_>], feed: Option<&AreaCode>) -> Result<(), StoreError> {
        match rebuilding::from_segments(self.connection, found.row.id()?, changes)? {
            Some(document) => self.rewrite(found, &document, feed),
            None => self.unreadable(),
        }
    }

    /// What came cannot be taken in here. The digest will differ, and reconciliation asks for the document whole.
    fn unreadable(&mut self) -> Result<(), StoreError> {
        self.applied.unreadable += 1;
        Ok(())
    }

    /// A receipt changed what of a document is agreed.
    fn agree_again(&mut self, id: DocumentId) -> Result<(), StoreError> {
        let Some(found) = documents::find(self.connection, id)? else { return Ok(()) };
        let left_out = outbox::not_agreed(self.connection, id)?;
        let agreed = if left_out.is_empty() {
            let heads = found.row.heads()?;
            if found.row.kept == 0 {
                self.settled.insert(id, (found.row.area()?, heads.clone()));
            }
            heads
        } else {
            documents::open(self.connection, &found, self.now)?.history().heads_without(&left_out)
        };
        documents::set_agreed(self.connection, &mut self.ledger, &found, &agreed)
    }

    fn take_move(&mut self, id: DocumentId, number: u32, to: &AreaCode) -> Result<(), StoreError> {
        let Some(found) = documents::find(self.connection, id)? else { return Ok(()) };
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        if found.row.move_number >= number {
            return Ok(());
        }
        documents::move_to(self.connection, &mut self.ledger, &found, to, number)?;
        if self.ledger.feed(self.connection, to.as_str())?.is_none() {
            return scope::leave(self.connection, &mut self.ledger, id);
        }
        match documents::find(self.connection, id)? {
            Some(moved) if moved.row.kept == documents::AREA_LOST => {
                documents::take_back(self.connection, &mut self.ledger, &moved)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The server took the document out of the feed: kept here for reading, out of the digest (R3).
    fn take_withdrawal(&mut self, id: DocumentId) -> Result<(), StoreError> {
        match documents::find(self.connection, id)? {
            Some(found) => documents::keep_aside(self.connection, &mut self.ledger, &found, documents::WITHDRAWN),
            None => Ok(()),
        }
    }
}

/// Groups segments by document, keeping their order; documents in the order of their first segment.
fn by_document<'a>(segments: impl Iterator<Item = Placed<'a>>) -> Vec<(DocumentId, Vec<Placed<'a>>)> {
    let mut places: BTreeMap<DocumentId, usize> = BTreeMap::new();
    let mut groups: Vec<(DocumentId, Vec<Placed<'a>>)> = Vec::new();
    for placed in segments {
        let document = placed.0.header.document;
        let place = *places.entry(document).or_insert_with(|| {
            groups.push((document, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(placed);
    }
    groups
}

/// A supervisor discarded a document of which nothing was ever accepted: no feed has it (R3).
fn never_in_feed(receipt: &Receipt) -> bool {
    matches!(receipt, Receipt::Discarded(Sequence::ZERO))
}

fn marking_of(receipt: &Receipt) -> Marking {
    match receipt {
        Receipt::Accepted(sequence) => Marking { fate: Fate::Accepted, reason: None, sequence: Some(*sequence) },
        Receipt::Discarded(sequence) => Marking { fate: Fate::Discarded, reason: None, sequence: Some(*sequence) },
        Receipt::Held(reason) => Marking { fate: Fate::Held, reason: Some(*reason as i16), sequence: None },
        Receipt::Wanted(_) => Marking { fate: Fate::Wanted, reason: None, sequence: None },
        Receipt::Refused(Unsound { rule, .. }) => {
            Marking { fate: Fate::Refused, reason: Some(i16::from(rule.number())), sequence: None }
        }
    }
}
