//! Editing a record: commands in, one change out. A save is made at the heads that the person was shown, never silently on
//! top of what arrived meanwhile (R5).

use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};
use thiserror::Error;

use super::answer::Answer;
use super::create::scalar;
use super::document::{DELETED, Maps, ORDER, REMOVED, STATE, VERSION, comment_key, instance_key};
use super::question_key::QuestionKey;
use super::reading::RecordState;
use super::removal::Removal;
use super::timeline::{Removed, long_removals};
use crate::change::{History, RawChange, Rule, automerge_hashes, check};
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
    #[error("the edit takes {bytes} bytes; one save can hold {}: save it in parts", limits::CHANGE_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The save would make a change that no phone and no server takes, short as its bytes may be.
    #[error(
        "the edit takes {operations} steps, one for each character typed or deleted; one save can hold {}: save it \
        in parts",
        limits::CHANGE_OPERATIONS
    )]
    TooManySteps {
        /// How many.
        operations: usize,
    },
    /// The record has been changed as often, or has grown as large, as a document may.
    #[error("the record is full: it can hold {} saves and {} bytes", limits::DOCUMENT_CHANGES, limits::DOCUMENT_BYTES)]
    Full,
    /// A number that is none.
    #[error("the answer to `{question}` is not a number that can be stored")]
    Unstorable {
        /// The question.
        question: String,
    },
    /// The place of a repeat instance is not a finite number.
    #[error("the order of the repeat instance {instance} is not a number")]
    Order {
        /// The instance.
        instance: InstanceId,
    },
    /// The document is not a record.
    #[error("the document is not a record: `{key}` is missing")]
    NotARecord {
        /// The map that it lacks.
        key: &'static str,
    },
    /// Automerge refused; a defect of ours.
    #[error("the edit could not be made: {reason}")]
    Automerge {
        /// Automerge's words.
        reason: String,
    },
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
    let maps = Maps::of(document).map_err(|key| EditError::NotARecord { key })?;
    let at_heads = shown == document.heads();
    let actor = if at_heads { actors.current } else { ActorId::generate(actors.prefix, actors.entropy) };
    let mut branch = if at_heads {
        document.automerge().clone()
    } else {
        document.automerge().fork_at(&automerge_hashes(&shown))?
    };
    branch.set_actor(actor.as_bytes().into());
    let removed = if document.traits().deletes_key { long_removals(document) } else { BTreeMap::new() };
    let writing = Writing { maps, shown: &shown, removed: &removed };
    let made = branch.transact_with::<_, _, EditError, _>(
        |()| CommitOptions::default().with_time(now.seconds()),
        |transaction| edits.iter().try_for_each(|edit| writing.apply(transaction, edit)),
    );
    if made.map_err(|failure| failure.error)?.hash.is_none() {
        return Ok(None);
    }
    let change = last_change(&mut branch)?;
    let raw = checked(&change, actor, document.history())?;
    if document.is_full(change.len()) {
        return Err(EditError::Full);
    }
    if at_heads {
        document.go_on(branch, &raw);
    } else {
        document.take_in_proven(&[raw]).map_err(|error| defect(&error))?;
    }
    Ok(Some(Saved { change, actor }))
}

fn defect(reason: &dyn std::fmt::Display) -> EditError {
    EditError::Automerge { reason: reason.to_string() }
}

/// The change that `document`'s actor just made, within the limits of one change.
pub(super) fn last_change(document: &mut Automerge) -> Result<Vec<u8>, EditError> {
    let made = document.get_last_local_change().ok_or_else(|| defect(&"the change just made is not there"))?;
    if made.len() as u64 > limits::CHANGE_OPERATIONS {
        return Err(EditError::TooManySteps { operations: made.len() });
    }
    let bytes = made.raw_bytes();
    if bytes.len() > limits::CHANGE_BYTES {
        Err(EditError::TooLarge { bytes: bytes.len() })
    } else {
        Ok(bytes.to_vec())
    }
}

/// Holds a change of ours to the rules by which others will judge it: what they would refuse must not be saved (R8).
pub(super) fn checked<'a>(change: &'a [u8], actor: ActorId, history: &History) -> Result<RawChange<'a>, EditError> {
    let refused = |error: crate::change::Unsound| match error.rule {
        Rule::OperationIds => EditError::Full,
        Rule::Size => EditError::TooLarge { bytes: change.len() },
        Rule::Chunk | Rule::Actor | Rule::Order | Rule::Dependencies | Rule::Actions | Rule::Trial | Rule::Segment => {
            defect(&error)
        }
    };
    let raw = RawChange::read(change).map_err(refused)?;
    check(&raw, actor.prefix(), history).map_err(refused)?;
    Ok(raw)
}

impl From<AutomergeError> for EditError {
    fn from(error: AutomergeError) -> Self {
        Self::Automerge { reason: error.to_string() }
    }
}

/// What all edits of one save share.
struct Writing<'a> {
    maps: Maps,
    shown: &'a [ChangeHash],
    removed: &'a BTreeMap<String, Vec<Removed>>,
}

