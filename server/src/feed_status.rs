//! Feeds as administration and event streams see them: where each ends, and how much is in it.

use diesel::prelude::*;
use serde::Serialize;
use sync_core::area::AreaCode;
use sync_core::id::Sequence;
use utoipa::ToSchema;

use crate::database::schema::{areas, feeds};
use crate::database::{AnyConnection, DatabaseError};

/// A feed as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedStatus {
    /// The feed area.
    #[schema(value_type = String, example = "35.12.06.2004")]
    pub area: AreaCode,
    /// Its name, if it is still in the tree.
    pub name: Option<String>,
    /// Sequence of its last entry.
    #[schema(value_type = u64)]
    pub last: Sequence,
    /// Records in it.
    pub records: i64,
    /// Review threads in it.
    pub reviews: i64,
}

/// Feeds by area, from the first after `after`, that lie in one of `within`; none for everywhere.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(
    connection: &mut AnyConnection,
    within: Option<&[AreaCode]>,
    after: Option<&AreaCode>,
    limit: usize,
) -> Result<Vec<FeedStatus>, DatabaseError> {
    type Row = (String, Option<String>, i64, i64, i64);
    let rows: Vec<Row> = feeds::table
        .left_join(areas::table.on(areas::code.eq(feeds::area)))
        .filter(feeds::area.gt(after.map_or("", AreaCode::as_str)))
        .order(feeds::area)
        .select((feeds::area, areas::name.nullable(), feeds::last, feeds::records, feeds::reviews))
        .load(connection)?;
    let mut found = Vec::new();
    for (area, name, last, records, reviews) in rows {
        let area = AreaCode::parse(&area)?;
        if within.is_none_or(|places| places.iter().any(|place| place.contains(&area))) {
            let last = Sequence::new(u64::try_from(last).unwrap_or_default());
            found.push(FeedStatus { area, name, last, records, reviews });
        }
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

/// The last sequence of each feed.
///
/// # Errors
/// [`DatabaseError`].
pub fn ends(connection: &mut AnyConnection) -> Result<Vec<(AreaCode, Sequence)>, DatabaseError> {
    let rows: Vec<(String, i64)> =
        feeds::table.order(feeds::area).select((feeds::area, feeds::last)).load(connection)?;
    let read = |(area, last): (String, i64)| {
        Ok((AreaCode::parse(&area)?, Sequence::new(u64::try_from(last).unwrap_or_default())))
    };
    rows.into_iter().map(read).collect()
}
