//! Renewal: a device signs a nonce and gets a token (R17).

use diesel::prelude::*;
use sync_core::id::{ContentHash, DeviceId, ProgrammeId, UserId};
use sync_core::identity::{Signature, verify_renewal};
use sync_core::time::Timestamp;
use thiserror::Error;

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

/// Checks a device's answer to a nonce and uses the nonce up. The answer is whose device it is. A device that was revoked,
/// or whose user is disabled, gets a token too: by it nothing can be read, but what was typed on it before can still be
/// brought, to be held for a supervisor.
///
/// # Errors
/// [`RenewError`].
pub fn renew(
    connection: &mut AnyConnection,
    (programme, secret): (ProgrammeId, &[u8; 32]),
    device: DeviceId,
    (nonce, signature): (&str, &Signature),
    now: Timestamp,
) -> Result<UserId, RenewError> {
    let (name, expires) = nonce::check(secret, device, nonce, now)?;
    let known = super::find(connection, device)?.ok_or(RenewError::DeviceUnknown)?;
    verify_renewal(&known.public_key, programme, device, nonce.as_bytes(), signature)
        .map_err(|_| RenewError::Signature)?;
    use_up(connection, device, name, expires, now)?;
    Ok(known.user)
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
