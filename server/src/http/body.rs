//! Bodies that are read by hand: bounded, and given up when nothing more comes.

use std::time::Duration;

use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;

use super::error::ApiError;

/// Reads a body of at most `limit` bytes. `patience` is how long it may stand still: a phone on 2G may take minutes for a
/// full frame, so the whole has no limit.
///
/// # Errors
/// [`ApiError::TooLarge`], [`ApiError::Slow`], [`ApiError::Malformed`] when the connection broke.
pub(super) async fn read(mut payload: Payload, limit: usize, patience: Duration) -> Result<Bytes, ApiError> {
    let mut body = BytesMut::new();
    loop {
        let chunk = tokio::time::timeout(patience, payload.next()).await.map_err(|_| ApiError::Slow)?;
        match chunk {
            None => return Ok(body.freeze()),
            Some(Err(_)) => return Err(ApiError::Malformed("the body was cut off".into())),
            Some(Ok(chunk)) if body.len() + chunk.len() > limit => return Err(ApiError::TooLarge(limit)),
            Some(Ok(chunk)) => body.extend_from_slice(&chunk),
        }
    }
}
