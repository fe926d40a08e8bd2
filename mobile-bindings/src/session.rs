//! A form being filled, as an app shows it.

mod finding;
mod page;

pub use finding::{Finding, FindingKind};
pub use page::{Offered, Page, Progress, Seen, SeenKind};

use std::sync::{Arc, Mutex, PoisonError};

use sync_core::form::session::{Change, InstanceKey, Key};
use sync_core::form::{FormId, FormVersion, Language};
use sync_core::id::{InstanceId, SubjectId};
use sync_core::record::{self, QuestionKey};
use sync_core::store::{Filling, FillingError, LocalTime, NewFilling};
use sync_core::{area::AreaCode, filling};

use crate::clock;
use crate::error::RukunError;
use crate::store::{Store, document};

/// A record being filled through its form. What a screen shows and asks comes from here, so that no app evaluates a rule
/// itself. What is typed is kept in it until [`FormSession::save`].
#[derive(uniffi::Object)]
pub struct FormSession {
    store: Arc<Store>,
    filling: Mutex<Filling>,
    /// Minutes by which the local time is ahead of UTC.
    offset: i32,
}

/// What a record is begun with.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct NewFormSession {
    /// The form; it must be on the device.
    pub form: String,
    /// Its version.
    pub version: String,
    /// Code of the feed area (the village).
    pub area: String,
    /// What it is about, when that is known; otherwise it opens a new subject.
    #[uniffi(default = None)]
    pub subject: Option<String>,
}

/// What changed for people since they last looked.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Changes {
    /// What is there newly, or seen otherwise than before.
    pub seen: Vec<Seen>,
    /// Keys of what is no longer there.
    pub gone: Vec<String>,
}

/// An answer that this version of the form has no question for. It stays in the record.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct SetAside {
    /// Its key.
    pub key: String,
    /// The answer.
    pub value: String,
}

/// What came of saving.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum SaveOutcome {
    /// Durable and sealed.
    Saved,
    /// It was to be complete and is not; nothing was saved. As a draft it can be.
    Incomplete {
        /// What stands against it.
        findings: Vec<Finding>,
    },
}

#[uniffi::export]
impl Store {
    /// Begins a record. Nothing is kept before it is saved. `offset` is by how many minutes the phone's local time is ahead
    /// of UTC: 420 for WIB.
    ///
    /// # Errors
    /// [`RukunError::Unauthorised`] before enrolment, [`RukunError::NotFound`], [`RukunError::Invalid`],
    /// [`RukunError::Storage`].
    pub fn begin_form(self: Arc<Self>, new: NewFormSession, offset: i32) -> Result<Arc<FormSession>, RukunError> {
        let new = NewFilling {
            form: FormId::new(new.form),
            version: FormVersion::new(new.version),
            area: AreaCode::parse(&new.area).map_err(RukunError::invalid)?,
            subject: new.subject.map(|subject| SubjectId::parse(&subject)).transpose().map_err(RukunError::invalid)?,
        };
        let filling = self.with(|store| Ok(store.begin_filling(new, local(offset))?))?;
        Ok(FormSession::of(self, filling, offset))
    }

    /// Opens a record to fill it further: under the version of its form that it was written under or, with `version`, under
    /// another that is on the device. Answers are carried over; [`FormSession::set_aside`] names those that have no question
    /// any more.
    ///
    /// # Errors
    /// [`RukunError::NotFound`], [`RukunError::Storage`].
    #[uniffi::method(default(version = None))]
    pub fn open_form(
        self: Arc<Self>,
        id: String,
        offset: i32,
        version: Option<String>,
    ) -> Result<Arc<FormSession>, RukunError> {
        let id = document(&id)?;
        let version = version.map(FormVersion::new);
        let filling = self.with(|store| Ok(store.open_filling(id, version.as_ref(), local(offset))?))?;
        Ok(FormSession::of(self, filling, offset))
    }
}

#[uniffi::export]
impl FormSession {
    /// The record's id: it has one before it is saved.
    pub fn id(&self) -> String {
        self.with(|filling| filling.id().to_string())
    }

    /// The languages of the form, the default one first.
    pub fn languages(&self) -> Vec<String> {
        self.with(|filling| filling.session().plan().form().languages.iter().map(|one| one.0.clone()).collect())
    }

    /// Changes the language. Answers stay.
    pub fn set_language(&self, language: String) {
        self.with(|filling| filling.session().set_language(Language(language)));
    }

    /// The pages with what is asked just now, in order.
    pub fn pages(&self) -> Vec<Page> {
        self.with(|filling| {
            let pages = filling.session().pages();
            pages.into_iter().map(|page| Page::of(page, filling.record())).collect()
        })
    }

    /// What people see of a question or group; none if there is no such.
    pub fn seen(&self, key: String) -> Option<Seen> {
        self.with(|filling| {
            let view = filling.session().view(&read_key(&key).ok()?)?;
            Some(Seen::of(view, filling.record()))
        })
    }

