//! Our own bounded reader of one change chunk. It sees everything that a change claims before Automerge does, because
//! Automerge believes run lengths, does not verify the checksum, and inflates without bound (R2).

use sha2::{Digest, Sha256};

use super::column::{Delta, Flags, Rle, run_sum, run_total};
use super::leb128::{Cursor, Malformed};
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
    operation_count: u64,
    columns: Columns<'a>,
}

/// The columns that Rukun's changes may have; others are refused.
#[derive(Debug, Clone, Copy, Default)]
struct Columns<'a> {
    object_actor: &'a [u8],
    object_counter: &'a [u8],
    key_actor: &'a [u8],
    key_counter: &'a [u8],
    key_name: &'a [u8],
    insert: &'a [u8],
    action: &'a [u8],
    value_meta: &'a [u8],
    value: &'a [u8],
    pred_count: &'a [u8],
    pred_actor: &'a [u8],
    pred_counter: &'a [u8],
}

/// The object that an operation changes, or the element it stands at: an operation's id inside the change's own actor table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationRef {
    /// Lamport counter.
    pub counter: u64,
    /// 0 is the change's own actor, then its other actors.
    pub actor: u64,
}

/// Where in its object an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// A key of a map.
    Name(&'a str),
    /// Before the first element of a text.
    Head,
    /// At an element of a text.
    Element(OperationRef),
}

/// What an operation does. Rukun's documents know no other actions (R2, rule 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Makes a map.
    MakeMap,
    /// Writes a scalar, or inserts a character.
    Set,
    /// Deletes a key or a character.
    Delete,
    /// Makes a text.
    MakeText,
}

/// A scalar as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    /// Nothing: a cleared answer.
    Null,
    /// Truth value; not written by Rukun, tolerated.
    Bool(bool),
    /// Signed number.
    Int(i64),
    /// Unsigned number; not written by Rukun, tolerated.
    Uint(u64),
    /// Decimal.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Milliseconds; not written by Rukun, tolerated.
    Time(i64),
}

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operation<'a> {
    /// The object it changes; none is the root.
    pub object: Option<OperationRef>,
    /// Where in it.
    pub key: Key<'a>,
    /// Whether it inserts an element.
    pub insert: bool,
    /// What it does.
    pub action: Action,
    /// The scalar of a [`Action::Set`].
    pub value: Scalar<'a>,
    /// How many earlier operations it replaces.
    pub predecessors: u64,
}

fn malformed(_: Malformed) -> Unsound {
    Unsound::new(Rule::Chunk, "the chunk is cut short or a number in it is too long")
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
        Ok(Self { bytes, hash, dependencies, actor, other_actors, sequence, start_op, time, operation_count, columns })
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

    /// Its operations in order.
    pub fn operations(&self) -> Operations<'a> {
        Operations::new(&self.columns, self.operation_count)
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

impl<'a> Columns<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Unsound> {
        let count = cursor.length().map_err(malformed)?;
        if count > 16 {
            return Err(Unsound::new(Rule::Actions, "the change has columns that Rukun does not know"));
        }
        let mut layout = [(0_u64, 0_usize); 16];
        for entry in layout.iter_mut().take(count) {
            *entry = (cursor.unsigned().map_err(malformed)?, cursor.length().map_err(malformed)?);
        }
        let mut columns = Self::default();
        let mut previous = None;
        for (specification, length) in layout.into_iter().take(count) {
            if previous.is_some_and(|previous| previous >= specification) {
                return Err(Unsound::new(Rule::Chunk, "the columns are not in order"));
            }
            previous = Some(specification);
            *columns.slot(specification)? = cursor.take(length).map_err(malformed)?;
        }
        Ok(columns)
    }

    /// The column of a specification: `id << 4 | deflate << 3 | type`.
    fn slot(&mut self, specification: u64) -> Result<&mut &'a [u8], Unsound> {
        Ok(match specification {
            0x01 => &mut self.object_actor,
            0x02 => &mut self.object_counter,
            0x11 => &mut self.key_actor,
            0x13 => &mut self.key_counter,
            0x15 => &mut self.key_name,
            0x34 => &mut self.insert,
            0x42 => &mut self.action,
            0x56 => &mut self.value_meta,
            0x57 => &mut self.value,
            0x70 => &mut self.pred_count,
            0x71 => &mut self.pred_actor,
            0x73 => &mut self.pred_counter,
            _ => return Err(Unsound::new(Rule::Actions, "the change has columns that Rukun does not know")),
        })
    }

    fn bounded_operations(&self) -> Result<u64, Unsound> {
        let operations = run_total(self.action).map_err(malformed)?;
        if operations > limits::CHANGE_OPERATIONS {
            return Err(Unsound::new(Rule::Size, "the change claims more than 20,000 operations"));
        }
        let rows = run_total(self.pred_count).map_err(malformed)?;
        let predecessors = run_sum(self.pred_count).map_err(malformed)?;
        if rows > operations || predecessors > limits::CHANGE_PREDECESSORS {
            return Err(Unsound::new(Rule::Size, "the change claims more than 40,000 predecessors"));
        }
        Ok(operations)
    }
}

