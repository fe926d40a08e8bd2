//! Finding records.

use std::time::SystemTime;

use sync_core::area::AreaCode;
use sync_core::form::FormId;
use sync_core::id::SubjectId;
use sync_core::store::{self, PresenceKind};

use super::Store;
use crate::clock;
use crate::error::RukunError;
use crate::record::RecordState;

/// Which records to list. Everything absent is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, uniffi::Record)]
pub struct RecordFilter {
    /// Words as a person types them; each must begin a word of the record.
    #[uniffi(default = "")]
    pub words: String,
    /// Code of a feed area.
    #[uniffi(default = None)]
    pub area: Option<String>,
    /// Form id.
    #[uniffi(default = None)]
    pub form: Option<String>,
    /// Subject.
    #[uniffi(default = None)]
    pub subject: Option<String>,
    /// Draft or complete.
    #[uniffi(default = None)]
    pub state: Option<RecordState>,
    /// Only records with conflicts.
    #[uniffi(default = false)]
    pub in_conflict: bool,
    /// Also withdrawn records.
    #[uniffi(default = false)]
    pub with_withdrawn: bool,
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RecordLine {
    /// Its id.
    pub id: String,
    /// Code of the feed area it is in.
    pub area: String,
    /// Its form.
    pub form: String,
    /// Under which version it was last written.
    pub version: String,
    /// What the list shows.
    pub title: String,
    /// Draft or complete.
    pub state: RecordState,
    /// Withdrawn; shown only if the filter asks for it, or if it was edited by somebody who had not seen the withdrawal.
    pub withdrawn: bool,
    /// Questions and instances that wait for somebody to decide.
    pub conflicts: u32,
    /// When this device last wrote or received it.
    pub updated: SystemTime,
    /// Kept for reading only.
    pub read_only: bool,
}

/// The heads of one document: what two devices compare in reports and tests.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordHeads {
    /// The document.
    pub id: String,
    /// Its feed area.
    pub area: String,
    /// Its heads.
    pub heads: Vec<String>,
}

#[uniffi::export]
impl Store {
    /// Records by filter, last touched first.
    ///
    /// # Errors
    /// [`RukunError::Invalid`], [`RukunError::Storage`].
    #[uniffi::method(default(skip = 0, limit = 50))]
    pub fn records(&self, filter: RecordFilter, skip: u32, limit: u32) -> Result<Vec<RecordLine>, RukunError> {
        let filter: store::RecordFilter = filter.try_into()?;
        self.with(|store| Ok(store.records(&filter, skip, limit)?.into_iter().map(Into::into).collect()))
    }

    /// The heads of every document on this device, by id.
    ///
    /// # Errors
    /// [`RukunError::Storage`].
    pub fn document_heads(&self) -> Result<Vec<RecordHeads>, RukunError> {
        let heads = self.with(|store| Ok(store.document_heads()?))?;
        let of =
            |(id, area, heads): (sync_core::id::DocumentId, AreaCode, Vec<sync_core::id::ChangeHash>)| RecordHeads {
                id: id.to_string(),
                area: area.to_string(),
                heads: heads.iter().map(ToString::to_string).collect(),
            };
        Ok(heads.into_iter().map(of).collect())
    }
}

impl TryFrom<RecordFilter> for store::RecordFilter {
    type Error = RukunError;

    fn try_from(filter: RecordFilter) -> Result<Self, RukunError> {
        let RecordFilter { words, area, form, subject, state, in_conflict, with_withdrawn } = filter;
        Ok(Self {
            words,
            area: area.map(|area| AreaCode::parse(&area)).transpose().map_err(RukunError::invalid)?,
            form: form.map(FormId::new),
            subject: subject.map(|subject| SubjectId::parse(&subject)).transpose().map_err(RukunError::invalid)?,
            state: state.map(Into::into),
            in_conflict,
            with_withdrawn,
        })
    }
}

impl From<store::RecordLine> for RecordLine {
    fn from(line: store::RecordLine) -> Self {
        Self {
            id: line.id.to_string(),
            area: line.area.to_string(),
            form: line.form.to_string(),
            version: line.version.to_string(),
            title: line.title,
            state: line.state.into(),
            withdrawn: match line.presence {
                PresenceKind::Present => false,
                PresenceKind::Gone | PresenceKind::GoneButEdited => true,
            },
            conflicts: line.conflicts,
            updated: clock::shown(line.updated),
            read_only: line.read_only,
        }
    }
}
