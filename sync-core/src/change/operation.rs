//! The operations of a change, read from its columns without believing a run length.

use super::column::{Delta, Flags, Rle, any_run, run_sum, run_total};
use super::leb128::{Cursor, Malformed};
use super::reader::malformed;
use super::soundness::{Rule, Unsound};
use crate::limits;

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

const MAKE_MAP: u64 = 0;
const SET: u64 = 1;
const DELETE: u64 = 3;
const MAKE_TEXT: u64 = 4;

/// The columns that Rukun's changes may have; others are refused.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Columns<'a> {
    pub(super) object_actor: &'a [u8],
    pub(super) object_counter: &'a [u8],
    pub(super) key_actor: &'a [u8],
    pub(super) key_counter: &'a [u8],
    pub(super) key_name: &'a [u8],
    pub(super) insert: &'a [u8],
    pub(super) action: &'a [u8],
    pub(super) value_meta: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) pred_count: &'a [u8],
    pub(super) pred_actor: &'a [u8],
    pub(super) pred_counter: &'a [u8],
    /// A column without bytes is listed, which Automerge would leave out.
    pub(super) lists_empty: bool,
}

impl<'a> Columns<'a> {
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Unsound> {
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
            columns.lists_empty |= length == 0;
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

    /// Counts what the columns claim, without walking it.
    pub(super) fn bounded_operations(&self) -> Result<u64, Unsound> {
        let operations = run_total(self.action).map_err(malformed)?;
        if operations > limits::CHANGE_OPERATIONS {
            return Err(Unsound::new(Rule::Size, "the change claims more than 20,000 operations"));
        }
        let rows = run_total(self.pred_count).map_err(malformed)?;
        let predecessors = run_sum(self.pred_count).map_err(malformed)?;
        if predecessors > limits::CHANGE_PREDECESSORS {
            return Err(Unsound::new(Rule::Size, "the change claims more than 40,000 predecessors"));
        }
        if rows > operations {
            return Err(Unsound::new(Rule::Size, "the change claims predecessors of operations that it does not have"));
        }
        Ok(operations)
    }

    pub(super) fn delete_something(&self) -> bool {
        any_run(self.action, DELETE)
    }
}

/// Iterates over a change's operations; ends with the first error.
pub struct Operations<'a> {
    left: u64,
    /// How many actors the change's table has, its own included.
    actors: u64,
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
    pred_actor: Rle<'a, u64>,
    pred_counter: Delta<'a>,
}

impl<'a> Operations<'a> {
    pub(super) const fn new(columns: &Columns<'a>, left: u64, actors: u64) -> Self {
        Self {
            left,
            actors,
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
            pred_actor: Rle::new(columns.pred_actor),
            pred_counter: Delta::new(columns.pred_counter),
        }
    }

    fn read(&mut self) -> Result<Operation<'a>, Unsound> {
        let object =
            match (self.object_actor.next().map_err(malformed)?, self.object_counter.next().map_err(malformed)?) {
                (None, None) => None,
                (Some(actor), Some(counter)) => Some(self.reference(actor, counter)?),
                (Some(_), None) | (None, Some(_)) => return Err(Unsound::new(Rule::Chunk, "half an object id")),
            };
        let key = self.read_key()?;
        let insert = self.insert.next().map_err(malformed)?;
        let action = match self.action.next().map_err(malformed)? {
            Some(MAKE_MAP) => Action::MakeMap,
            Some(SET) => Action::Set,
            Some(DELETE) => Action::Delete,
            Some(MAKE_TEXT) => Action::MakeText,
            Some(_) | None => {
                return Err(Unsound::new(Rule::Actions, "an action other than set, delete, make map and make text"));
            }
        };
        let value = self.read_value()?;
        let predecessors = self.pred_count.next().map_err(malformed)?.unwrap_or(0);
        for _ in 0..predecessors {
            match (self.pred_actor.next().map_err(malformed)?, self.pred_counter.next().map_err(malformed)?) {
                (Some(actor), Some(counter)) => self.reference(actor, counter)?,
                (Some(_) | None, _) => return Err(Unsound::new(Rule::Chunk, "half the id of a predecessor")),
            };
        }
        Ok(Operation { object, key, insert, action, value, predecessors })
    }

    fn reference(&self, actor: u64, counter: u64) -> Result<OperationRef, Unsound> {
        if actor < self.actors {
            Ok(OperationRef { counter, actor })
        } else {
            Err(Unsound::new(Rule::Chunk, "an actor that is not in the change's table"))
        }
    }

    fn read_key(&mut self) -> Result<Key<'a>, Unsound> {
        let name = self.key_name.next().map_err(malformed)?;
        let actor = self.key_actor.next().map_err(malformed)?;
        let counter = self.key_counter.next().map_err(malformed)?;
        match (name, actor, counter) {
            (Some(name), None, None) => Ok(Key::Name(name)),
            (None, None, Some(0)) => Ok(Key::Head),
            (None, Some(actor), Some(counter)) => self.reference(actor, counter).map(Key::Element),
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
