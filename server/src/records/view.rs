//! One record, whole: answers with their authors, rival answers side by side, the history of each question, what is held.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use diesel::prelude::*;
use sync_core::change::History;
use sync_core::document::Document;
use sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, InstanceId, ProgrammeId, UserId};
use sync_core::record::{Answer, Candidate, Instance, Moment, QuestionKey, Record, history_of};
use sync_core::time::Timestamp;

use super::{RecordLine, find};
use crate::database::schema::{devices, users};
use crate::database::{AnyConnection, DatabaseError};
use crate::documents;
use crate::held::{self, HeldFilter, HeldLine};
use crate::segments::{self, Fate, StoredSegment};

/// A record as a supervisor reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordView {
    /// In a line.
    pub line: RecordLine,
    /// The state that this shows: an edit names it (R5).
    pub heads: Vec<ChangeHash>,
    /// Answers, by question.
    pub answers: Vec<AnswerView>,
    /// Repeat instances that somebody added, in order.
    pub instances: Vec<Instance>,
    /// Comments, oldest id first.
    pub comments: Vec<CommentView>,
    /// Keys that must not change and that some change wrote again; such writes have no effect.
    pub ignored: Vec<String>,
    /// What is held of it.
    pub held: Vec<HeldLine>,
}

/// The answer of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerView {
    /// The question.
    pub question: QuestionKey,
    /// The value; of a conflict, Automerge's provisional winner, which must not be called the latest.
    pub value: Option<Answer>,
    /// Who wrote it.
    pub written: WrittenBy,
    /// Rival values; empty without a conflict.
    pub conflict: Vec<CandidateView>,
    /// Every writing, each after what its author had seen.
    pub history: Vec<StepView>,
}

/// One of rival values.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateView {
    /// The value; none is a cleared answer.
    pub value: Option<Answer>,
    /// Everyone who wrote it.
    pub writers: Vec<WrittenBy>,
    /// Places of the rivals that one of its writers had seen; without removals always empty (R24).
    pub had_seen: Vec<usize>,
}

/// One writing of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct StepView {
    /// What the answer became; none is cleared.
    pub value: Option<Answer>,
    /// By whom.
    pub written: WrittenBy,
}

/// A comment.
#[derive(Debug, Clone, PartialEq)]
pub struct CommentView {
    /// Its id.
    pub id: InstanceId,
    /// The question it is about.
    pub question: Option<QuestionKey>,
    /// The words; none when its author hid it.
    pub text: Option<String>,
    /// By whom.
    pub written: WrittenBy,
}

/// Who made a change, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenBy {
    /// The change.
    pub change: ChangeHash,
    /// By the device's clock, to the second; brought into the years that a screen can show.
    pub time: Timestamp,
    /// Its user.
    pub user: Option<UserId>,
    /// The user's name.
    pub user_name: Option<String>,
    /// The device that signed.
    pub device: Option<DeviceId>,
    /// What its user calls it.
    pub device_label: Option<String>,
    /// When its segment came to the server.
    pub received_at: Option<Timestamp>,
    /// A supervisor discarded it; what it changed was put back (R3).
    pub discarded: bool,
}

/// The record with this id; none if no feed has it or it is no record.
///
/// # Errors
/// [`DatabaseError`].
pub fn read(
    connection: &mut AnyConnection,
    programme: ProgrammeId,
    id: DocumentId,
) -> Result<Option<RecordView>, DatabaseError> {
    let (Some(line), Some(stored)) = (find(connection, id)?, documents::find(connection, id)?) else {
        return Ok(None);
    };
    let document = documents::open(connection, &stored)?;
    let Ok(record) = Record::read(&document) else { return Ok(None) };
    let authors = Writers::load(connection, programme, id)?;
    let of_record = HeldFilter { document: Some(id), ..HeldFilter::default() };
    let held = held::list(connection, &of_record, i64::from(u16::MAX))?;
    let comments = record.comments.iter().map(|comment| CommentView {
        id: comment.id,
        question: comment.question.clone(),
        text: comment.text.clone(),
        written: authors.of(document.history(), &comment.written),
    });
    Ok(Some(RecordView {
        line,
        heads: document.heads().to_vec(),
        comments: comments.collect(),
        answers: answers_of(&document, &record, &authors),
        instances: record.instances,
        ignored: record.ignored,
        held,
    }))
}

