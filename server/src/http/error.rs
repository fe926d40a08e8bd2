//! What a client is told when something does not work. One place decides status, code and words, and what is logged.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use sync_core::enrolment::{ErrorBody, ErrorDetail};
use thiserror::Error;

use crate::access::password::PasswordError;
use crate::access::token::TokenError;
use crate::assignments::administration::AssignmentError;
use crate::database::DatabaseError;
use crate::devices::Admission;
use crate::devices::administration::RevokeError;
use crate::devices::enrolment::EnrolError;
use crate::devices::renewal::RenewError;
use crate::documents::MoveError;
use crate::forms::administration::FormError;
use crate::held::HeldError;
use crate::users::account::UserError;

/// Seconds after which a client may ask a busy server again.
const BUSY_SECONDS: u64 = 5;

/// An error as it leaves the server.
#[derive(Debug, Error)]
pub enum ApiError {
    /// The body, path or query is not what the endpoint takes.
    #[error("{0}")]
    Malformed(String),
    /// Everything can be read, and a value cannot be meant.
    #[error("{0}")]
    Invalid(String),
    /// A device said nothing about who it is, or nothing usable.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No session, or none any more.
    #[error("log in first")]
    LogInNeeded,
    /// Login or password are wrong. Which of them is not said.
    #[error("login or password are wrong")]
    LogInFailed,
    /// The one-time password must be changed first.
    #[error("change the one-time password first: POST /api/v1/session/password")]
    PasswordChangeNeeded,
    /// The user may not.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Enrolment.
    #[error(transparent)]
    Enrol(EnrolError),
    /// Renewal.
    #[error(transparent)]
    Renew(RenewError),
    /// The device was revoked.
    #[error("the device was revoked; what it pushes through others is held")]
    DeviceRevoked,
    /// The device is not known here.
    #[error("there is no such device here")]
    DeviceUnknown,
    /// The user is disabled.
    #[error("the user is disabled")]
    UserDisabled,
    /// There is no such thing, or not for this user.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The path is known, the method is not.
    #[error("this address does not take this method; see the Allow header")]
    Method(String),
    /// The body is too large.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is of another kind.
    #[error("the body must be {0}")]
    MediaType(&'static str),
    /// The body stood still while it arrived.
    #[error("the request did not arrive in time; send it again")]
    Slow,
    /// It is so already, in a way that stands against what was asked.
    #[error("{message}")]
    Conflict {
        /// Stable code.
        code: &'static str,
        /// What stands against it.
        message: String,
    },
    /// Too many tries; seconds to wait.
    #[error("too many tries; wait {0} s")]
    TooMany(u64),
    /// The database cannot be had now.
    #[error("the server is busy; try again")]
    Busy,
    /// Something that must not happen. The words are for the log alone.
    #[error("an error in the server; its log has the details under this request's id")]
    Internal(String),
}

impl ApiError {
    /// Status and stable code.
    #[must_use]
    pub fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Token(TokenError::Expired) => (StatusCode::UNAUTHORIZED, "token_expired"),
            Self::Token(TokenError::Invalid) => (StatusCode::UNAUTHORIZED, "token_invalid"),
            Self::Token(TokenError::Making) | Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Self::LogInNeeded => (StatusCode::UNAUTHORIZED, "log_in_needed"),
            Self::LogInFailed => (StatusCode::UNAUTHORIZED, "log_in_failed"),
            Self::PasswordChangeNeeded => (StatusCode::FORBIDDEN, "password_change_needed"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Enrol(error) => enrol_kind(error),
            Self::Renew(error) => renew_kind(error),
            Self::DeviceRevoked => (StatusCode::FORBIDDEN, "device_revoked"),
            Self::DeviceUnknown => (StatusCode::FORBIDDEN, "device_unknown"),
            Self::UserDisabled => (StatusCode::FORBIDDEN, "user_disabled"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not_found"),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::MediaType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type"),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "slow"),
            Self::Conflict { code, .. } => (StatusCode::CONFLICT, code),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        }
    }
}

