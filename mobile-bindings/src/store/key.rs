//! Where the device's key lies: in the store, or in the platform's key store.

use std::path::Path;

use sync_core::identity::KeyPair;
use sync_core::store::{self, KeySource};
use thiserror::Error;

use super::System;
use crate::error::{RukunError, StorageTrouble};

/// The platform's key store: Keychain, Android Keystore, a secret service. The app implements it.
///
/// It keeps 32 secret bytes for this store and gives them back at each opening. They must not leave the phone with a
/// backup: a device that is restored elsewhere enrols anew.
#[uniffi::export(with_foreign)]
pub trait KeyStore: Send + Sync {
    /// The bytes that were kept for this store; none if none were.
    fn load(&self) -> Result<Option<Vec<u8>>, KeyStoreError>;

    /// Keeps the bytes.
    fn keep(&self, secret: Vec<u8>) -> Result<(), KeyStoreError>;
}

/// The platform's key store did not do what it was asked.
#[derive(Debug, Error, uniffi::Error)]
pub enum KeyStoreError {
    /// Locked, refused, broken.
    #[error("the key store is not usable: {reason}")]
    Unusable {
        /// The platform's words.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unusable { reason: error.reason }
    }
}

/// The key to open the store in `folder` with. A new one is made only for a store that does not exist yet: a key store that
/// forgets must not be given another key in silence.
pub(super) fn source(folder: &Path, key_store: Option<&dyn KeyStore>) -> Result<KeySource, RukunError> {
    let Some(key_store) = key_store else { return Ok(KeySource::Store) };
    let missing = |detail: String| RukunError::Storage { trouble: StorageTrouble::KeyMissing, detail };
    let kept = key_store.load().map_err(|error| missing(error.to_string()))?;
    let key = match kept {
        Some(secret) => {
            let secret = <[u8; 32]>::try_from(secret.as_slice());
            KeyPair::from_secret(&secret.map_err(|_| missing("the key store's secret is not 32 bytes".into()))?)
        }
        None if store::Store::is_in(folder) => return Err(missing("the key store has no key for this store".into())),
        None => {
            let key = KeyPair::generate(&mut System);
            key_store.keep(key.secret().to_vec()).map_err(|error| missing(error.to_string()))?;
            key
        }
    };
    Ok(KeySource::Platform(key))
}
