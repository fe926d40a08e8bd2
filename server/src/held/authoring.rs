//! What the server writes itself: changes under a fresh actor of its own device, sealed like everybody's (R16).

use sync_core::area::AreaCode;
use sync_core::change::RawChange;
use sync_core::document::Document;
use sync_core::entropy::Entropy;
use sync_core::id::{ActorId, ChangeHash, DocumentId, DocumentKind};
use sync_core::record::{Actors, Edit, EditError, save};
use sync_core::segment::{Segment, SegmentHeader};
use sync_core::time::Timestamp;

use crate::identity::ServerIdentity;

/// Writes in one document.
pub(crate) struct Authoring<'a> {
    pub(crate) identity: &'a ServerIdentity,
    pub(crate) document: DocumentId,
    pub(crate) area: &'a AreaCode,
    pub(crate) now: Timestamp,
}

impl Authoring<'_> {
    /// Makes one change at `shown`; none if the edits change nothing.
    pub(crate) fn write(
        &self,
        document: &mut Document,
        edits: &[Edit],
        shown: &[ChangeHash],
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Segment>, EditError> {
        if edits.is_empty() {
            return Ok(None);
        }
        let prefix = self.identity.key.public().actor_prefix();
        let current = ActorId::generate(prefix, entropy);
        let mut actors = Actors { current, prefix, entropy };
        let saved = save(document, edits, shown, &mut actors, self.now)?;
        saved.map(|saved| self.seal(saved.change)).transpose()
    }

    /// Seals one change of the server's.
    pub(crate) fn seal(&self, change: Vec<u8>) -> Result<Segment, EditError> {
        let raw = RawChange::read(&change).map_err(|error| EditError::Automerge { reason: error.to_string() })?;
        let header = SegmentHeader {
            programme: self.identity.programme,
            kind: DocumentKind::Record,
            document: self.document,
            area: self.area.clone(),
            device: self.identity.device,
            user: self.identity.user,
            actor: raw.actor(),
            first: raw.sequence(),
            last: raw.sequence(),
            last_change: raw.hash(),
        };
        Ok(Segment::seal(header, change, &self.identity.key))
    }
}
