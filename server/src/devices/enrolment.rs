//! Enrolment: a one-time code becomes a device (R17).

use diesel::prelude::*;
use sync_core::entropy::Entropy;
use sync_core::id::{DeviceId, ProgrammeId, UserId};
use sync_core::identity::{PublicKey, Signature, verify_enrolment};
use sync_core::time::Timestamp;
use thiserror::Error;

use super::DeviceKind;
use crate::access::code::{CODE_LIFE_MILLIS, EnrolmentCode};
use crate::audit::{self, Act, By};
use crate::database::schema::{devices, enrolment_codes};
use crate::database::{AnyConnection, DatabaseError};
use crate::people;
use crate::users::{self, User};

/// Most characters of a device's label.
const LABEL_MAX: usize = 120;

/// Why no code is made or no device enrolled. Nothing is changed then.
#[derive(Debug, Error)]
pub enum EnrolError {
    /// No code of this programme.
    #[error("the code is not known here; check it, or ask for a new one")]
    CodeUnknown,
    /// Another phone has used it.
    #[error("the code was used by another device; ask for a new one")]
    CodeUsed,
    /// Older than a day.
    #[error("the code has expired; ask for a new one")]
    CodeExpired,
    /// The signature is not the key's over programme, code and key.
    #[error("the signature does not fit the key and the code")]
    Signature,
    /// The key belongs to a device already.
    #[error("a device with this key is enrolled; make a new key")]
    KeyUsed,
    /// The label is endless or has control characters.
    #[error("a device's label has at most {LABEL_MAX} characters, none of them a control character")]
    Label,
    /// There is no such user.
    #[error("there is no such user")]
    UnknownUser,
    /// The user may not take part.
    #[error("the user is disabled")]
    UserDisabled,
    /// The device that this code made has been revoked.
    #[error("the device was revoked")]
    DeviceRevoked,
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for EnrolError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// A phone's wish to be enrolled.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// The code as the phone signed it.
    pub code: &'a str,
    /// The phone's key.
    pub key: PublicKey,
    /// Over programme, code and key.
    pub signature: Signature,
    /// What the user calls the phone.
    pub label: &'a str,
}

struct StoredCode {
    user: UserId,
    expires_at: Timestamp,
    used: Option<(Vec<u8>, DeviceId)>,
}

