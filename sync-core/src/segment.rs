//! Segments: runs of changes that one actor made in one document, sealed with one signature. The unit that is stored, sent,
//! relayed, accepted or held.
//!
//! Whoever brings a segment need not be who signed it: another phone, a file, a memory card may carry it. What it says is
//! proven by the signature alone (R15).

mod chunks;
mod header;

pub use chunks::{ChunkError, Chunks};
pub use header::SegmentHeader;

use crate::change::{RawChange, Rule, Unsound};
use crate::id::SegmentId;
use crate::identity::{KeyPair, Signature, Verifier};
use crate::limits;

/// A sealed run of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What is signed.
    pub header: SegmentHeader,
    /// The signature of the header's device over it.
    pub signature: Signature,
    /// The changes: uncompressed Automerge change chunks, one after the other. As such they are also what Automerge loads.
    pub changes: Vec<u8>,
}

impl Segment {
    /// Seals `changes` (chunks one after the other) under `header` with the device's key.
    #[must_use]
    pub fn seal(header: SegmentHeader, changes: Vec<u8>, key: &KeyPair) -> Self {
        let signature = key.sign_tagged(&header.signed_bytes());
        Self { header, signature, changes }
    }

    /// The segment's name: SHA-256 of its signed bytes.
    #[must_use]
    pub fn id(&self) -> SegmentId {
        self.header.id()
    }

    /// Checks the signature with the key of the header's device.
    ///
    /// # Errors
    /// [`Unsound`] by [`Rule::Segment`].
    pub fn verify(&self, verifier: &Verifier) -> Result<(), Unsound> {
        verifier
            .verify(&self.header.signed_bytes(), &self.signature)
            .map_err(|_| Unsound::new(Rule::Segment, "the signature does not fit"))
    }

    /// Reads the changes and checks that they are the run that the header names: one actor, unbroken numbers, the last one's
    /// hash, within the limits (R8, R15).
    ///
    /// # Errors
    /// [`Unsound`] by the rule that a change breaks alone, or [`Rule::Segment`].
    pub fn open(&self) -> Result<Vec<RawChange<'_>>, Unsound> {
        let wrong = |detail| Unsound::new(Rule::Segment, detail);
        let header = &self.header;
        let claimed = header.last.checked_sub(header.first).map(|steps| steps.saturating_add(1));
        let count = claimed.filter(|count| header.first > 0 && *count <= limits::SEGMENT_CHANGES as u64);
        let count = count.ok_or_else(|| wrong("the run is empty or longer than 64 changes"))?;
        if self.changes.len() > limits::SEGMENT_BYTES {
            return Err(wrong("the changes are larger than 64 KiB together"));
        }
        let mut changes = Vec::new();
        let mut numbers = header.first..=header.last;
        for chunk in Chunks::new(&self.changes) {
            let chunk = chunk.map_err(|_| wrong("the changes are not whole chunks"))?;
            let number = numbers.next().ok_or_else(|| wrong("more changes than the header names"))?;
            let change = RawChange::read(chunk)?;
            if change.actor() != header.actor || change.sequence() != number {
                return Err(wrong("a change of another actor, or out of order"));
            }
            changes.push(change);
        }
        match changes.last() {
            Some(last) if changes.len() as u64 == count && last.hash() == header.last_change => Ok(changes),
            Some(_) | None => Err(wrong("not the changes that the header names")),
        }
    }
}
