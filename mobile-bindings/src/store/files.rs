//! Photos, sounds and files.

use sync_core::id::ContentHash;

use super::Store;
use crate::error::RukunError;
use crate::record::Answer;

#[uniffi::export]
impl Store {
    /// Keeps a file and gives the answer to save for it. The bytes are durable when this returns.
    ///
    /// # Errors
    /// [`RukunError::Storage`].
    pub fn attach(&self, bytes: Vec<u8>, media_type: String, name: String) -> Result<Answer, RukunError> {
        self.with(|store| Ok(store.attach(&bytes, &media_type, &name)?.into()))
    }

    /// The bytes of an attached file, if they are on this device. `hash` as [`file_of`](crate::file_of) reads it.
    ///
    /// # Errors
    /// [`RukunError::Storage`], [`RukunError::Invalid`].
    pub fn file(&self, hash: String) -> Result<Option<Vec<u8>>, RukunError> {
        let hash = ContentHash::parse(&hash).map_err(RukunError::invalid)?;
        self.with(|store| Ok(store.file(hash)?))
    }
}
