//! Making, opening and saving records.

use std::collections::HashMap;

use sync_core::area::AreaCode;
use sync_core::form::{FormId, FormVersion};
use sync_core::id::{ChangeHash, DocumentId, SubjectId};
use sync_core::record;
use sync_core::store::{self, Draft};

use super::Store;
use crate::clock;
use crate::error::RukunError;
use crate::people::Authors;
use crate::record::{Answer, Edit, OpenRecord, RecordState, Step};

/// What a person starts a record with.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct NewRecord {
    /// The form; it must be on the device.
    pub form: String,
    /// Its version.
    pub version: String,
    /// Code of the feed area (the village).
    pub area: String,
    /// First answers, by key; long texts among them too.
    #[uniffi(default)]
    pub answers: HashMap<String, Answer>,
    /// What it is about, when that is known; otherwise it opens a new subject.
    #[uniffi(default = None)]
    pub subject: Option<String>,
    /// Whether it is complete already.
    #[uniffi(default = false)]
    pub complete: bool,
}

#[uniffi::export]
impl Store {
    /// Makes a record and gives its id. When this returns it is durable and sealed.
    ///
    /// # Errors
    /// [`RukunError::Unauthorised`] before enrolment, [`RukunError::NotFound`], [`RukunError::Invalid`],
    /// [`RukunError::Storage`].
    pub fn create_record(&self, new: NewRecord) -> Result<String, RukunError> {
        let draft = draft(new)?;
        self.with(|store| Ok(store.create_record(&draft, clock::now())?.to_string()))
    }

    /// Opens a record.
    ///
    /// # Errors
    /// [`RukunError::NotFound`], [`RukunError::Storage`].
    pub fn open_record(&self, id: String) -> Result<OpenRecord, RukunError> {
        let id = document(&id)?;
        self.with(|store| {
            let opened = store.open_record(id, clock::now())?;
            let authors = authors(store, &opened)?;
            Ok(OpenRecord::of(opened, &authors))
        })
    }

    /// Saves edits as one change, made at the heads that the open record came with: what arrived meanwhile is not
    /// overwritten but becomes a conflict that everyone sees (R5). When this returns it is durable and sealed. False if
    /// nothing changed.
    ///
    /// # Errors
    /// [`RukunError::NotFound`], [`RukunError::Rejected`] (`record_full`), [`RukunError::Invalid`],
    /// [`RukunError::Storage`]. What was typed is then still with the app.
    pub fn save_record(&self, id: String, edits: Vec<Edit>, shown_heads: Vec<String>) -> Result<bool, RukunError> {
        let id = document(&id)?;
        let edits = edits.into_iter().map(TryInto::try_into).collect::<Result<Vec<record::Edit>, _>>()?;
        let shown: Result<Vec<ChangeHash>, _> = shown_heads.iter().map(|head| ChangeHash::parse(head)).collect();
        let shown = shown.map_err(RukunError::invalid)?;
        self.with(|store| Ok(store.save_record(id, &edits, &shown, clock::now())?))
    }

    /// Every step of every question of a record, by key, oldest first.
    ///
    /// # Errors
    /// [`RukunError::NotFound`], [`RukunError::Storage`].
    pub fn record_history(&self, id: String) -> Result<HashMap<String, Vec<Step>>, RukunError> {
        let id = document(&id)?;
        self.with(|store| {
            let opened = store.open_record(id, clock::now())?;
            let authors = authors(store, &opened)?;
            let history = store.record_history(id, clock::now())?.into_iter();
            let steps = |steps: Vec<record::Step>| steps.into_iter().map(|step| Step::of(step, &authors)).collect();
            Ok(history.map(|(key, history)| (key.to_string(), steps(history))).collect())
        })
    }

    /// The record's document in Automerge's own format, for export.
    ///
    /// # Errors
    /// [`RukunError::NotFound`], [`RukunError::Storage`].
    pub fn document_bytes(&self, id: String) -> Result<Vec<u8>, RukunError> {
        let id = document(&id)?;
        self.with(|store| Ok(store.document_bytes(id)?))
    }
}

fn draft(new: NewRecord) -> Result<Draft, RukunError> {
    let answers = new.answers.into_iter().map(|(key, answer)| Ok((crate::record::key(&key)?, answer.into())));
    let mut answers = answers.collect::<Result<Vec<_>, RukunError>>()?;
    answers.sort_by(|(one, _), (other, _)| one.cmp(other));
    let state = if new.complete { RecordState::Complete } else { RecordState::Draft };
    Ok(Draft {
        form: FormId::new(new.form),
        version: FormVersion::new(new.version),
        area: AreaCode::parse(&new.area).map_err(RukunError::invalid)?,
        subject: new.subject.map(|subject| SubjectId::parse(&subject)).transpose().map_err(RukunError::invalid)?,
        answers,
        state: state.into(),
    })
}

fn authors(store: &mut store::Store, opened: &store::OpenRecord) -> Result<Authors, RukunError> {
    Ok(Authors { authors: opened.authors.clone(), people: store.people()?, own: store.identity().ok() })
}

pub(crate) fn document(id: &str) -> Result<DocumentId, RukunError> {
    DocumentId::parse(id).map_err(RukunError::invalid)
}