/// Iterates over a change's operations; ends with the first error.
pub struct Operations<'a> {
    left: u64,
    object_actor: Rle<'a, u64>,
    object_counter: Rle<'a, u64>,
    key_actor: Rle<'a, u64>,
    key_counter: Delta<'a>,
    key_name: Rle<'a, &'a str>,
    insert: Flags<'a>,
    action: Rle<'a, u64>,
    value_meta: Rle<'a, u64>,
    value: Cursor<'a>,
    pred_count: Rle<'a, u64>,
}

impl<'a> Operations<'a> {
    const fn new(columns: &Columns<'a>, left: u64) -> Self {
        Self {
            left,
            object_actor: Rle::new(columns.object_actor),
            object_counter: Rle::new(columns.object_counter),
            key_actor: Rle::new(columns.key_actor),
            key_counter: Delta::new(columns.key_counter),
            key_name: Rle::new(columns.key_name),
            insert: Flags::new(columns.insert),
            action: Rle::new(columns.action),
            value_meta: Rle::new(columns.value_meta),
            value: Cursor::new(columns.value),
            pred_count: Rle::new(columns.pred_count),
        }
    }

    fn read(&mut self) -> Result<Operation<'a>, Unsound> {
        let object =
            match (self.object_actor.next().map_err(malformed)?, self.object_counter.next().map_err(malformed)?) {
                (None, None) => None,
                (Some(actor), Some(counter)) => Some(OperationRef { counter, actor }),
                (Some(_), None) | (None, Some(_)) => return Err(Unsound::new(Rule::Chunk, "half an object id")),
            };
        let key = self.read_key()?;
        let insert = self.insert.next().map_err(malformed)?;
        let action = match self.action.next().map_err(malformed)? {
            Some(0) => Action::MakeMap,
            Some(1) => Action::Set,
            Some(3) => Action::Delete,
            Some(4) => Action::MakeText,
            Some(_) | None => {
                return Err(Unsound::new(Rule::Actions, "an action other than set, delete, make map and make text"));
            }
        };
        let value = self.read_value()?;
        let predecessors = self.pred_count.next().map_err(malformed)?.unwrap_or(0);
        Ok(Operation { object, key, insert, action, value, predecessors })
    }

    fn read_key(&mut self) -> Result<Key<'a>, Unsound> {
        let name = self.key_name.next().map_err(malformed)?;
        let actor = self.key_actor.next().map_err(malformed)?;
        let counter = self.key_counter.next().map_err(malformed)?;
        match (name, actor, counter) {
            (Some(name), None, None) => Ok(Key::Name(name)),
            (None, None, Some(0)) => Ok(Key::Head),
            (None, Some(actor), Some(counter)) => Ok(Key::Element(OperationRef { counter, actor })),
            _ => Err(Unsound::new(Rule::Chunk, "a key that is neither a name nor an element")),
        }
    }

    fn read_value(&mut self) -> Result<Scalar<'a>, Unsound> {
        let meta = self.value_meta.next().map_err(malformed)?.unwrap_or(0);
        let length = usize::try_from(meta >> 4).map_err(|_| malformed(Malformed))?;
        let bytes = self.value.take(length).map_err(malformed)?;
        let mut number = Cursor::new(bytes);
        let wrong = Unsound::new(Rule::Chunk, "a value that does not have the form of its type");
        Ok(match meta & 15 {
            0 => Scalar::Null,
            1 => Scalar::Bool(false),
            2 => Scalar::Bool(true),
            3 => Scalar::Uint(number.unsigned().map_err(malformed)?),
            4 => Scalar::Int(number.signed().map_err(malformed)?),
            5 => Scalar::Float(f64::from_le_bytes(bytes.try_into().map_err(|_| wrong)?)),
            6 => Scalar::Text(std::str::from_utf8(bytes).map_err(|_| wrong)?),
            7 => Scalar::Bytes(bytes),
            9 => Scalar::Time(number.signed().map_err(malformed)?),
            _ => return Err(Unsound::new(Rule::Actions, "a value of a type that Rukun does not know")),
        })
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = Result<Operation<'a>, Unsound>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let operation = self.read();
        self.left = if operation.is_ok() { self.left - 1 } else { 0 };
        Some(operation)
    }
}
