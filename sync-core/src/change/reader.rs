//! Our own bounded reader of one change chunk. It sees everything that a change claims before Automerge does, because
//! Automerge believes run lengths, does not verify the checksum, and inflates without bound (R2).

use sha2::{Digest, Sha256};

use super::leb128::{Cursor, Malformed};
use super::operation::{Action, Columns, Key, Operation, Operations};
use super::soundness::{Rule, Unsound};
use crate::id::{ActorId, ChangeHash};
use crate::limits;
use crate::time::Timestamp;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE_CHUNK: u8 = 1;

/// One change as its bytes describe it. Nothing in it has been applied or believed.
#[derive(Debug, Clone)]
pub struct RawChange<'a> {
    bytes: &'a [u8],
    hash: ChangeHash,
    dependencies: Vec<ChangeHash>,
    actor: ActorId,
    other_actors: Vec<ActorId>,
    sequence: u64,
    start_op: u64,
    time: Timestamp,
    has_message: bool,
    operation_count: u64,
    columns: Columns<'a>,
}

pub(super) fn malformed(_: Malformed) -> Unsound {
    Unsound::new(Rule::Chunk, "the chunk is cut short, or a number in it is not in its shortest form")
}

impl<'a> RawChange<'a> {
    /// Reads one change chunk and checks what can be checked without its document: chunk type, exact length, checksum,
    /// size (rule 1), claimed counts (rule 2), actors and footer (rule 3). Costs no more than the bytes that are there.
    ///
    /// # Errors
    /// [`Unsound`] with the rule that is broken.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Unsound> {
        if bytes.len() > limits::CHANGE_BYTES {
            return Err(Unsound::new(Rule::Chunk, "the change is larger than 64 KiB"));
        }
        let (body, hash) = open_chunk(bytes)?;
        let mut cursor = Cursor::new(body);
        let dependencies = read_dependencies(&mut cursor)?;
        let actor = read_actor(&mut cursor)?;
        let sequence = cursor.unsigned().map_err(malformed)?;
        let start_op = cursor.unsigned().map_err(malformed)?;
        let time = Timestamp::from_seconds(cursor.signed().map_err(malformed)?);
        let message = cursor.prefixed().map_err(malformed)?;
        if message.len() > limits::CHANGE_MESSAGE_BYTES || std::str::from_utf8(message).is_err() {
            return Err(Unsound::new(Rule::Actor, "the message is longer than 256 bytes or not UTF-8"));
        }
        let other_actors = read_other_actors(&mut cursor)?;
        let columns = Columns::read(&mut cursor)?;
        if !cursor.is_empty() {
            return Err(Unsound::new(Rule::Actor, "the change has a footer (an Automerge author)"));
        }
        let operation_count = columns.bounded_operations()?;
        let has_message = !message.is_empty();
        Ok(Self {
            bytes,
            hash,
            dependencies,
            actor,
            other_actors,
            sequence,
            start_op,
            time,
            has_message,
            operation_count,
            columns,
        })
    }

    /// The whole chunk.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The change's name.
    #[must_use]
    pub const fn hash(&self) -> ChangeHash {
        self.hash
    }

    /// The changes it builds on directly.
    #[must_use]
    pub fn dependencies(&self) -> &[ChangeHash] {
        &self.dependencies
    }

    /// Who says to have made it.
    #[must_use]
    pub const fn actor(&self) -> ActorId {
        self.actor
    }

    /// Actors whose operations it names.
    #[must_use]
    pub fn other_actors(&self) -> &[ActorId] {
        &self.other_actors
    }

    /// The actor's count of changes in this document, from 1.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Counter of its first operation.
    #[must_use]
    pub const fn start_op(&self) -> u64 {
        self.start_op
    }

    /// Counter of its last operation.
    #[must_use]
    pub const fn max_op(&self) -> u64 {
        self.start_op.saturating_add(self.operation_count).saturating_sub(1)
    }

    /// The device's clock when it was made, to the second.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// How many operations it has; bounded by [`limits::CHANGE_OPERATIONS`].
    #[must_use]
    pub const fn operation_count(&self) -> u64 {
        self.operation_count
    }

    /// Whether it begins a document.
    #[must_use]
    pub const fn is_root(&self) -> bool {
        self.dependencies.is_empty()
    }

    /// Whether it deletes a key of a map, which Rukun never does (R4).
    #[must_use]
    pub fn deletes_key(&self) -> bool {
        let deletes =
            |operation: &Operation<'_>| operation.action == Action::Delete && matches!(operation.key, Key::Name(_));
        self.columns.delete_something() && self.operations().flatten().any(|operation| deletes(&operation))
    }

    pub(super) const fn has_message(&self) -> bool {
        self.has_message
    }

    pub(super) const fn columns(&self) -> &Columns<'a> {
        &self.columns
    }

    /// Its operations in order; ends with the first that cannot be read.
    pub fn operations(&self) -> Operations<'a> {
        Operations::new(&self.columns, self.operation_count, self.other_actors.len() as u64 + 1)
    }
}

/// The name of the change in `bytes`, if that is one whole change chunk with a fitting checksum. Reads nothing else.
///
/// # Errors
/// [`Unsound`] by rule 1.
pub fn change_hash(bytes: &[u8]) -> Result<ChangeHash, Unsound> {
    open_chunk(bytes).map(|(_, hash)| hash)
}

fn open_chunk(bytes: &[u8]) -> Result<(&[u8], ChangeHash), Unsound> {
    let mut cursor = Cursor::new(bytes);
    if cursor.take(4).map_err(malformed)? != MAGIC {
        return Err(Unsound::new(Rule::Chunk, "the bytes are no Automerge chunk"));
    }
    let checksum = cursor.take(4).map_err(malformed)?;
    let hashed = cursor.rest();
    if cursor.byte().map_err(malformed)? != CHANGE_CHUNK {
        return Err(Unsound::new(Rule::Chunk, "the chunk is not an uncompressed change"));
    }
    let length = cursor.length().map_err(malformed)?;
    if length != cursor.rest().len() {
        return Err(Unsound::new(Rule::Chunk, "the chunk's length is not that of the bytes"));
    }
    let hash: [u8; 32] = Sha256::digest(hashed).into();
    if hash[..4] != *checksum {
        return Err(Unsound::new(Rule::Chunk, "the checksum does not fit"));
    }
    Ok((cursor.rest(), ChangeHash::from_bytes(hash)))
}

fn read_dependencies(cursor: &mut Cursor<'_>) -> Result<Vec<ChangeHash>, Unsound> {
    let count = cursor.length().map_err(malformed)?;
    if count > cursor.rest().len() / 32 {
        return Err(malformed(Malformed));
    }
    (0..count)
        .map(|_| {
            let hash = cursor.take(32).map_err(malformed)?;
            ChangeHash::from_slice(hash).map_err(|_| malformed(Malformed))
        })
        .collect()
}

fn read_actor(cursor: &mut Cursor<'_>) -> Result<ActorId, Unsound> {
    let actor = cursor.prefixed().map_err(malformed)?;
    ActorId::from_slice(actor).map_err(|_| Unsound::new(Rule::Actor, "an actor is not 16 bytes long"))
}

fn read_other_actors(cursor: &mut Cursor<'_>) -> Result<Vec<ActorId>, Unsound> {
    let count = cursor.length().map_err(malformed)?;
    if count > cursor.rest().len() / 17 {
        return Err(malformed(Malformed));
    }
    (0..count).map(|_| read_actor(cursor)).collect()
}
