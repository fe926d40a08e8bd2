//! Contents of the catalogue by hash: a form, a list, a directory. A cut download goes on where it was cut (R25).

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use sync_core::id::ContentHash;

use crate::database::DatabaseError;
use crate::devices::{self, Admission};
use crate::forms;
use crate::http::authentication::TokenHolder;
use crate::http::error::ApiError;
use crate::http::service::Service;

/// The bytes of a content, or those that `Range: bytes=A-B` or `bytes=A-` names. A content never changes, so that any cache may
/// keep it for ever.
#[utoipa::path(
    tag = "device",
    security(("device" = [])),
    params(("hash" = String, Path, pattern = "^[0-9a-fA-F]{64}$")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream")
    )
)]
#[get("/contents/{hash}")]
pub(crate) async fn contents(
    request: HttpRequest,
    service: Data<Service>,
    token: TokenHolder,
    hash: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let hash = ContentHash::parse(&hash).map_err(|_| ApiError::NotFound("content"))?;
    let device = token.0.device;
    let found = service.read::<_, DatabaseError>(move |connection| {
        Ok(match devices::admission(connection, device)? {
            Admission::Admitted => Ok(forms::content(connection, hash)?),
            refusal @ (Admission::Unknown | Admission::Revoked | Admission::UserDisabled) => Err(refusal),
        })
    });
    let bytes = found.await?.map_err(ApiError::from)?.ok_or(ApiError::NotFound("content"))?;
    let range = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    Ok(answer(bytes, range.and_then(wanted)))
}

/// The first and the last byte that a range names; the last may be left open. Other ranges are not served: their answer is
/// the whole, as RFC 9110 (14.2) allows.
fn wanted(range: &str) -> Option<(usize, Option<usize>)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse().ok()?;
    match last {
        "" => Some((first, None)),
        last => last.parse().ok().filter(|last| *last >= first).map(|last| (first, Some(last))),
    }
}

fn answer(bytes: Vec<u8>, range: Option<(usize, Option<usize>)>) -> HttpResponse {
    let size = bytes.len();
    let mut response = HttpResponse::build(StatusCode::OK);
    let body = match range {
        Some((first, _)) if first >= size => {
            let whole = format!("bytes */{size}");
            return HttpResponse::RangeNotSatisfiable().insert_header((header::CONTENT_RANGE, whole)).finish();
        }
        Some((first, last)) => {
            let last = last.unwrap_or(size).min(size - 1);
            response.status(StatusCode::PARTIAL_CONTENT);
            response.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{size}")));
            bytes[first..=last].to_vec()
        }
        None => bytes,
    };
    response.content_type("application/octet-stream");
    response.insert_header((header::ACCEPT_RANGES, "bytes"));
    response.insert_header((header::CACHE_CONTROL, "private, max-age=31536000, immutable"));
    response.body(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_others_are_not() {
        assert_eq!(wanted("bytes=512-"), Some((512, None)));
        assert_eq!(wanted("bytes=0-5"), Some((0, Some(5))));
        for other in ["bytes=5-0", "bytes=-5", "bytes=0-5,7-", "items=5-", "bytes=x-", ""] {
            assert_eq!(wanted(other), None, "{other}");
        }
    }

    #[test]
    fn a_range_says_which_bytes_it_is_and_one_beyond_the_end_is_refused() {
        let said = |range| {
            let part = answer(vec![1, 2, 3], Some(range));
            let value = part.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
            (part.status().as_u16(), value.map(str::to_owned))
        };
        assert_eq!(said((1, None)), (206, Some("bytes 1-2/3".into())));
        assert_eq!(said((0, Some(1))), (206, Some("bytes 0-1/3".into())));
        assert_eq!(said((0, Some(900))), (206, Some("bytes 0-2/3".into())));
        assert_eq!(said((3, None)), (416, Some("bytes */3".into())));
        assert_eq!(answer(vec![1, 2, 3], None).status(), StatusCode::OK);
    }
}
