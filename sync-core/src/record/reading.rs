//! A record as people see it: tolerant of everything that a later version or another program wrote.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::answer::{Answer, same};
use super::content::{Extent, hash_at, hash_of};
use super::document::{
    AREA, CREATED, DELETED, FORM, Layout, MAPS, Maps, Register, STATE, SUBJECT, Stored, UNCHANGING, VERSION,
};
use super::question_key::QuestionKey;
use super::removal::Removal;
use super::timeline::{Moment, comment_writes, long_removals};
use crate::area::AreaCode;
use crate::change::{History, RawChange};
use crate::document::Document;
use crate::form::{FormId, FormVersion, QuestionPath};
use crate::id::{ChangeHash, InstanceId, SubjectId};
use crate::time::Timestamp;

/// A record, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What never changes.
    pub unchanging: Unchanging,
    /// The versions of the form it was last written under: one, or several from concurrent saves. Never a conflict; the
    /// latest published counts (R14).
    pub versions: Vec<FormVersion>,
    /// Draft or complete.
    pub state: RecordState,
    /// Answers, by question; also cleared ones while they matter to a conflict.
    pub answers: BTreeMap<QuestionKey, Answered>,
    /// Repeat instances that somebody added, in order.
    pub instances: Vec<Instance>,
    /// Comments, oldest id first.
    pub comments: Vec<Comment>,
    /// Whether it is withdrawn.
    pub presence: Presence,
    /// Keys that must not change and that some change wrote again, or wrote over; such writes have no effect.
    pub ignored: Vec<String>,
}

/// What the root change says for good (R14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchanging {
    /// The form.
    pub form: FormId,
    /// Where it was created. Where it is now is the server's word.
    pub area: AreaCode,
    /// What it is about.
    pub subject: SubjectId,
    /// When, by the creating device's clock.
    pub created: Timestamp,
}

/// Draft or complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Still being filled.
    Draft,
    /// Its writer says it is complete.
    Complete,
}

/// The answer of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The value; with a conflict only Automerge's provisional winner, which no screen may call the latest.
    pub value: Option<Answer>,
    /// Who wrote it.
    pub written: Moment,
    /// All rival values if there is a conflict, the provisional winner's first; otherwise empty.
    pub conflict: Vec<Candidate>,
}

/// One of the rival values of a conflict. None of their authors had seen another's.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The value; `None` is a cleared answer.
    pub value: Option<Answer>,
    /// Everyone who wrote it.
    pub writers: Vec<Moment>,
}

/// Whether something is there, taken away, or taken away and edited since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// There.
    Present,
    /// Withdrawn or removed, and nothing has changed since what was judged.
    Gone {
        /// Why.
        reason: String,
    },
    /// Withdrawn or removed, but edited by somebody who had not seen that: it stays visible until someone decides (R10).
    GoneButEdited {
        /// The reasons that were given.
        reasons: Vec<String>,
    },
}

/// A repeat instance that somebody added.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// The repeat.
    pub path: QuestionPath,
    /// The enclosing instance.
    pub parent: Option<InstanceId>,
    /// Where it stands; ties go by id.
    pub order: f64,
    /// Whether it is removed.
    pub presence: Presence,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: InstanceId,
    /// The question it is about.
    pub question: Option<QuestionKey>,
    /// The words; `None` when hidden by its author.
    pub text: Option<String>,
    /// Who and when.
    pub written: Moment,
}

/// A document that cannot be read as a record.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("the document is not a record: `{key}` is missing or not readable in its root change")]
pub struct RecordError {
    /// The key.
    pub key: &'static str,
}

impl RecordState {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Complete => "complete",
        }
    }
}