impl Writing<'_> {
    fn apply(&self, transaction: &mut Transaction<'_>, edit: &Edit) -> Result<(), EditError> {
        let (repeats, comments) = (&self.maps.repeats, &self.maps.comments);
        match edit {
            Edit::Answer { key, value } => self.answer(transaction, key, value.as_ref())?,
            Edit::LongText { key, text } => self.long_text(transaction, key, text)?,
            Edit::AddInstance { instance, path, parent, order } => {
                let parent = parent.map(|parent| instance_key(parent, "")).unwrap_or_default();
                put(transaction, repeats, &instance_key(*instance, ""), format!("{path}|{parent}").into())?;
                put(transaction, repeats, &instance_key(*instance, ORDER), finite(*instance, *order)?.into())?;
            }
            Edit::OrderInstance { instance, order } => {
                put(transaction, repeats, &instance_key(*instance, ORDER), finite(*instance, *order)?.into())?;
            }
            Edit::RemoveInstance { instance, reason } => {
                put(transaction, repeats, &instance_key(*instance, REMOVED), self.removal(reason).into())?;
            }
            Edit::RestoreInstance { instance } => {
                put(transaction, repeats, &instance_key(*instance, REMOVED), ScalarValue::Null)?;
            }
            Edit::Comment { id, question, text } => {
                put(transaction, comments, &comment_key(*id, question.as_ref()), text.as_str().into())?;
            }
            Edit::HideComment { id, question } => {
                put(transaction, comments, &comment_key(*id, question.as_ref()), ScalarValue::Null)?;
            }
            Edit::State(state) => put(transaction, &ROOT, STATE, state.as_str().into())?,
            Edit::Withdraw { reason } => put(transaction, &ROOT, DELETED, self.removal(reason).into())?,
            Edit::Reinstate => put(transaction, &ROOT, DELETED, ScalarValue::Null)?,
            Edit::Version(version) => put(transaction, &ROOT, VERSION, version.as_str().into())?,
        }
        Ok(())
    }

    fn removal(&self, reason: &str) -> String {
        Removal { seen: self.shown.to_vec(), reason: reason.to_owned() }.to_text()
    }

    fn answer(
        &self,
        transaction: &mut Transaction<'_>,
        key: &QuestionKey,
        value: Option<&Answer>,
    ) -> Result<(), EditError> {
        let normal = value.cloned().map(Answer::normal).transpose();
        let normal = normal.map_err(|_| EditError::Unstorable { question: key.to_string() })?.flatten();
        let name = key.to_string();
        let words = match &normal {
            None => Some(""),
            Some(Answer::Text(text)) => Some(text.as_str()),
            Some(Answer::Integer(_) | Answer::Decimal(_)) => None,
        };
        if let Some(words) = words
            && texts_at(&transaction.get_all(&self.maps.answers, &name)?).next().is_some()
        {
            // Words over a text go into the text, and clearing empties it: another text, or null, in its place would hide
            // what somebody else is typing in it (R4).
            return self.long_text(transaction, key, words);
        }
        let value = normal.as_ref().map_or(ScalarValue::Null, scalar);
        if self.removed.contains_key(&name) {
            return self.settle_removal(transaction, &name, value);
        }
        put(transaction, &self.maps.answers, &name, value)
    }

    fn long_text(&self, transaction: &mut Transaction<'_>, key: &QuestionKey, text: &str) -> Result<(), EditError> {
        let (answers, key) = (&self.maps.answers, key.to_string());
        let (standing, first_text) = {
            let standing = transaction.get_all(answers, &key)?;
            (standing.len(), texts_at(&standing).next().cloned())
        };
        let target = match (standing, first_text) {
            (1, Some(only)) => only,
            (0, None) if text.is_empty() && self.removed.contains_key(&key) => {
                return self.settle_removal(transaction, &key, ScalarValue::Null);
            }
            (0, None) if text.is_empty() => return Ok(()),
            // Two texts made inside one repeat instance, or a scalar beside a text: writing one settles it (R6).
            (_, Some(_) | None) => transaction.put_object(answers, &key, ObjType::Text)?,
        };
        Ok(transaction.update_text(&target, text)?)
    }

    /// Putting the value that survives somebody's delete makes no change; deleting it first does (R4).
    fn settle_removal(
        &self,
        transaction: &mut Transaction<'_>,
        key: &str,
        value: ScalarValue,
    ) -> Result<(), EditError> {
        if !transaction.get_all(&self.maps.answers, key)?.is_empty() {
            transaction.delete(&self.maps.answers, key)?;
        }
        Ok(transaction.put(&self.maps.answers, key, value)?)
    }
}

