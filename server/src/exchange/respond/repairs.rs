//! Documents that a device wants whole.

use sync_core::exchange::ScopeArea;
use sync_core::id::{DocumentId, ProgrammeId};
use sync_core::segment::Segment;

use crate::database::{AnyConnection, DatabaseError};
use crate::{documents, segments};

/// Documents that one request may want.
const WANTED: usize = 1_000;

/// Segments of wanted documents.
pub(super) struct Repairs {
    pub(super) segments: Vec<Segment>,
}

/// All segments of the wanted documents that the device may read, document by document, until about `budget` bytes of
/// changes are full; at least one document. Whoever wants more reconciles again.
///
/// # Errors
/// [`DatabaseError`].
pub(super) fn of(
    connection: &mut AnyConnection,
    programme: ProgrammeId,
    (wanted, scope): (&[DocumentId], &[ScopeArea]),
    budget: usize,
) -> Result<Repairs, DatabaseError> {
    let (mut repairs, mut size) = (Repairs { segments: Vec::new() }, 0);
    let wanted = &wanted[..wanted.len().min(WANTED)];
    let found = documents::find_all(connection, wanted)?;
    let readable = wanted
        .iter()
        .filter_map(|id| found.get(id))
        .filter(|document| scope.binary_search_by(|area| area.area.cmp(&document.area)).is_ok());
    for document in readable {
        if size >= budget {
            break;
        }
        let whole = segments::of_document(connection, programme, document.id)?;
        size += whole.iter().map(|stored| stored.segment.changes.len()).sum::<usize>();
        repairs.segments.extend(whole.into_iter().map(|stored| stored.segment));
    }
    Ok(repairs)
}