    /// Exactly what changed since the last call; at the first, everything.
    pub fn changes(&self) -> Changes {
        self.with(|filling| {
            let mut changes = Changes { seen: Vec::new(), gone: Vec::new() };
            for change in filling.session().changes() {
                match change {
                    Change::Seen(view) => changes.seen.push(Seen::of(*view, filling.record())),
                    Change::Gone(key) => changes.gone.push(write_key(&key)),
                }
            }
            changes
        })
    }

    /// Answers a question; nothing, or only blanks, clears it. An answer that breaks a rule is taken and marked. How each
    /// type is written: [`QuestionType`](crate::QuestionType); names of several choices are parted by blanks.
    ///
    /// # Errors
    /// [`RukunError::NotFound`], [`RukunError::Invalid`].
    pub fn answer(&self, key: String, answer: String) -> Result<(), RukunError> {
        let key = read_key(&key)?;
        self.with(|filling| filling.session().answer(&key, &answer).map_err(RukunError::invalid))
    }

    /// Adds an instance of a repeat, in the instance `parent` of the repeat around it, and gives its id.
    ///
    /// # Errors
    /// [`RukunError::Invalid`].
    #[uniffi::method(default(parent = None))]
    pub fn add_instance(&self, repeat: String, parent: Option<String>) -> Result<String, RukunError> {
        let id = InstanceId::parse(&self.store.new_id()?).map_err(RukunError::invalid)?;
        let parent = parent.map(|parent| read_instance(&parent)).transpose()?;
        self.with(|filling| {
            filling.session().add_instance(&repeat, parent, filling::key_of(id)).map_err(RukunError::invalid)
        })?;
        Ok(id.to_string())
    }

    /// Takes an instance out, with all in it.
    ///
    /// # Errors
    /// [`RukunError::Invalid`].
    pub fn remove_instance(&self, id: String) -> Result<(), RukunError> {
        let id = read_instance(&id)?;
        self.with(|filling| filling.session().remove_instance(id).map_err(RukunError::invalid))
    }

    /// Everything that is wrong with the record, in the form's order.
    pub fn findings(&self) -> Vec<Finding> {
        self.with(|filling| filling.session().findings().into_iter().map(Into::into).collect())
    }

    /// How far the record is filled.
    pub fn progress(&self) -> Progress {
        self.with(|filling| filling.session().progress().into())
    }

    /// Answers that this version of the form has no question for.
    pub fn set_aside(&self) -> Vec<SetAside> {
        self.with(|filling| {
            let aside = filling.session().set_aside().iter();
            aside.map(|(key, value)| SetAside { key: write_key(key), value: value.clone() }).collect()
        })
    }

    /// Saves what was typed, as a draft or as complete. A draft can always be saved.
    ///
    /// # Errors
    /// [`RukunError::Rejected`] (`record_full`), [`RukunError::Storage`]. What was typed is then still here.
    pub fn save(&self, complete: bool) -> Result<SaveOutcome, RukunError> {
        let state = if complete { record::RecordState::Complete } else { record::RecordState::Draft };
        self.with(|filling| {
            self.store.with(|store| match store.save_filling(filling, state, local(self.offset)) {
                Ok(()) => Ok(SaveOutcome::Saved),
                Err(FillingError::Incomplete(findings)) => {
                    Ok(SaveOutcome::Incomplete { findings: findings.into_iter().map(Into::into).collect() })
                }
                Err(FillingError::Store(error)) => Err(error.into()),
            })
        })
    }

    /// Takes in what a sync brought for this record. What was typed and not saved stays typed; [`FormSession::changes`] then
    /// says what people see of the difference.
    ///
    /// # Errors
    /// [`RukunError::Storage`].
    pub fn refresh(&self) -> Result<(), RukunError> {
        self.with(|filling| self.store.with(|store| Ok(store.refresh_filling(filling, local(self.offset))?)))
    }
}

impl FormSession {
    fn of(store: Arc<Store>, filling: Filling, offset: i32) -> Arc<Self> {
        Arc::new(Self { store, filling: Mutex::new(filling), offset })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Filling) -> T) -> T {
        // A panic in between leaves a session that can still be saved: better than losing what was typed.
        act(&mut self.filling.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn local(offset: i32) -> LocalTime {
    LocalTime { now: clock::now(), offset }
}

fn read_key(key: &str) -> Result<Key, RukunError> {
    // The form itself has no path.
    if key.is_empty() {
        return Ok(Key::of(""));
    }
    Ok(filling::session_key(&QuestionKey::parse(key).map_err(RukunError::invalid)?))
}

pub(crate) fn write_key(key: &Key) -> String {
    filling::record_key(key).map(|key| key.to_string()).unwrap_or_default()
}

fn read_instance(id: &str) -> Result<InstanceKey, RukunError> {
    Ok(filling::key_of(InstanceId::parse(id).map_err(RukunError::invalid)?))
}
