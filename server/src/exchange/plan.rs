//! What is to become of the pushed segments of one document: judged one by one, on a copy, before any lock.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use sync_core::area::AreaCode;
use sync_core::change::{RawChange, Rule, Unsound};
use sync_core::exchange::{HeldReason, Receipt};
use sync_core::id::{ChangeHash, DocumentId, SegmentId};
use sync_core::segment::Segment;
use sync_core::time::Timestamp;

use crate::authors::Authors;
use crate::database::{AnyConnection, DatabaseError};
use crate::documents::{Candidate, Growth, Standing, StoredDocument, Verdict};
use crate::segments;

/// The segments of one request, read and verified once.
pub(super) struct Pushed<'a> {
    pub(super) segments: &'a [Segment],
    pub(super) ids: Vec<SegmentId>,
    /// What each is when read and verified, by whoever asks first.
    opened: Vec<OnceLock<Result<Vec<RawChange<'a>>, Unsound>>>,
}

/// What is to be written about one document.
pub(super) struct Plan {
    pub(super) document: DocumentId,
    /// Segments that were judged, by their places in the request.
    pub(super) places: Vec<usize>,
    /// The feed area whose lock is needed; none if nothing enters.
    pub(super) area: Option<AreaCode>,
    /// Where the document lay, and its heads, when it was judged.
    pub(super) before: Option<(AreaCode, Vec<ChangeHash>)>,
    pub(super) entering: Vec<usize>,
    pub(super) holding: Vec<(usize, HeldReason)>,
    pub(super) growth: Option<Growth>,
    /// Words that need nothing written.
    pub(super) words: Vec<(usize, Receipt)>,
    /// Segments that bring nothing beyond an earlier one of the same request, which gets their word.
    pub(super) repeating: Vec<(usize, usize)>,
}

/// What was looked up for all documents of a request at once.
#[derive(Default)]
pub(super) struct Known {
    pub(super) documents: HashMap<DocumentId, StoredDocument>,
    pub(super) some_apart: HashSet<DocumentId>,
}

impl<'a> Pushed<'a> {
    pub(super) fn new(segments: &'a [Segment]) -> Self {
        Self {
            segments,
            ids: segments.iter().map(Segment::id).collect(),
            opened: vec![OnceLock::new(); segments.len()],
        }
    }

    /// Reads and verifies a segment the first time it is asked for.
    fn open(
        &self,
        connection: &mut AnyConnection,
        authors: &mut Authors,
        place: usize,
    ) -> Result<Result<&[RawChange<'a>], Unsound>, DatabaseError> {
        let opened = match self.opened[place].get() {
            Some(opened) => opened,
            None => {
                let opened = verify(connection, authors, &self.segments[place])?;
                self.opened[place].get_or_init(|| opened)
            }
        };
        Ok(opened.as_ref().map(Vec::as_slice).map_err(|unsound| *unsound))
    }
}

fn verify<'a>(
    connection: &mut AnyConnection,
    authors: &mut Authors,
    segment: &'a Segment,
) -> Result<Result<Vec<RawChange<'a>>, Unsound>, DatabaseError> {
    let wrong = |detail| Ok(Err(Unsound { rule: Rule::Segment, detail }));
    if segment.header.programme != authors.programme() {
        return wrong("the segment was made for another programme");
    }
    Ok(match authors.find(connection, segment.header.device)? {
        Some(author) => author.verify(segment).and_then(|()| segment.open()),
        // Without its key nothing can be said of the signature: it is held, and verified when the device is known (R9).
        None => segment.open(),
    })
}

/// Judges the segments at `places`, all of one document, in their order.
pub(super) fn plan(
    connection: &mut AnyConnection,
    authors: &mut Authors,
    pushed: &Pushed<'_>,
    (document, places): (DocumentId, &[usize]),
    known: &mut Known,
    now: Timestamp,
) -> Result<Plan, DatabaseError> {
    let stored = known.documents.remove(&document);
    let before = stored.as_ref().map(|stored| (stored.area.clone(), stored.heads.clone()));
    let some_apart = known.some_apart.contains(&document);
    let programme = authors.programme();
    let mut plan = Plan {
        document,
        places: places.to_vec(),
        area: None,
        before,
        entering: Vec::new(),
        holding: Vec::new(),
        growth: None,
        words: Vec::new(),
        repeating: Vec::new(),
    };
    let mut standing = match Standing::load(connection, programme, document, stored, some_apart) {
        Err(DatabaseError::Stored(reason)) => {
            // Damage in one document stops neither the others nor the phone, which keeps what it has and asks again.
            tracing::error!(%document, reason, "a document cannot be opened");
            plan.words = places.iter().map(|place| (*place, Receipt::Wanted(Vec::new()))).collect();
            return Ok(plan);
        }
        other => other?,
    };
    for place in places.iter().copied() {
        if let Some(earlier) = repeated(pushed, &plan.entering, place) {
            plan.repeating.push((place, earlier));
            continue;
        }
        match judge(connection, authors, pushed, place, &mut standing)? {
            Verdict::NothingNew => {
                let header = &pushed.segments[place].header;
                let word = segments::word_on_change(connection, header.document, header.actor, header.last)?;
                plan.words.push((place, word.unwrap_or(Receipt::Wanted(Vec::new()))));
            }
            Verdict::Wanted(missing) => plan.words.push((place, Receipt::Wanted(missing))),
            Verdict::Refused(unsound) => plan.words.push((place, Receipt::Refused(unsound))),
            Verdict::Held(reason) => plan.holding.push((place, reason)),
            Verdict::Entered => plan.entering.push(place),
        }
    }
    if let Some(first) = plan.entering.first() {
        let first_user = pushed.segments[*first].header.user;
        plan.growth = standing.growth(plan.entering.len(), first_user, now);
        plan.area = standing.area().cloned();
    }
    Ok(plan)
}

/// The entering segment that ends with the same change of the same run, or goes beyond it.
fn repeated(pushed: &Pushed<'_>, entering: &[usize], place: usize) -> Option<usize> {
    let header = &pushed.segments[place].header;
    let holds = |earlier: &&usize| {
        let changes = pushed.opened[**earlier].get().and_then(|opened| opened.as_ref().ok());
        changes.is_some_and(|changes| changes.iter().any(|change| change.hash() == header.last_change))
    };
    entering.iter().find(holds).copied()
}

fn judge(
    connection: &mut AnyConnection,
    authors: &mut Authors,
    pushed: &Pushed<'_>,
    place: usize,
    standing: &mut Standing,
) -> Result<Verdict, DatabaseError> {
    let segment = &pushed.segments[place];
    let changes = match pushed.open(connection, authors, place)? {
        Ok(changes) => changes,
        Err(unsound) => return Ok(Verdict::Refused(unsound)),
    };
    let header = &segment.header;
    let author = authors.find(connection, header.device)?;
    let candidate = Candidate { segment, changes, author: author.as_deref(), released: false };
    standing.judge(&candidate, |area| authors.area_exists(connection, area))
}
