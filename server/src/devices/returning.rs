//! Devices that a server restored from a backup does not know any more. Its key lies outside of the database: what it signed
//! when it enrolled them still proves who they are (R9).

use diesel::prelude::*;
use sync_core::enrolment::Papers;
use sync_core::id::{DeviceId, ProgrammeId, UserId};
use sync_core::identity::{PublicKey, Signature, SignatureError, verify_enrolled};
use sync_core::time::Timestamp;

use super::{DeviceKind, enrolment};
use crate::audit::{self, Act, By};
use crate::database::schema::{devices, users as table};
use crate::database::{AnyConnection, DatabaseError};
use crate::users;

/// Most characters of a name that is taken from papers.
const NAME_MAX: usize = 120;

/// A device's papers, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returning {
    pub(super) user: UserId,
    pub(super) key: PublicKey,
    name: String,
}

impl Returning {
    /// Checks papers: this server's key must have signed them, for this device of this programme.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(
        papers: &Papers,
        (server, programme): (&PublicKey, ProgrammeId),
        device: DeviceId,
    ) -> Result<Self, SignatureError> {
        let key = PublicKey::parse(&papers.public_key).map_err(|_| SignatureError::Key)?;
        let signature = Signature::parse(&papers.signature).map_err(|_| SignatureError::Mismatch)?;
        verify_enrolled(server, programme, device, papers.user, &key, &signature)?;
        let name = papers.user_name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        Ok(Self { user: papers.user, key, name })
    }
}

/// Enters a device again, and its user, who has no rights then, if that is lost as well. Nothing is done where the key has
/// been enrolled anew meanwhile.
///
/// # Errors
/// [`DatabaseError`].
pub fn take_back(
    connection: &mut AnyConnection,
    device: DeviceId,
    returning: &Returning,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let taken = devices::table.filter(devices::public_key.eq(returning.key.as_bytes().as_slice()));
    if taken.count().get_result::<i64>(connection)? > 0 {
        return Ok(());
    }
    if users::find(connection, returning.user)?.is_none() {
        let row = (
            table::id.eq(returning.user.as_bytes().to_vec()),
            table::name.eq(&returning.name),
            // No login that anybody would choose, and no password: an administrator gives both.
            table::login.eq(format!("restored-{}", returning.user)),
            table::created_at.eq(now.millis()),
        );
        diesel::insert_into(table::table).values(row).execute(connection)?;
    }
    enrolment::insert(connection, device, returning.user, (&returning.key, "", DeviceKind::Phone), now)?;
    audit::write(connection, By::Device(device), Act::DeviceReturned, &returning.user.to_string(), now)
}
