//! Devices: one for each (installation, user), and one for each server process (R16).

pub mod administration;
pub mod enrolment;
pub mod renewal;
pub mod returning;

use diesel::prelude::*;
use sync_core::id::{DeviceId, UserId};
use sync_core::identity::PublicKey;
use sync_core::time::Timestamp;

use crate::database::schema::devices;
use crate::database::{AnyConnection, DatabaseError};

/// What a device is. The numbers are those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum DeviceKind {
    /// Somebody's phone, tablet or browser.
    Phone = 1,
    /// A server process; what it signs was decided here and needs no assignment.
    Server = 2,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Its user.
    pub user: UserId,
    /// The key it signs with.
    pub public_key: PublicKey,
    /// What its user calls it.
    pub label: String,
    /// Phone or server.
    pub kind: DeviceKind,
    /// Since when nothing of it is taken any more.
    pub revoked_at: Option<Timestamp>,
}

/// What a device told about itself with a request, kept for the list of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// When, by the server's clock.
    pub at: Timestamp,
    /// Milliseconds that its clock is ahead of the server's.
    pub clock_offset: i64,
    /// Edits that still wait on it.
    pub unsent: u32,
}

/// Sightings closer together than this, with nothing else to tell, are not written: "nothing new" must not cost a commit.
const SEEN_EVERY_MILLIS: i64 = 60_000;
/// A clock that is off by less than this has not changed its mind.
const CLOCK_STEP_MILLIS: i64 = 5_000;

impl DeviceKind {
    /// The kind of a stored number.
    ///
    /// # Errors
    /// [`DatabaseError::Stored`].
    pub fn from_code(code: i32) -> Result<Self, DatabaseError> {
        match code {
            1 => Ok(Self::Phone),
            2 => Ok(Self::Server),
            _ => Err(DatabaseError::stored("a device of unknown kind")),
        }
    }
}

/// The device with this id.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &mut AnyConnection, id: DeviceId) -> Result<Option<Device>, DatabaseError> {
    type Row = (Vec<u8>, Vec<u8>, String, i32, Option<i64>);
    let row: Option<Row> = devices::table
        .filter(devices::id.eq(id.as_bytes().as_slice()))
        .select((devices::user_id, devices::public_key, devices::label, devices::kind, devices::revoked_at))
        .first(connection)
        .optional()?;
    let Some((user, public_key, label, kind, revoked_at)) = row else { return Ok(None) };
    let public_key =
        <[u8; 32]>::try_from(public_key.as_slice()).map_err(|_| DatabaseError::stored("a key of another length"))?;
    Ok(Some(Device {
        id,
        user: UserId::from_slice(&user)?,
        public_key: PublicKey::from_bytes(public_key),
        label,
        kind: DeviceKind::from_code(kind)?,
        revoked_at: revoked_at.map(Timestamp::from_millis),
    }))
}

/// Whether a sighting tells something that the table does not say yet.
///
/// # Errors
/// [`DatabaseError`].
pub fn is_news(connection: &mut AnyConnection, id: DeviceId, sighting: &Sighting) -> Result<bool, DatabaseError> {
    let row: Option<(Option<i64>, Option<i64>, i64)> = devices::table
        .filter(devices::id.eq(id.as_bytes().as_slice()))
        .select((devices::last_seen_at, devices::clock_offset, devices::unsent))
        .first(connection)
        .optional()?;
    Ok(row.is_some_and(|(seen, offset, unsent)| {
        let apart = |before: Option<i64>, now: i64| before.map_or(i64::MAX, |before| before.abs_diff(now) as i64);
        // While a phone empties its outbox each request has another number: the first and the last of them are news.
        (unsent == 0) != (sighting.unsent == 0)
            || apart(seen, sighting.at.millis()) >= SEEN_EVERY_MILLIS
            || apart(offset, sighting.clock_offset) >= CLOCK_STEP_MILLIS
    }))
}

/// Notes that a device was heard.
///
/// # Errors
/// [`DatabaseError`].
pub fn saw(connection: &mut AnyConnection, id: DeviceId, sighting: &Sighting) -> Result<(), DatabaseError> {
    diesel::update(devices::table.filter(devices::id.eq(id.as_bytes().as_slice())))
        .set((
            devices::last_seen_at.eq(sighting.at.millis()),
            devices::clock_offset.eq(sighting.clock_offset),
            devices::unsent.eq(i64::from(sighting.unsent)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Whether a device may read, as the database has it now (R17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Admitted,
    /// No such device is enrolled here.
    Unknown,
    /// It was revoked. What it brings is held, and it gets nothing.
    Revoked,
    /// Its user is disabled; likewise.
    UserDisabled,
}

/// Looks up whether a device may read.
///
/// # Errors
/// [`DatabaseError`].
pub fn admission(connection: &mut AnyConnection, id: DeviceId) -> Result<Admission, DatabaseError> {
    let Some(device) = find(connection, id)? else { return Ok(Admission::Unknown) };
    if device.revoked_at.is_some() {
        return Ok(Admission::Revoked);
    }
    let user = crate::users::find(connection, device.user)?;
    let disabled = user.is_none_or(|user| user.disabled_at.is_some());
    Ok(if disabled { Admission::UserDisabled } else { Admission::Admitted })
}
