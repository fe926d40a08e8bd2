//! People.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use sync_core::id::UserId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::{Limit, Page};
use super::short::Short;
use crate::clock::{self, SystemEntropy};
use crate::database::DatabaseError;
use crate::http::authentication::Person;
use crate::http::error::ApiError;
use crate::http::service::{Service, blocking};
use crate::users::account::{self, Account, UserError};
use crate::users::session;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// `next` of the page before.
    #[param(value_type = Option<String>, max_length = 60, pattern = "^[^\\u0000]*$")]
    after: Option<Short<60>>,
    /// Entries of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// A user to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    #[schema(pattern = "^[a-z][a-z0-9._-]{0,59}$", example = "budi")]
    login: String,
    /// None of the characters is a control character, the first and the last no blank.
    #[schema(
        max_length = 120,
        pattern = "^[^\\s\\u0000-\\u001f\\u007f-\\u009f]([^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f])?$",
        example = "Budi Santoso"
    )]
    name: String,
}

/// A password to be typed once.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneTimePassword {
    /// The password. It is shown here and never again; the next log-in must change it.
    password: String,
}

/// Users by login.
#[utoipa::path(tag = "users", security(("session" = [])), params(UserQuery),
    responses((status = 200, body = Page<Account>)))]
#[get("/users")]
pub(crate) async fn list(
    service: Data<Service>,
    person: Person,
    query: Query<UserQuery>,
) -> Result<Json<Page<Account>>, ApiError> {
    person.must_administer()?;
    let UserQuery { after, limit } = query.into_inner();
    let after = after.map(Short::into_text);
    let found = service
        .read::<_, DatabaseError>(move |connection| account::list(connection, after.as_deref(), limit.and_one()));
    Ok(Json(Page::of(found.await?, limit, |user| user.login.clone())))
}

/// Makes a user, without a password: a facilitator's phone needs none.
#[utoipa::path(tag = "users", security(("session" = [])), responses((status = 201, body = Account)))]
#[post("/users")]
pub(crate) async fn create(
    service: Data<Service>,
    person: Person,
    body: Json<NewUser>,
) -> Result<HttpResponse, ApiError> {
    person.must_administer()?;
    let NewUser { login, name } = body.into_inner();
    let (by, now) = (person.by(), clock::now());
    let made = service.write::<_, UserError>(move |connection| {
        account::create(connection, by, (&login, &name), now, &mut SystemEntropy)
    });
    Ok(HttpResponse::build(StatusCode::CREATED).json(made.await?))
}

/// A user.
#[utoipa::path(tag = "users", security(("session" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Account)))]
#[get("/users/{id}")]
pub(crate) async fn read(service: Data<Service>, person: Person, id: Path<Uuid>) -> Result<Json<Account>, ApiError> {
    let id = UserId::from_uuid(id.into_inner());
    if id != person.account.id {
        person.must_administer()?;
    }
    let found = service.read::<_, DatabaseError>(move |connection| account::find(connection, id)).await?;
    found.map(Json).ok_or(ApiError::NotFound("user"))
}

/// Disables a user: no log-in, and nothing to read; what their phones still push is held.
#[utoipa::path(tag = "users", security(("session" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Account)))]
#[post("/users/{id}/disable")]
pub(crate) async fn disable(service: Data<Service>, person: Person, id: Path<Uuid>) -> Result<Json<Account>, ApiError> {
    set_disabled(&service, &person, id.into_inner(), true).await
}

/// Enables a user again.
#[utoipa::path(tag = "users", security(("session" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Account)))]
#[post("/users/{id}/enable")]
pub(crate) async fn enable(service: Data<Service>, person: Person, id: Path<Uuid>) -> Result<Json<Account>, ApiError> {
    set_disabled(&service, &person, id.into_inner(), false).await
}

async fn set_disabled(
    service: &Data<Service>,
    person: &Person,
    id: Uuid,
    disabled: bool,
) -> Result<Json<Account>, ApiError> {
    person.must_administer()?;
    let (id, by, now) = (UserId::from_uuid(id), person.by(), clock::now());
    if disabled && id == person.account.id {
        let message = "nobody disables themselves; ask another administrator".to_owned();
        return Err(ApiError::Conflict { code: "own_account", message });
    }
    let changed =
        service.write::<_, UserError>(move |connection| account::set_disabled(connection, by, id, disabled, now));
    let changed = changed.await?;
    service.judge_again(person.account.id, changed.id).await?;
    Ok(Json(changed))
}

/// Gives a user a one-time password; all their sessions end.
#[utoipa::path(tag = "users", security(("session" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = OneTimePassword)))]
#[post("/users/{id}/password")]
pub(crate) async fn reset_password(
    service: Data<Service>,
    person: Person,
    id: Path<Uuid>,
) -> Result<Json<OneTimePassword>, ApiError> {
    person.must_administer()?;
    let (password, hash) = blocking(|| account::one_time_password(&mut SystemEntropy)).await?;
    let (id, by, now) = (UserId::from_uuid(id.into_inner()), person.by(), clock::now());
    let reset = service.write::<_, UserError>(move |connection| {
        account::reset_password(connection, by, id, &hash, now)?;
        Ok(session::end_others(connection, id, None, now)?)
    });
    reset.await?;
    Ok(Json(OneTimePassword { password }))
}
