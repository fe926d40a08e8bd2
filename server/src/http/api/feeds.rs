//! How far each area is.

use actix_web::get;
use actix_web::web::{Data, Json, Query};
use serde::Deserialize;
use sync_core::area::AreaCode;
use utoipa::IntoParams;

use super::page::{Limit, Page};
use crate::database::DatabaseError;
use crate::feed_status::{self, FeedStatus};
use crate::http::authentication::Person;
use crate::http::error::ApiError;
use crate::http::service::Service;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedQuery {
    /// `next` of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4}(\\.[0-9]{3}(\\.[0-9]{3})?)?)?)?)?$")]
    after: Option<AreaCode>,
    /// Entries of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// Feeds by area, as far as the user may read them.
#[utoipa::path(tag = "feeds", security(("session" = [])), params(FeedQuery),
    responses((status = 200, body = Page<FeedStatus>)))]
#[get("/feeds")]
pub(crate) async fn list(
    service: Data<Service>,
    person: Person,
    query: Query<FeedQuery>,
) -> Result<Json<Page<FeedStatus>>, ApiError> {
    let FeedQuery { after, limit } = query.into_inner();
    let within = person.permissions.readable();
    let found = service.read::<_, DatabaseError>(move |connection| {
        feed_status::list(connection, within.as_deref(), after.as_ref(), limit.get() + 1)
    });
    Ok(Json(Page::of(found.await?, limit, |feed| feed.area.to_string())))
}
