//! Filling records through their form: a session for what people see, the store for what is kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use thiserror::Error;

use super::Store;
use super::documents;
use super::error::StoreError;
use super::records::Draft;
use crate::area::AreaCode;
use crate::document::Document;
use crate::filling::{answers_of, edits_of};
use crate::form::expression::Clock;
use crate::form::plan::Plan;
use crate::form::session::{Finding, FindingKind, Key, Properties, Session, World};
use crate::form::{FormId, FormVersion};
use crate::id::{ChangeHash, DocumentId, SubjectId};
use crate::record::{Edit, Record, RecordState};
use crate::time::Timestamp;

/// A moment and the zone it is looked at from: what `today()` and `now()` read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// The moment.
    pub now: Timestamp,
    /// Minutes by which the local time is ahead of UTC: 420 for WIB.
    pub offset: i32,
}

/// What a record is begun with.
#[derive(Debug, Clone)]
pub struct NewFilling {
    /// The form; it must be on the device.
    pub form: FormId,
    /// Its version.
    pub version: FormVersion,
    /// The feed area.
    pub area: AreaCode,
    /// What it is about; a new subject if absent.
    pub subject: Option<SubjectId>,
}

/// A record that is being filled. What is typed is in its session until it is saved.
#[derive(Debug)]
pub struct Filling {
    id: DocumentId,
    new: NewFilling,
    session: Session,
    /// The record as it was read last; none before the first save.
    record: Option<Record>,
    heads: Vec<ChangeHash>,
    /// The version that the record is written under so far.
    written: FormVersion,
}

/// Why a record that is being filled is not saved. What was typed is still in the session.
#[derive(Debug, Error)]
pub enum FillingError {
    /// It is not complete; as a draft it can be saved.
    #[error("{} answers are missing or must be looked at again", .0.len())]
    Incomplete(Vec<Finding>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LocalTime {
    const fn clock(self) -> Clock {
        Clock { millis: self.now.millis(), offset: self.offset }
    }
}

impl Filling {
    /// What people see and type into.
    pub const fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The record's id: it has one before it is saved.
    #[must_use]
    pub const fn id(&self) -> DocumentId {
        self.id
    }

    /// The record as it was when it was opened or last saved, with its conflicts; none before the first save.
    #[must_use]
    pub const fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }
}

impl Store {
    /// Begins a record. Nothing is kept before it is saved.
    ///
    /// # Errors
    /// [`StoreError::NotEnrolled`], [`StoreError::UnknownForm`], [`StoreError::Form`], or of the disk.
    pub fn begin_filling(&mut self, new: NewFilling, time: LocalTime) -> Result<Filling, StoreError> {
        let plan = self.plan(&new.form, &new.version)?;
        let id = DocumentId::generate(time.now, self.entropy.as_mut());
        let world = self.world(id, time)?;
        let session = Session::begin(plan, world);
        let written = new.version.clone();
        Ok(Filling { id, new, session, record: None, heads: Vec::new(), written })
    }

    /// Opens a record to fill it further: under the version of the form that it was written under, or under another that is
    /// on the device. Answers are carried over by their path; what the version has no question for stays in the record and is
    /// named by [`Session::set_aside`].
    ///
    /// # Errors
    /// [`StoreError::UnknownRecord`], [`StoreError::UnknownForm`], [`StoreError::Form`], or of the disk.
    pub fn open_filling(
        &mut self,
        id: DocumentId,
        version: Option<&FormVersion>,
        time: LocalTime,
    ) -> Result<Filling, StoreError> {
        let opened = self.open_record(id, time.now)?;
        let form = opened.record.unchanging.form.clone();
        let written = self.version_of(&opened.record)?;
        let version = version.cloned().unwrap_or_else(|| written.clone());
        let plan = self.plan(&form, &version)?;
        let mut session = Session::open(Arc::clone(&plan), self.world(id, time)?, &answers_of(&opened.record));
        let sides = self.findings_of_sides(id, &plan, &opened.heads, time)?;
        session.mark_merged(sides.as_ref());
        let subject = Some(opened.record.unchanging.subject);
        let new = NewFilling { form, version, area: opened.area, subject };
        Ok(Filling { id, new, session, record: Some(opened.record), heads: opened.heads, written })
    }

