//! Discarding without making a hole (R3).

mod put_back;

use sync_core::area::AreaCode;
use sync_core::exchange::HeldReason;
use sync_core::id::{SegmentId, Sequence};
use sync_core::record::EditError;
use sync_core::segment::Segment;

use super::authoring::Authoring;
use super::scene::{Scene, ancestors_of, changes_of, find_held, set_settled};
use super::{HeldError, Settled, Settling, retrying};
use crate::authors::Authors;
use crate::database::{AnyConnection, Database, DatabaseError};
use crate::documents::{Standing, Verdict};
use crate::feeds::{self, Entering};
use crate::segments::{Fate, StoredSegment};
use put_back::PutBack;
pub(super) use put_back::State;

/// Discards a held segment: it enters its document together with changes of the server that put back every answer it
/// changed and nobody changed since; a conflict that it had settled is opened again. A document of which nothing was ever
/// accepted, and of which nothing else may enter, stays out of the feed. A segment that can never enter (its actor forked,
/// its document's id was taken) is only dealt with.
///
/// # Errors
/// [`HeldError`].
pub fn discard(database: &Database, settling: &mut Settling<'_>, id: SegmentId) -> Result<Settled, HeldError> {
    retrying(database, HeldError::is_raced, |connection| discard_in(connection, settling, id))
}

fn discard_in(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    id: SegmentId,
) -> Result<Settled, HeldError> {
    let mut authors = Authors::new(settling.identity.programme);
    let target = find_held(connection, &authors, id)?.ok_or(HeldError::NotHeld(id))?;
    let document = target.segment.header.document;
    let (mut scene, apart) = Scene::open(connection, &authors, document, settling.entropy)?;
    let ancestors = ancestors_of(&target, &apart);
    refuse_if_held(&ancestors)?;
    let state = State::of(&mut scene.standing);
    let verdict = enter_discarded(connection, &mut authors, &mut scene, (&ancestors, &target))?;
    let by = (settling.by, settling.now);
    let nothing = Settled { document, entered: 0, grown: Vec::new() };
    match verdict {
        Verdict::Entered => {}
        // The document is in no feed, and has no area in which it could be.
        Verdict::Held(HeldReason::UnknownArea) => {
            set_settled(connection, target.number, (Fate::Withdrawn, None), by)?;
            return Ok(nothing);
        }
        Verdict::Held(_) | Verdict::Wanted(_) | Verdict::Refused(_) | Verdict::NothingNew => {
            set_settled(connection, target.number, (Fate::Settled, None), by)?;
            return Ok(nothing);
        }
    }
    let rest: Vec<StoredSegment> = rest_of(&apart, &target, &ancestors);
    let dependants = scene.judge_rest(connection, &mut authors, &rest)?;
    if state.is_none() && dependants == 0 {
        return withdraw(connection, settling, &scene, (&ancestors, &target));
    }
    let written = put_back(settling, &mut scene.standing, state, (&ancestors, &target))?;
    let entered = scene.count() + written.len();
    let grown = scene.finish(connection, &written, (Some(settling.by), settling.now), settling.entropy)?;
    Ok(Settled { document, entered, grown: grown.into_iter().collect() })
}

/// Every held segment that the target builds on must be settled first: whether it stands decides what the target means.
pub(super) fn refuse_if_held(ancestors: &[&StoredSegment]) -> Result<(), HeldError> {
    let held: Vec<SegmentId> =
        ancestors.iter().filter(|stored| stored.fate == Fate::Held).map(|stored| stored.id()).collect();
    if held.is_empty() { Ok(()) } else { Err(HeldError::BuildsOnHeld(held)) }
}

/// Enters what was withdrawn with its document before, and the target, as discarded; gives the target's verdict.
fn enter_discarded(
    connection: &mut AnyConnection,
    authors: &mut Authors,
    scene: &mut Scene,
    (ancestors, target): (&[&StoredSegment], &StoredSegment),
) -> Result<Verdict, DatabaseError> {
    for stored in ancestors.iter().copied().chain([target]) {
        let verdict = scene.judge(connection, authors, stored, (true, Fate::Discarded))?;
        if verdict != Verdict::Entered {
            return Ok(verdict);
        }
    }
    Ok(Verdict::Entered)
}

/// What is held beside the target and its ancestors.
pub(super) fn rest_of(
    apart: &[StoredSegment],
    target: &StoredSegment,
    ancestors: &[&StoredSegment],
) -> Vec<StoredSegment> {
    let others = apart.iter().filter(|stored| {
        stored.number != target.number && ancestors.iter().all(|ancestor| ancestor.number != stored.number)
    });
    others.cloned().collect()
}

/// Keeps the whole document out of the feed and tells the phones that have it.
fn withdraw(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    scene: &Scene,
    (ancestors, target): (&[&StoredSegment], &StoredSegment),
) -> Result<Settled, HeldError> {
    let document = target.segment.header.document;
    let told: Option<Sequence> = ancestors.iter().find_map(|ancestor| ancestor.sequence);
    let mut grown: Vec<(AreaCode, Sequence)> = Vec::new();
    let sequence = match (told, scene.standing.area()) {
        (Some(sequence), _) => Some(sequence),
        (None, Some(area)) => {
            let feed = feeds::lock(connection, area, settling.entropy)?;
            let mut entering = Entering::begin(feed, settling.now);
            let sequence = entering.withdraw(document);
            grown.push((area.clone(), entering.write(connection)?));
            Some(sequence)
        }
        (None, None) => None,
    };
    set_settled(connection, target.number, (Fate::Withdrawn, sequence), (settling.by, settling.now))?;
    Ok(Settled { document, entered: 0, grown })
}

/// Writes the changes that put back what the discarded segments changed.
pub(super) fn put_back(
    settling: &mut Settling<'_>,
    standing: &mut Standing,
    before: Option<State>,
    (ancestors, target): (&[&StoredSegment], &StoredSegment),
) -> Result<Vec<Segment>, EditError> {
    let discarded = ancestors.iter().copied().chain([target]).flat_map(changes_of).collect();
    let (Some(area), Some(record)) = (standing.area().cloned(), standing.record()) else { return Ok(Vec::new()) };
    let id = standing.id;
    let Some(document) = standing.document_mut() else { return Ok(Vec::new()) };
    let plan = PutBack::plan(document, before.as_ref(), &record, &discarded);
    let authoring = Authoring { identity: settling.identity, document: id, area: &area, now: settling.now };
    let now = document.heads().to_vec();
    let then = before.map(|state| state.heads).unwrap_or_default();
    let mut written = Vec::new();
    for (edits, shown) in plan.at_now.iter().map(|edits| (edits, &now)).chain(plan.at_before.iter().map(|e| (e, &then)))
    {
        written.extend(authoring.write(document, edits, shown, settling.entropy)?);
    }
    let heads = document.heads().to_vec();
    written.extend(authoring.write(document, &plan.at_last, &heads, settling.entropy)?);
    Ok(written)
}
