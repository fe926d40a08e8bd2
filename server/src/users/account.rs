//! Accounts: users as administration sees them. A user may work on devices, at a screen, or both.

use diesel::prelude::*;
use serde::Serialize;
use sync_core::entropy::Entropy;
use sync_core::id::UserId;
use sync_core::time::Timestamp;
use thiserror::Error;
use utoipa::ToSchema;

use crate::access::password::{self, PasswordError};
use crate::audit::{self, Act, By};
use crate::database::schema::users;
use crate::database::{AnyConnection, DatabaseError};
use crate::people;

/// Most characters of a name.
const NAME_MAX: usize = 120;
/// Most characters of a login.
const LOGIN_MAX: usize = 60;

/// A user with what concerns logging in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    /// The user's id.
    #[schema(value_type = uuid::Uuid)]
    pub id: UserId,
    /// What people call the user.
    pub name: String,
    /// What the user types to log in.
    pub login: String,
    /// Whether the user can log in at a screen at all.
    pub has_password: bool,
    /// The next log-in must change the password.
    pub must_change_password: bool,
    /// When the user was disabled, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub disabled_at: Option<Timestamp>,
    /// When the user was made, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
}

/// Why a user is not made or changed.
#[derive(Debug, Error)]
pub enum UserError {
    /// Somebody has that login.
    #[error("the login `{0}` is taken")]
    LoginTaken(String),
    /// The login is not made of small letters, digits, `.`, `-`, `_`.
    #[error("a login has 1 to {LOGIN_MAX} small letters, digits, `.`, `-` or `_`, and begins with a letter")]
    Login,
    /// The name is empty or endless.
    #[error("a name has 1 to {NAME_MAX} characters, none of them a control character")]
    Name,
    /// There is no such user.
    #[error("there is no such user")]
    Unknown,
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for UserError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

type Row = (Vec<u8>, String, String, Option<String>, bool, Option<i64>, i64);

const COLUMNS: (
    users::id,
    users::name,
    users::login,
    users::password_hash,
    users::must_change_password,
    users::disabled_at,
    users::created_at,
) = (
    users::id,
    users::name,
    users::login,
    users::password_hash,
    users::must_change_password,
    users::disabled_at,
    users::created_at,
);

fn read(row: Row) -> Result<(Account, Option<String>), DatabaseError> {
    let (id, name, login, hash, must_change_password, disabled_at, created_at) = row;
    let user = Account {
        id: UserId::from_slice(&id)?,
        name,
        login,
        has_password: hash.is_some(),
        must_change_password,
        disabled_at: disabled_at.map(Timestamp::from_millis),
        created_at: Timestamp::from_millis(created_at),
    };
    Ok((user, hash))
}

/// Makes a user without a password.
///
/// # Errors
/// [`UserError`].
pub fn create(
    connection: &mut AnyConnection,
    by: By,
    (login, name): (&str, &str),
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Account, UserError> {
    let (login, name) = (checked_login(login)?, checked_name(name)?);
    if find_by_login(connection, login)?.is_some() {
        return Err(UserError::LoginTaken(login.to_owned()));
    }
    let user = Account {
        id: UserId::generate(now, entropy),
        name: name.to_owned(),
        login: login.to_owned(),
        has_password: false,
        must_change_password: false,
        disabled_at: None,
        created_at: now,
    };
    let row = (
        users::id.eq(user.id.as_bytes().as_slice()),
        users::name.eq(&user.name),
        users::login.eq(&user.login),
        users::must_change_password.eq(false),
        users::created_at.eq(now.millis()),
    );
    diesel::insert_into(users::table).values(row).execute(connection)?;
    audit::write(connection, by, Act::UserMade, &user.id.to_string(), now)?;
    people::publish(connection, now)?;
    Ok(user)
}

/// The user with this id.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &mut AnyConnection, id: UserId) -> Result<Option<Account>, DatabaseError> {
    Ok(with_hash(connection, id)?.map(|(user, _)| user))
}

/// The user with this id and the hash of the password.
///
/// # Errors
/// [`DatabaseError`].
pub fn with_hash(
    connection: &mut AnyConnection,
    id: UserId,
) -> Result<Option<(Account, Option<String>)>, DatabaseError> {
    let row = users::table
        .filter(users::id.eq(id.as_bytes().as_slice()))
        .select(COLUMNS)
        .first::<Row>(connection)
        .optional()?;
    row.map(read).transpose()
}

/// The user with this login and the hash of the password.
///
/// # Errors
/// [`DatabaseError`].
pub fn find_by_login(
    connection: &mut AnyConnection,
    login: &str,
) -> Result<Option<(Account, Option<String>)>, DatabaseError> {
    let row = users::table.filter(users::login.eq(login)).select(COLUMNS).first::<Row>(connection).optional()?;
    row.map(read).transpose()
}

/// Users by login, from the first after `after`.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(connection: &mut AnyConnection, after: Option<&str>, limit: i64) -> Result<Vec<Account>, DatabaseError> {
    let rows = users::table
        .filter(users::login.gt(after.unwrap_or_default()))
        .order(users::login)
        .limit(limit)
        .select(COLUMNS)
        .load::<Row>(connection)?;
    rows.into_iter().map(|row| read(row).map(|(user, _)| user)).collect()
}

