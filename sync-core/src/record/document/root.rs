//! Reading a record of one change straight from that change.

use std::collections::btree_map::Entry;

use super::{ANSWERS, COMMENTS, Layout, MAPS, REPEATS, Registers, Stored, Written, stored_scalar};
use crate::change::{Action, Key, Operation, OperationRef, RawChange, Scalar};
use crate::id::ChangeHash;

/// Reads the change; `None` when it is not as plain as the ones that Rukun makes.
pub(super) fn read_root(root: &RawChange<'_>) -> Option<Layout> {
    if !root.is_root() {
        return None;
    }
    let mut reader = RootReader { layout: Layout::default(), objects: Vec::new(), change: root.hash() };
    for (counter, operation) in (root.start_op()..).zip(root.operations()) {
        reader.take(OperationRef { counter, actor: 0 }, &operation.ok()?)?;
    }
    let made = MAPS.iter().all(|key| reader.layout.keeps_map(key));
    made.then_some(reader.layout)
}

/// One of the three maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MapName {
    Answers,
    Repeats,
    Comments,
}

impl MapName {
    fn of_layout(self, layout: &mut Layout) -> &mut Registers {
        match self {
            Self::Answers => &mut layout.answers,
            Self::Repeats => &mut layout.repeats,
            Self::Comments => &mut layout.comments,
        }
    }

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
    /// The objects made so far, by rising counter.
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
            Some(object) => {
                let found = self.objects.binary_search_by_key(&object.counter, |(made, _)| made.counter).ok()?;
                let (_, place) = self.objects.get_mut(found).filter(|(made, _)| *made == object)?;
                Some(place)
            }
        };
        match (place, operation.key) {
            (None, Key::Name(name)) if operation.action == Action::MakeMap => {
                self.objects.push((id, Place::Map(MapName::of(name)?)));
                put(&mut self.layout.root, name, Stored::Map, self.change)
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
                put(map.of_layout(&mut self.layout), name, value, self.change)
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
                match map.of_layout(&mut self.layout).get_mut(key).map(Vec::as_mut_slice) {
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