impl Record {
    /// Reads an open document.
    ///
    /// # Errors
    /// [`RecordError`] when it is not a record.
    pub fn read(document: &Document) -> Result<Self, RecordError> {
        let maps = Maps::of(document).map_err(|key| RecordError { key })?;
        let layout = Layout::of(document, &maps);
        let root = document.history().root().ok_or(RecordError { key: FORM })?;
        let rewritten =
            |key: &&str| layout.root.get(*key).is_none_or(|register| register.iter().any(|w| w.change != root));
        let unchanging = if UNCHANGING.iter().any(rewritten) {
            Unchanging::read(&Layout::at(document, &maps, &[root]))?
        } else {
            Unchanging::read(&layout)?
        };
        let lost_map = MAPS.iter().copied().filter(|key| !layout.keeps_map(key));
        let ignored: Vec<String> =
            UNCHANGING.iter().copied().filter(|key| rewritten(key)).chain(lost_map).map(str::to_owned).collect();
        let reader = Reader { layout: &layout, history: document.history(), document: Some(document) };
        let mut record = reader.read(unchanging, ignored);
        if document.traits().deletes_key {
            add_removals(&mut record, document);
        }
        Ok(record)
    }

    /// Reads an open document as it was at `heads`: what somebody saw who had only those. `None` when they are not all known.
    ///
    /// # Errors
    /// [`RecordError`] when it is not a record.
    pub fn read_at(document: &Document, heads: &[ChangeHash]) -> Result<Option<Self>, RecordError> {
        if heads.is_empty() || !document.knows(heads) {
            return Ok(None);
        }
        let maps = Maps::of(document).map_err(|key| RecordError { key })?;
        let layout = Layout::at(document, &maps, heads);
        let reader = Reader { layout: &layout, history: document.history(), document: Some(document) };
        Ok(Some(reader.read(Unchanging::read(&layout)?, Vec::new())))
    }

    /// Reads a record that consists of its root change alone, without opening a document; `None` when the change is not as
    /// plain as the ones that Rukun makes.
    ///
    /// # Errors
    /// [`RecordError`] when it is not a record.
    pub fn read_root(root: &RawChange<'_>) -> Result<Option<Self>, RecordError> {
        let Some(layout) = Layout::of_root(root) else { return Ok(None) };
        let unchanging = Unchanging::read(&layout)?;
        let mut history = History::default();
        history.add(root);
        let reader = Reader { layout: &layout, history: &history, document: None };
        Ok(Some(reader.read(unchanging, Vec::new())))
    }

    /// How many questions and instances wait for somebody to decide.
    #[must_use]
    pub fn conflict_count(&self) -> usize {
        let answers = self.answers.values().filter(|answered| !answered.conflict.is_empty()).count();
        let edited = |presence: &Presence| matches!(presence, Presence::GoneButEdited { .. });
        let instances = self.instances.iter().filter(|instance| edited(&instance.presence)).count();
        answers + instances + usize::from(edited(&self.presence))
    }

    /// The version of the form to open it under: of several concurrent ones, the one that `rank` puts last. Versions that
    /// `rank` does not know come first.
    #[must_use]
    pub fn version<R: Ord>(&self, rank: impl Fn(&FormVersion) -> R) -> Option<&FormVersion> {
        self.versions.iter().max_by_key(|version| rank(version))
    }

    /// The answer of a question outside repeats, without asking about conflicts.
    #[must_use]
    pub fn answer(&self, path: &str) -> Option<&Answer> {
        let path = QuestionPath::parse(path).ok()?;
        self.answers.get(&QuestionKey::of(path))?.value.as_ref()
    }
}

impl Unchanging {
    fn read(layout: &Layout) -> Result<Self, RecordError> {
        let value = |key: &'static str| {
            layout.root.get(key).and_then(|register| register.first()).map(|w| &w.value).ok_or(RecordError { key })
        };
        let (Stored::Text(form) | Stored::LongText(form)) = value(FORM)? else { return Err(RecordError { key: FORM }) };
        let (Stored::Text(area) | Stored::LongText(area)) = value(AREA)? else { return Err(RecordError { key: AREA }) };
        let Stored::Bytes(subject) = value(SUBJECT)? else { return Err(RecordError { key: SUBJECT }) };
        let Stored::Int(created) = value(CREATED)? else { return Err(RecordError { key: CREATED }) };
        Ok(Self {
            form: FormId::new(form.clone()),
            area: AreaCode::parse(area).map_err(|_| RecordError { key: AREA })?,
            subject: SubjectId::from_slice(subject).map_err(|_| RecordError { key: SUBJECT })?,
            created: Timestamp::from_millis(*created),
        })
    }
}