    /// Saves what was typed: durable and sealed when it returns. A draft can always be saved.
    ///
    /// # Errors
    /// [`FillingError::Incomplete`] when it is to be complete and is not; [`FillingError::Store`].
    pub fn save_filling(
        &mut self,
        filling: &mut Filling,
        state: RecordState,
        time: LocalTime,
    ) -> Result<(), FillingError> {
        filling.session.set_clock(time.clock());
        if state == RecordState::Complete {
            filling.session.complete().map_err(FillingError::Incomplete)?;
        }
        filling.session.note_end();
        let form = self.form(&filling.new.form, &filling.new.version)?;
        let mut edits = edits_of(filling.session.edits(), &form, filling.record.as_ref());
        if filling.record.is_none() {
            self.first_save(filling, &mut edits, state, time.now)?;
        }
        if filling.written != filling.new.version {
            edits.push(Edit::Version(filling.new.version.clone()));
        }
        if filling.record.as_ref().is_none_or(|record| record.state != state) && !filling.heads.is_empty() {
            edits.push(Edit::State(state));
        }
        if !edits.is_empty() {
            self.save_record(filling.id, &edits, &filling.heads, time.now)?;
        }
        filling.session.edits_saved();
        filling.written = filling.new.version.clone();
        self.refresh_filling(filling, time)?;
        Ok(())
    }

    /// Makes the record; what its root change cannot hold stays in `edits`.
    fn first_save(
        &mut self,
        filling: &mut Filling,
        edits: &mut Vec<Edit>,
        state: RecordState,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut answers = Vec::new();
        edits.retain(|edit| {
            if let Edit::Answer { key, value } = edit
                && key.instance.is_none()
            {
                answers.extend(value.clone().map(|value| (key.clone(), value)));
                return false;
            }
            if let Edit::LongText { key, text } = edit {
                answers.extend(crate::record::Answer::text(text).map(|text| (key.clone(), text)));
                return false;
            }
            true
        });
        answers.sort_by(|(one, _), (other, _)| one.cmp(other));
        // With instances still to come it is not complete yet.
        let first = if edits.is_empty() { state } else { RecordState::Draft };
        let NewFilling { form, version, area, subject } = filling.new.clone();
        let draft = Draft { form, version, area, subject, answers, state: first };
        self.create_record_as(filling.id, &draft, now)?;
        let opened = self.open_record(filling.id, now)?;
        filling.heads = opened.heads;
        filling.record = Some(opened.record);
        Ok(())
    }

    /// Takes in what a sync brought for a record that is open. What was typed and not saved stays typed; what people see of
    /// the difference is what [`Session::changes`] says next.
    ///
    /// # Errors
    /// [`StoreError::UnknownRecord`], or of the disk.
    pub fn refresh_filling(&mut self, filling: &mut Filling, time: LocalTime) -> Result<(), StoreError> {
        if filling.record.is_none() {
            return Ok(());
        }
        let opened = self.open_record(filling.id, time.now)?;
        if opened.heads == filling.heads && filling.record.as_ref() == Some(&opened.record) {
            return Ok(());
        }
        let plan = Arc::clone(filling.session.plan());
        let sides = self.findings_of_sides(filling.id, &plan, &opened.heads, time)?;
        filling.session.merged(&answers_of(&opened.record), sides.as_ref());
        filling.record = Some(opened.record);
        filling.heads = opened.heads;
        Ok(())
    }

    /// What was wrong with each of several concurrent states before they met. With one state nothing met: every finding is
    /// known.
    fn findings_of_sides(
        &mut self,
        id: DocumentId,
        plan: &Arc<Plan>,
        heads: &[ChangeHash],
        time: LocalTime,
    ) -> Result<Option<BTreeSet<(Key, FindingKind)>>, StoreError> {
        if heads.len() < 2 {
            return Ok(None);
        }
        let found = documents::find(&mut self.connection, id)?.ok_or(StoreError::UnknownRecord(id))?;
        let document: Document = documents::open(&mut self.connection, &found, time.now)?;
        let mut findings = BTreeSet::new();
        for head in heads {
            let side = Record::read_at(&document, std::slice::from_ref(head))
                .map_err(|source| StoreError::Record { document: id, source })?;
            if let Some(side) = side {
                let session = Session::open(Arc::clone(plan), self.world(id, time)?, &answers_of(&side));
                findings.extend(session.findings().into_iter().map(|finding| (finding.key, finding.kind)));
            }
        }
        Ok(Some(findings))
    }

    /// The version that a record was last written under: of several, the one published last (R14).
    fn version_of(&mut self, record: &Record) -> Result<FormVersion, StoreError> {
        let form = &record.unchanging.form;
        let catalogue = self.catalogue()?;
        let rank = |version: &FormVersion| {
            catalogue.iter().position(|entry| entry.name == form.as_str() && entry.version == version.as_str())
        };
        let unknown = || StoreError::UnknownForm { form: form.to_string(), version: String::new() };
        record.version(rank).cloned().ok_or_else(unknown)
    }

    fn world(&mut self, id: DocumentId, time: LocalTime) -> Result<World, StoreError> {
        let identity = self.identity()?;
        let mut seed = [0; 8];
        self.entropy.fill(&mut seed);
        let properties = Properties {
            device_id: identity.device.to_string(),
            username: identity.user_name.clone(),
            ..Properties::default()
        };
        Ok(World { record: *id.as_bytes(), clock: time.clock(), seed: u64::from_be_bytes(seed), properties })
    }
}
