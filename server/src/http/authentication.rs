//! Who is asking: a device by its bearer token, a person by the session cookie.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest};
use sync_core::area::AreaCode;
use uuid::Uuid;

use super::error::ApiError;
use super::service::Service;
use crate::access::rights::Permissions;
use crate::access::token::{DeviceClaims, TokenError};
use crate::database::DatabaseError;
use crate::users::account::Account;
use crate::users::session;
use crate::{assignments, audit, clock};

/// Name of the session cookie.
pub(crate) const COOKIE: &str = "rukun_session";

/// A device whose token is good. Whether it is revoked is asked where it matters, in the transaction that does the work.
pub(crate) struct TokenHolder(pub(crate) DeviceClaims);

impl FromRequest for TokenHolder {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(bearer(request).map(Self))
    }
}

fn bearer(request: &HttpRequest) -> Result<DeviceClaims, ApiError> {
    let service = service(request)?;
    let said = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = said.and_then(|said| said.strip_prefix("Bearer ")).ok_or(TokenError::Invalid)?;
    Ok(service.mint.read_device(token.trim(), clock::now())?)
}

/// A person who is logged in, perhaps still with a one-time password.
pub(crate) struct LoggedIn {
    pub(crate) account: Account,
    pub(crate) session: Uuid,
    pub(crate) permissions: Permissions,
}

/// A person who is logged in and may do what their assignments say.
pub(crate) struct Person(LoggedIn);

impl LoggedIn {
    /// On whose account acts are written down.
    pub(crate) const fn by(&self) -> audit::By {
        audit::By::Session { user: self.account.id, session: self.session }
    }
}

impl std::ops::Deref for Person {
    type Target = LoggedIn;

    fn deref(&self) -> &LoggedIn {
        &self.0
    }
}

impl Person {
    /// Lets administrators pass.
    ///
    /// # Errors
    /// [`ApiError::Forbidden`].
    pub(crate) fn must_administer(&self) -> Result<(), ApiError> {
        if self.permissions.is_administrator() {
            Ok(())
        } else {
            Err(ApiError::Forbidden("only an administrator may do this"))
        }
    }

    /// Lets those pass who may read in `area`. To others what is there does not exist.
    ///
    /// # Errors
    /// [`ApiError::NotFound`].
    pub(crate) fn must_read(&self, area: &AreaCode, what: &'static str) -> Result<(), ApiError> {
        if self.permissions.may_read(area) { Ok(()) } else { Err(ApiError::NotFound(what)) }
    }

    /// Lets those pass who may review in `area`.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] for those who may not even read there, else [`ApiError::Forbidden`].
    pub(crate) fn must_review(&self, area: &AreaCode, what: &'static str) -> Result<(), ApiError> {
        self.must_read(area, what)?;
        if self.permissions.may_review(area) {
            Ok(())
        } else {
            Err(ApiError::Forbidden("only a supervisor of the area may do this"))
        }
    }
}

type Boxed<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

impl FromRequest for LoggedIn {
    type Error = Error;
    type Future = Boxed<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(logged_in(&request).await?) })
    }
}

impl FromRequest for Person {
    type Error = Error;
    type Future = Boxed<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let person = logged_in(&request).await?;
            if person.account.must_change_password {
                return Err(ApiError::PasswordChangeNeeded.into());
            }
            Ok(Self(person))
        })
    }
}

async fn logged_in(request: &HttpRequest) -> Result<LoggedIn, ApiError> {
    let service = service(request)?;
    let cookie = request.cookie(COOKIE).ok_or(ApiError::LogInNeeded)?;
    let now = clock::now();
    let claims = service.mint.read_session(cookie.value(), now).map_err(|_| ApiError::LogInNeeded)?;
    let session = claims.session;
    let found = service.read::<_, DatabaseError>(move |connection| {
        let Some(account) = session::live(connection, session, now)? else { return Ok(None) };
        let rights = assignments::rights(connection, account.id)?;
        Ok(Some((account, Permissions::of(&rights))))
    });
    let (account, permissions) = found.await?.ok_or(ApiError::LogInNeeded)?;
    Ok(LoggedIn { account, session, permissions })
}

fn service(request: &HttpRequest) -> Result<&Data<Service>, ApiError> {
    request.app_data::<Data<Service>>().ok_or_else(|| ApiError::Internal("the app has no service".into()))
}
