//! People.

pub mod account;
pub mod session;

use diesel::prelude::*;
use sync_core::id::UserId;
use sync_core::time::Timestamp;

use crate::database::schema::users;
use crate::database::{AnyConnection, DatabaseError};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their name, for screens.
    pub name: String,
    /// What they log in with.
    pub login: String,
    /// Since when they may not take part any more.
    pub disabled_at: Option<Timestamp>,
}

/// The user with this id.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &mut AnyConnection, id: UserId) -> Result<Option<User>, DatabaseError> {
    let row: Option<(String, String, Option<i64>)> = users::table
        .filter(users::id.eq(id.as_bytes().as_slice()))
        .select((users::name, users::login, users::disabled_at))
        .first(connection)
        .optional()?;
    Ok(row.map(|(name, login, disabled_at)| User {
        id,
        name,
        login,
        disabled_at: disabled_at.map(Timestamp::from_millis),
    }))
}
