//! Releasing: a supervisor takes responsibility for what its author might not write.

mod apart;

pub(crate) use apart::enter_new;

use sync_core::exchange::HeldReason;
use sync_core::id::SegmentId;

use super::discard::{put_back, refuse_if_held, rest_of};
use super::scene::{Scene, ancestors_of, find_held, set_settled};
use super::{HeldError, Settled, Settling, retrying};
use crate::authors::Authors;
use crate::database::{AnyConnection, Database};
use crate::documents::Verdict;
use crate::segments::{Fate, StoredSegment};

/// Releases a held segment: it enters its document, and what was held because it builds on it is judged on its own merits.
/// What its actor forked is written again by the server, at the state its author had seen (R7); a record whose id was taken
/// is made anew under a new id, with everything that builds on it (R14).
///
/// # Errors
/// [`HeldError`].
pub fn release(database: &Database, settling: &mut Settling<'_>, id: SegmentId) -> Result<Settled, HeldError> {
    retrying(database, HeldError::is_raced, |connection| release_in(connection, settling, id))
}

fn release_in(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    id: SegmentId,
) -> Result<Settled, HeldError> {
    let mut authors = Authors::new(settling.identity.programme);
    let target = find_held(connection, &authors, id)?.ok_or(HeldError::NotHeld(id))?;
    let document = target.segment.header.document;
    let (mut scene, stored) = Scene::open(connection, &authors, document, settling.entropy)?;
    let ancestors = ancestors_of(&target, &stored);
    refuse_if_held(&ancestors)?;
    let state = super::discard::State::of(&mut scene.standing);
    for withdrawn in &ancestors {
        let verdict = scene.judge(connection, &mut authors, withdrawn, (true, Fate::Discarded))?;
        if verdict != Verdict::Entered {
            return Err(HeldError::CannotEnter(HeldReason::DependsOnHeld));
        }
    }
    match scene.judge(connection, &mut authors, &target, (true, Fate::Accepted))? {
        Verdict::Entered => {}
        Verdict::NothingNew => {
            scene.judge_rest(connection, &mut authors, std::slice::from_ref(&target))?;
            return Ok(Settled { document, entered: 0, grown: Vec::new() });
        }
        Verdict::Held(HeldReason::IdTaken) => return apart::make_anew(connection, settling, &mut authors, &target),
        Verdict::Held(HeldReason::Forked) | Verdict::Wanted(_) | Verdict::Refused(_) => {
            return apart::write_again(connection, settling, scene, &target);
        }
        Verdict::Held(reason) => return Err(HeldError::CannotEnter(reason)),
    }
    let rest: Vec<StoredSegment> = rest_of(&stored, &target, &ancestors);
    scene.judge_rest(connection, &mut authors, &rest)?;
    let written = match ancestors.split_last() {
        Some((last, others)) => put_back(settling, &mut scene.standing, state, (others, last))?,
        None => Vec::new(),
    };
    let entered = scene.count() + written.len();
    let grown = scene.finish(connection, &written, (Some(settling.by), settling.now), settling.entropy)?;
    Ok(Settled { document, entered, grown: grown.into_iter().collect() })
}

/// Notes that a segment's content was entered otherwise.
fn settle_apart(
    connection: &mut AnyConnection,
    settling: &Settling<'_>,
    stored: &StoredSegment,
) -> Result<(), HeldError> {
    set_settled(connection, stored.number, (Fate::Settled, None), (settling.by, settling.now))?;
    Ok(())
}
