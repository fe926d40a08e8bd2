//! Between a record and the session that fills its form: what the record holds as a session's answers, and what the session
//! did as a record's edits.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::session::{Answers, GivenInstance, InstanceKey, Key, SessionEdit};
use crate::form::{AnswerShape, Form, Question, QuestionPath, QuestionType};
use crate::id::InstanceId;
use crate::record::{Answer, Edit, Presence, QuestionKey, Record};

/// What a record holds, as a session takes it: of a conflict the provisional value. An instance that was removed and edited
/// since is there until someone decides (R10).
#[must_use]
pub fn answers_of(record: &Record) -> Answers {
    let mut answers = Answers::default();
    let mut here: BTreeSet<InstanceId> = BTreeSet::new();
    let mut waiting: Vec<_> =
        record.instances.iter().filter(|instance| !matches!(instance.presence, Presence::Gone { .. })).collect();
    // An instance comes after the one around it; in what somebody else's program wrote it may be missing altogether.
    loop {
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|instance| instance.parent.is_none_or(|parent| here.contains(&parent)));
        if ready.is_empty() {
            break;
        }
        for instance in ready {
            here.insert(instance.id);
            answers.instances.push(GivenInstance {
                id: key_of(instance.id),
                repeat: instance.path.to_string(),
                parent: instance.parent.map(key_of),
            });
        }
        waiting = later;
    }
    let values = record.answers.iter().filter_map(|(key, answered)| {
        let value = answered.value.as_ref()?;
        let gone = key.instance.is_some_and(|instance| {
            record.instances.iter().any(|one| one.id == instance && matches!(one.presence, Presence::Gone { .. }))
        });
        (!gone).then(|| (session_key(key), value.words()))
    });
    answers.values = values.collect();
    answers
}

/// What a session did, as edits of the record that it was opened with; of several answers to a question the last.
#[must_use]
pub fn edits_of(edits: &[SessionEdit], form: &Form, record: Option<&Record>) -> Vec<Edit> {
    let questions: BTreeMap<&str, (&Question, bool)> = form
        .questions()
        .into_iter()
        .map(|(question, in_repeat)| (question.path.as_str(), (question, in_repeat)))
        .collect();
    let mut last: BTreeMap<&Key, usize> = BTreeMap::new();
    for (place, edit) in edits.iter().enumerate() {
        if let SessionEdit::Answer { key, .. } = edit {
            last.insert(key, place);
        }
    }
    let mut orders = Orders::of(record);
    let mut made = Vec::new();
    for (place, edit) in edits.iter().enumerate() {
        match edit {
            SessionEdit::Answer { key, value } if last.get(key) == Some(&place) => {
                let question = questions.get(key.path.as_str());
                made.extend(question.and_then(|(question, _)| answer_edit(key, value, question)));
            }
            SessionEdit::Answer { .. } => {}
            SessionEdit::Add { repeat, id, parent } => {
                let Ok(path) = QuestionPath::parse(repeat) else { continue };
                let (instance, parent) = (id_of(*id), parent.map(id_of));
                let order = orders.next(&path, parent);
                made.push(Edit::AddInstance { instance, path, parent, order });
            }
            SessionEdit::Remove { id } => {
                made.push(Edit::RemoveInstance { instance: id_of(*id), reason: String::new() });
            }
        }
    }
    made
}

/// The places of instances: a new one goes behind the others of its repeat.
struct Orders(BTreeMap<(QuestionPath, Option<InstanceId>), f64>);

impl Orders {
    fn of(record: Option<&Record>) -> Self {
        let mut orders = Self(BTreeMap::new());
        for instance in record.into_iter().flat_map(|record| &record.instances) {
            let last = orders.0.entry((instance.path.clone(), instance.parent)).or_insert(0.0);
            *last = last.max(instance.order);
        }
        orders
    }

    fn next(&mut self, path: &QuestionPath, parent: Option<InstanceId>) -> f64 {
        let last = self.0.entry((path.clone(), parent)).or_insert(0.0);
        *last += 1.0;
        *last
    }
}

fn answer_edit(key: &Key, value: &str, question: &Question) -> Option<Edit> {
    // The record's own id is no answer.
    if question.question_type == QuestionType::InstanceId {
        return None;
    }
    let key = record_key(key)?;
    // Texts in repeats are plain answers: only the root change makes texts that merge by character (R6).
    if question.is_long_text() && key.instance.is_none() {
        return Some(Edit::LongText { key, text: value.to_owned() });
    }
    Some(Edit::Answer { key, value: answer_of(value, question.question_type) })
}

/// A session's text as the record stores it (R23). What is no number where a number is asked is kept as it was typed.
#[must_use]
pub fn answer_of(value: &str, question_type: QuestionType) -> Option<Answer> {
    match question_type.shape() {
        AnswerShape::Whole => value.parse().map(Answer::Integer).ok().or_else(|| Answer::text(value)),
        AnswerShape::Number => value.parse().ok().and_then(Answer::decimal).or_else(|| Answer::text(value)),
        AnswerShape::Choices => Answer::choices(value.split_whitespace()),
        AnswerShape::Ranking | AnswerShape::Day | AnswerShape::Point | AnswerShape::Points | AnswerShape::Words => {
            Answer::text(value)
        }
    }
}

/// A record's key as a session's.
#[must_use]
pub fn session_key(key: &QuestionKey) -> Key {
    Key { instance: key.instance.map(key_of), path: key.path.to_string() }
}

/// A session's key as a record's; none for a path that no record holds.
#[must_use]
pub fn record_key(key: &Key) -> Option<QuestionKey> {
    let path = QuestionPath::parse(&key.path).ok()?;
    Some(QuestionKey { instance: key.instance.map(id_of), path })
}

/// An instance as a session names it.
#[must_use]
pub const fn key_of(id: InstanceId) -> InstanceKey {
    InstanceKey(*id.as_bytes())
}

/// An instance as a record names it.
#[must_use]
pub const fn id_of(key: InstanceKey) -> InstanceId {
    InstanceId::from_bytes(key.0)
}
