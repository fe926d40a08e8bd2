//! A call to the server, before any HTTP library has seen it.

use serde::Serialize;

use crate::exchange::MEDIA_TYPE;

/// The methods that devices use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

/// One HTTP call, relative to the server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path, beginning with a slash; to be put behind the server's address.
    pub path: String,
    /// Headers that must be sent.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for `GET`.
    pub body: Vec<u8>,
}

impl Call {
    pub(in super::super) fn post_json<T: Serialize>(path: &str, body: &T) -> Self {
        let body = serde_json::to_vec(body).expect("plain texts and ids can be written as JSON");
        Self::post(path, "application/json", body)
    }

    pub(super) fn post_frame(path: &str, frame: Vec<u8>) -> Self {
        Self::post(path, MEDIA_TYPE, frame)
    }

    fn post(path: &str, media_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type", media_type.to_owned())];
        Self { method: Method::Post, path: path.to_owned(), headers, body }
    }

    /// Bytes `from..to` of something.
    pub(super) fn get_piece(path: String, from: u64, to: u64) -> Self {
        let headers = vec![("range", format!("bytes={from}-{}", to.saturating_sub(1)))];
        Self { method: Method::Get, path, headers, body: Vec::new() }
    }

    pub(super) fn with_token(mut self, token: &str) -> Self {
        self.headers.push(("authorization", format!("Bearer {token}")));
        self
    }
}

impl Method {
    /// The method's name in HTTP.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}