fn enrol_kind(error: &EnrolError) -> (StatusCode, &'static str) {
    match error {
        EnrolError::CodeUnknown => (StatusCode::FORBIDDEN, "code_unknown"),
        EnrolError::CodeUsed => (StatusCode::CONFLICT, "code_used"),
        EnrolError::CodeExpired => (StatusCode::FORBIDDEN, "code_expired"),
        EnrolError::Signature => (StatusCode::FORBIDDEN, "signature_invalid"),
        EnrolError::KeyUsed => (StatusCode::CONFLICT, "key_used"),
        EnrolError::Label => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        EnrolError::UnknownUser => (StatusCode::NOT_FOUND, "not_found"),
        EnrolError::UserDisabled => (StatusCode::FORBIDDEN, "user_disabled"),
        EnrolError::DeviceRevoked => (StatusCode::FORBIDDEN, "device_revoked"),
        EnrolError::Database(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

fn renew_kind(error: &RenewError) -> (StatusCode, &'static str) {
    match error {
        RenewError::DeviceUnknown => (StatusCode::FORBIDDEN, "device_unknown"),
        RenewError::Nonce(crate::access::nonce::NonceError::Expired) => (StatusCode::FORBIDDEN, "nonce_expired"),
        RenewError::Nonce(crate::access::nonce::NonceError::Foreign) => (StatusCode::FORBIDDEN, "nonce_invalid"),
        RenewError::NonceUsed => (StatusCode::CONFLICT, "nonce_used"),
        RenewError::Signature => (StatusCode::FORBIDDEN, "signature_invalid"),
        RenewError::Database(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

impl From<Admission> for ApiError {
    fn from(refusal: Admission) -> Self {
        match refusal {
            Admission::Unknown => Self::DeviceUnknown,
            Admission::Revoked => Self::DeviceRevoked,
            Admission::UserDisabled => Self::UserDisabled,
            Admission::Admitted => Self::Internal("an admitted device was refused".into()),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.kind().0
    }

    fn error_response(&self) -> HttpResponse {
        let (status, code) = self.kind();
        if let Self::Internal(detail) = self {
            tracing::error!(detail, "internal error");
        }
        let body = ErrorBody { error: ErrorDetail { code: code.to_owned(), message: self.to_string() } };
        let mut response = HttpResponse::build(status).json(body);
        let wait = if let Self::TooMany(seconds) = self { Some(*seconds) } else { None };
        let wait = wait.or_else(|| matches!(self, Self::Busy).then_some(BUSY_SECONDS));
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Self::Method(allowed) = self
            && let Ok(allowed) = HeaderValue::from_str(allowed)
        {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        response
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        if error.is_zero_byte() {
            Self::Malformed("a text holds a zero byte".into())
        } else if matches!(error, DatabaseError::Busy(_)) || error.is_raced() {
            tracing::warn!(%error, "database busy");
            Self::Busy
        } else {
            Self::Internal(error.to_string())
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Short | PasswordError::Long => Self::Invalid(error.to_string()),
            PasswordError::Hashing => Self::Internal(error.to_string()),
        }
    }
}

impl From<UserError> for ApiError {
    fn from(error: UserError) -> Self {
        match error {
            UserError::LoginTaken(_) => Self::Conflict { code: "login_taken", message: error.to_string() },
            UserError::Login | UserError::Name => Self::Invalid(error.to_string()),
            UserError::Unknown => Self::NotFound("user"),
            UserError::Password(error) => error.into(),
            UserError::Database(error) => error.into(),
        }
    }
}

impl From<AssignmentError> for ApiError {
    fn from(error: AssignmentError) -> Self {
        match error {
            AssignmentError::UnknownUser => Self::NotFound("user"),
            AssignmentError::UnknownArea(_) => Self::NotFound("area"),
            AssignmentError::Unknown => Self::NotFound("assignment"),
            AssignmentError::LastAdministrator => {
                Self::Conflict { code: "last_administrator", message: error.to_string() }
            }
            AssignmentError::Database(error) => error.into(),
        }
    }
}

impl From<HeldError> for ApiError {
    fn from(error: HeldError) -> Self {
        match error {
            HeldError::NotHeld(_) => Self::NotFound("held segment"),
            HeldError::BuildsOnHeld(_) => Self::Conflict { code: "builds_on_held", message: error.to_string() },
            HeldError::CannotEnter(_) => Self::Conflict { code: "cannot_enter", message: error.to_string() },
            HeldError::Edit(_) => Self::Internal(error.to_string()),
            HeldError::Database(error) => error.into(),
        }
    }
}

impl From<MoveError> for ApiError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::UnknownDocument(_) => Self::NotFound("record"),
            MoveError::UnknownArea(_) => Self::NotFound("area"),
            MoveError::Held(error) => error.into(),
            MoveError::Database(error) => error.into(),
        }
    }
}

impl From<FormError> for ApiError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Unreadable(_) | FormError::Schema(_) | FormError::Name | FormError::FileMissing(_) => {
                Self::Invalid(error.to_string())
            }
            FormError::Taken { .. } => Self::Conflict { code: "version_taken", message: error.to_string() },
            FormError::Unknown => Self::NotFound("form"),
            FormError::Database(error) => error.into(),
        }
    }
}

impl From<RevokeError> for ApiError {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::Unknown => Self::NotFound("device"),
            RevokeError::Server => Self::Conflict { code: "server_device", message: error.to_string() },
            RevokeError::Database(error) => error.into(),
        }
    }
}

impl From<EnrolError> for ApiError {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Database(error) => error.into(),
            EnrolError::UnknownUser => Self::NotFound("user"),
            refused @ (EnrolError::CodeUnknown
            | EnrolError::CodeUsed
            | EnrolError::CodeExpired
            | EnrolError::Signature
            | EnrolError::KeyUsed
            | EnrolError::Label
            | EnrolError::UserDisabled
            | EnrolError::DeviceRevoked) => Self::Enrol(refused),
        }
    }
}

impl From<RenewError> for ApiError {
    fn from(error: RenewError) -> Self {
        match error {
            RenewError::Database(error) => error.into(),
            refused @ (RenewError::DeviceUnknown
            | RenewError::Nonce(_)
            | RenewError::NonceUsed
            | RenewError::Signature) => Self::Renew(refused),
        }
    }
}
