//! Phones and their enrolment.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use sync_core::id::{DeviceId, UserId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::{Limit, Page};
use crate::clock::{self, SystemEntropy};
use crate::database::DatabaseError;
use crate::devices::administration::{self, ListedDevice, RevokeError};
use crate::devices::enrolment::{self, EnrolError};
use crate::http::authentication::Person;
use crate::http::error::ApiError;
use crate::http::service::Service;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeviceQuery {
    /// Only this user's.
    user: Option<Uuid>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// Entries of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// For whom a code is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeWish {
    user: Uuid,
}

/// A one-time enrolment code. It is shown here and never again.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeCode {
    /// The code alone, to be typed.
    code: String,
    /// What the QR code shows.
    ticket: String,
    /// Until when it may be used, in milliseconds since 1970.
    expires_at: i64,
}

/// Devices in the order in which they were enrolled.
#[utoipa::path(tag = "devices", security(("session" = [])), params(DeviceQuery),
    responses((status = 200, body = Page<ListedDevice>)))]
#[get("/devices")]
pub(crate) async fn list(
    service: Data<Service>,
    person: Person,
    query: Query<DeviceQuery>,
) -> Result<Json<Page<ListedDevice>>, ApiError> {
    person.must_administer()?;
    let DeviceQuery { user, after, limit } = query.into_inner();
    let found = service.read::<_, DatabaseError>(move |connection| {
        administration::list(connection, user.map(UserId::from_uuid), after, limit.and_one())
    });
    Ok(Json(Page::of(found.await?, limit, |device| device.id.to_string())))
}

/// Makes an enrolment code for one device of a user.
#[utoipa::path(tag = "devices", security(("session" = [])), responses((status = 201, body = MadeCode)))]
#[post("/devices/codes")]
pub(crate) async fn make_code(
    service: Data<Service>,
    person: Person,
    body: Json<CodeWish>,
) -> Result<HttpResponse, ApiError> {
    person.must_administer()?;
    let (user, by, now) = (UserId::from_uuid(body.user), person.by(), clock::now());
    let made = service
        .write::<_, EnrolError>(move |connection| enrolment::make_code(connection, by, user, now, &mut SystemEntropy));
    let (code, expires) = made.await?;
    let ticket = service.ticket(&code).to_string();
    let made = MadeCode { code: code.as_str().to_owned(), ticket, expires_at: expires.millis() };
    Ok(HttpResponse::build(StatusCode::CREATED).json(made))
}

/// Revokes a device: it reads nothing more, and what it signed and has not arrived is held.
#[utoipa::path(tag = "devices", security(("session" = [])), params(("id" = Uuid, Path)), responses((status = 204)))]
#[post("/devices/{id}/revoke")]
pub(crate) async fn revoke(service: Data<Service>, person: Person, id: Path<Uuid>) -> Result<HttpResponse, ApiError> {
    person.must_administer()?;
    let (device, by, now) = (DeviceId::from_uuid(id.into_inner()), person.by(), clock::now());
    service.write::<_, RevokeError>(move |connection| administration::revoke(connection, by, device, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}
