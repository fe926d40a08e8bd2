//! The platform's own HTTP, if an app prefers it to the built-in client: its proxy settings, its certificates, its
//! background transfers.

use thiserror::Error;

use crate::error::RukunError;

/// An HTTP client that the app brings. One call, one answer; redirects are not followed, bodies are not decoded. Slow lines
/// are ordinary: allow minutes for a body, and give up when nothing has moved for one.
#[uniffi::export(with_foreign)]
#[async_trait::async_trait]
pub trait HttpClient: Send + Sync {
    /// Makes a call. Every answer with a status is an answer, whatever the status.
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;
}

/// A call to make.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Headers that must be sent.
    pub headers: Vec<HttpHeader>,
    /// The body; empty for `GET`.
    pub body: Vec<u8>,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpResponse {
    /// Its status.
    pub status: u16,
    /// Its body, whole.
    pub body: Vec<u8>,
}

/// No answer came.
#[derive(Debug, Clone, PartialEq, Eq, Error, uniffi::Error)]
pub enum HttpError {
    /// No connection was made: no network, no such host, refused, no valid certificate.
    #[error("the server cannot be reached: {reason}")]
    Unreachable {
        /// The platform's words.
        reason: String,
    },
    /// The connection was lost before the answer was whole. The call is made again, smaller.
    #[error("the line was cut: {reason}")]
    Cut {
        /// The platform's words.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HttpError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unreachable { reason: error.reason }
    }
}

impl From<HttpError> for RukunError {
    fn from(error: HttpError) -> Self {
        Self::Offline { detail: error.to_string() }
    }
}
