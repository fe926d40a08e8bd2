//! Records in the store: made, opened, saved.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::Store;
use super::documents::{self, Found, Writing};
use super::error::StoreError;
use super::ledger::Ledger;
use super::outbox::{self, Sealing};
use super::rows::{Fate, SegmentRow};
use super::schema::segments;
use super::summary::Summary;
use crate::area::AreaCode;
use crate::change::RawChange;
use crate::document::Document;
use crate::form::{FormId, FormVersion};
use crate::id::{ActorId, ChangeHash, DeviceId, DocumentId, DocumentKind, InstanceId, SegmentId, SubjectId, UserId};
use crate::record::{
    Actors, Answer, Edit, NewRecord, QuestionKey, Record, RecordState, Step, create, history_of, save,
};
use crate::time::Timestamp;

/// What a person starts a record with.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The form; it must be on the device.
    pub form: FormId,
    /// Its version.
    pub version: FormVersion,
    /// The feed area.
    pub area: AreaCode,
    /// What it is about; a new subject if absent.
    pub subject: Option<SubjectId>,
    /// First answers. Long texts among them are recognised by the form.
    pub answers: Vec<(QuestionKey, Answer)>,
    /// Draft or complete.
    pub state: RecordState,
}

/// An open record, and the state at which the next save is made.
#[derive(Debug, Clone)]
pub struct OpenRecord {
    /// Its id.
    pub id: DocumentId,
    /// The feed area it is in now, as far as the device knows.
    pub area: AreaCode,
    /// The record.
    pub record: Record,
    /// The heads that are shown: give them back with the save (R5).
    pub heads: Vec<ChangeHash>,
    /// Kept for reading only: a screen should offer no edit.
    pub read_only: bool,
    /// Who is behind each actor.
    pub authors: Vec<Author>,
    /// What of it the server does not have in the feed, and why.
    pub waiting: Vec<Waiting>,
}

/// The device and user behind an actor in one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The actor.
    pub actor: ActorId,
    /// Its device.
    pub device: DeviceId,
    /// Its user.
    pub user: UserId,
    /// When the last of its segments reached this device.
    pub received: Timestamp,
}

/// A segment that the server does not have in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The segment.
    pub segment: SegmentId,
    /// The record.
    pub document: DocumentId,
    /// What has become of it.
    pub fate: Fate,
    /// Number of the held reason ([`HeldReason`](crate::exchange::HeldReason)) or of the broken rule
    /// ([`Rule`](crate::change::Rule)).
    pub reason: Option<u8>,
}

impl Store {
    /// Makes a record. When this returns it is durable and sealed.
    ///
    /// # Errors
    /// [`StoreError::NotEnrolled`], [`StoreError::UnknownForm`], [`StoreError::Edit`], or of the disk.
    pub fn create_record(&mut self, draft: &Draft, now: Timestamp) -> Result<DocumentId, StoreError> {
        let id = DocumentId::generate(now, self.entropy.as_mut());
        self.create_record_as(id, draft, now)
    }

    /// Makes a record under an id that was drawn for it before.
    pub(super) fn create_record_as(
        &mut self,
        id: DocumentId,
        draft: &Draft,
        now: Timestamp,
    ) -> Result<DocumentId, StoreError> {
        let identity = self.identity()?;
        let form = self.form(&draft.form, &draft.version)?;
        let mut long_texts: Vec<_> = form.long_texts().into_iter().map(|path| (path, String::new())).collect();
        let mut answers = Vec::with_capacity(draft.answers.len());
        for (key, answer) in &draft.answers {
            match long_texts.iter_mut().find(|(path, _)| key.instance.is_none() && *path == key.path) {
                Some((_, text)) => *text = answer.words(),
                None => answers.push((key.clone(), answer.clone())),
            }
        }
        let new = NewRecord {
            form: draft.form.clone(),
            version: draft.version.clone(),
            area: draft.area.clone(),
            subject: draft.subject.unwrap_or(SubjectId::opened_by(id)),
            state: draft.state,
            answers,
            long_texts,
        };
        let created = create(&new, self.actor, now)?;
        let change = RawChange::read(&created.change).map_err(|error| StoreError::Unreadable(error.to_string()))?;
        let record = match Record::read_root(&change) {
            Ok(Some(record)) => record,
            Ok(None) => Record::read(&Document::begin(&change).map_err(|e| StoreError::Unreadable(e.to_string()))?)
                .map_err(|source| StoreError::Record { document: id, source })?,
            Err(source) => return Err(StoreError::Record { document: id, source }),
        };
        let writing = Writing {
            id,
            kind: DocumentKind::Record,
            area: &draft.area,
            move_number: 0,
            bytes: created.change.clone(),
            heads: &[change.hash()],
            agreed: &[],
            traits: crate::change::Traits::default(),
            kept: 0,
            summary: Some(Summary::of(&record, Some(&form))),
        };
        let sealing = Sealing {
            identity: &identity,
            key: &self.key,
            kind: DocumentKind::Record,
            document: id,
            area: &draft.area,
            change: &change,
            now,
        };
        self.connection.transaction::<_, StoreError, _>(|connection| {
            let mut ledger = Ledger::default();
            documents::write(connection, &mut ledger, None, writing, now)?;
            ledger.write(connection)?;
            outbox::seal(connection, &sealing)
        })?;
        Ok(id)
    }

