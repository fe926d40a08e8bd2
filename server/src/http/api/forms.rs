//! Questionnaires.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Payload};
use actix_web::{HttpResponse, get, post};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::database::DatabaseError;
use crate::forms::administration::{self, FORM_BYTES, FormError, ListedForm};
use crate::http::authentication::Person;
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::service::Service;

/// All versions of all forms.
#[derive(Serialize, ToSchema)]
pub(crate) struct Forms {
    items: Vec<ListedForm>,
}

/// All versions of all forms, in the order of publication.
#[utoipa::path(tag = "forms", security(("session" = [])), responses((status = 200, body = Forms)))]
#[get("/forms")]
pub(crate) async fn list(service: Data<Service>, _person: Person) -> Result<Json<Forms>, ApiError> {
    let items = service.read::<_, DatabaseError>(administration::list).await?;
    Ok(Json(Forms { items }))
}

/// Publishes a compiled form, at most 4 MiB. A published version is never altered; the very same again is one publication.
#[utoipa::path(tag = "forms", security(("session" = [])), request_body(content = Object),
    responses((status = 201, body = ListedForm)))]
#[post("/forms")]
pub(crate) async fn publish(
    service: Data<Service>,
    person: Person,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    person.must_administer()?;
    let bytes = body::read(payload, FORM_BYTES, service.patience).await?;
    let (by, now) = (person.by(), clock::now());
    let form =
        service.write::<_, FormError>(move |connection| administration::publish(connection, by, &bytes, now)).await?;
    Ok(HttpResponse::build(StatusCode::CREATED).json(form))
}

/// Retires a version: phones begin no new records with it, the server takes records made with it always.
#[utoipa::path(tag = "forms", security(("session" = [])), params(("form" = String, Path, pattern = "^[^/\\u0000]+$"), ("version" = String, Path, pattern = "^[^/\\u0000]+$")),
    responses((status = 200, body = ListedForm)))]
#[post("/forms/{form}/{version}/retire")]
pub(crate) async fn retire(
    service: Data<Service>,
    person: Person,
    path: Path<(String, String)>,
) -> Result<Json<ListedForm>, ApiError> {
    set_retired(&service, &person, path.into_inner(), true).await
}

/// Takes a retired version back into use.
#[utoipa::path(tag = "forms", security(("session" = [])), params(("form" = String, Path, pattern = "^[^/\\u0000]+$"), ("version" = String, Path, pattern = "^[^/\\u0000]+$")),
    responses((status = 200, body = ListedForm)))]
#[post("/forms/{form}/{version}/restore")]
pub(crate) async fn restore(
    service: Data<Service>,
    person: Person,
    path: Path<(String, String)>,
) -> Result<Json<ListedForm>, ApiError> {
    set_retired(&service, &person, path.into_inner(), false).await
}

async fn set_retired(
    service: &Service,
    person: &Person,
    (form, version): (String, String),
    retired: bool,
) -> Result<Json<ListedForm>, ApiError> {
    person.must_administer()?;
    let (by, now) = (person.by(), clock::now());
    let changed = service.write::<_, FormError>(move |connection| {
        administration::set_retired(connection, by, (&form, &version), retired, now)
    });
    Ok(Json(changed.await?))
}
