//! Logging in at a screen.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::password;
use crate::access::token::SESSION_LIFE_MILLIS;
use crate::clock::{self, SystemEntropy};
use crate::database::DatabaseError;
use crate::http::authentication::{COOKIE, LoggedIn};
use crate::http::error::ApiError;
use crate::http::service::{Service, blocking};
use crate::users::account::{self, Account, UserError};
use crate::users::session;

/// Login and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    #[schema(max_length = 60, pattern = "^[^\\u0000]*$", example = "admin")]
    login: String,
    #[schema(max_length = 256)]
    password: String,
}

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    #[schema(max_length = 256)]
    old: String,
    #[schema(min_length = 10, max_length = 256)]
    new: String,
}

/// Who is logged in, and what they may do.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    user: Account,
    /// Whether the user administers the programme.
    administrator: bool,
    /// The areas that the user may read, each with all inside it; absent for everywhere.
    #[schema(value_type = Option<Vec<String>>)]
    areas: Option<Vec<sync_core::area::AreaCode>>,
}

/// Logs in: sets the session cookie.
#[utoipa::path(tag = "session", responses((status = 200, body = Account)))]
#[post("/session")]
pub(crate) async fn log_in(
    request: HttpRequest,
    service: Data<Service>,
    body: Json<LogIn>,
) -> Result<HttpResponse, ApiError> {
    service.count_log_in(&request)?;
    let LogIn { login, password } = body.into_inner();
    let found = service.read::<_, DatabaseError>(move |connection| account::find_by_login(connection, &login)).await?;
    let known = blocking(move || {
        let hash = found.as_ref().and_then(|(_, hash)| hash.as_deref());
        let fits = password::verify(&password, hash);
        let account = found.map(|(account, _)| account).filter(|account| fits && account.disabled_at.is_none());
        account.ok_or(ApiError::LogInFailed)
    });
    let account = known.await?;
    let (user, now) = (account.id, clock::now());
    let begun =
        service.write::<_, DatabaseError>(move |connection| session::begin(connection, user, now, &mut SystemEntropy));
    let session = begun.await?;
    let token = service.mint.session_token(session, user, now)?;
    Ok(HttpResponse::Ok().cookie(cookie(&request, &service, token, SESSION_LIFE_MILLIS / 1000)).json(account))
}

/// Who is logged in.
#[utoipa::path(tag = "session", security(("session" = [])), responses((status = 200, body = Me)))]
#[get("/session")]
pub(crate) async fn me(person: LoggedIn) -> Json<Me> {
    let (administrator, areas) = (person.permissions.is_administrator(), person.permissions.readable());
    Json(Me { user: person.account, administrator, areas })
}

/// Logs out.
#[utoipa::path(tag = "session", security(("session" = [])), responses((status = 204)))]
#[delete("/session")]
pub(crate) async fn log_out(
    request: HttpRequest,
    service: Data<Service>,
    person: LoggedIn,
) -> Result<HttpResponse, ApiError> {
    let (by, session, now) = (person.by(), person.session, clock::now());
    service.write::<_, DatabaseError>(move |connection| session::end(connection, by, session, now)).await?;
    Ok(HttpResponse::NoContent().cookie(cookie(&request, &service, String::new(), 0)).finish())
}

/// Changes the own password; all other sessions of the user end.
#[utoipa::path(tag = "session", security(("session" = [])), responses((status = 204)))]
#[post("/session/password")]
pub(crate) async fn change_password(
    request: HttpRequest,
    service: Data<Service>,
    person: LoggedIn,
    body: Json<PasswordChange>,
) -> Result<HttpResponse, ApiError> {
    service.count_log_in(&request)?;
    let PasswordChange { old, new } = body.into_inner();
    let user = person.account.id;
    let stored = service.read::<_, DatabaseError>(move |connection| account::with_hash(connection, user)).await?;
    let hash = blocking(move || {
        let stored = stored.and_then(|(_, hash)| hash);
        if !password::verify(&old, stored.as_deref()) {
            return Err(ApiError::LogInFailed);
        }
        if old == new {
            return Err(ApiError::Invalid("the new password must differ from the old one".into()));
        }
        Ok(password::hash(&new)?)
    });
    let (hash, by, kept, now) = (hash.await?, person.by(), person.session, clock::now());
    let changed = service.write::<_, UserError>(move |connection| {
        account::change_password(connection, by, user, &hash, now)?;
        Ok(session::end_others(connection, user, Some::<Uuid>(kept), now)?)
    });
    changed.await?;
    Ok(HttpResponse::NoContent().finish())
}

fn cookie(request: &HttpRequest, service: &Service, token: String, seconds: i64) -> Cookie<'static> {
    let proxied = service.behind_proxy && request.connection_info().scheme() == "https";
    Cookie::build(COOKIE, token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(proxied || service.public_url.starts_with("https://"))
        .max_age(Duration::seconds(seconds))
        .finish()
}
