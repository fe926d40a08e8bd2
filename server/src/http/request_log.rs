//! One log line for each request, and an id by which to find it. The line names the route, never its values.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError};
use std::time::Instant;
use sync_core::entropy::Entropy;
use tracing::Instrument;

use super::error::ApiError;
use crate::clock::SystemEntropy;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is taken from a client or proxy.
const ID_MAX: usize = 64;

/// Gives the request its id, answers it, and logs.
pub(super) async fn log(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let id = accepted_id(&request).unwrap_or_else(made_id);
    let method = request.method().clone();
    let span = tracing::info_span!("request", id);
    let mut response = next.call(request).instrument(span.clone()).await?.map_into_boxed_body();
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    let status = response.status();
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let _entered = span.enter();
    if status.is_server_error() {
        tracing::error!(%method, route, status = status.as_u16(), millis, "answered");
    } else {
        tracing::info!(%method, route, status = status.as_u16(), millis, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// The id that the client or a proxy gave: letters, digits, `-`, `_` only, so that nothing is smuggled into the log.
fn accepted_id(request: &ServiceRequest) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (plain && !id.is_empty() && id.len() <= ID_MAX).then(|| id.to_owned())
}

fn made_id() -> String {
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

/// Errors that actix makes by itself (a path or a JSON body that cannot be read) as ours.
pub(super) fn malformed(error: impl std::fmt::Display) -> Error {
    let mut words = error.to_string();
    words.truncate(words.char_indices().nth(200).map_or(words.len(), |(at, _)| at));
    let error = ApiError::Malformed(words);
    let response = error.error_response();
    actix_web::error::InternalError::from_response(error, response).into()
}
