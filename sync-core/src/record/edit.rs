//! Editing a record: commands in, one change out. A save is made at the heads that the person was shown, never silently on
//! top of what arrived meanwhile (R5).

use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{AutomergeError, ObjType, ROOT, ReadDoc, ScalarValue, Value};
use thiserror::Error;

use super::answer::Answer;
use super::create::scalar;
use super::document::{ANSWERS, COMMENTS, DELETED, REPEATS, STATE, VERSION};
use super::question_key::QuestionKey;
use super::reading::RecordState;
use super::removal::Removal;
use super::timeline::{Removed, long_removals};
use crate::change::{RawChange, automerge_hashes};
use crate::document::Document;
use crate::entropy::Entropy;
use crate::form::{FormVersion, QuestionPath};
use crate::id::{ActorId, ActorPrefix, ChangeHash, InstanceId};
use crate::limits;
use crate::time::Timestamp;

/// One thing a person does to a record. A save takes several and makes one change of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Answers a question, or clears its answer with `None`. Also settles a conflict: it replaces every value that was
    /// shown.
    Answer {
        /// The question.
        key: QuestionKey,
        /// The answer; `None` clears.
        value: Option<Answer>,
    },
    /// Changes a long text; what others typed elsewhere in it stays.
    LongText {
        /// The question.
        key: QuestionKey,
        /// The whole text as it should read; empty clears.
        text: String,
    },
    /// Adds a repeat instance.
    AddInstance {
        /// Its new random id.
        instance: InstanceId,
        /// The repeat.
        path: QuestionPath,
        /// The enclosing instance, in nested repeats.
        parent: Option<InstanceId>,
        /// Where it stands among its siblings; ties go by id.
        order: f64,
    },
    /// Moves a repeat instance among its siblings.
    OrderInstance {
        /// The instance.
        instance: InstanceId,
        /// Where it stands.
        order: f64,
    },
    /// Removes a repeat instance as it was shown.
    RemoveInstance {
        /// The instance.
        instance: InstanceId,
        /// Why.
        reason: String,
    },
    /// Takes a removal back.
    RestoreInstance {
        /// The instance.
        instance: InstanceId,
    },
    /// Adds a comment; comments are never edited.
    Comment {
        /// Its new random id.
        id: InstanceId,
        /// The question it is about, if one.
        question: Option<QuestionKey>,
        /// The words.
        text: String,
    },
    /// Hides an own comment.
    HideComment {
        /// Its id.
        id: InstanceId,
        /// The question it is about, if one.
        question: Option<QuestionKey>,
    },
    /// Marks the record complete, or opens it again.
    State(RecordState),
    /// Withdraws the record as it was shown. A save of its own: an answer changed with it would be an edit it had not judged.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Takes a withdrawal back.
    Reinstate,
    /// The version of the form under which the record is written from now on.
    Version(FormVersion),
}

/// Why a save was not made. Nothing was changed; what was typed is still with the caller.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum EditError {
    /// The heads that the person was shown are not those of this record.
    #[error("the state that was shown is not a state of this record")]
    UnknownHeads,
    /// The save would make a change that no phone and no server takes.
    #[error("the edit takes {bytes} bytes; one save can hold {}", limits::CHANGE_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// A number that is none.
    #[error("the answer to `{question}` cannot be stored")]
    Unstorable {
        /// The question.
        question: String,
    },
    /// The document is not a record.
    #[error("the document is not a record")]
    NotARecord,
    /// Automerge refused; a defect of ours.
    #[error("the edit could not be made: {reason}")]
    Automerge {
        /// Automerge's words.
        reason: String,
    },
    /// Nothing was there to make a change of.
    #[error("the save would change nothing")]
    NoChange,
}

/// The actors of one opening of a device's store: one for edits made on everything there is, fresh ones for edits made on
/// an older state (R5, R7).
pub struct Actors<'a> {
    /// The actor drawn when the store was opened.
    pub current: ActorId,
    /// What every actor of this device starts with.
    pub prefix: ActorPrefix,
    /// Where the rest of a fresh one comes from.
    pub entropy: &'a mut dyn Entropy,
}

/// A change just made; the document holds it already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The change, an uncompressed chunk.
    pub change: Vec<u8>,
    /// Who made it: the current actor, or a fresh one.
    pub actor: ActorId,
}

/// Saves `edits` as one change at the heads `shown`. `None` if they change nothing.
///
/// If the document has moved on since, the change branches from what was shown and is merged: a rival answer becomes a
/// conflict that both sides see.
///
/// # Errors
/// [`EditError`]; the document is then as it was.
pub fn save(
    document: &mut Document,
    edits: &[Edit],
    shown: &[ChangeHash],
    actors: &mut Actors<'_>,
    now: Timestamp,
) -> Result<Option<Saved>, EditError> {
    if shown.is_empty() || !document.knows(shown) {
        return Err(EditError::UnknownHeads);
    }
    let mut shown = shown.to_vec();
    shown.sort_unstable();
    shown.dedup();
    let at_heads = shown == document.heads();
    let actor = if at_heads { actors.current } else { ActorId::generate(actors.prefix, actors.entropy) };
    let mut branch = if at_heads {
        document.automerge().clone()
    } else {
        let fork = document.automerge().fork_at(&automerge_hashes(&shown));
        fork.map_err(|error| EditError::Automerge { reason: error.to_string() })?
    };
    branch.set_actor(actor.as_bytes().into());
    let removed = if document.traits().deletes_key { long_removals(document) } else { BTreeMap::new() };
    let made = branch.transact_with::<_, _, EditError, _>(
        |()| CommitOptions::default().with_time(now.seconds()),
        |transaction| edits.iter().try_for_each(|edit| apply(transaction, edit, &shown, &removed)),
    );
    let made = made.map_err(|failure| failure.error)?;
    if made.hash.is_none() {
        return Ok(None);
    }
    let change = branch.get_last_local_change().ok_or(EditError::NoChange)?.raw_bytes().to_vec();
    if change.len() > limits::CHANGE_BYTES {
        return Err(EditError::TooLarge { bytes: change.len() });
    }
    let defect = |reason: &dyn std::fmt::Display| EditError::Automerge { reason: reason.to_string() };
    let raw = RawChange::read(&change).map_err(|error| defect(&error))?;
    document.take_in_proven(&[raw]).map_err(|error| defect(&error))?;
    Ok(Some(Saved { change, actor }))
}