fn answers_of(document: &Document, record: &Record, authors: &Writers) -> Vec<AnswerView> {
    let history = document.history();
    let mut steps = history_of(document);
    let answers = record.answers.iter().map(|(question, answered)| AnswerView {
        question: question.clone(),
        value: answered.value.clone(),
        written: authors.of(history, &answered.written),
        conflict: candidates_of(history, &answered.conflict, authors),
        history: steps
            .remove(question)
            .unwrap_or_default()
            .into_iter()
            .map(|step| StepView { written: authors.of(history, &step.moment), value: step.value })
            .collect(),
    });
    answers.collect()
}

fn candidates_of(history: &History, rivals: &[Candidate], authors: &Writers) -> Vec<CandidateView> {
    let had_seen = |candidate: &Candidate, rival: &Candidate| {
        let pairs = candidate.writers.iter().flat_map(|one| rival.writers.iter().map(move |other| (one, other)));
        pairs.into_iter().any(|(one, other)| one.change != other.change && history.had_seen(one.change, other.change))
    };
    let views = rivals.iter().map(|candidate| CandidateView {
        value: candidate.value.clone(),
        writers: candidate.writers.iter().map(|moment| authors.of(history, moment)).collect(),
        had_seen: (0..).zip(rivals).filter(|(_, rival)| had_seen(candidate, rival)).map(|(place, _)| place).collect(),
    });
    views.collect()
}

/// Who is behind each actor's runs in one document (R24).
struct Writers {
    runs: BTreeMap<ActorId, Vec<StoredSegment>>,
    users: BTreeMap<UserId, String>,
    devices: BTreeMap<DeviceId, String>,
}

impl Writers {
    fn load(connection: &mut AnyConnection, programme: ProgrammeId, id: DocumentId) -> Result<Self, DatabaseError> {
        let mut writers = Self { runs: BTreeMap::new(), users: BTreeMap::new(), devices: BTreeMap::new() };
        for mut stored in segments::of_document(connection, programme, id)? {
            stored.segment.changes = Vec::new();
            let header = &stored.segment.header;
            let (user, device) = (header.user, header.device);
            if let Entry::Vacant(unknown) = writers.users.entry(user) {
                unknown.insert(name_of(connection, user)?);
            }
            if let Entry::Vacant(unknown) = writers.devices.entry(device) {
                unknown.insert(label_of(connection, device)?);
            }
            writers.runs.entry(header.actor).or_default().push(stored);
        }
        Ok(writers)
    }

    fn of(&self, history: &History, moment: &Moment) -> WrittenBy {
        let number = history.get(moment.change).map_or(0, |known| known.sequence);
        let runs = self.runs.get(&moment.actor).map(Vec::as_slice).unwrap_or_default();
        let run =
            runs.iter().find(|stored| (stored.segment.header.first..=stored.segment.header.last).contains(&number));
        let header = run.map(|stored| &stored.segment.header);
        WrittenBy {
            change: moment.change,
            time: moment.time.shown(),
            user: header.map(|header| header.user),
            user_name: header.and_then(|header| self.users.get(&header.user)).cloned(),
            device: header.map(|header| header.device),
            device_label: header.and_then(|header| self.devices.get(&header.device)).cloned(),
            received_at: run.map(|stored| stored.received_at),
            discarded: run.is_some_and(|stored| stored.fate == Fate::Discarded),
        }
    }
}

fn name_of(connection: &mut AnyConnection, user: UserId) -> Result<String, DatabaseError> {
    let this = users::table.filter(users::id.eq(user.as_bytes().as_slice()));
    let name: Option<String> = this.select(users::name).first(connection).optional()?;
    Ok(name.unwrap_or_default())
}

fn label_of(connection: &mut AnyConnection, device: DeviceId) -> Result<String, DatabaseError> {
    let this = devices::table.filter(devices::id.eq(device.as_bytes().as_slice()));
    let label: Option<String> = this.select(devices::label).first(connection).optional()?;
    Ok(label.unwrap_or_default())
}
