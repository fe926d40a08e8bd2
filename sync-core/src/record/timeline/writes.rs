//! All writings of all keys of a map, read from the changes themselves: also those that nothing on the surface shows any more.

use std::collections::{BTreeMap, HashMap};

use automerge::{ObjId, ReadDoc, ScalarValueRef, Value};

use crate::change::{Action, Key, Operation, OperationRef, RawChange, automerge_hash};
use crate::document::Document;
use crate::id::{ActorId, ChangeHash};
use crate::record::answer::Answer;
use crate::record::document::{Stored, stored_scalar, stored_scalar_ref};
use crate::record::reading::answer_of;

/// What one change made of one key; of several operations the last counts.
pub(super) struct Write {
    pub(super) change: ChangeHash,
    pub(super) value: Option<Answer>,
    pub(super) deletes: bool,
}

/// The writings of each key of `map`, in causal order.
pub(super) fn writes(document: &Document, map: &str) -> BTreeMap<String, Vec<Write>> {
    let mut reader = Reader { document, map, objects: HashMap::new(), writes: BTreeMap::new() };
    let changes: HashMap<ChangeHash, Vec<u8>> = document.changes_by_hash();
    for hash in document.history().causal_order() {
        if let Some(change) = changes.get(&hash).and_then(|bytes| RawChange::read(bytes).ok()) {
            reader.take(&change);
        }
    }
    reader.writes
}

struct Reader<'a> {
    document: &'a Document,
    map: &'a str,
    objects: HashMap<(u64, ActorId), Object>,
    writes: BTreeMap<String, Vec<Write>>,
}

/// An object that matters here.
#[derive(Clone)]
enum Object {
    Map,
    /// The text that was put under a key.
    Text(String),
}

/// What a change last did to a key.
enum Touch {
    Wrote(Option<Answer>),
    Deleted(ObjId),
    Typed(ObjId),
}

impl Reader<'_> {
    fn take(&mut self, change: &RawChange<'_>) {
        let mut touched: BTreeMap<String, Touch> = BTreeMap::new();
        for (counter, operation) in (change.start_op()..).zip(change.operations().map_while(Result::ok)) {
            self.take_operation(change, counter, &operation, &mut touched);
        }
        for (key, touch) in touched {
            let (value, deletes) = match touch {
                Touch::Wrote(value) => (value, false),
                Touch::Deleted(map) => match self.left_after(change.hash(), &map, &key) {
                    Some(value) => (value, false),
                    None => (None, true),
                },
                Touch::Typed(text) => (self.text_after(change.hash(), &text), false),
            };
            self.writes.entry(key).or_default().push(Write { change: change.hash(), value, deletes });
        }
    }

    fn take_operation(
        &mut self,
        change: &RawChange<'_>,
        counter: u64,
        operation: &Operation<'_>,
        touched: &mut BTreeMap<String, Touch>,
    ) {
        let Some(place) = operation.object.map(|object| name(change, object)) else {
            if operation.action == Action::MakeMap && change.is_root() && operation.key == Key::Name(self.map) {
                self.objects.insert((counter, change.actor()), Object::Map);
            }
            return;
        };
        let (key, touch) = match (self.objects.get(&place).cloned(), operation.key) {
            (Some(Object::Map), Key::Name(key)) => {
                let touch = match operation.action {
                    Action::Set => Touch::Wrote(answer_of(&stored_scalar(&operation.value))),
                    Action::Delete => Touch::Deleted(id_of(place)),
                    Action::MakeText => {
                        self.objects.insert((counter, change.actor()), Object::Text(key.to_owned()));
                        Touch::Typed(id_of((counter, change.actor())))
                    }
                    Action::MakeMap => return,
                };
                (key.to_owned(), touch)
            }
            (Some(Object::Text(key)), Key::Head | Key::Element(_)) => (key, Touch::Typed(id_of(place))),
            (Some(Object::Text(_)), Key::Name(_)) | (Some(Object::Map), Key::Head | Key::Element(_)) | (None, _) => {
                return;
            }
        };
        touched.insert(key, touch);
    }

    /// What a delete left standing: Automerge settles a conflict for the value that it shows anyway by deleting the others,
    /// and whoever did that chose this value.
    fn left_after(&self, change: ChangeHash, map: &ObjId, key: &str) -> Option<Option<Answer>> {
        let (left, id) = self.document.automerge().get_at(map, key, &[automerge_hash(&change)]).ok().flatten()?;
        Some(match left {
            Value::Object(_) => self.text_after(change, &id),
            Value::Scalar(scalar) => answer_of(&stored_scalar_ref(&ScalarValueRef::from(scalar.into_owned()))),
        })
    }

    /// The whole text as the change's author saw it after the change.
    fn text_after(&self, change: ChangeHash, text: &ObjId) -> Option<Answer> {
        let text = self.document.automerge().text_at(text, &[automerge_hash(&change)]).unwrap_or_default();
        answer_of(&Stored::LongText(text))
    }
}

/// An operation's id in the terms of all changes.
fn name(change: &RawChange<'_>, reference: OperationRef) -> (u64, ActorId) {
    let other = reference.actor.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    let actor = other.and_then(|index| change.other_actors().get(index)).copied();
    (reference.counter, actor.unwrap_or(change.actor()))
}

fn id_of((counter, actor): (u64, ActorId)) -> ObjId {
    // The last part is a hint where to look for the actor; Automerge looks further if it is wrong.
    ObjId::Id(counter, actor.as_bytes().into(), 0)
}
