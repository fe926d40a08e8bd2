//! Records made of the rows of a table that exists already.
//!
//! The server's own device signs them like everything it writes. A row's key makes the record's id, so a table may be imported
//! again: what is there already is left as it is, whatever the table says now and whatever people have answered since.

use std::sync::Arc;

use sync_core::area::AreaCode;
use sync_core::filling::answer_of;
use sync_core::form::expression::Clock;
use sync_core::form::plan::Plan;
use sync_core::form::session::{Answers, Properties, Session, World};
use sync_core::form::{Form, QuestionPath};
use sync_core::id::{ActorId, DocumentId, SubjectId};
use sync_core::record::{Answer, NewRecord, QuestionKey, RecordState, create};
use uuid::Uuid;

use crate::authors::Authors;
use crate::database::AnyConnection;
use crate::documents;
use crate::held::{Authoring, HeldError, Settling, enter_new};

/// A row of a table, read.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// What the row is known by, in this table and for ever.
    pub key: &'a str,
    /// Code of the village, or of an RW or RT in it.
    pub area: &'a str,
    /// What the thing surveyed is known by, or its id; nothing says that the row has one of its own.
    pub subject: &'a str,
    /// What it answers.
    pub answers: &'a Answers,
}

/// What came of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A record was made, complete.
    Complete,
    /// A record was made; the form's rules have findings, so it is a draft.
    Draft,
    /// The record is there already.
    Known,
    /// The row has no key.
    NoKey,
    /// The row names no village, or one that the server does not know.
    NoArea,
}

/// Makes records of rows.
pub struct Import<'a> {
    plan: &'a Arc<Plan>,
    clock: Clock,
    authors: Authors,
}

impl<'a> Import<'a> {
    /// Makes records of this form, which is published.
    #[must_use]
    pub fn new(plan: &'a Arc<Plan>, clock: Clock, authors: Authors) -> Self {
        Self { plan, clock, authors }
    }

    /// Makes the record of a row, if it is not there yet.
    ///
    /// # Errors
    /// [`HeldError`], when the server cannot write: nothing of the transaction may then stand.
    pub fn bring(
        &mut self,
        connection: &mut AnyConnection,
        settling: &mut Settling<'_>,
        row: &Row<'_>,
    ) -> Result<Outcome, HeldError> {
        if row.key.is_empty() {
            return Ok(Outcome::NoKey);
        }
        let programme = settling.identity.programme.uuid();
        let name = |what: &str, text: &str| Uuid::new_v5(&programme, format!("{what}\n{text}").as_bytes());
        let form = self.plan.form();
        let id = DocumentId::from_uuid(name("import", &format!("{}\n{}", form.id, row.key)));
        if documents::find(connection, id)?.is_some() {
            return Ok(Outcome::Known);
        }
        let Some(area) = AreaCode::parse(row.area).ok().and_then(|area| area.feed_area()) else {
            return Ok(Outcome::NoArea);
        };
        if !self.authors.area_exists(connection, &area)? {
            return Ok(Outcome::NoArea);
        }
        let subject = match (row.subject, Uuid::parse_str(row.subject)) {
            ("", _) => name("subject of", &id.to_string()),
            (_, Ok(id)) => id,
            (text, Err(_)) => name("subject", text),
        };
        let state = self.state(id, row.answers);
        let new = new_record(form, (area.clone(), SubjectId::from_uuid(subject), state), row.answers);
        let actor = ActorId::generate(settling.identity.key.public().actor_prefix(), settling.entropy);
        let authoring = Authoring { identity: settling.identity, document: id, area: &area, now: settling.now };
        let segment = authoring.seal(create(&new, actor, settling.now)?.change)?;
        enter_new(connection, settling, &mut self.authors, (id, &[segment]))?;
        Ok(if state == RecordState::Complete { Outcome::Complete } else { Outcome::Draft })
    }

    /// Complete when the form's rules have nothing against it.
    fn state(&self, id: DocumentId, answers: &Answers) -> RecordState {
        let world =
            World { record: *id.uuid().as_bytes(), clock: self.clock, seed: 0, properties: Properties::default() };
        let session = Session::open(Arc::clone(self.plan), world, answers);
        if session.complete().is_ok() { RecordState::Complete } else { RecordState::Draft }
    }
}

fn new_record(form: &Form, (area, subject, state): (AreaCode, SubjectId, RecordState), answers: &Answers) -> NewRecord {
    let long_texts = form.long_texts();
    let given = answers.values.iter().filter_map(|(key, value)| {
        let question = form.question(&key.path)?;
        let key = QuestionKey { instance: None, path: question.path.clone() };
        (!long_texts.contains(&question.path)).then_some((key, answer_of(value, question.question_type)?))
    });
    let given: Vec<(QuestionKey, Answer)> = given.collect();
    let text_of = |path: &QuestionPath| {
        let said = answers.values.iter().find(|(key, _)| key.path == path.as_str());
        said.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    NewRecord {
        form: form.id.clone(),
        version: form.version.clone(),
        area,
        subject,
        state,
        answers: given,
        long_texts: long_texts.iter().map(|path| (path.clone(), text_of(path))).collect(),
    }
}
