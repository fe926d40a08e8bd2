//! Renewal: a device signs a nonce and gets a token (R17).

use diesel::prelude::*;
use sync_core::id::{ContentHash, DeviceId, ProgrammeId, UserId};
use sync_core::identity::{Signature, verify_renewal};
use sync_core::time::Timestamp;
use thiserror::Error;

use super::returning::{self, Returning};
use crate::access::nonce::{self, NonceError};
use crate::database::schema::nonces;
use crate::database::{AnyConnection, DatabaseError};

/// Why a device gets no token. Nothing is changed then.
#[derive(Debug, Error)]
pub enum RenewError {
    /// There is no such device here.
    #[error("there is no such device here")]
    DeviceUnknown,
    /// Foreign or expired.
    #[error(transparent)]
    Nonce(#[from] NonceError),
    /// It has been used.
    #[error("the nonce was used; ask for a new one")]
    NonceUsed,
    /// The signature is not the device's over programme, device and nonce.
    #[error("the signature does not fit the device and the nonce")]
    Signature,
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for RenewError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// A device that has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewed {
    /// Whose it is.
    pub user: UserId,
    /// It was not known here until now: what is held of its user is to be judged again.
    pub returned: bool,
}

/// Checks a device's answer to a nonce and uses the nonce up. A device that was revoked, or whose user is disabled, gets a
/// token too: by it nothing can be read, but what was typed on it before can still be brought, to be held for a supervisor.
/// One that is not known here comes back by its papers, if it shows some.
///
/// # Errors
/// [`RenewError`].
pub fn renew(
    connection: &mut AnyConnection,
    (programme, secret): (ProgrammeId, &[u8; 32]),
    device: DeviceId,
    (nonce, signature): (&str, &Signature),
    returning: Option<&Returning>,
    now: Timestamp,
) -> Result<Renewed, RenewError> {
    let (name, expires) = nonce::check(secret, device, nonce, now)?;
    let known = super::find(connection, device)?;
    let (user, key) = match (&known, returning) {
        (Some(known), _) => (known.user, known.public_key),
        (None, Some(returning)) => (returning.user, returning.key),
        (None, None) => return Err(RenewError::DeviceUnknown),
    };
    verify_renewal(&key, programme, device, nonce.as_bytes(), signature).map_err(|_| RenewError::Signature)?;
    if let (None, Some(returning)) = (&known, returning) {
        returning::take_back(connection, device, returning, now)?;
    }
    use_up(connection, device, name, expires, now)?;
    Ok(Renewed { user, returned: known.is_none() })
}

/// Writes the nonce down; the key of the table lets two processes use it once.
fn use_up(
    connection: &mut AnyConnection,
    device: DeviceId,
    name: ContentHash,
    expires: Timestamp,
    now: Timestamp,
) -> Result<(), RenewError> {
    diesel::delete(nonces::table.filter(nonces::expires_at.lt(now.millis()))).execute(connection)?;
    let row = (
        nonces::nonce.eq(name.as_bytes().as_slice()),
        nonces::device.eq(device.as_bytes().as_slice()),
        nonces::expires_at.eq(expires.millis()),
    );
    match diesel::insert_into(nonces::table).values(row).execute(connection) {
        Ok(_) => Ok(()),
        Err(diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _)) => {
            Err(RenewError::NonceUsed)
        }
        Err(error) => Err(error.into()),
    }
}
