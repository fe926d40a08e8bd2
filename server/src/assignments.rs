//! Who may do what where: (user, area, role).

pub mod administration;

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sync_core::area::AreaCode;
use sync_core::exchange::{Right, ScopeArea};
use sync_core::id::UserId;
use sync_core::limits;
use utoipa::ToSchema;

use crate::areas;
use crate::database::schema::assignments;
use crate::database::{AnyConnection, DatabaseError};

/// What a person is in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Records in a village.
    Volunteer,
    /// Records.
    Facilitator,
    /// Reviews, releases and discards.
    Supervisor,
    /// Administers users, devices, areas and forms, and may do what a supervisor may.
    Administrator,
}

impl Role {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Volunteer => "volunteer",
            Self::Facilitator => "facilitator",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "viewer" => Self::Viewer,
            "volunteer" => Self::Volunteer,
            "facilitator" => Self::Facilitator,
            "supervisor" => Self::Supervisor,
            "administrator" => Self::Administrator,
            _ => return None,
        })
    }

    /// What the role may do with documents.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::Viewer => Right::Read,
            Self::Volunteer | Self::Facilitator => Right::Write,
            Self::Supervisor | Self::Administrator => Right::Review,
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A user's present assignments, ready to say what they may do in a feed area.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights(Vec<(AreaCode, Role)>);

impl Rights {
    /// The highest right in a feed area; none if nothing covers it.
    #[must_use]
    pub fn in_area(&self, area: &AreaCode) -> Option<Right> {
        let covers = |assigned: &AreaCode| assigned.contains(area) || assigned.feed_area().as_ref() == Some(area);
        self.0.iter().filter(|(assigned, _)| covers(assigned)).map(|(_, role)| role.right()).max()
    }

    /// The present assignments.
    #[must_use]
    pub fn assigned(&self) -> &[(AreaCode, Role)] {
        &self.0
    }
}

/// The present assignments of a user.
///
/// # Errors
/// [`DatabaseError`].
pub fn rights(connection: &mut AnyConnection, user: UserId) -> Result<Rights, DatabaseError> {
    let rows: Vec<(String, String)> = assignments::table
        .filter(assignments::user_id.eq(user.as_bytes().as_slice()).and(assignments::ended_at.is_null()))
        .order((assignments::area, assignments::role))
        .select((assignments::area, assignments::role))
        .load(connection)?;
    let read = |(area, role): (String, String)| {
        let role = Role::parse(&role).ok_or_else(|| DatabaseError::stored("an assignment of unknown role"))?;
        Ok((AreaCode::parse(&area)?, role))
    };
    Ok(Rights(rows.into_iter().map(read).collect::<Result<_, DatabaseError>>()?))
}

/// The feed areas that a user may read, sorted, with the highest right in each; only areas that exist, and at most as many
/// as a device's scope may have (R11).
///
/// # Errors
/// [`DatabaseError`].
pub fn scope(connection: &mut AnyConnection, user: UserId) -> Result<Vec<ScopeArea>, DatabaseError> {
    let mut scope: BTreeMap<AreaCode, ScopeArea> = BTreeMap::new();
    for (assigned, role) in &rights(connection, user)?.0 {
        for area in areas::feed_areas_of(connection, assigned)? {
            let right = role.right();
            let entry = scope.entry(area.code.clone()).or_insert(ScopeArea { area: area.code, name: area.name, right });
            entry.right = entry.right.max(right);
        }
    }
    Ok(scope.into_values().take(limits::SCOPE_AREAS).collect())
}
