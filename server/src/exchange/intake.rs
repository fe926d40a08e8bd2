//! Taking in what was pushed. Each segment is judged alone; one that is not sound never stops the others (R2).

use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

use sync_core::area::AreaCode;
use sync_core::entropy::Entropy;
use sync_core::exchange::Receipt;
use sync_core::id::{DocumentId, ProgrammeId, Sequence};
use sync_core::segment::Segment;
use sync_core::time::Timestamp;

use super::enter::{self, Entered};
use super::plan::{Known, Plan, Pushed, plan};
use crate::authors::Authors;
use crate::database::{AnyConnection, Database, DatabaseError};
use crate::{documents, segments};

/// What became of what was pushed.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// One receipt for each segment, in their order.
    pub(super) receipts: Vec<Receipt>,
    pub(super) grown: Vec<(AreaCode, Sequence)>,
}

/// How often other requests may come in between before this one gives up; each time something of theirs was committed.
const ROUNDS: usize = 16;
/// Documents that are worth a thread of their own.
const SMALLEST_SHARE: usize = 32;

/// Takes segments in; when this returns, what was entered is committed.
///
/// # Errors
/// [`DatabaseError`]; what was committed before it stays.
pub(super) fn take_in(
    database: &Database,
    programme: ProgrammeId,
    pushed: &[Segment],
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Taken, DatabaseError> {
    if pushed.is_empty() {
        return Ok(Taken::default());
    }
    let mut intake = Intake {
        database,
        authors: Authors::new(programme),
        pushed: Pushed::new(pushed),
        receipts: vec![None; pushed.len()],
        grown: BTreeMap::new(),
        now,
    };
    let mut rounds = 0;
    while intake.receipts.iter().any(Option::is_none) {
        rounds += 1;
        match intake.round(entropy) {
            Err(error) if error.is_raced() && rounds < ROUNDS => {}
            Ok(()) if rounds < ROUNDS => {}
            Ok(()) => break,
            Err(error) => return Err(error),
        }
    }
    let receipts: Option<Vec<Receipt>> = intake.receipts.into_iter().collect();
    let receipts = receipts.ok_or_else(|| DatabaseError::stored("documents kept moving while segments entered"))?;
    Ok(Taken { receipts, grown: intake.grown.into_iter().collect() })
}

struct Intake<'a> {
    database: &'a Database,
    authors: Authors,
    pushed: Pushed<'a>,
    receipts: Vec<Option<Receipt>>,
    grown: BTreeMap<AreaCode, Sequence>,
    now: Timestamp,
}

impl Intake<'_> {
    /// Judges what has no receipt yet, outside of any lock, and enters it area by area, in the order of their codes (R20).
    fn round(&mut self, entropy: &mut dyn Entropy) -> Result<(), DatabaseError> {
        let plans = self.plan_all()?;
        let mut by_area: BTreeMap<Option<AreaCode>, Vec<Plan>> = BTreeMap::new();
        for plan in plans {
            self.take_words(&plan.words);
            if plan.entering.is_empty() && plan.holding.is_empty() {
                continue;
            }
            by_area.entry(plan.area.clone()).or_default().push(plan);
        }
        for (area, plans) in by_area {
            let Self { database, authors, pushed, now, .. } = self;
            let entered = database
                .write(|connection| enter::enter(connection, authors, pushed, (area.as_ref(), plans), *now, entropy))?;
            self.take_entered(entered);
        }
        Ok(())
    }

    /// Judges everything, many documents on all cores at once: nothing but the database connects them, and each share of
    /// them is judged in a snapshot of its own.
    fn plan_all(&mut self) -> Result<Vec<Plan>, DatabaseError> {
        let Self { database, authors, pushed, receipts, now, .. } = self;
        database.read(|connection| repeat_words(connection, pushed, receipts))?;
        let groups = by_document(pushed.segments, receipts);
        if groups.len() <= SMALLEST_SHARE {
            return plan_share(database, authors, pushed, &groups, *now);
        }
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let share = groups.len().div_ceil(cores).max(SMALLEST_SHARE);
        let (database, pushed, now, span) = (*database, &*pushed, *now, tracing::Span::current());
        thread::scope(|scope| {
            let begin = |groups| {
                let (mut authors, span) = (authors.clone(), span.clone());
                scope.spawn(move || span.in_scope(|| plan_share(database, &mut authors, pushed, groups, now)))
            };
            let workers: Vec<_> = groups.chunks(share).map(begin).collect();
            let mut plans = Vec::with_capacity(groups.len());
            for worker in workers {
                plans.extend(worker.join().unwrap_or_else(|panic| resume_unwind(panic))?);
            }
            Ok(plans)
        })
    }

    fn take_words(&mut self, words: &[(usize, Receipt)]) {
        for (place, word) in words {
            self.receipts[*place] = Some(word.clone());
        }
    }

    fn take_entered(&mut self, entered: Entered) {
        self.take_words(&entered.words);
        self.grown.extend(entered.grown);
    }
}

/// Judges the segments of some documents.
fn plan_share(
    database: &Database,
    authors: &mut Authors,
    pushed: &Pushed<'_>,
    groups: &[(DocumentId, Vec<usize>)],
    now: Timestamp,
) -> Result<Vec<Plan>, DatabaseError> {
    database.read(|connection| {
        let ids: Vec<DocumentId> = groups.iter().map(|(id, _)| *id).collect();
        let mut known = Known {
            documents: documents::find_all(connection, &ids)?,
            some_apart: segments::with_some_apart(connection, &ids)?,
        };
        let each = groups.iter();
        each.map(|(id, places)| plan(connection, authors, pushed, (*id, places), &mut known, now)).collect()
    })
}

/// The same segment gets the same word while nothing changed (R18); what is stored was judged before.
fn repeat_words(
    connection: &mut AnyConnection,
    pushed: &Pushed<'_>,
    receipts: &mut [Option<Receipt>],
) -> Result<(), DatabaseError> {
    let words = segments::words_on(connection, &pushed.ids)?;
    for (id, receipt) in pushed.ids.iter().zip(receipts) {
        if receipt.is_none() {
            *receipt = words.get(id).cloned();
        }
    }
    Ok(())
}

/// Places of segments without a receipt, by document, in the order of their first segments.
fn by_document(segments: &[Segment], receipts: &[Option<Receipt>]) -> Vec<(DocumentId, Vec<usize>)> {
    let mut groups: Vec<(DocumentId, Vec<usize>)> = Vec::new();
    let mut place_of: HashMap<DocumentId, usize> = HashMap::new();
    let open = segments.iter().zip(receipts).enumerate().filter(|(_, (_, receipt))| receipt.is_none());
    for (place, (segment, _)) in open {
        let document = segment.header.document;
        let group = *place_of.entry(document).or_insert_with(|| {
            groups.push((document, Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push(place);
    }
    groups
}