impl From<AutomergeError> for EditError {
    fn from(error: AutomergeError) -> Self {
        Self::Automerge { reason: error.to_string() }
    }
}

fn apply(
    transaction: &mut Transaction<'_>,
    edit: &Edit,
    shown: &[ChangeHash],
    removed: &BTreeMap<String, Vec<Removed>>,
) -> Result<(), EditError> {
    match edit {
        Edit::Answer { key, value } => {
            let answers = map(transaction, ANSWERS)?;
            let normal = match value {
                None => None,
                Some(answer) => {
                    Some(answer.clone().normal().ok_or_else(|| EditError::Unstorable { question: key.to_string() })?)
                }
            };
            let key = key.to_string();
            if removed.contains_key(&key) {
                // Putting the value that survives a foreign delete makes no change; deleting it first does (R4).
                transaction.delete(&answers, key.as_str())?;
            }
            put(transaction, &answers, &key, normal.as_ref().map_or(ScalarValue::Null, scalar))
        }
        Edit::LongText { key, text } => long_text(transaction, key, text),
        Edit::AddInstance { instance, path, parent, order } => {
            let repeats = map(transaction, REPEATS)?;
            let parent = parent.map(|parent| parent.uuid().simple().to_string()).unwrap_or_default();
            transaction.put(&repeats, instance_key(*instance, ""), format!("{path}|{parent}"))?;
            transaction.put(&repeats, instance_key(*instance, "/order"), *order)?;
            Ok(())
        }
        Edit::OrderInstance { instance, order } => {
            let repeats = map(transaction, REPEATS)?;
            Ok(transaction.put(&repeats, instance_key(*instance, "/order"), *order)?)
        }
        Edit::RemoveInstance { instance, reason } => {
            let repeats = map(transaction, REPEATS)?;
            let removal = Removal { seen: shown.to_vec(), reason: reason.clone() };
            Ok(transaction.put(&repeats, instance_key(*instance, "/removed"), removal.to_text())?)
        }
        Edit::RestoreInstance { instance } => {
            let repeats = map(transaction, REPEATS)?;
            Ok(transaction.put(&repeats, instance_key(*instance, "/removed"), ScalarValue::Null)?)
        }
        Edit::Comment { id, question, text } => {
            let comments = map(transaction, COMMENTS)?;
            Ok(transaction.put(&comments, comment_key(*id, question.as_ref()), text.as_str())?)
        }
        Edit::HideComment { id, question } => {
            let comments = map(transaction, COMMENTS)?;
            Ok(transaction.put(&comments, comment_key(*id, question.as_ref()), ScalarValue::Null)?)
        }
        Edit::State(state) => Ok(transaction.put(ROOT, STATE, state.as_str())?),
        Edit::Withdraw { reason } => {
            let removal = Removal { seen: shown.to_vec(), reason: reason.clone() };
            Ok(transaction.put(ROOT, DELETED, removal.to_text())?)
        }
        Edit::Reinstate => Ok(transaction.put(ROOT, DELETED, ScalarValue::Null)?),
        Edit::Version(version) => Ok(transaction.put(ROOT, VERSION, version.as_str())?),
    }
}

/// Writes a scalar over whatever stands there. A text that stands there goes with it: its words stay in the history.
fn put(
    transaction: &mut Transaction<'_>,
    map: &automerge::ObjId,
    key: &str,
    value: ScalarValue,
) -> Result<(), EditError> {
    if value == ScalarValue::Null && transaction.get_all(map, key)?.is_empty() {
        return Ok(());
    }
    Ok(transaction.put(map, key, value)?)
}

fn long_text(transaction: &mut Transaction<'_>, key: &QuestionKey, text: &str) -> Result<(), EditError> {
    let answers = map(transaction, ANSWERS)?;
    let key = key.to_string();
    let standing = transaction.get_all(&answers, &key)?;
    let texts: Vec<automerge::ObjId> =
        standing.iter().filter(|(value, _)| *value == Value::Object(ObjType::Text)).map(|(_, id)| id.clone()).collect();
    let target = match texts.as_slice() {
        [only] if standing.len() == 1 => only.clone(),
        // Two texts made inside one repeat instance, or a scalar beside a text: writing one settles it (R6).
        [_, ..] | [] if text.is_empty() && standing.is_empty() => return Ok(()),
        [_, ..] | [] => transaction.put_object(&answers, &key, ObjType::Text)?,
    };
    Ok(transaction.update_text(&target, text)?)
}

fn map(transaction: &Transaction<'_>, key: &str) -> Result<automerge::ObjId, EditError> {
    match transaction.get(ROOT, key)? {
        Some((Value::Object(ObjType::Map), id)) => Ok(id),
        Some(_) | None => Err(EditError::NotARecord),
    }
}

pub(super) fn instance_key(instance: InstanceId, part: &str) -> String {
    format!("{}{part}", instance.uuid().simple())
}

fn comment_key(id: InstanceId, question: Option<&QuestionKey>) -> String {
    let question = question.map(ToString::to_string).unwrap_or_default();
    format!("{}|{question}", id.uuid().simple())
}
