//! Photos, sounds and files: the bytes in the store's folder, named by their hash; the answer says what they are.

use std::io::Write;

use super::Store;
use super::error::StoreError;
use crate::id::ContentHash;
use crate::record::Answer;

impl Store {
    /// Keeps a file and gives the answer to save: `sha256 size type name` (R23). The bytes are durable when this returns, so
    /// that no saved answer names a file that is not there.
    ///
    /// # Errors
    /// [`StoreError::File`], [`StoreError::DiskFull`].
    pub fn attach(&mut self, bytes: &[u8], media_type: &str, name: &str) -> Result<Answer, StoreError> {
        let hash = ContentHash::of(bytes);
        let folder = self.folder.join("files");
        let target = folder.join(hash.to_string());
        if !target.exists() {
            let partial = folder.join(format!("{hash}.partial"));
            let mut file = std::fs::File::create(&partial).map_err(full)?;
            file.write_all(bytes).map_err(full)?;
            file.sync_all().map_err(full)?;
            std::fs::rename(&partial, &target)?;
            std::fs::File::open(&folder)?.sync_all()?;
        }
        let media_type: String = media_type.split_whitespace().collect();
        Ok(Answer::Text(format!("{hash} {} {media_type} {name}", bytes.len())))
    }

    /// The bytes of an attached file, if they are on this device.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub fn file(&self, hash: ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
        match std::fs::read(self.folder.join("files").join(hash.to_string())) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn full(error: std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::StorageFull { StoreError::DiskFull } else { error.into() }
}