/// The answer that a stored value stands for, whoever wrote it. An empty long text is a cleared answer.
pub(super) fn answer_of(stored: &Stored) -> Option<Answer> {
    match stored {
        Stored::Null => None,
        Stored::Bool(truth) => Some(Answer::Text(truth.to_string())),
        Stored::Int(number) => Some(Answer::Integer(*number)),
        Stored::Float(number) => Answer::decimal(*number),
        Stored::Text(text) | Stored::LongText(text) => (!text.is_empty()).then(|| Answer::Text(text.clone())),
        Stored::Bytes(bytes) => Some(Answer::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect())),
        Stored::Map | Stored::Foreign => Some(Answer::Text("\u{fffd}".into())),
    }
}

struct Reader<'a> {
    layout: &'a Layout,
    history: &'a History,
    /// Absent for a record of one change, in which nothing can have been edited since it was judged.
    document: Option<&'a Document>,
}

impl Reader<'_> {
    fn read(&self, unchanging: Unchanging, ignored: Vec<String>) -> Record {
        let texts = |key: &str| self.layout.root.get(key).into_iter().flatten().filter_map(|w| text_of(&w.value));
        let mut versions: Vec<FormVersion> = texts(VERSION).map(FormVersion::new).collect();
        versions.sort_unstable();
        versions.dedup();
        let states: Vec<&str> = texts(STATE).collect();
        let complete = !states.is_empty() && states.iter().all(|state| *state == RecordState::Complete.as_str());
        let answers = self
            .layout
            .answers
            .iter()
            .filter_map(|(key, register)| Some((QuestionKey::parse(key).ok()?, self.answered(register)?)));
        Record {
            unchanging,
            versions,
            state: if complete { RecordState::Complete } else { RecordState::Draft },
            answers: answers.collect(),
            instances: self.instances(),
            comments: self.comments(),
            presence: self.presence(self.layout.root.get(DELETED), Extent::Record),
            ignored,
        }
    }

    fn answered(&self, register: &Register) -> Option<Answered> {
        let mut candidates: Vec<Candidate> = Vec::new();
        for written in register {
            let (value, moment) = (answer_of(&written.value), Moment::of(self.history, written.change)?);
            match candidates.iter_mut().find(|candidate| same(candidate.value.as_ref(), value.as_ref())) {
                Some(candidate) => candidate.writers.push(moment),
                None => candidates.push(Candidate { value, writers: vec![moment] }),
            }
        }
        let winner = candidates.first()?;
        let (value, written) = (winner.value.clone(), *winner.writers.first()?);
        Some(Answered { value, written, conflict: if candidates.len() > 1 { candidates } else { Vec::new() } })
    }

    fn instances(&self) -> Vec<Instance> {
        let mut instances: Vec<Instance> =
            self.layout.repeats.iter().filter_map(|(key, register)| self.instance(key, register)).collect();
        instances.sort_by(|a, b| a.order.total_cmp(&b.order).then(a.id.cmp(&b.id)));
        instances
    }

    fn instance(&self, key: &str, register: &Register) -> Option<Instance> {
        if key.contains('/') {
            return None;
        }
        let id = InstanceId::parse(key).ok()?;
        let (path, parent) = text_of(&register.first()?.value)?.split_once('|')?;
        let part = |part: &str| self.layout.repeats.get(&format!("{key}/{part}"));
        let order = part("order").and_then(|register| register.first()).and_then(|written| match written.value {
            Stored::Float(order) => Some(order),
            #[expect(clippy::cast_precision_loss, reason = "an order is a small number")]
            Stored::Int(order) => Some(order as f64),
            Stored::Null
            | Stored::Bool(_)
            | Stored::Text(_)
            | Stored::LongText(_)
            | Stored::Bytes(_)
            | Stored::Map
            | Stored::Foreign => None,
        });
        Some(Instance {
            id,
            path: QuestionPath::parse(path).ok()?,
            parent: InstanceId::parse(parent).ok(),
            order: order.unwrap_or(0.0),
            presence: self.presence(part("removed"), Extent::Instance(id)),
        })
    }

    /// Whether what a removal judged still stands (R10). Two removals are one; a removal beside somebody's null is undecided.
    fn presence(&self, register: Option<&Register>, extent: Extent) -> Presence {
        let written = register.map(Vec::as_slice).unwrap_or_default();
        let removals: Vec<Removal> =
            written.iter().filter_map(|written| text_of(&written.value)).map(Removal::from_text).collect();
        if removals.is_empty() {
            return Presence::Present;
        }
        let now = hash_of(self.layout, extent);
        let holds = |removal: &&Removal| {
            self.document.is_some_and(|document| hash_at(document, &removal.seen, extent) == Some(now))
        };
        let undecided = removals.len() < written.len();
        match removals.iter().find(holds) {
            Some(removal) if !undecided => Presence::Gone { reason: removal.reason.clone() },
            Some(_) | None => {
                Presence::GoneButEdited { reasons: removals.into_iter().map(|removal| removal.reason).collect() }
            }
        }
    }

    /// The first writing of a comment counts; later ones have no effect, but its author's device may hide it (R26).
    fn comments(&self) -> Vec<Comment> {
        let writes = self.document.filter(|_| !self.layout.comments.is_empty()).map(comment_writes).unwrap_or_default();
        let comments = self.layout.comments.iter().filter_map(|(key, register)| {
            let (id, question) = key.split_once('|')?;
            let steps = writes.get(key).map(Vec::as_slice).unwrap_or_default();
            let now = register.first()?;
            let (change, value) =
                steps.first().map_or((now.change, text_of(&now.value)), |(change, text)| (*change, text.as_deref()));
            let written = Moment::of(self.history, change)?;
            let hides = |(change, text): &(ChangeHash, Option<String>)| {
                let by = Moment::of(self.history, *change).map(|moment| moment.actor.prefix());
                text.is_none() && by == Some(written.actor.prefix())
            };
            let text = if steps.iter().any(hides) { None } else { value.map(str::to_owned) };
            Some(Comment {
                id: InstanceId::parse(id).ok()?,
                question: QuestionKey::parse(question).ok(),
                text,
                written,
            })
        });
        comments.collect()
    }
}

