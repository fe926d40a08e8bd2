//! Carrying records without a network, and checking the store thoroughly.

use sync_core::store;

use super::Store;
use super::records::document;
use crate::clock;
use crate::error::RukunError;

/// What a bundle brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Imported {
    /// Segments that are in their records now.
    pub taken: u64,
    /// Segments that were here already.
    pub known: u64,
    /// Segments that are carried to the server but are in no record here: their signer, or what they build on, is not
    /// known.
    pub carried: u64,
    /// Segments that are not sound; nothing of them was kept.
    pub refused: u64,
    /// Segments during whose trial the app died before; they are kept apart and not tried again.
    pub quarantined: u64,
    /// The bundle was cut short or damaged; what came before that is in.
    pub incomplete: bool,
}

/// What a thorough check found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Checked {
    /// Records and reviews opened.
    pub documents: u64,
    /// Ids of those that do not open; they are kept aside, and the next sync fetches them.
    pub damaged: Vec<String>,
    /// Ids of those whose bookkeeping was wrong and is mended.
    pub mended: Vec<String>,
}

#[uniffi::export]
impl Store {
    /// Everything that the server does not have, with the histories it belongs to, as the bytes of a bundle: to be carried
    /// by hand or by a messenger. It stays here as well.
    ///
    /// # Errors
    /// [`RukunError::Unauthorised`] before enrolment, [`RukunError::Storage`].
    pub fn export_waiting(&self) -> Result<Vec<u8>, RukunError> {
        self.with(|store| Ok(store.export_waiting(clock::now())?))
    }

    /// Whole records as the bytes of a bundle.
    ///
    /// # Errors
    /// [`RukunError::Invalid`], [`RukunError::Unauthorised`] before enrolment, [`RukunError::Storage`].
    pub fn export_records(&self, ids: Vec<String>) -> Result<Vec<u8>, RukunError> {
        let ids = ids.iter().map(|id| document(id)).collect::<Result<Vec<_>, _>>()?;
        self.with(|store| Ok(store.export(&ids, clock::now())?))
    }

    /// Takes in a bundle. What it brings goes to the server with this device's next sync too.
    ///
    /// # Errors
    /// [`RukunError::Unauthorised`] before enrolment, [`RukunError::Storage`]. A damaged bundle is no error: see
    /// [`Imported::incomplete`].
    pub fn import_bundle(&self, bytes: Vec<u8>) -> Result<Imported, RukunError> {
        self.with(|store| Ok(store.import(&bytes, clock::now())?.into()))
    }

    /// Opens every document and computes every digest again. Takes a while: once a week, while the phone is charging.
    ///
    /// # Errors
    /// [`RukunError::Storage`]: when the file is damaged, shut the store and open it again.
    pub fn check(&self) -> Result<Checked, RukunError> {
        self.with(|store| Ok(store.check(clock::now())?.into()))
    }
}

impl From<store::Imported> for Imported {
    fn from(imported: store::Imported) -> Self {
        Self {
            taken: imported.taken as u64,
            known: imported.known as u64,
            carried: imported.carried as u64,
            refused: imported.refused.len() as u64,
            quarantined: imported.quarantined as u64,
            incomplete: imported.incomplete,
        }
    }
}

impl From<store::Checked> for Checked {
    fn from(checked: store::Checked) -> Self {
        Self {
            documents: checked.documents as u64,
            damaged: checked.damaged.iter().map(ToString::to_string).collect(),
            mended: checked.mended.iter().map(ToString::to_string).collect(),
        }
    }
}
