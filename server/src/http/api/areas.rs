//! The administrative tree.

use actix_web::get;
use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use sync_core::area::AreaCode;
use utoipa::{IntoParams, ToSchema};

use super::page::{Limit, Page};
use super::short::Short;
use crate::areas;
use crate::areas::listing::{self, AreaFilter, ListedArea};
use crate::database::DatabaseError;
use crate::http::authentication::Person;
use crate::http::error::ApiError;
use crate::http::service::Service;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AreaQuery {
    /// Direct children of this area.
    #[param(value_type = Option<String>, pattern = "^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4}(\\.[0-9]{3}(\\.[0-9]{3})?)?)?)?)?$")]
    parent: Option<AreaCode>,
    /// Part of the name, in capitals or not.
    #[param(value_type = Option<String>, max_length = 120, pattern = "^[^\\u0000]*$")]
    name: Option<Short<120>>,
    /// `next` of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4}(\\.[0-9]{3}(\\.[0-9]{3})?)?)?)?)?$")]
    after: Option<AreaCode>,
    /// Entries of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// An area with its outline.
#[derive(Serialize, ToSchema)]
pub(crate) struct Outlined {
    #[schema(value_type = String)]
    code: AreaCode,
    name: String,
    /// GeoJSON geometry, if one is known.
    #[schema(value_type = Option<Object>)]
    outline: Option<serde_json::Value>,
}

/// Areas by code: those that the user may read, and those above them.
#[utoipa::path(tag = "areas", security(("session" = [])), params(AreaQuery),
    responses((status = 200, body = Page<ListedArea>)))]
#[get("/areas")]
pub(crate) async fn list(
    service: Data<Service>,
    person: Person,
    query: Query<AreaQuery>,
) -> Result<Json<Page<ListedArea>>, ApiError> {
    let AreaQuery { parent, name, after, limit } = query.into_inner();
    let filter = AreaFilter { parent, name: name.map(Short::into_text), within: person.permissions.readable() };
    let found = service.read::<_, DatabaseError>(move |connection| {
        listing::list(connection, &filter, after.as_ref(), limit.get() + 1)
    });
    Ok(Json(Page::of(found.await?, limit, |area| area.code.to_string())))
}

/// An area with its outline.
#[utoipa::path(tag = "areas", security(("session" = [])), params(("code" = String, Path)),
    responses((status = 200, body = Outlined)))]
#[get("/areas/{code}")]
pub(crate) async fn read(
    service: Data<Service>,
    _person: Person,
    code: Path<String>,
) -> Result<Json<Outlined>, ApiError> {
    let code = AreaCode::parse(&code).map_err(|_| ApiError::NotFound("area"))?;
    let found = service.read::<_, DatabaseError>(move |connection| {
        let Some(area) = areas::find(connection, &code)? else { return Ok(None) };
        let outline = listing::outline(connection, &code)?;
        let outline = outline.map(|text| serde_json::from_str(&text).map_err(DatabaseError::stored)).transpose()?;
        Ok(Some(Outlined { code, name: area.name, outline }))
    });
    found.await?.map(Json).ok_or(ApiError::NotFound("area"))
}
