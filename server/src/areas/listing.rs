//! Areas as screens list and search them.

use diesel::prelude::*;
use serde::Serialize;
use sync_core::area::AreaCode;
use utoipa::ToSchema;

use crate::database::schema::areas;
use crate::database::{AnyConnection, DatabaseError};

/// An area as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListedArea {
    /// Its code.
    #[schema(value_type = String, example = "35.12.06.2004")]
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// 1 province, 2 regency, 3 district, 4 village, 5 RW, 6 RT.
    pub level: i32,
}

/// Which areas are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AreaFilter {
    /// Direct children of this one; none for any.
    pub parent: Option<AreaCode>,
    /// Those whose name has these letters, in capitals or not.
    pub name: Option<String>,
    /// Only what lies in one of these; none for everywhere.
    pub within: Option<Vec<AreaCode>>,
}

/// Areas by code, from the first after `after`.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(
    connection: &mut AnyConnection,
    filter: &AreaFilter,
    after: Option<&AreaCode>,
    limit: usize,
) -> Result<Vec<ListedArea>, DatabaseError> {
    let mut query = areas::table
        .filter(areas::code.gt(after.map_or("", AreaCode::as_str).to_owned()))
        .order(areas::code)
        .select((areas::code, areas::name, areas::level))
        .into_boxed();
    if let Some(parent) = &filter.parent {
        query = query.filter(areas::parent.eq(parent.as_str().to_owned()));
    }
    if filter.name.is_none() && filter.within.is_none() {
        query = query.limit(i64::try_from(limit).unwrap_or(i64::MAX));
    }
    let rows: Vec<(String, String, i32)> = query.load(connection)?;
    let wanted = filter.name.as_ref().map(|name| name.to_lowercase());
    let mut found = Vec::new();
    for (code, name, level) in rows {
        let code = AreaCode::parse(&code)?;
        let named = wanted.as_ref().is_none_or(|wanted| name.to_lowercase().contains(wanted));
        // Above and below: a tree is walked from its top to the places that one may see.
        let seen = |place: &AreaCode| place.contains(&code) || code.contains(place);
        if named && filter.within.as_ref().is_none_or(|places| places.iter().any(seen)) {
            found.push(ListedArea { code, name, level });
        }
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

/// The outline of an area as GeoJSON geometry, if one is known.
///
/// # Errors
/// [`DatabaseError`].
pub fn outline(connection: &mut AnyConnection, code: &AreaCode) -> Result<Option<String>, DatabaseError> {
    let outline: Option<Option<String>> =
        areas::table.filter(areas::code.eq(code.as_str())).select(areas::outline).first(connection).optional()?;
    Ok(outline.flatten())
}

/// How many areas are known.
///
/// # Errors
/// [`DatabaseError`].
pub fn count(connection: &mut AnyConnection) -> Result<i64, DatabaseError> {
    Ok(areas::table.count().get_result(connection)?)
}
