//! Sessions: log-ins at a screen. A row is live until it ends or is ended; logging out counts at once, at every process.

use diesel::prelude::*;
use sync_core::entropy::Entropy;
use sync_core::id::UserId;
use sync_core::time::Timestamp;
use uuid::Uuid;

use super::account::{self, Account};
use crate::access::token::SESSION_LIFE_MILLIS;
use crate::audit::{self, Act, By};
use crate::database::schema::sessions;
use crate::database::{AnyConnection, DatabaseError};

/// Begins a session of `user`.
///
/// # Errors
/// [`DatabaseError`].
pub fn begin(
    connection: &mut AnyConnection,
    user: UserId,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Uuid, DatabaseError> {
    let session = UserId::generate(now, entropy).uuid();
    diesel::delete(sessions::table.filter(sessions::expires_at.lt(now.millis()))).execute(connection)?;
    let row = (
        sessions::id.eq(session.as_bytes().as_slice()),
        sessions::user_id.eq(user.as_bytes().as_slice()),
        sessions::made_at.eq(now.millis()),
        sessions::expires_at.eq(now.plus_millis(SESSION_LIFE_MILLIS).millis()),
    );
    diesel::insert_into(sessions::table).values(row).execute(connection)?;
    audit::write(connection, By::Session { user, session }, Act::LoggedIn, &user.to_string(), now)?;
    Ok(session)
}

/// Whose session it is; none if it has ended or its user is disabled.
///
/// # Errors
/// [`DatabaseError`].
pub fn live(connection: &mut AnyConnection, session: Uuid, now: Timestamp) -> Result<Option<Account>, DatabaseError> {
    let user: Option<Vec<u8>> = sessions::table
        .filter(sessions::id.eq(session.as_bytes().as_slice()))
        .filter(sessions::expires_at.gt(now.millis()).and(sessions::ended_at.is_null()))
        .select(sessions::user_id)
        .first(connection)
        .optional()?;
    let Some(user) = user else { return Ok(None) };
    Ok(account::find(connection, UserId::from_slice(&user)?)?.filter(|account| account.disabled_at.is_none()))
}

/// Ends one session.
///
/// # Errors
/// [`DatabaseError`].
pub fn end(connection: &mut AnyConnection, by: By, session: Uuid, now: Timestamp) -> Result<(), DatabaseError> {
    diesel::update(sessions::table.filter(sessions::id.eq(session.as_bytes().as_slice())))
        .set(sessions::ended_at.eq(now.millis()))
        .execute(connection)?;
    let user = by.user().map(|user| user.to_string()).unwrap_or_default();
    audit::write(connection, by, Act::LoggedOut, &user, now)
}

/// Ends all sessions of a user but one: after a new password nobody stays logged in with the old one.
///
/// # Errors
/// [`DatabaseError`].
pub fn end_others(
    connection: &mut AnyConnection,
    user: UserId,
    kept: Option<Uuid>,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let kept = kept.unwrap_or_default().as_bytes().to_vec();
    let others = sessions::table
        .filter(sessions::user_id.eq(user.as_bytes().as_slice()).and(sessions::id.ne(kept)))
        .filter(sessions::ended_at.is_null());
    diesel::update(others).set(sessions::ended_at.eq(now.millis())).execute(connection)?;
    Ok(())
}
