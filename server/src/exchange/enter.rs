//! Entering what was judged in one feed: lock, look again, judge again only what has changed, write, commit (R20).

use std::collections::HashSet;

use sync_core::area::AreaCode;
use sync_core::entropy::Entropy;
use sync_core::exchange::Receipt;
use sync_core::id::{DocumentId, SegmentId, Sequence};
use sync_core::time::Timestamp;

use super::plan::{Known, Plan, Pushed, plan};
use crate::authors::Authors;
use crate::database::{AnyConnection, DatabaseError, upsert};
use crate::documents;
use crate::feeds::{self, Entering, Incoming, LockedFeed};
use crate::segments::{self, NewSegment};

/// What one transaction did.
#[derive(Debug, Default)]
pub(super) struct Entered {
    pub(super) words: Vec<(usize, Receipt)>,
    pub(super) grown: Option<(AreaCode, Sequence)>,
}

/// Writes plans of one area. Segments of documents that are not where they were judged to be get no word here: they are
/// judged again in the next round.
pub(super) fn enter(
    connection: &mut AnyConnection,
    authors: &mut Authors,
    pushed: &Pushed<'_>,
    (area, plans): (Option<&AreaCode>, Vec<Plan>),
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Entered, DatabaseError> {
    let feed = area.map(|area| feeds::lock(connection, area, entropy)).transpose()?;
    let plans = look_again(connection, authors, pushed, (area, plans), now)?;
    let mut entered = Entered::default();
    for plan in &plans {
        entered.words.extend(plan.words.iter().cloned());
        for (place, reason) in &plan.holding {
            upsert::insert_segment_if_absent(connection, &NewSegment::held(&pushed.segments[*place], *reason, now))?;
            entered.words.push((*place, Receipt::Held(*reason)));
        }
    }
    if let Some(feed) = feed {
        append(connection, feed, pushed, plans, &mut entered, now)?;
    }
    Ok(entered)
}

fn append(
    connection: &mut AnyConnection,
    feed: LockedFeed,
    pushed: &Pushed<'_>,
    plans: Vec<Plan>,
    entered: &mut Entered,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let area = feed.area().clone();
    let before = feed.last();
    let mut entering = Entering::begin(feed, now);
    for plan in plans {
        let Some(growth) = plan.growth else { continue };
        let incoming: Vec<Incoming<'_>> =
            plan.entering.iter().map(|place| Incoming::New(&pushed.segments[*place])).collect();
        let sequences = entering.append(connection, growth, &incoming)?;
        for (place, sequence) in plan.entering.iter().zip(&sequences) {
            entered.words.push((*place, Receipt::Accepted(*sequence)));
            let repeating = plan.repeating.iter().filter(|(_, earlier)| earlier == place);
            entered.words.extend(repeating.map(|(again, _)| (*again, Receipt::Accepted(*sequence))));
        }
    }
    let last = entering.write(connection)?;
    entered.grown = (last != before).then_some((area, last));
    Ok(())
}

/// Reads heads, areas and segments again, now that nobody else can change them in this feed.
fn look_again(
    connection: &mut AnyConnection,
    authors: &mut Authors,
    pushed: &Pushed<'_>,
    (area, plans): (Option<&AreaCode>, Vec<Plan>),
    now: Timestamp,
) -> Result<Vec<Plan>, DatabaseError> {
    let ids: Vec<DocumentId> = plans.iter().map(|plan| plan.document).collect();
    let mut stored = documents::find_all(connection, &ids)?;
    let places = plans.iter().flat_map(|plan| plan.entering.iter().chain(plan.holding.iter().map(|(place, _)| place)));
    let segments: Vec<SegmentId> = places.map(|place| pushed.ids[*place]).collect();
    let arrived = segments::words_on(connection, &segments)?;
    let mut settled = Vec::with_capacity(plans.len());
    for before in plans {
        let present = stored.get(&before.document).map(|stored| (stored.area.clone(), stored.heads.clone()));
        let unchanged = present == before.before
            && before.entering.iter().all(|place| !arrived.contains_key(&pushed.ids[*place]))
            && before.holding.iter().all(|(place, _)| !arrived.contains_key(&pushed.ids[*place]));
        if unchanged {
            settled.push(before);
            continue;
        }
        let places: Vec<usize> =
            before.places.iter().copied().filter(|place| !arrived.contains_key(&pushed.ids[*place])).collect();
        let mut known = Known {
            documents: stored.remove(&before.document).map(|found| (found.id, found)).into_iter().collect(),
            some_apart: HashSet::from([before.document]),
        };
        let again = plan(connection, authors, pushed, (before.document, &places), &mut known, now)?;
        if again.area.is_none() || again.area.as_ref() == area {
            settled.push(again);
        }
    }
    Ok(settled)
}
