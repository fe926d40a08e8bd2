//! How a record lies in its document: the only module that knows the keys.
//!
//! The root change makes the three maps `answers`, `repeats` and `comments`, all flat, and nothing makes another (R6): two
//! maps made under one key on two phones would hide each other whole.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use automerge::{Automerge, ObjType, ROOT, ReadDoc, ScalarValueRef, Value, ValueRef};

use crate::change::{Action, Key, Operation, OperationRef, RawChange, Scalar, automerge_hashes, hash_of};
use crate::id::{ActorId, ChangeHash};

/// Id of the form; read from the root change only (R14).
pub(crate) const FORM: &str = "form";
/// Version of the form that the record was last written under; a register.
pub(crate) const VERSION: &str = "version";
/// Feed area in which the record was created; read from the root change only.
pub(crate) const AREA: &str = "area";
/// Subject, 16 bytes; read from the root change only.
pub(crate) const SUBJECT: &str = "subject";
/// Device time of creation in milliseconds; read from the root change only.
pub(crate) const CREATED: &str = "created";
/// `draft` or `complete`; a register.
pub(crate) const STATE: &str = "state";
/// Withdrawal: what was judged, and why (R10); a register.
pub(crate) const DELETED: &str = "deleted";
/// Map of answers.
pub(crate) const ANSWERS: &str = "answers";
/// Map of repeat instances.
pub(crate) const REPEATS: &str = "repeats";
/// Map of comments.
pub(crate) const COMMENTS: &str = "comments";

/// Keys that are read from the root change only.
pub(crate) const UNCHANGING: [&str; 4] = [FORM, AREA, SUBJECT, CREATED];
/// The maps.
pub(crate) const MAPS: [&str; 3] = [ANSWERS, REPEATS, COMMENTS];

/// A value as it stands under a key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stored {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    LongText(String),
    Bytes(Vec<u8>),
    /// An object or type that no version of Rukun writes there.
    Foreign,
}

/// A surviving value of a key and the change that wrote it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    pub(crate) value: Stored,
    pub(crate) change: ChangeHash,
}

/// All surviving values of one key, Automerge's winner first. The winner is only provisional: no screen may call it latest.
pub(crate) type Register = Vec<Written>;
/// A flat map.
pub(crate) type Registers = BTreeMap<String, Register>;

/// Everything in a record's document, as registers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Layout {
    pub(crate) root: Registers,
    pub(crate) answers: Registers,
    pub(crate) repeats: Registers,
    pub(crate) comments: Registers,
}

impl Layout {
    /// Reads an open document as it is now, in one pass a map; all values of a key only where Automerge flags a conflict.
    pub(crate) fn of(document: &Automerge) -> Self {
        Self::read(document, None)
    }

    /// Reads an open document as it was at `heads`, which must be known.
    pub(crate) fn at(document: &Automerge, heads: &[ChangeHash]) -> Self {
        Self::read(document, Some(&automerge_hashes(heads)))
    }

    fn read(document: &Automerge, heads: Option<&[automerge::ChangeHash]>) -> Self {
        let map = |name: &str| match object(document, name) {
            Some(object) => read_map(document, &object, heads),
            None => Registers::new(),
        };
        let mut root = read_map(document, &ROOT, heads);
        root.retain(|key, _| !MAPS.contains(&key.as_str()));
        Self { root, answers: map(ANSWERS), repeats: map(REPEATS), comments: map(COMMENTS) }
    }

    /// Reads a document that consists of its root change alone, without opening it: the ordinary case of a first push or
    /// pull, and several times faster. `None` when the change is not as plain as the ones that Rukun makes (an operation
    /// that replaces another, a key written twice, text not typed front to back): then the document must be opened.
    pub(crate) fn of_root(root: &RawChange<'_>) -> Option<Self> {
        let mut reader = RootReader { layout: Self::default(), objects: Vec::new(), change: root.hash() };
        let mut counter = root.start_op();
        for operation in root.operations() {
            reader.take(OperationRef { counter, actor: 0 }, &operation.ok()?)?;
            counter += 1;
        }
        Some(reader.layout)
    }

