//! The line to the server, whoever provides it: what is sent over it, how often, and how many bytes that took.

use std::sync::Arc;

use sync_core::store::Call;

use super::built_in::BuiltIn;
use super::client::{HttpClient, HttpError, HttpHeader, HttpRequest, HttpResponse};
use super::counting::Bytes;
use crate::error::RukunError;

/// A line to one server.
pub(super) struct Line {
    server_url: String,
    client: Client,
}

enum Client {
    BuiltIn(BuiltIn),
    Platform { client: Arc<dyn HttpClient>, bytes: Bytes },
}

impl Line {
    pub(super) fn new(server_url: String, client: Option<Arc<dyn HttpClient>>) -> Self {
        let client = match client {
            Some(client) => Client::Platform { client, bytes: Bytes::default() },
            None => Client::BuiltIn(BuiltIn::new()),
        };
        Self { server_url, client }
    }

    /// Makes a call. The outer error is a defect, the inner one a line.
    pub(super) async fn call(&self, call: Call) -> Result<Result<HttpResponse, HttpError>, RukunError> {
        let headers = call.headers.into_iter().map(|(name, value)| HttpHeader { name: name.to_owned(), value });
        let request = HttpRequest {
            method: call.method.as_str().to_owned(),
            url: format!("{}{}", self.server_url, call.path),
            headers: headers.collect(),
            body: call.body,
        };
        match &self.client {
            Client::BuiltIn(client) => client.call(request).await,
            Client::Platform { client, bytes } => {
                bytes.add(request.body.len() as u64, 0);
                let answer = client.call(request).await;
                bytes.add(0, answer.as_ref().map_or(0, |answer| answer.body.len() as u64));
                Ok(answer)
            }
        }
    }

    /// Bytes up and down so far: over TCP with the built-in client, of bodies alone with the platform's.
    pub(super) fn bytes(&self) -> (u64, u64) {
        match &self.client {
            Client::BuiltIn(client) => client.bytes.get(),
            Client::Platform { bytes, .. } => bytes.get(),
        }
    }
}