    /// Saves edits to a record, made at the heads `shown`. When this returns they are durable and sealed. Says whether
    /// anything changed. A record that became read-only while it was on the screen takes the save all the same: the server
    /// holds it for a supervisor, and nothing typed is lost.
    ///
    /// # Errors
    /// [`StoreError::UnknownRecord`], [`StoreError::Edit`], or of the disk.
    pub fn save_record(
        &mut self,
        id: DocumentId,
        edits: &[Edit],
        shown: &[ChangeHash],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let identity = self.identity()?;
        let found = documents::find(&mut self.connection, id)?.ok_or(StoreError::UnknownRecord(id))?;
        let mut document = documents::open(&mut self.connection, &found, now)?;
        let mut actors = Actors { current: self.actor, prefix: self.prefix, entropy: self.entropy.as_mut() };
        let Some(saved) = save(&mut document, edits, shown, &mut actors, now)? else { return Ok(false) };
        let change = RawChange::read(&saved.change).map_err(|error| StoreError::Unreadable(error.to_string()))?;
        let area = found.row.area()?;
        let summary = self.summary(&document, id)?;
        let sealing = Sealing {
            identity: &identity,
            key: &self.key,
            kind: DocumentKind::Record,
            document: id,
            area: &area,
            change: &change,
            now,
        };
        self.connection.transaction::<_, StoreError, _>(|connection| {
            outbox::seal(connection, &sealing)?;
            let left_out = outbox::not_agreed(connection, id)?;
            let agreed = document.history().heads_without(&left_out);
            let mut ledger = Ledger::default();
            let writing = standing(&found, &document, &area, &agreed, Some(summary))?;
            documents::write(connection, &mut ledger, Some(&found), writing, now)?;
            ledger.write(connection)
        })?;
        Ok(true)
    }

    /// Opens a record for reading and editing.
    ///
    /// # Errors
    /// [`StoreError::UnknownRecord`], [`StoreError::Document`], [`StoreError::Record`], or of the disk.
    pub fn open_record(&mut self, id: DocumentId, now: Timestamp) -> Result<OpenRecord, StoreError> {
        let found = documents::find(&mut self.connection, id)?.ok_or(StoreError::UnknownRecord(id))?;
        let document = documents::open(&mut self.connection, &found, now)?;
        let record = Record::read(&document).map_err(|source| StoreError::Record { document: id, source })?;
        let rows: Vec<SegmentRow> = segments::table
            .filter(segments::document.eq(id.as_bytes().as_slice()))
            .order(segments::number)
            .select(SegmentRow::as_select())
            .load(&mut self.connection)?;
        let mut authors: Vec<Author> = Vec::new();
        let mut waiting = Vec::new();
        for row in &rows {
            let author = Author {
                actor: ActorId::from_slice(&row.actor)?,
                device: DeviceId::from_slice(&row.device)?,
                user: UserId::from_slice(&row.user)?,
                received: Timestamp::from_millis(row.received_at),
            };
            match authors.iter_mut().find(|known| known.actor == author.actor) {
                Some(known) => *known = author,
                None => authors.push(author),
            }
            if !Fate::from_code(row.fate).is_agreed() {
                waiting.push(waiting_of(row)?);
            }
        }
        self.shown.insert(id);
        Ok(OpenRecord {
            id,
            area: found.row.area()?,
            record,
            heads: document.heads().to_vec(),
            read_only: found.row.kept != 0,
            authors,
            waiting,
        })
    }

    /// Every step of every question of a record, oldest first.
    ///
    /// # Errors
    /// [`StoreError::UnknownRecord`], [`StoreError::Document`], or of the disk.
    pub fn record_history(
        &mut self,
        id: DocumentId,
        now: Timestamp,
    ) -> Result<BTreeMap<QuestionKey, Vec<Step>>, StoreError> {
        let found = documents::find(&mut self.connection, id)?.ok_or(StoreError::UnknownRecord(id))?;
        Ok(history_of(&documents::open(&mut self.connection, &found, now)?))
    }

    /// The document of a record as Automerge's own bytes, for export.
    ///
    /// # Errors
    /// [`StoreError::UnknownRecord`], or of the disk.
    pub fn document_bytes(&mut self, id: DocumentId) -> Result<Vec<u8>, StoreError> {
        let found = documents::find(&mut self.connection, id)?.ok_or(StoreError::UnknownRecord(id))?;
        Ok(found.row.bytes)
    }

    /// A new random id for a repeat instance or a comment.
    pub fn new_instance(&mut self) -> InstanceId {
        let mut bytes = [0; 16];
        self.entropy.fill(&mut bytes);
        InstanceId::from_uuid(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// Sums up a document with the form it was last written under, if that is on the device.
    pub(super) fn summary(&mut self, document: &Document, id: DocumentId) -> Result<Summary, StoreError> {
        let record = Record::read(document).map_err(|source| StoreError::Record { document: id, source })?;
        Ok(self.forms.summary_of(&mut self.connection, &record))
    }
}

/// A document that stands where it stood.
pub(super) fn standing<'a>(
    found: &Found,
    document: &'a Document,
    area: &'a AreaCode,
    agreed: &'a [ChangeHash],
    summary: Option<Summary>,
) -> Result<Writing<'a>, StoreError> {
    Ok(Writing {
        id: found.row.id()?,
        kind: found.row.kind()?,
        area,
        move_number: found.row.move_number,
        bytes: document.bytes(),
        heads: document.heads(),
        agreed,
        traits: document.traits(),
        kept: found.row.kept,
        summary,
    })
}

pub(super) fn waiting_of(row: &SegmentRow) -> Result<Waiting, StoreError> {
    Ok(Waiting {
        segment: SegmentId::from_slice(&row.id)?,
        document: DocumentId::from_slice(&row.document)?,
        fate: Fate::from_code(row.fate),
        reason: row.reason.and_then(|reason| u8::try_from(reason).ok()),
    })
}
