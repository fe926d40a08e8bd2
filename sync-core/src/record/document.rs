//! How a record lies in its document: the only module that knows the keys.
//!
//! The root change makes the three maps `answers`, `repeats` and `comments`, all flat, and nothing makes another (R6): two
//! maps made under one key on two phones would hide each other whole.

mod root;

use std::collections::BTreeMap;

use automerge::{Automerge, ObjId, ObjType, ROOT, ReadDoc, ScalarValueRef, Value, ValueRef};

use crate::change::{RawChange, Scalar, automerge_hash, automerge_hashes, hash_of};
use crate::document::Document;
use crate::id::{ChangeHash, InstanceId};
use crate::record::QuestionKey;
use root::read_root;

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

/// In `repeats`, behind an instance: where it stands among its siblings.
pub(crate) const ORDER: &str = "/order";
/// In `repeats`, behind an instance: its removal, like [`DELETED`].
pub(crate) const REMOVED: &str = "/removed";

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
    /// One of the three maps; it has no value of its own.
    Map,
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

/// The three maps as the root change made them. They are found by what it made, not by what stands under their keys now: a
/// change that writes over a key, or deletes it, hides no answer (R6).
#[derive(Debug, Clone)]
pub(crate) struct Maps {
    pub(crate) answers: ObjId,
    pub(crate) repeats: ObjId,
    pub(crate) comments: ObjId,
}

impl Maps {
    /// Finds them.
    ///
    /// # Errors
    /// The key of the first that the root change did not make: then the document is not a record.
    pub(crate) fn of(document: &Document) -> Result<Self, &'static str> {
        let root = document.history().root();
        let find = |key| map_made_by(document.automerge(), root, key).ok_or(key);
        Ok(Self { answers: find(ANSWERS)?, repeats: find(REPEATS)?, comments: find(COMMENTS)? })
    }
}

fn map_made_by(document: &Automerge, root: Option<ChangeHash>, key: &str) -> Option<ObjId> {
    // The ordinary case. Only a root change may make maps, so a map that stands there is the one.
    if let Ok(Some((Value::Object(ObjType::Map), id))) = document.get(ROOT, key) {
        return Some(id);
    }
    let made = document.get_all_at(ROOT, key, &[automerge_hash(&root?)]).ok()?;
    made.into_iter().find_map(|(value, id)| (value == Value::Object(ObjType::Map)).then_some(id))
}

impl Layout {
    /// Reads an open document as it is now, in one pass a map; all values of a key only where Automerge flags a conflict.
    pub(crate) fn of(document: &Document, maps: &Maps) -> Self {
        Self::read(document.automerge(), maps, None)
    }

    /// Reads an open document as it was at `heads`, which must be known.
    pub(crate) fn at(document: &Document, maps: &Maps, heads: &[ChangeHash]) -> Self {
        Self::read(document.automerge(), maps, Some(&automerge_hashes(heads)))
    }

    fn read(document: &Automerge, maps: &Maps, heads: Option<&[automerge::ChangeHash]>) -> Self {
        Self {
            root: read_map(document, &ROOT, heads),
            answers: read_map(document, &maps.answers, heads),
            repeats: read_map(document, &maps.repeats, heads),
            comments: read_map(document, &maps.comments, heads),
        }
    }

    /// Reads a document that consists of its root change alone, without opening it: the ordinary case of a first push or
    /// pull, and several times faster. `None` when the change is not as plain as the ones that Rukun makes (an operation
    /// that replaces another, a key written twice, text not typed front to back): then the document must be opened.
    pub(crate) fn of_root(root: &RawChange<'_>) -> Option<Self> {
        read_root(root)
    }

    /// Whether what stands under the key of a map is still the map.
    pub(crate) fn keeps_map(&self, key: &str) -> bool {
        matches!(self.root.get(key).map(Vec::as_slice), Some([Written { value: Stored::Map, .. }]))
    }
}

fn read_map(document: &Automerge, object: &ObjId, heads: Option<&[automerge::ChangeHash]>) -> Registers {
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

fn all_values(document: &Automerge, object: &ObjId, key: &str, heads: Option<&[automerge::ChangeHash]>) -> Register {
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

fn writer(document: &Automerge, id: &ObjId) -> Option<ChangeHash> {
    document.hash_for_opid(id).as_ref().map(hash_of)
}

fn stored_object(document: &Automerge, kind: ObjType, id: &ObjId, heads: Option<&[automerge::ChangeHash]>) -> Stored {
    let text = match (kind, heads) {
        (ObjType::Text, Some(heads)) => document.text_at(id, heads),
        (ObjType::Text, None) => document.text(id),
        (ObjType::Map, _) => return Stored::Map,
        (ObjType::Table | ObjType::List, _) => return Stored::Foreign,
    };
    text.map_or(Stored::Foreign, Stored::LongText)
}

pub(crate) fn stored_scalar_ref(scalar: &ScalarValueRef<'_>) -> Stored {
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

/// The key of an instance's entry in `repeats` (part empty), or of a part of it.
pub(crate) fn instance_key(instance: InstanceId, part: &str) -> String {
    format!("{}{part}", instance.uuid().simple())
}

/// The key of a comment.
pub(crate) fn comment_key(id: InstanceId, question: Option<&QuestionKey>) -> String {
    let question = question.map(ToString::to_string).unwrap_or_default();
    format!("{}|{question}", id.uuid().simple())
}
