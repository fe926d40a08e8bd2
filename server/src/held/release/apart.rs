//! Releasing what can never enter its document as it is.

use std::collections::{HashMap, HashSet};

use sync_core::change::{History, RawChange};
use sync_core::document::Document;
use sync_core::exchange::HeldReason;
use sync_core::form::{FormId, FormVersion};
use sync_core::id::{ActorId, ChangeHash, DocumentId};
use sync_core::record::{NewRecord, Record, create};
use sync_core::segment::{Chunks, Segment};

use super::settle_apart;
use crate::authors::Authors;
use crate::database::AnyConnection;
use crate::documents::{Candidate, Standing, Verdict};
use crate::feeds::{self, Entering, Incoming};
use crate::forms;
use crate::held::authoring::Authoring;
use crate::held::reentry::edits_between;
use crate::held::scene::{Scene, changes_of, is_proven};
use crate::held::{HeldError, Settled, Settling};
use crate::segments::{self, Fate, StoredSegment};

/// Writes what a forked segment said as changes of the server, at the state that its author had seen, so that rivals stay
/// conflicts (R7).
pub(super) fn write_again(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    mut scene: Scene,
    target: &StoredSegment,
) -> Result<Settled, HeldError> {
    let cannot = || HeldError::CannotEnter(target.held_reason.unwrap_or(HeldReason::Forked));
    let id = target.segment.header.document;
    let area = scene.standing.area().cloned().ok_or_else(cannot)?;
    let all = segments::apart_from(connection, settling.identity.programme, id)?;
    let document = scene.standing.document_mut().ok_or_else(cannot)?;
    let aside = Aside::of(document, &all, std::slice::from_ref(target)).ok_or_else(cannot)?;
    let shown = seen_in(document.history(), &aside.ancestors);
    if shown.is_empty() {
        return Err(cannot());
    }
    let edits = edits_between(aside.before.as_ref(), Some(&aside.after), |_| true);
    let authoring = Authoring { identity: settling.identity, document: id, area: &area, now: settling.now };
    let mut written: Vec<Segment> = Vec::new();
    written.extend(authoring.write(document, &edits.first, &shown, settling.entropy)?);
    let then = written.last().map_or(shown, |segment| vec![segment.header.last_change]);
    written.extend(authoring.write(document, &edits.then, &then, settling.entropy)?);
    settle_apart(connection, settling, target)?;
    let grown = scene.finish(connection, &written, (Some(settling.by), settling.now), settling.entropy)?;
    Ok(Settled { document: id, entered: written.len(), grown: grown.into_iter().collect() })
}

/// Makes a record anew under a new id, with all that was held because it builds on it (R14).
pub(super) fn make_anew(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    authors: &mut Authors,
    target: &StoredSegment,
) -> Result<Settled, HeldError> {
    let cannot = || HeldError::CannotEnter(HeldReason::IdTaken);
    let mut held = Vec::new();
    for stored in segments::apart_from(connection, authors.programme(), target.segment.header.document)? {
        if is_proven(connection, authors, &stored)? {
            held.push(stored);
        }
    }
    let family = descendants_of(target, &held);
    let after = Aside::composed(&family).and_then(|document| Record::read(&document).ok()).ok_or_else(cannot)?;
    let area = after.unchanging.area.feed_area().ok_or_else(cannot)?;
    let id = DocumentId::generate(settling.now, settling.entropy);
    let version = after.version(|version| version.as_str().to_owned()).ok_or_else(cannot)?;
    let form = forms::form(connection, &after.unchanging.form, version)?;
    let long_texts = form.map(|form| form.long_texts()).unwrap_or_default();
    let new = new_record(&after, &long_texts);
    let authoring = Authoring { identity: settling.identity, document: id, area: &area, now: settling.now };
    let actor = ActorId::generate(settling.identity.key.public().actor_prefix(), settling.entropy);
    let mut written = vec![authoring.seal(create(&new, actor, settling.now)?.change)?];
    let mut document =
        Document::begin(&RawChange::read(&written[0].changes).map_err(|_| cannot())?).map_err(|_| cannot())?;
    let begun = Record::read(&document).map_err(|_| cannot())?;
    let more = edits_between(Some(&begun), Some(&after), |_| true);
    for edits in [more.first, more.then] {
        let heads = document.heads().to_vec();
        written.extend(authoring.write(&mut document, &edits, &heads, settling.entropy)?);
    }
    for stored in &family {
        settle_apart(connection, settling, stored)?;
    }
    enter_new(connection, settling, authors, (id, &written))
}

fn new_record(after: &Record, long_texts: &[sync_core::form::QuestionPath]) -> NewRecord {
    let is_long = |key: &sync_core::record::QuestionKey| key.instance.is_none() && long_texts.contains(&key.path);
    let given = after.answers.iter().filter(|(key, _)| !is_long(key));
    let text_of = |path: &sync_core::form::QuestionPath| {
        after.answer(path.as_str()).map(sync_core::record::Answer::words).unwrap_or_default()
    };
    NewRecord {
        form: FormId::new(after.unchanging.form.as_str()),
        version: after.version(|version| version.as_str().to_owned()).cloned().unwrap_or_else(|| FormVersion::new("")),
        area: after.unchanging.area.clone(),
        subject: after.unchanging.subject,
        state: after.state,
        answers: given.filter_map(|(key, answered)| Some((key.clone(), answered.value.clone()?))).collect(),
        long_texts: long_texts.iter().map(|path| (path.clone(), text_of(path))).collect(),
    }
}

