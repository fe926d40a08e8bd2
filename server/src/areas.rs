//! The administrative tree, as far as the programme works in it.

pub mod listing;
pub mod loading;

use diesel::prelude::*;
use sync_core::area::{AreaCode, AreaLevel};

use crate::database::schema::areas;
use crate::database::{AnyConnection, DatabaseError};

/// An area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
}

/// The number that stands for a level in the table.
#[must_use]
pub const fn level_code(level: AreaLevel) -> i32 {
    match level {
        AreaLevel::Province => 1,
        AreaLevel::Regency => 2,
        AreaLevel::District => 3,
        AreaLevel::Village => 4,
        AreaLevel::Rw => 5,
        AreaLevel::Rt => 6,
    }
}

/// The area with this code, without its outline.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &mut AnyConnection, code: &AreaCode) -> Result<Option<Area>, DatabaseError> {
    let name: Option<String> =
        areas::table.filter(areas::code.eq(code.as_str())).select(areas::name).first(connection).optional()?;
    Ok(name.map(|name| Area { code: code.clone(), name }))
}

/// The feed areas that are `code` or lie in it, sorted; for an RW or RT the village around it (R11).
///
/// # Errors
/// [`DatabaseError`].
pub fn feed_areas_of(connection: &mut AnyConnection, code: &AreaCode) -> Result<Vec<Area>, DatabaseError> {
    let villages = areas::table
        .filter(areas::level.eq(level_code(AreaLevel::Village)))
        .order(areas::code)
        .select((areas::code, areas::name))
        .into_boxed();
    let rows: Vec<(String, String)> = match code.feed_area() {
        Some(village) => villages.filter(areas::code.eq(village.as_str().to_owned())).load(connection)?,
        // `/` follows `.` directly: every code that begins with this one and a dot lies between the two.
        None => villages
            .filter(areas::code.gt(format!("{code}.")).and(areas::code.lt(format!("{code}/"))))
            .load(connection)?,
    };
    rows.into_iter().map(|(code, name)| Ok(Area { code: AreaCode::parse(&code)?, name })).collect()
}
