//! What waits for somebody to decide.

use actix_web::get;
use actix_web::web::{Data, Json, Query};
use serde::Deserialize;
use sync_core::area::AreaCode;
use sync_core::id::DocumentId;
use utoipa::IntoParams;

use super::page::{self, Limit, Page};
use super::short::Short;
use crate::conflicts::{self, ConflictFilter, ShownConflict};
use crate::database::DatabaseError;
use crate::http::authentication::Person;
use crate::http::error::ApiError;
use crate::http::service::Service;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConflictQuery {
    /// In this area or in areas inside it.
    #[param(value_type = Option<String>, pattern = "^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4}(\\.[0-9]{3}(\\.[0-9]{3})?)?)?)?)?$")]
    area: Option<AreaCode>,
    /// `next` of the page before.
    #[param(pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}~[^\\u0000]*$", max_length = 600, value_type = Option<String>)]
    after: Option<Short<600>>,
    /// Entries of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// Conflicts by record, as far as the user may read them.
#[utoipa::path(tag = "records", security(("session" = [])), params(ConflictQuery),
    responses((status = 200, body = Page<ShownConflict>)))]
#[get("/conflicts")]
pub(crate) async fn list(
    service: Data<Service>,
    person: Person,
    query: Query<ConflictQuery>,
) -> Result<Json<Page<ShownConflict>>, ApiError> {
    let ConflictQuery { area, after, limit } = query.into_inner();
    let after = after.map(|text| read_cursor(&text.into_text())).transpose()?;
    let filter = ConflictFilter { areas: person.permissions.narrowed(area.as_ref()), after };
    let permissions = person.permissions.clone();
    let found = service.read::<_, DatabaseError>(move |connection| {
        let lines = conflicts::list(connection, &filter, limit.and_one())?;
        let shown = lines.into_iter().map(|line| {
            let (document, name) = line.cursor();
            let sees = permissions.sees_personal(&line.area);
            Ok((format!("{document}~{name}"), ShownConflict::of(connection, line, sees)?))
        });
        shown.collect::<Result<Vec<_>, DatabaseError>>()
    });
    let page = Page::of(found.await?, limit, |(cursor, _)| cursor.clone());
    Ok(Json(page.map(|(_, shown)| shown)))
}

fn read_cursor(text: &str) -> Result<(DocumentId, String), ApiError> {
    let (document, name) = text.split_once('~').ok_or_else(page::unknown_cursor)?;
    Ok((DocumentId::parse(document).map_err(|_| page::unknown_cursor())?, name.to_owned()))
}
