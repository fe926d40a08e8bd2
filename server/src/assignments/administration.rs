//! Assignments as administration sees them: made, ended, listed.

use diesel::prelude::*;
use serde::Serialize;
use sync_core::area::AreaCode;
use sync_core::entropy::Entropy;
use sync_core::id::UserId;
use sync_core::time::Timestamp;
use thiserror::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Role;
use crate::audit::{self, Act, By};
use crate::database::schema::assignments;
use crate::database::{AnyConnection, DatabaseError};
use crate::{areas, users};

/// A user's role in an area and everything inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Assignment {
    /// Its id.
    pub id: Uuid,
    /// Who.
    #[schema(value_type = Uuid)]
    pub user: UserId,
    /// Where: any level.
    #[schema(value_type = String, example = "35.12.06.2004")]
    pub area: AreaCode,
    /// As what.
    pub role: Role,
    /// Since when, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub made_at: Timestamp,
    /// Until when, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub ended_at: Option<Timestamp>,
}

/// Why an assignment is not made or ended.
#[derive(Debug, Error)]
pub enum AssignmentError {
    /// There is no such user.
    #[error("there is no such user")]
    UnknownUser,
    /// There is no such area.
    #[error("there is no area `{0}`; `rukun area load` brings a list")]
    UnknownArea(AreaCode),
    /// There is no such assignment.
    #[error("there is no such assignment")]
    Unknown,
    /// It would leave nobody who may administer.
    #[error("this is the last administrator; assign another one first")]
    LastAdministrator,
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for AssignmentError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

type Row = (Vec<u8>, Vec<u8>, String, String, i64, Option<i64>);

const COLUMNS: (
    assignments::id,
    assignments::user_id,
    assignments::area,
    assignments::role,
    assignments::made_at,
    assignments::ended_at,
) = (
    assignments::id,
    assignments::user_id,
    assignments::area,
    assignments::role,
    assignments::made_at,
    assignments::ended_at,
);

fn read((id, user, area, role, made_at, ended_at): Row) -> Result<Assignment, DatabaseError> {
    Ok(Assignment {
        id: Uuid::from_slice(&id).map_err(DatabaseError::stored)?,
        user: UserId::from_slice(&user)?,
        area: AreaCode::parse(&area)?,
        role: Role::parse(&role).ok_or_else(|| DatabaseError::stored("an assignment of unknown role"))?,
        made_at: Timestamp::from_millis(made_at),
        ended_at: ended_at.map(Timestamp::from_millis),
    })
}

/// Assigns `user` to `area` as `role`. The same assignment twice is one.
///
/// # Errors
/// [`AssignmentError`].
pub fn make(
    connection: &mut AnyConnection,
    by: By,
    (user, area, role): (UserId, &AreaCode, Role),
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Assignment, AssignmentError> {
    users::find(connection, user)?.ok_or(AssignmentError::UnknownUser)?;
    if areas::find(connection, area)?.is_none() {
        return Err(AssignmentError::UnknownArea(area.clone()));
    }
    let present = of_user(connection, user)?;
    if let Some(same) = present.into_iter().find(|present| present.area == *area && present.role == role) {
        return Ok(same);
    }
    let id = UserId::generate(now, entropy).uuid();
    let row = (
        assignments::id.eq(id.as_bytes().as_slice()),
        assignments::user_id.eq(user.as_bytes().as_slice()),
        assignments::area.eq(area.as_str()),
        assignments::role.eq(role.as_str()),
        assignments::made_at.eq(now.millis()),
    );
    diesel::insert_into(assignments::table).values(row).execute(connection)?;
    audit::write(connection, by, Act::AssignmentMade, &format!("{user} {area} {role}"), now)?;
    Ok(Assignment { id, user, area: area.clone(), role, made_at: now, ended_at: None })
}

/// Ends an assignment. One that has ended stays as it is.
///
/// # Errors
/// [`AssignmentError`].
pub fn end(connection: &mut AnyConnection, by: By, id: Uuid, now: Timestamp) -> Result<Assignment, AssignmentError> {
    let row = assignments::table
        .filter(assignments::id.eq(id.as_bytes().as_slice()))
        .select(COLUMNS)
        .first::<Row>(connection)
        .optional()?;
    let mut assignment = read(row.ok_or(AssignmentError::Unknown)?)?;
    if assignment.ended_at.is_some() {
        return Ok(assignment);
    }
    if assignment.role == Role::Administrator && administrators(connection)? == 1 {
        return Err(AssignmentError::LastAdministrator);
    }
    diesel::update(assignments::table.filter(assignments::id.eq(id.as_bytes().as_slice())))
        .set(assignments::ended_at.eq(now.millis()))
        .execute(connection)?;
    let Assignment { user, area, role, .. } = &assignment;
    audit::write(connection, by, Act::AssignmentEnded, &format!("{user} {area} {role}"), now)?;
    assignment.ended_at = Some(now);
    Ok(assignment)
}

/// The present assignments of a user.
///
/// # Errors
/// [`DatabaseError`].
pub fn of_user(connection: &mut AnyConnection, user: UserId) -> Result<Vec<Assignment>, DatabaseError> {
    let rows = assignments::table
        .filter(assignments::user_id.eq(user.as_bytes().as_slice()).and(assignments::ended_at.is_null()))
        .order(assignments::id)
        .select(COLUMNS)
        .load::<Row>(connection)?;
    rows.into_iter().map(read).collect()
}

/// Assignments in the order in which they were made, from the first after `after`; ended ones too when `ended`.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(
    connection: &mut AnyConnection,
    user: Option<UserId>,
    ended: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Assignment>, DatabaseError> {
    let mut query = assignments::table
        .filter(assignments::id.gt(after.unwrap_or_default().as_bytes().to_vec()))
        .order(assignments::id)
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some(user) = user {
        query = query.filter(assignments::user_id.eq(user.as_bytes().to_vec()));
    }
    if !ended {
        query = query.filter(assignments::ended_at.is_null());
    }
    query.load::<Row>(connection)?.into_iter().map(read).collect()
}

fn administrators(connection: &mut AnyConnection) -> Result<i64, DatabaseError> {
    let present = assignments::table
        .filter(assignments::role.eq(Role::Administrator.as_str()).and(assignments::ended_at.is_null()));
    Ok(present.count().get_result(connection)?)
}
