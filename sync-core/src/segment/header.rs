//! What a segment's signature covers.

use sha2::{Digest, Sha256};

use crate::area::AreaCode;
use crate::id::{ActorId, ChangeHash, DeviceId, DocumentId, DocumentKind, ProgrammeId, SegmentId, UserId};
use crate::identity::SEGMENT_TAG;

/// Everything that a segment's signature covers, in fixed lengths (R15). The hash of the last change covers its ancestors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentHeader {
    /// The programme it was made for.
    pub programme: ProgrammeId,
    /// What its document is.
    pub kind: DocumentKind,
    /// Its document.
    pub document: DocumentId,
    /// The feed area that the writer believed the document to be in; kept for display, the server's own word decides (R11).
    pub area: AreaCode,
    /// The device that signed.
    pub device: DeviceId,
    /// The user of that device.
    pub user: UserId,
    /// The actor of every change in it.
    pub actor: ActorId,
    /// The actor's number of the first change, from 1.
    pub first: u64,
    /// The actor's number of the last change.
    pub last: u64,
    /// The last change.
    pub last_change: ChangeHash,
}

impl SegmentHeader {
    /// `"rukun segment 1" || programme || kind || document || area || device || user || actor || first || last || last change`,
    /// numbers as 8 bytes, most significant first, the area filled up with zeros to 24 bytes.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        [
            SEGMENT_TAG,
            self.programme.as_bytes(),
            &[self.kind.code()],
            self.document.as_bytes(),
            &self.area.signed_form(),
            self.device.as_bytes(),
            self.user.as_bytes(),
            self.actor.as_bytes(),
            &self.first.to_be_bytes(),
            &self.last.to_be_bytes(),
            self.last_change.as_bytes(),
        ]
        .concat()
    }

    /// The segment's name: SHA-256 of its signed bytes.
    #[must_use]
    pub fn id(&self) -> SegmentId {
        SegmentId::from_bytes(Sha256::digest(self.signed_bytes()).into())
    }
}
