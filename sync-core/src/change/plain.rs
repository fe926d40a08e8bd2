//! Root changes that are as plain as those that Rukun makes, told from their bytes alone.
//!
//! Automerge takes such a change and gives back the very same bytes, so that nothing is learnt by asking it. "As plain" means:
//! every column in the one spelling in which Automerge writes it, and only operations that begin a record. Whatever is not
//! plain is not refused here; Automerge is asked. A property test holds both to each other (`tests/tests/plain_roots.rs`).

use super::column::{Item, Run, Runs};
use super::leb128::{Cursor, Malformed};
use super::operation::{Action, Columns, Key, Operation, OperationRef, Scalar};
use super::reader::RawChange;
use crate::limits;

impl RawChange<'_> {
    /// Whether it is a plain root change: one that begins a document, and that Automerge takes and gives back as it is.
    #[must_use]
    pub fn is_plain_root(&self) -> bool {
        let alone = self.is_root() && self.other_actors().is_empty() && !self.has_message();
        let numbered = self.sequence() == 1 && self.start_op() > 0 && self.max_op() < limits::OPERATION_END;
        alone
            && numbered
            && self.operation_count() > 0
            && self.columns().is_canonical(self.operation_count()).unwrap_or(false)
            && has_plain_operations(self)
    }
}

impl Columns<'_> {
    fn is_canonical(&self, rows: u64) -> Result<bool, Malformed> {
        Ok(!self.lists_empty
            && self.pred_actor.is_empty()
            && self.pred_counter.is_empty()
            && runs_are_canonical::<u64>(self.object_actor, rows)?
            && runs_are_canonical::<u64>(self.object_counter, rows)?
            && runs_are_canonical::<u64>(self.key_actor, rows)?
            && runs_are_canonical::<i64>(self.key_counter, rows)?
            && runs_are_canonical::<&str>(self.key_name, rows)?
            && flags_are_canonical(self.insert, rows)?
            && runs_are_canonical::<u64>(self.action, rows)?
            && runs_are_canonical::<u64>(self.value_meta, rows)?
            && runs_are_canonical::<u64>(self.pred_count, rows)?
            && !self.pred_count.is_empty()
            && !self.value_meta.is_empty()
            && !self.insert.is_empty()
            && values_are_canonical(self)?)
    }
}

/// Whether a run-length column is written as the encoder writes it: equal neighbours always in one run, no run of one, no two
/// runs of nulls or of different values in a row, nothing for a column of nulls alone.
fn runs_are_canonical<'a, T: Item<'a> + PartialEq>(bytes: &'a [u8], rows: u64) -> Result<bool, Malformed> {
    if bytes.is_empty() {
        return Ok(true);
    }
    let (mut total, mut some) = (0_u64, false);
    // The value before, if there was one; and whether it stood in a run of different values.
    let (mut before, mut in_different, mut after_null) = (None::<T>, false, false);
    let mut runs = Runs::<T>::new(bytes);
    while let Some(run) = runs.next()? {
        match run {
            Run::Null(count) => {
                if count == 0 || after_null {
                    return Ok(false);
                }
                total = total.saturating_add(count);
                (before, in_different, after_null) = (None, false, true);
            }
            Run::Same(value, count) => {
                if count < 2 || before == Some(value) {
                    return Ok(false);
                }
                total = total.saturating_add(count);
                (before, in_different, after_null, some) = (Some(value), false, false, true);
            }
            Run::Different(count) => {
                if in_different || count > rows {
                    return Ok(false);
                }
                for _ in 0..count {
                    let value = runs.item()?;
                    if before == Some(value) {
                        return Ok(false);
                    }
                    before = Some(value);
                }
                total = total.saturating_add(count);
                (in_different, after_null, some) = (true, false, true);
            }
        }
    }
    Ok(some && total == rows)
}