/// Disables a user, or enables one again. What was so already stays so.
///
/// # Errors
/// [`UserError::Unknown`].
pub fn set_disabled(
    connection: &mut AnyConnection,
    by: By,
    id: UserId,
    disabled: bool,
    now: Timestamp,
) -> Result<Account, UserError> {
    let mut user = find(connection, id)?.ok_or(UserError::Unknown)?;
    if user.disabled_at.is_some() == disabled {
        return Ok(user);
    }
    user.disabled_at = disabled.then_some(now);
    diesel::update(users::table.filter(users::id.eq(id.as_bytes().as_slice())))
        .set(users::disabled_at.eq(user.disabled_at.map(Timestamp::millis)))
        .execute(connection)?;
    let act = if disabled { Act::UserDisabled } else { Act::UserEnabled };
    audit::write(connection, by, act, &id.to_string(), now)?;
    Ok(user)
}

/// Gives a user a one-time password, which the next log-in must change. `hash` is made of it before the transaction:
/// hashing takes long.
///
/// # Errors
/// [`UserError::Unknown`].
pub fn reset_password(
    connection: &mut AnyConnection,
    by: By,
    id: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<(), UserError> {
    put_password(connection, id, hash, true)?;
    Ok(audit::write(connection, by, Act::PasswordReset, &id.to_string(), now)?)
}

/// Keeps the password that a user chose.
///
/// # Errors
/// [`UserError::Unknown`].
pub fn change_password(
    connection: &mut AnyConnection,
    by: By,
    id: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<(), UserError> {
    put_password(connection, id, hash, false)?;
    Ok(audit::write(connection, by, Act::PasswordChanged, &id.to_string(), now)?)
}

fn put_password(connection: &mut AnyConnection, id: UserId, hash: &str, must_change: bool) -> Result<(), UserError> {
    let changed = diesel::update(users::table.filter(users::id.eq(id.as_bytes().as_slice())))
        .set((users::password_hash.eq(hash), users::must_change_password.eq(must_change)))
        .execute(connection)?;
    if changed == 1 { Ok(()) } else { Err(UserError::Unknown) }
}

/// A new one-time password and its hash. Slow on purpose.
///
/// # Errors
/// [`PasswordError::Hashing`].
pub fn one_time_password(entropy: &mut dyn Entropy) -> Result<(String, String), PasswordError> {
    let password = password::one_time(entropy);
    let hash = password::hash(&password)?;
    Ok((password, hash))
}

fn checked_login(login: &str) -> Result<&str, UserError> {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
    let begins = login.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if begins && login.len() <= LOGIN_MAX && login.bytes().all(known) { Ok(login) } else { Err(UserError::Login) }
}

fn checked_name(name: &str) -> Result<&str, UserError> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_MAX && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(UserError::Name) }
}