fn texts_at<'a>(standing: &'a [(Value<'_>, ObjId)]) -> impl Iterator<Item = &'a ObjId> {
    standing.iter().filter(|(value, _)| *value == Value::Object(ObjType::Text)).map(|(_, id)| id)
}

fn finite(instance: InstanceId, order: f64) -> Result<f64, EditError> {
    if order.is_finite() { Ok(order) } else { Err(EditError::Order { instance }) }
}

/// Writes a scalar over whatever stands there; clearing what was never written leaves no trace.
fn put(transaction: &mut Transaction<'_>, map: &ObjId, key: &str, value: ScalarValue) -> Result<(), EditError> {
    let (rivals, is_provisional) = {
        let standing = transaction.get_all(map, key)?;
        let winner = standing.last().and_then(|(winner, _)| winner.as_scalar());
        (standing.len(), winner == Some(&value))
    };
    if value == ScalarValue::Null && rivals == 0 {
        return Ok(());
    }
    if rivals > 1 && is_provisional {
        // Automerge would settle a conflict for the value that it shows anyway by deleting the others: a removal, written
        // by nobody, in the place of the choice (R4). Another value in between makes it a writing.
        let between = if value == ScalarValue::Null { ScalarValue::Boolean(false) } else { ScalarValue::Null };
        transaction.put(map, key, between)?;
    }
    Ok(transaction.put(map, key, value)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::AreaCode;
    use crate::form::FormId;
    use crate::id::SubjectId;
    use crate::record::{NewRecord, Record, create};

    const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);

    fn key() -> QuestionKey {
        QuestionKey::of(QuestionPath::parse("water/source").expect("a path"))
    }

    fn record() -> Document {
        let new = NewRecord {
            form: FormId::new("rumah"),
            version: FormVersion::new("1"),
            area: AreaCode::parse("35.12.06.2004").expect("an area"),
            subject: SubjectId::from_bytes([1; 16]),
            state: RecordState::Draft,
            answers: Vec::new(),
            long_texts: Vec::new(),
        };
        let created = create(&new, ActorId::from_bytes([1; 16]), NOW).expect("a record");
        Document::begin(&RawChange::read(&created.change).expect("a change")).expect("a document")
    }

    fn answer(document: &mut Document, actor: u8, value: Option<&str>) -> Vec<u8> {
        let shown = document.heads().to_vec();
        let mut entropy = |bytes: &mut [u8]| bytes.fill(actor);
        let actor = ActorId::from_bytes([actor; 16]);
        let mut actors = Actors { current: actor, prefix: actor.prefix(), entropy: &mut entropy };
        let edit = Edit::Answer { key: key(), value: value.map(|value| Answer::Text(value.into())) };
        save(document, &[edit], &shown, &mut actors, NOW).expect("a save").expect("a change").change
    }

    fn take_in(document: &mut Document, change: &[u8]) {
        let change = RawChange::read(change).expect("a change");
        let prefix = change.actor().prefix();
        document.take_in(&[change], prefix).expect("sound");
    }

    fn shown(document: &Document) -> Vec<Option<Answer>> {
        let record = Record::read(document).expect("a record");
        let answered = &record.answers[&key()];
        if answered.conflict.is_empty() {
            vec![answered.value.clone()]
        } else {
            answered.conflict.iter().map(|rival| rival.value.clone()).collect()
        }
    }

    #[test]
    fn settling_a_conflict_for_the_provisional_value_is_a_writing_and_meets_later_rivals() {
        for chosen in [Some("river"), Some("bore"), None] {
            let (mut anna, mut budi, mut citra) = (record(), record(), record());
            let rival = answer(&mut budi, 5, Some("river"));
            answer(&mut anna, 6, chosen.filter(|value| *value != "river").or(Some("bore")));
            if chosen.is_none() {
                answer(&mut anna, 6, None);
            }
            take_in(&mut anna, &rival);
            assert_eq!(shown(&anna).len(), 2);
            answer(&mut anna, 6, chosen);
            let chosen = chosen.map(|value| Answer::Text(value.into()));
            assert_eq!(shown(&anna), std::slice::from_ref(&chosen));
            assert!(!anna.traits().deletes_key);
            let late = answer(&mut citra, 7, Some("piped"));
            take_in(&mut anna, &late);
            let rivals = shown(&anna);
            assert!(rivals.len() == 2 && rivals.contains(&chosen), "{rivals:?}");
        }
    }

    #[test]
    fn a_conflict_settled_elsewhere_by_deleting_the_rivals_is_a_choice_and_no_removal() {
        let (mut anna, mut budi, mut citra) = (record(), record(), record());
        let rival = answer(&mut budi, 5, Some("river"));
        answer(&mut anna, 6, Some("bore"));
        take_in(&mut anna, &rival);
        let mut elsewhere = anna.automerge().clone().with_actor([8; 16].as_slice().into());
        let answers = Maps::of(&anna).expect("a record").answers;
        let put = |transaction: &mut Transaction<'_>| transaction.put(&answers, key().to_string(), "bore");
        elsewhere.transact::<_, _, AutomergeError>(put).expect("a change");
        take_in(&mut anna, &last_change(&mut elsewhere).expect("the change"));
        assert!(anna.traits().deletes_key);
        let bore = Some(Answer::Text("bore".into()));
        assert_eq!(shown(&anna), std::slice::from_ref(&bore));
        let late = answer(&mut citra, 7, Some("piped"));
        take_in(&mut anna, &late);
        let rivals = shown(&anna);
        assert!(rivals.len() == 2 && rivals.contains(&bore), "{rivals:?}");
    }
}
