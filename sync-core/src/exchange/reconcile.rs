//! Set reconciliation: which documents of a feed differ between device and server, in few bytes (R9). The protocol is
//! negentropy's, version 1; an item is a document with the digest term of its heads.

use negentropy::{Id, Negentropy, NegentropyStorageVector};
use thiserror::Error;

use crate::digest::DigestTerm;
use crate::id::DocumentId;

/// Bytes of one message; more differences take more round trips.
const MESSAGE_BYTES: u64 = 32 * 1024;

/// One document of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The document.
    pub document: DocumentId,
    /// Its digest term.
    pub term: DigestTerm,
}

/// Documents that differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differing {
    /// Documents that this side has, absent or otherwise on the other.
    pub here: Vec<DocumentId>,
    /// Documents that the other side has, absent or otherwise here.
    pub there: Vec<DocumentId>,
}

/// A message that is none of the protocol's.
#[derive(Debug, Error)]
#[error("not a message of set reconciliation: {0}")]
pub struct ReconcileError(String);

impl From<negentropy::Error> for ReconcileError {
    fn from(error: negentropy::Error) -> Self {
        Self(error.to_string())
    }
}

/// The device's side; it asks.
pub struct Initiator(Negentropy<'static, NegentropyStorageVector>);

impl Initiator {
    /// Starts over these items; gives the first message.
    ///
    /// # Errors
    /// [`ReconcileError`] when two items are the same document.
    pub fn begin(items: &[Item]) -> Result<(Self, Vec<u8>), ReconcileError> {
        let mut negentropy = Negentropy::owned(storage(items)?, MESSAGE_BYTES)?;
        let message = negentropy.initiate()?;
        Ok((Self(negentropy), message))
    }

    /// Takes an answer; gives the next message, or none when all is known, and the documents found to differ so far.
    ///
    /// # Errors
    /// [`ReconcileError`].
    pub fn take(&mut self, answer: &[u8]) -> Result<(Option<Vec<u8>>, Differing), ReconcileError> {
        let (mut here, mut there) = (Vec::new(), Vec::new());
        let next = self.0.reconcile_with_ids(answer, &mut here, &mut there)?;
        let documents = |ids: Vec<Id>| ids.iter().map(document_of).collect();
        Ok((next, Differing { here: documents(here), there: documents(there) }))
    }
}

/// The server's side: answers a message over its items and keeps nothing.
///
/// # Errors
/// [`ReconcileError`].
pub fn answer(items: &[Item], message: &[u8]) -> Result<Vec<u8>, ReconcileError> {
    let mut negentropy = Negentropy::owned(storage(items)?, MESSAGE_BYTES)?;
    Ok(negentropy.reconcile(message)?)
}

fn storage(items: &[Item]) -> Result<NegentropyStorageVector, ReconcileError> {
    let mut storage = NegentropyStorageVector::with_capacity(items.len());
    for item in items {
        let mut id = [0; 32];
        id[..16].copy_from_slice(&item.term.to_bytes());
        id[16..].copy_from_slice(item.document.as_bytes());
        storage.insert(made_at(item.document), Id::from_byte_array(id))?;
    }
    storage.seal()?;
    Ok(storage)
}

/// Milliseconds in a UUIDv7: both sides know it, and it puts what changed lately side by side.
fn made_at(document: DocumentId) -> u64 {
    document.as_bytes()[..6].iter().fold(0, |time, byte| time << 8 | u64::from(*byte))
}

fn document_of(id: &Id) -> DocumentId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&id.as_bytes()[16..]);
    DocumentId::from_bytes(bytes)
}