    fn map_mut(&mut self, map: MapName) -> &mut Registers {
        match map {
            MapName::Answers => &mut self.answers,
            MapName::Repeats => &mut self.repeats,
            MapName::Comments => &mut self.comments,
        }
    }
}

/// One of the three maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MapName {
    Answers,
    Repeats,
    Comments,
}

impl MapName {
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            ANSWERS => Self::Answers,
            REPEATS => Self::Repeats,
            COMMENTS => Self::Comments,
            _ => return None,
        })
    }
}

/// Replays the operations of a plain root change.
struct RootReader {
    layout: Layout,
    objects: Vec<(OperationRef, Place)>,
    change: ChangeHash,
}

/// Which object of the layout an operation's object is.
#[derive(Debug, Clone)]
enum Place {
    Map(MapName),
    /// A text under a key, and the element typed last.
    Text(MapName, String, Option<OperationRef>),
}

impl RootReader {
    fn take(&mut self, id: OperationRef, operation: &Operation<'_>) -> Option<()> {
        if operation.predecessors != 0 {
            return None;
        }
        let place = match operation.object {
            None => None,
            Some(object) => Some(self.objects.iter_mut().find(|(id, _)| *id == object).map(|(_, place)| place)?),
        };
        match (place, operation.key) {
            (None, Key::Name(name)) if operation.action == Action::MakeMap => {
                self.objects.push((id, Place::Map(MapName::of(name)?)));
                Some(())
            }
            (None, Key::Name(name)) => {
                let value = scalar_of(operation)?;
                put(&mut self.layout.root, name, value, self.change)
            }
            (Some(Place::Map(map)), Key::Name(name)) => {
                let map = *map;
                let value = if operation.action == Action::MakeText {
                    self.objects.push((id, Place::Text(map, name.to_owned(), None)));
                    Stored::LongText(String::new())
                } else {
                    scalar_of(operation)?
                };
                put(self.layout.map_mut(map), name, value, self.change)
            }
            (Some(Place::Text(map, key, last)), at) => {
                let follows = match (at, *last) {
                    (Key::Head, None) => true,
                    (Key::Element(element), Some(last)) => element == last,
                    (Key::Head | Key::Element(_) | Key::Name(_), _) => false,
                };
                let Scalar::Text(character) = operation.value else { return None };
                if !follows || !operation.insert || operation.action != Action::Set {
                    return None;
                }
                *last = Some(id);
                match self.layout.map_mut(*map).get_mut(key).map(Vec::as_mut_slice) {
                    Some([Written { value: Stored::LongText(text), .. }]) => text.push_str(character),
                    Some(_) | None => return None,
                }
                Some(())
            }
            (None | Some(Place::Map(_)), Key::Head | Key::Element(_)) => None,
        }
    }
}

fn scalar_of(operation: &Operation<'_>) -> Option<Stored> {
    (operation.action == Action::Set && !operation.insert).then(|| stored_scalar(&operation.value))
}

fn put(registers: &mut Registers, key: &str, value: Stored, change: ChangeHash) -> Option<()> {
    match registers.entry(key.to_owned()) {
        Entry::Vacant(entry) => {
            entry.insert(vec![Written { value, change }]);
            Some(())
        }
        Entry::Occupied(_) => None,
    }
}

/// The map with this key, as Automerge names it.
pub(crate) fn object(document: &Automerge, key: &str) -> Option<automerge::ObjId> {
    match document.get(ROOT, key) {
        Ok(Some((Value::Object(ObjType::Map), id))) => Some(id),
        Ok(Some(_) | None) | Err(_) => None,
    }
}