/// Enters a document that the server has just made.
pub(crate) fn enter_new(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    authors: &mut Authors,
    (id, written): (DocumentId, &[Segment]),
) -> Result<Settled, HeldError> {
    let mut standing = Standing::load(connection, authors.programme(), id, None, false)?;
    for segment in written {
        let Some(author) = authors.find(connection, segment.header.device)? else {
            return Err(HeldError::CannotEnter(HeldReason::DeviceRevoked));
        };
        let changes = segment.open().map_err(|_| HeldError::CannotEnter(HeldReason::IdTaken))?;
        let candidate = Candidate { segment, changes: &changes, author: Some(&author), released: true };
        match standing.judge(&candidate, |area| authors.area_exists(connection, area))? {
            Verdict::Entered => {}
            Verdict::Held(reason) => return Err(HeldError::CannotEnter(reason)),
            Verdict::NothingNew | Verdict::Wanted(_) | Verdict::Refused(_) => {
                return Err(HeldError::CannotEnter(HeldReason::IdTaken));
            }
        }
    }
    let growth = standing
        .growth(written.len(), settling.identity.user, settling.now)
        .ok_or(HeldError::CannotEnter(HeldReason::IdTaken))?;
    let feed = feeds::lock(connection, &growth.area, settling.entropy)?;
    let area = feed.area().clone();
    let mut entering = Entering::begin(feed, settling.now);
    let incoming: Vec<Incoming<'_>> = written.iter().map(Incoming::New).collect();
    entering.append(connection, growth, &incoming)?;
    let last = entering.write(connection)?;
    Ok(Settled { document: id, entered: written.len(), grown: vec![(area, last)] })
}

/// A state beside the document: what somebody had seen, and what he made of it.
struct Aside {
    ancestors: HashSet<ChangeHash>,
    before: Option<Record>,
    after: Record,
}

impl Aside {
    /// Composes the ancestors of `targets` from the document and what is kept outside of it, and then the targets.
    fn of(document: &Document, outside: &[StoredSegment], targets: &[StoredSegment]) -> Option<Self> {
        let inside = document.changes();
        let outside = outside.iter().flat_map(|stored| Chunks::new(&stored.segment.changes).flatten());
        let known: Vec<RawChange<'_>> =
            inside.iter().map(Vec::as_slice).chain(outside).filter_map(|chunk| RawChange::read(chunk).ok()).collect();
        let by_hash: HashMap<ChangeHash, &RawChange<'_>> = known.iter().map(|change| (change.hash(), change)).collect();
        let own: Vec<RawChange<'_>> = read_all(targets);
        let own_hashes: HashSet<ChangeHash> = own.iter().map(RawChange::hash).collect();
        let mut ancestors = HashSet::new();
        let mut open: Vec<ChangeHash> = own.iter().flat_map(RawChange::dependencies).copied().collect();
        while let Some(hash) = open.pop() {
            if let Some(change) = by_hash.get(&hash).filter(|change| !own_hashes.contains(&change.hash()))
                && ancestors.insert(hash)
            {
                open.extend(change.dependencies());
            }
        }
        let mut seen = HashSet::new();
        let in_order = known.iter().filter(|change| ancestors.contains(&change.hash()) && seen.insert(change.hash()));
        let in_order: Vec<RawChange<'_>> = in_order.cloned().collect();
        let (root, rest) = in_order.split_first()?;
        let mut state = Document::begin(root).ok()?;
        state.take_in_proven(rest).ok()?;
        let before = Record::read(&state).ok();
        state.take_in_proven(&own).ok()?;
        Some(Self { ancestors, before, after: Record::read(&state).ok()? })
    }

    /// The document that these segments make, the first of which begins it.
    fn composed(family: &[StoredSegment]) -> Option<Document> {
        let runs: Vec<Vec<u8>> = family.iter().map(|stored| stored.segment.changes.clone()).collect();
        crate::documents::compose(&runs)
    }
}

fn read_all(stored: &[StoredSegment]) -> Vec<RawChange<'_>> {
    let chunks = stored.iter().flat_map(|stored| Chunks::new(&stored.segment.changes).flatten());
    chunks.filter_map(|chunk| RawChange::read(chunk).ok()).collect()
}

/// The latest of these changes that the document has, sorted: the state in which it was seen.
fn seen_in(history: &History, seen: &HashSet<ChangeHash>) -> Vec<ChangeHash> {
    let mut latest: Vec<ChangeHash> = seen.iter().copied().filter(|hash| history.contains(*hash)).collect();
    let built_on: HashSet<ChangeHash> = latest
        .iter()
        .filter_map(|hash| history.get(*hash))
        .flat_map(|known| known.dependencies.iter().copied())
        .collect();
    latest.retain(|hash| !built_on.contains(hash));
    latest.sort_unstable();
    latest
}

/// `target` and every held segment that builds on it and on nothing else that is outside, in the order in which they came.
fn descendants_of(target: &StoredSegment, held: &[StoredSegment]) -> Vec<StoredSegment> {
    let mut inside: HashSet<ChangeHash> = changes_of(target);
    let mut family = vec![target.clone()];
    for stored in held.iter().filter(|stored| stored.fate == Fate::Held && stored.number != target.number) {
        let changes = read_all(std::slice::from_ref(stored));
        let own = changes_of(stored);
        let builds = |change: &RawChange<'_>| {
            !change.is_root() && change.dependencies().iter().all(|hash| inside.contains(hash) || own.contains(hash))
        };
        if !changes.is_empty() && changes.iter().all(builds) {
            inside.extend(own);
            family.push(stored.clone());
        }
    }
    family
}
