//! What segments that enter make of their document, computed before any lock is taken (R20).

use sync_core::area::AreaCode;
use sync_core::change::Traits;
use sync_core::digest::DigestTerm;
use sync_core::id::{ChangeHash, DocumentId, DocumentKind, UserId};
use sync_core::time::Timestamp;

use super::{NewDocument, Standing, StoredDocument, heads_bytes};
use crate::projections::{Circumstances, Projection};

/// Segments behind the snapshot from which on a new one is worth its bytes.
const SNAPSHOT_AFTER: i32 = 16;

/// A document after segments have entered it.
pub(crate) struct Growth {
    pub(crate) id: DocumentId,
    pub(crate) kind: DocumentKind,
    pub(crate) area: AreaCode,
    /// As it was stored when this was computed; none if it was in no feed.
    pub(crate) before: Option<StoredDocument>,
    pub(crate) heads: Vec<ChangeHash>,
    pub(crate) term: DigestTerm,
    pub(crate) traits: Traits,
    pub(crate) last_position: i32,
    pub(crate) snapshot: Option<Vec<u8>>,
    pub(crate) projection: Option<Projection>,
}

impl Standing {
    /// Sums up what the document has become by `count` segments, the first of `first_user`; none if it is still in no feed.
    pub(crate) fn growth(&mut self, count: usize, first_user: UserId, now: Timestamp) -> Option<Growth> {
        let record = self.record();
        let (id, kind, area) = (self.id, self.kind()?, self.area()?.clone());
        let document = self.document()?;
        let heads = document.heads().to_vec();
        let circumstances = Circumstances { document: id, area: &area, created_by: first_user, updated_at: now };
        let projection = record.map(|record| Projection::of(&record, &circumstances));
        let before = self.stored.clone();
        let (position, snapshot_position) =
            before.as_ref().map_or((0, 0), |before| (before.last_position, before.snapshot_position));
        let last_position = position + i32::try_from(count).unwrap_or(i32::MAX);
        let snapshot = (last_position - snapshot_position >= SNAPSHOT_AFTER).then(|| document.bytes());
        let (term, traits) = (DigestTerm::of(id, kind, &heads), document.traits());
        Some(Growth { id, kind, area, before, heads, term, traits, last_position, snapshot, projection })
    }
}

impl Growth {
    /// Its row.
    pub(crate) fn row(&mut self) -> NewDocument {
        let snapshot = self.snapshot.take();
        NewDocument {
            id: self.id.as_bytes().to_vec(),
            kind: i32::from(self.kind.code()),
            area: self.area.as_str().to_owned(),
            move_number: self.before.as_ref().map_or(0, |before| before.move_number),
            heads: heads_bytes(&self.heads),
            term: self.term.to_bytes().to_vec(),
            deletes_key: self.traits.deletes_key,
            last_position: self.last_position,
            snapshot_position: if snapshot.is_some() { self.last_position } else { 0 },
            snapshot,
        }
    }
}