/// Makes a code for one device of `user`. The code itself is kept nowhere.
///
/// # Errors
/// [`EnrolError::UnknownUser`], [`EnrolError::UserDisabled`].
pub fn make_code(
    connection: &mut AnyConnection,
    by: By,
    user: UserId,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(EnrolmentCode, Timestamp), EnrolError> {
    let user = users::find(connection, user)?.ok_or(EnrolError::UnknownUser)?;
    if user.disabled_at.is_some() {
        return Err(EnrolError::UserDisabled);
    }
    let (code, expires) = (EnrolmentCode::generate(entropy), now.plus_millis(CODE_LIFE_MILLIS));
    let row = (
        enrolment_codes::code_hash.eq(code.hash().as_bytes().to_vec()),
        enrolment_codes::user_id.eq(user.id.as_bytes().as_slice()),
        enrolment_codes::made_by.eq(by.user().map(|user| user.as_bytes().to_vec()).unwrap_or_default()),
        enrolment_codes::made_at.eq(now.millis()),
        enrolment_codes::expires_at.eq(expires.millis()),
    );
    diesel::insert_into(enrolment_codes::table).values(row).execute(connection)?;
    audit::write(connection, by, Act::CodeMade, &user.id.to_string(), now)?;
    Ok((code, expires))
}

/// Enrols a phone, or gives again the answer that it has had: the same code and key name the same device for as long as the
/// code is good.
///
/// # Errors
/// [`EnrolError`].
pub fn enrol(
    connection: &mut AnyConnection,
    programme: ProgrammeId,
    wish: &Wish<'_>,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(DeviceId, User), EnrolError> {
    let code = EnrolmentCode::read(wish.code).ok_or(EnrolError::CodeUnknown)?;
    verify_enrolment(programme, wish.code, &wish.key, &wish.signature).map_err(|_| EnrolError::Signature)?;
    let label = checked_label(wish.label)?;
    let stored = find_code(connection, &code)?.ok_or(EnrolError::CodeUnknown)?;
    let user = users::find(connection, stored.user)?.ok_or(EnrolError::UnknownUser)?;
    if let Some((key, device)) = stored.used {
        return again(connection, &key, device, wish, (stored.expires_at, now)).map(|()| (device, user));
    }
    if now > stored.expires_at {
        return Err(EnrolError::CodeExpired);
    }
    if user.disabled_at.is_some() {
        return Err(EnrolError::UserDisabled);
    }
    if key_is_known(connection, &wish.key)? {
        return Err(EnrolError::KeyUsed);
    }
    let device = DeviceId::generate(now, entropy);
    if !claim(connection, &code, &wish.key, device, now)? {
        return Err(EnrolError::CodeUsed);
    }
    insert(connection, device, user.id, (&wish.key, label, DeviceKind::Phone), now)?;
    audit::write(connection, By::Device(device), Act::DeviceEnrolled, &user.id.to_string(), now)?;
    Ok((device, user))
}

/// Adds a device, also to the directory of people.
///
/// # Errors
/// [`DatabaseError`].
pub fn insert(
    connection: &mut AnyConnection,
    id: DeviceId,
    user: UserId,
    (key, label, kind): (&PublicKey, &str, DeviceKind),
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let row = (
        devices::id.eq(id.as_bytes().as_slice()),
        devices::user_id.eq(user.as_bytes().as_slice()),
        devices::public_key.eq(key.as_bytes().as_slice()),
        devices::label.eq(label),
        devices::kind.eq(kind as i32),
        devices::enrolled_at.eq(now.millis()),
        devices::unsent.eq(0),
    );
    diesel::insert_into(devices::table).values(row).execute(connection)?;
    people::publish(connection, now)
}

/// Whether a used code may give its answer again.
fn again(
    connection: &mut AnyConnection,
    key: &[u8],
    device: DeviceId,
    wish: &Wish<'_>,
    (expires, now): (Timestamp, Timestamp),
) -> Result<(), EnrolError> {
    if key != wish.key.as_bytes() {
        return Err(EnrolError::CodeUsed);
    }
    if now > expires {
        return Err(EnrolError::CodeExpired);
    }
    match super::find(connection, device)? {
        Some(device) if device.revoked_at.is_none() => Ok(()),
        Some(_) | None => Err(EnrolError::DeviceRevoked),
    }
}

fn find_code(connection: &mut AnyConnection, code: &EnrolmentCode) -> Result<Option<StoredCode>, DatabaseError> {
    type Row = (Vec<u8>, i64, Option<Vec<u8>>, Option<Vec<u8>>);
    let row: Option<Row> = enrolment_codes::table
        .filter(enrolment_codes::code_hash.eq(code.hash().as_bytes().as_slice()))
        .select((
            enrolment_codes::user_id,
            enrolment_codes::expires_at,
            enrolment_codes::used_by_key,
            enrolment_codes::device,
        ))
        .first(connection)
        .optional()?;
    let Some((user, expires_at, key, device)) = row else { return Ok(None) };
    let used = match (key, device) {
        (Some(key), Some(device)) => Some((key, DeviceId::from_slice(&device)?)),
        (Some(_) | None, _) => None,
    };
    Ok(Some(StoredCode { user: UserId::from_slice(&user)?, expires_at: Timestamp::from_millis(expires_at), used }))
}

/// Takes the code for this key; false if another process was quicker.
fn claim(
    connection: &mut AnyConnection,
    code: &EnrolmentCode,
    key: &PublicKey,
    device: DeviceId,
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let unused = enrolment_codes::table.filter(
        enrolment_codes::code_hash.eq(code.hash().as_bytes().to_vec()).and(enrolment_codes::used_by_key.is_null()),
    );
    let claimed = diesel::update(unused)
        .set((
            enrolment_codes::used_by_key.eq(key.as_bytes().as_slice()),
            enrolment_codes::device.eq(device.as_bytes().as_slice()),
            enrolment_codes::used_at.eq(now.millis()),
        ))
        .execute(connection)?;
    Ok(claimed == 1)
}

fn key_is_known(connection: &mut AnyConnection, key: &PublicKey) -> Result<bool, DatabaseError> {
    let known = devices::table.filter(devices::public_key.eq(key.as_bytes().as_slice()));
    Ok(known.count().get_result::<i64>(connection)? > 0)
}

fn checked_label(label: &str) -> Result<&str, EnrolError> {
    let label = label.trim();
    let fits = label.chars().count() <= LABEL_MAX && !label.chars().any(char::is_control);
    if fits { Ok(label) } else { Err(EnrolError::Label) }
}