/// Whether a column of truth values is: only the first run, of false, may be empty.
fn flags_are_canonical(bytes: &[u8], rows: u64) -> Result<bool, Malformed> {
    let (mut cursor, mut total, mut first) = (Cursor::new(bytes), 0_u64, true);
    while !cursor.is_empty() {
        let count = cursor.unsigned()?;
        if count == 0 && (!first || cursor.is_empty()) {
            return Ok(false);
        }
        total = total.saturating_add(count);
        first = false;
    }
    Ok(total == rows)
}

/// Whether every value fills its bytes, in the shortest form of its type, and nothing is left over.
fn values_are_canonical(columns: &Columns<'_>) -> Result<bool, Malformed> {
    let mut values = Cursor::new(columns.value);
    let mut runs = Runs::<u64>::new(columns.value_meta);
    while let Some(run) = runs.next()? {
        let (count, same) = match run {
            Run::Null(_) => return Ok(false),
            Run::Same(meta, count) => (count, Some(meta)),
            Run::Different(count) => (count, None),
        };
        for _ in 0..count {
            let meta = match same {
                Some(meta) => meta,
                None => runs.item()?,
            };
            let bytes = values.take(usize::try_from(meta >> 4).map_err(|_| Malformed)?)?;
            let mut number = Cursor::new(bytes);
            let fills = match meta & 15 {
                0..=2 => bytes.is_empty(),
                3 => number.unsigned().is_ok() && number.is_empty(),
                4 => number.signed().is_ok() && number.is_empty(),
                5 => bytes.len() == 8,
                6 => std::str::from_utf8(bytes).is_ok(),
                7 => true,
                _ => false,
            };
            if !fills {
                return Ok(false);
            }
        }
    }
    Ok(values.is_empty())
}

/// What an object is that the change has made.
#[derive(Clone, Copy)]
enum Made {
    Map,
    /// A text, with the counter of the character typed last.
    Text(Option<u64>),
}

fn has_plain_operations(change: &RawChange<'_>) -> bool {
    let mut objects: Vec<(u64, Made)> = Vec::new();
    (change.start_op()..)
        .zip(change.operations())
        .all(|(counter, operation)| operation.is_ok_and(|operation| take(&mut objects, counter, &operation).is_some()))
}

fn take(objects: &mut Vec<(u64, Made)>, counter: u64, operation: &Operation<'_>) -> Option<()> {
    if operation.predecessors != 0 {
        return None;
    }
    let (in_root, place) = match operation.object {
        None => (true, None),
        Some(OperationRef { actor: 0, counter }) => {
            let place = objects.binary_search_by_key(&counter, |(made, _)| *made).ok()?;
            (false, objects.get(place).map(|(_, made)| (place, *made)))
        }
        Some(OperationRef { .. }) => return None,
    };
    match (operation.key, place) {
        (Key::Name(name), None | Some((_, Made::Map))) if !name.is_empty() && !operation.insert => {
            let null = operation.value == Scalar::Null;
            match operation.action {
                Action::Set => {}
                Action::MakeMap if in_root && null => objects.push((counter, Made::Map)),
                Action::MakeText if !in_root && null => objects.push((counter, Made::Text(None))),
                Action::MakeMap | Action::MakeText | Action::Delete => return None,
            }
            Some(())
        }
        (at @ (Key::Head | Key::Element(_)), Some((place, Made::Text(last)))) => {
            let follows = match (at, last) {
                (Key::Head, None) => true,
                (Key::Element(OperationRef { actor: 0, counter }), Some(last)) => counter == last,
                (Key::Name(_) | Key::Head | Key::Element(_), _) => false,
            };
            let Scalar::Text(character) = operation.value else { return None };
            let typed = operation.insert && operation.action == Action::Set && character.chars().count() == 1;
            if let (true, Some(slot)) = (follows && typed, objects.get_mut(place)) {
                slot.1 = Made::Text(Some(counter));
                return Some(());
            }
            None
        }
        (Key::Name(_) | Key::Head | Key::Element(_), _) => None,
    }
}
