//! One change chunk from its parts.

use sha2::{Digest, Sha256};
use sync_core::id::ChangeHash;

use super::column::{deltas, flags, numbers, words};
use super::leb128::{prefixed, signed, unsigned};

/// An operation's id inside the change's own actor table: place of the actor (0 is the change's own), and counter.
pub type OperationId = (u64, u64);

/// Where in its object an operation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgedKey {
    /// At a key of a map.
    Name(String),
    /// Before the first element of a text.
    Head,
    /// At an element of a text.
    Element(OperationId),
}

/// A value with the number of its type in Automerge's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgedValue {
    /// The type.
    pub kind: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl ForgedValue {
    /// A text.
    #[must_use]
    pub fn text(words: &str) -> Self {
        Self { kind: 6, bytes: words.as_bytes().to_vec() }
    }

    /// A signed number.
    #[must_use]
    pub fn integer(number: i64) -> Self {
        let mut bytes = Vec::new();
        signed(&mut bytes, number);
        Self { kind: 4, bytes }
    }
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgedOperation {
    /// The object it changes; none is the root.
    pub object: Option<OperationId>,
    /// Where in it.
    pub key: ForgedKey,
    /// Whether it inserts an element.
    pub insert: bool,
    /// Number of the action: 0 make map, 1 set, 2 make list, 3 delete, 4 make text, 5 increment, 6 make table, 7 mark.
    pub action: u64,
    /// The value; none is null.
    pub value: Option<ForgedValue>,
    /// The operations it replaces.
    pub predecessors: Vec<OperationId>,
}

impl ForgedOperation {
    /// Writes words under a key of a map.
    #[must_use]
    pub fn set(object: Option<OperationId>, key: &str, value: ForgedValue) -> Self {
        let key = ForgedKey::Name(key.to_owned());
        Self { object, key, insert: false, action: 1, value: Some(value), predecessors: Vec::new() }
    }

    /// The same operation with another action.
    #[must_use]
    pub fn acting(self, action: u64) -> Self {
        Self { action, ..self }
    }

    /// The same operation replacing others.
    #[must_use]
    pub fn replacing(self, predecessors: &[OperationId]) -> Self {
        Self { predecessors: predecessors.to_vec(), ..self }
    }
}

/// A change whose every part may be anything.
#[derive(Debug, Clone)]
pub struct ForgedChange {
    /// The changes it builds on, as they are written.
    pub dependencies: Vec<ChangeHash>,
    /// Its actor's bytes.
    pub actor: Vec<u8>,
    /// The actor's number.
    pub sequence: u64,
    /// Counter of its first operation.
    pub start_op: u64,
    /// Seconds since 1970.
    pub time: i64,
    /// Its message.
    pub message: Vec<u8>,
    /// Actors whose operations it names.
    pub other_actors: Vec<Vec<u8>>,
    /// Its operations.
    pub operations: Vec<ForgedOperation>,
    /// Columns that stand instead of, or beside, those of the operations, by specification.
    pub columns: Vec<(u64, Vec<u8>)>,
    /// Bytes behind the columns.
    pub footer: Vec<u8>,
    /// Type of the chunk; 1 is an uncompressed change.
    pub chunk_type: u8,
}

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

impl ForgedChange {
    /// The chunk, with the checksum and length that fit it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let hashed = self.hashed();
        let hash: [u8; 32] = Sha256::digest(&hashed).into();
        [MAGIC.as_slice(), &hash[..4], &hashed].concat()
    }

    /// The change's name.
    #[must_use]
    pub fn hash(&self) -> ChangeHash {
        ChangeHash::from_bytes(Sha256::digest(self.hashed()).into())
    }

    fn hashed(&self) -> Vec<u8> {
        let mut hashed = vec![self.chunk_type];
        prefixed(&mut hashed, &self.body());
        hashed
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        unsigned(&mut body, self.dependencies.len() as u64);
        self.dependencies.iter().for_each(|hash| body.extend_from_slice(hash.as_bytes()));
        prefixed(&mut body, &self.actor);
        unsigned(&mut body, self.sequence);
        unsigned(&mut body, self.start_op);
        signed(&mut body, self.time);
        prefixed(&mut body, &self.message);
        unsigned(&mut body, self.other_actors.len() as u64);
        self.other_actors.iter().for_each(|actor| prefixed(&mut body, actor));
        let columns = self.all_columns();
        unsigned(&mut body, columns.len() as u64);
        for (specification, column) in &columns {
            unsigned(&mut body, *specification);
            unsigned(&mut body, column.len() as u64);
        }
        columns.iter().for_each(|(_, column)| body.extend_from_slice(column));
        body.extend_from_slice(&self.footer);
        body
    }

    fn all_columns(&self) -> Vec<(u64, Vec<u8>)> {
        let mut columns = columns_of(&self.operations);
        for (specification, column) in &self.columns {
            columns.retain(|(known, _)| known != specification);
            columns.push((*specification, column.clone()));
        }
        columns.sort_by_key(|(specification, _)| *specification);
        columns.retain(|(_, column)| !column.is_empty());
        columns
    }
}

fn columns_of(operations: &[ForgedOperation]) -> Vec<(u64, Vec<u8>)> {
    let each = |number: &dyn Fn(&ForgedOperation) -> Option<u64>| operations.iter().map(number).collect::<Vec<_>>();
    let element = |operation: &ForgedOperation| match operation.key {
        ForgedKey::Element(id) => Some(id),
        ForgedKey::Name(_) | ForgedKey::Head => None,
    };
    let key_counter = |operation: &ForgedOperation| match operation.key {
        ForgedKey::Element((_, counter)) => Some(counter),
        ForgedKey::Head => Some(0),
        ForgedKey::Name(_) => None,
    };
    let names: Vec<Option<String>> = operations
        .iter()
        .map(|operation| match &operation.key {
            ForgedKey::Name(name) => Some(name.clone()),
            ForgedKey::Head | ForgedKey::Element(_) => None,
        })
        .collect();
    let inserts: Vec<bool> = operations.iter().map(|operation| operation.insert).collect();
    let meta = |operation: &ForgedOperation| {
        Some(operation.value.as_ref().map_or(0, |value| (value.bytes.len() as u64) << 4 | value.kind))
    };
    let values: Vec<u8> =
        operations.iter().flat_map(|operation| operation.value.iter().flat_map(|value| value.bytes.clone())).collect();
    let predecessors: Vec<OperationId> =
        operations.iter().flat_map(|operation| operation.predecessors.clone()).collect();
    let pred_actors: Vec<Option<u64>> = predecessors.iter().map(|(actor, _)| Some(*actor)).collect();
    let pred_counters: Vec<Option<u64>> = predecessors.iter().map(|(_, counter)| Some(*counter)).collect();
    vec![
        (0x01, numbers(&each(&|operation| operation.object.map(|(actor, _)| actor)))),
        (0x02, numbers(&each(&|operation| operation.object.map(|(_, counter)| counter)))),
        (0x11, numbers(&each(&|operation| element(operation).map(|(actor, _)| actor)))),
        (0x13, deltas(&each(&key_counter))),
        (0x15, words(&names)),
        (0x34, flags(&inserts)),
        (0x42, numbers(&each(&|operation| Some(operation.action)))),
        (0x56, numbers(&each(&meta))),
        (0x57, values),
        (0x70, numbers(&each(&|operation| Some(operation.predecessors.len() as u64)))),
        (0x71, numbers(&pred_actors)),
        (0x73, deltas(&pred_counters)),
    ]
}
