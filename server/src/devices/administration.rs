//! Devices as administration sees them: listed and revoked.

use diesel::prelude::*;
use serde::Serialize;
use sync_core::id::{DeviceId, UserId};
use sync_core::time::Timestamp;
use thiserror::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use super::DeviceKind;
use crate::audit::{self, Act, By};
use crate::database::schema::devices;
use crate::database::{AnyConnection, DatabaseError};

/// A device as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListedDevice {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: DeviceId,
    /// Its user.
    #[schema(value_type = Uuid)]
    pub user: UserId,
    /// What its user calls it.
    pub label: String,
    /// Whether it is a server process.
    pub server: bool,
    /// When it was enrolled, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub enrolled_at: Timestamp,
    /// When it was revoked, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub revoked_at: Option<Timestamp>,
    /// When it was last heard, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub last_seen_at: Option<Timestamp>,
    /// Milliseconds that its clock was ahead of the server's then.
    pub clock_offset: Option<i64>,
    /// Edits that still waited on it then.
    pub unsent: i64,
}

/// Why a device is not revoked.
#[derive(Debug, Error)]
pub enum RevokeError {
    /// There is no such device.
    #[error("there is no such device")]
    Unknown,
    /// A server process: it would sign nothing any more.
    #[error("this device is a server process; it cannot be revoked")]
    Server,
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for RevokeError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

type Row = (Vec<u8>, Vec<u8>, String, i32, i64, Option<i64>, Option<i64>, Option<i64>, i64);

/// Devices in the order in which they were enrolled, from the first after `after`; of one user, if one is given.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(
    connection: &mut AnyConnection,
    user: Option<UserId>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ListedDevice>, DatabaseError> {
    let mut query = devices::table
        .filter(devices::id.gt(after.unwrap_or_default().as_bytes().to_vec()))
        .order(devices::id)
        .limit(limit)
        .select((
            devices::id,
            devices::user_id,
            devices::label,
            devices::kind,
            devices::enrolled_at,
            devices::revoked_at,
            devices::last_seen_at,
            devices::clock_offset,
            devices::unsent,
        ))
        .into_boxed();
    if let Some(user) = user {
        query = query.filter(devices::user_id.eq(user.as_bytes().to_vec()));
    }
    query.load::<Row>(connection)?.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<ListedDevice, DatabaseError> {
    let (id, user, label, kind, enrolled_at, revoked_at, last_seen_at, clock_offset, unsent) = row;
    Ok(ListedDevice {
        id: DeviceId::from_slice(&id)?,
        user: UserId::from_slice(&user)?,
        label,
        server: DeviceKind::from_code(kind)? == DeviceKind::Server,
        enrolled_at: Timestamp::from_millis(enrolled_at),
        revoked_at: revoked_at.map(Timestamp::from_millis),
        last_seen_at: last_seen_at.map(Timestamp::from_millis),
        clock_offset,
        unsent,
    })
}

/// Revokes a device: it reads nothing more, and what it signed and has not arrived is held. One that is revoked stays so.
///
/// # Errors
/// [`RevokeError`].
pub fn revoke(connection: &mut AnyConnection, by: By, id: DeviceId, now: Timestamp) -> Result<(), RevokeError> {
    let device = super::find(connection, id)?.ok_or(RevokeError::Unknown)?;
    if device.kind == DeviceKind::Server {
        return Err(RevokeError::Server);
    }
    if device.revoked_at.is_some() {
        return Ok(());
    }
    diesel::update(devices::table.filter(devices::id.eq(id.as_bytes().as_slice())))
        .set(devices::revoked_at.eq(now.millis()))
        .execute(connection)?;
    Ok(audit::write(connection, by, Act::DeviceRevoked, &id.to_string(), now)?)
}