fn read_map(document: &Automerge, object: &automerge::ObjId, heads: Option<&[automerge::ChangeHash]>) -> Registers {
    let items = match heads {
        Some(heads) => document.map_range_at(object, .., heads),
        None => document.map_range(object, ..),
    };
    let mut registers = Registers::new();
    for item in items {
        let id = item.id();
        let register = if item.conflict {
            all_values(document, object, &item.key, heads)
        } else {
            let value = match &item.value {
                ValueRef::Object(kind) => stored_object(document, *kind, &id, heads),
                ValueRef::Scalar(scalar) => stored_scalar_ref(scalar),
            };
            writer(document, &id).map(|change| vec![Written { value, change }]).unwrap_or_default()
        };
        registers.insert(item.key.into_owned(), register);
    }
    registers
}

fn all_values(
    document: &Automerge,
    object: &automerge::ObjId,
    key: &str,
    heads: Option<&[automerge::ChangeHash]>,
) -> Register {
    let values = match heads {
        Some(heads) => document.get_all_at(object, key, heads),
        None => document.get_all(object, key),
    };
    let written = values.unwrap_or_default().into_iter().rev().filter_map(|(value, id)| {
        let change = writer(document, &id)?;
        let value = match value {
            Value::Object(kind) => stored_object(document, kind, &id, heads),
            Value::Scalar(scalar) => stored_scalar_ref(&ScalarValueRef::from(scalar.into_owned())),
        };
        Some(Written { value, change })
    });
    written.collect()
}

fn writer(document: &Automerge, id: &automerge::ObjId) -> Option<ChangeHash> {
    document.hash_for_opid(id).as_ref().map(hash_of)
}

fn stored_object(
    document: &Automerge,
    kind: ObjType,
    id: &automerge::ObjId,
    heads: Option<&[automerge::ChangeHash]>,
) -> Stored {
    if kind != ObjType::Text {
        return Stored::Foreign;
    }
    let text = match heads {
        Some(heads) => document.text_at(id, heads),
        None => document.text(id),
    };
    text.map_or(Stored::Foreign, Stored::LongText)
}

fn stored_scalar_ref(scalar: &ScalarValueRef<'_>) -> Stored {
    match scalar {
        ScalarValueRef::Null => Stored::Null,
        ScalarValueRef::Boolean(truth) => Stored::Bool(*truth),
        ScalarValueRef::Int(number) | ScalarValueRef::Timestamp(number) => Stored::Int(*number),
        ScalarValueRef::Uint(number) => i64::try_from(*number).map_or(Stored::Foreign, Stored::Int),
        ScalarValueRef::F64(number) => Stored::Float(*number),
        ScalarValueRef::Str(text) => Stored::Text(text.to_string()),
        ScalarValueRef::Bytes(bytes) => Stored::Bytes(bytes.to_vec()),
        ScalarValueRef::Counter(_) | ScalarValueRef::Unknown { .. } => Stored::Foreign,
    }
}

pub(crate) fn stored_scalar(scalar: &Scalar<'_>) -> Stored {
    match *scalar {
        Scalar::Null => Stored::Null,
        Scalar::Bool(truth) => Stored::Bool(truth),
        Scalar::Int(number) | Scalar::Time(number) => Stored::Int(number),
        Scalar::Uint(number) => i64::try_from(number).map_or(Stored::Foreign, Stored::Int),
        Scalar::Float(number) => Stored::Float(number),
        Scalar::Text(text) => Stored::Text(text.to_owned()),
        Scalar::Bytes(bytes) => Stored::Bytes(bytes.to_vec()),
    }
}

/// The id of a map in the terms of a change's own actor table, to find its operations in raw changes.
pub(crate) fn is_object(change: &RawChange<'_>, reference: OperationRef, object: &automerge::ObjId) -> bool {
    let automerge::ObjId::Id(counter, actor, _) = object else { return false };
    let named = match reference.actor {
        0 => Some(change.actor()),
        index => usize::try_from(index - 1).ok().and_then(|index| change.other_actors().get(index)).copied(),
    };
    reference.counter == *counter && named.is_some_and(|named| ActorId::from_slice(actor.to_bytes()) == Ok(named))
}
