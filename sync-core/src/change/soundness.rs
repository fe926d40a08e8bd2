//! When a change may come near a document (R2). A change that is not sound is refused, with the number of the rule; nothing
//! stored changes.

use std::fmt;

use super::history::History;
use super::operation::{Action, Key};
use super::reader::RawChange;
use crate::id::ActorPrefix;
use crate::limits;

/// The rules of soundness. The numbers are part of the protocol: a phone shows them and a log names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Rule {
    /// 1: uncompressed change chunk, exact length, right checksum, at most 64 KiB.
    Chunk = 1,
    /// 2: claimed counts within bounds.
    Size = 2,
    /// 3: 16-byte actors with the signer's prefix, no author, short message.
    Actor = 3,
    /// 4: the actor's next number in this document, built on its last.
    Order = 4,
    /// 5: dependencies known and distinct; none only for the root change.
    Dependencies = 5,
    /// 6: operation numbers follow those of the ancestors.
    OperationIds = 6,
    /// 7: known actions only; maps made only by the root change.
    Actions = 7,
    /// 8: applied to a copy, saved and loaded again, it gives the same heads.
    Trial = 8,
    /// 9: the segment around it: signature, one actor, unbroken numbers, sizes.
    Segment = 9,
}

impl Rule {
    /// The number that stands for the rule on the wire.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The rule of a number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Chunk,
            2 => Self::Size,
            3 => Self::Actor,
            4 => Self::Order,
            5 => Self::Dependencies,
            6 => Self::OperationIds,
            7 => Self::Actions,
            8 => Self::Trial,
            9 => Self::Segment,
            _ => return None,
        })
    }
}

/// A change or segment that no document may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsound {
    /// The rule it breaks.
    pub rule: Rule,
    /// What exactly, in English, without content of the change.
    pub detail: &'static str,
}

impl Unsound {
    pub(crate) const fn new(rule: Rule, detail: &'static str) -> Self {
        Self { rule, detail }
    }
}

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not sound by rule {}: {}", self.rule.number(), self.detail)
    }
}

impl std::error::Error for Unsound {}

/// What a change does that its document must remember.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traits {
    /// It deletes a map key. Rukun never does (R4); a change made elsewhere may, and then conflicts are looked for by the
    /// long rule.
    pub deletes_key: bool,
}

impl Traits {
    /// The traits of one change.
    #[must_use]
    pub fn of(change: &RawChange<'_>) -> Self {
        Self { deletes_key: change.deletes_key() }
    }

    /// The traits of what has these and those.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { deletes_key: self.deletes_key || other.deletes_key }
    }
}

/// Checks rules 3 to 7 for `change`, signed by the device with `prefix`, against the history of its document.
///
/// # Errors
/// [`Unsound`] with the first rule that is broken.
pub fn check(change: &RawChange<'_>, prefix: ActorPrefix, history: &History) -> Result<Traits, Unsound> {
    if change.actor().prefix() != prefix {
        return Err(Unsound::new(Rule::Actor, "the actor does not belong to the device that signed"));
    }
    check_order(change, history)?;
    check_actions(change)?;
    Ok(Traits::of(change))
}

fn check_order(change: &RawChange<'_>, history: &History) -> Result<(), Unsound> {
    let dependencies = change.dependencies();
    if !dependencies.is_sorted_by(|one, next| one < next) {
        return Err(Unsound::new(Rule::Dependencies, "the dependencies are not distinct and in order"));
    }
    if dependencies.is_empty() && !history.is_empty() {
        return Err(Unsound::new(Rule::Dependencies, "a second root change"));
    }
    let Some(ancestry) = history.ancestry(dependencies) else {
        return Err(Unsound::new(Rule::Dependencies, "a dependency is not known"));
    };
    match history.last_of(change.actor()) {
        None if change.sequence() == 1 => {}
        Some((sequence, hash)) if change.sequence() == sequence + 1 && ancestry.contains(hash) => {}
        None | Some(_) => return Err(Unsound::new(Rule::Order, "not the actor's next change, built on its last")),
    }
    let first = ancestry.max_op() + 1;
    if change.start_op() < first || change.start_op() > first + limits::OPERATION_GAP {
        return Err(Unsound::new(Rule::OperationIds, "operation numbers do not follow those of the ancestors"));
    }
    if change.max_op() >= limits::OPERATION_END {
        return Err(Unsound::new(Rule::OperationIds, "operation numbers reach 2^30"));
    }
    Ok(())
}

fn check_actions(change: &RawChange<'_>) -> Result<(), Unsound> {
    let wrong = |detail| Err(Unsound::new(Rule::Actions, detail));
    for operation in change.operations() {
        let operation = operation?;
        match (operation.action, operation.key) {
            (Action::MakeMap, _) if !change.is_root() || operation.object.is_some() => {
                return wrong("a map made other than at the root by the root change");
            }
            (Action::MakeMap | Action::MakeText, Key::Head | Key::Element(_)) => {
                return wrong("an object inside a text");
            }
            (Action::MakeMap | Action::MakeText | Action::Delete, _) if operation.insert => {
                return wrong("an insertion of something other than a character");
            }
            (Action::Set, Key::Name(_)) if operation.insert => return wrong("an insertion outside a text"),
            (Action::Set | Action::Delete, Key::Head) if !operation.insert => return wrong("nothing stands at a head"),
            (Action::MakeMap | Action::MakeText | Action::Set | Action::Delete, _) => {}
        }
    }
    Ok(())
}