fn text_of(stored: &Stored) -> Option<&str> {
    match stored {
        Stored::Text(text) | Stored::LongText(text) => Some(text),
        Stored::Null
        | Stored::Bool(_)
        | Stored::Int(_)
        | Stored::Float(_)
        | Stored::Bytes(_)
        | Stored::Map
        | Stored::Foreign => None,
    }
}

/// Shows removals that Automerge keeps no trace of among the surviving values (R4, the long rule).
fn add_removals(record: &mut Record, document: &Document) {
    for (key, removed) in long_removals(document) {
        let Ok(key) = QuestionKey::parse(&key) else { continue };
        let mut candidates: Vec<Candidate> = Vec::new();
        for rival in removed {
            let Some(moment) = Moment::of(document.history(), rival.change) else { continue };
            match candidates.iter_mut().find(|candidate| same(candidate.value.as_ref(), rival.value.as_ref())) {
                Some(candidate) => candidate.writers.push(moment),
                None => candidates.push(Candidate { value: rival.value, writers: vec![moment] }),
            }
        }
        candidates.sort_by_key(|candidate| candidate.value.is_none());
        if let Some(first) = candidates.first().cloned()
            && let Some(written) = first.writers.first().copied()
        {
            record.answers.insert(key, Answered { value: first.value, written, conflict: candidates });
        }
    }
}
