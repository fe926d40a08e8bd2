//! The exchange over HTTP: a frame in, a frame out.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use sync_core::exchange::MEDIA_TYPE;
use sync_core::limits;

use crate::clock::{self, SystemEntropy};
use crate::exchange::{self as exchanges, Asking, ExchangeError};
use crate::http::authentication::TokenHolder;
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::service::{Service, blocking};

enum Failed {
    /// The request is of a version that is not spoken here; the bytes say which are.
    OtherVersion(Vec<u8>),
    Api(ApiError),
}

impl From<Failed> for ApiError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Api(error) => error,
            Failed::OtherVersion(_) => Self::Malformed("unknown version of the exchange".into()),
        }
    }
}

/// Pushes and pulls at once: frames of `docs/sync-protocol.md`. A frame of an unknown version is answered with status 400 and
/// a frame that names the versions that are spoken.
#[utoipa::path(
    tag = "device",
    security(("device" = [])),
    request_body(content = Vec<u8>, content_type = "application/vnd.rukun.exchange"),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.rukun.exchange"))
)]
#[post("/exchange")]
pub(crate) async fn exchange(
    request: HttpRequest,
    service: Data<Service>,
    token: TokenHolder,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    if request.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != HeaderValue::from_static(MEDIA_TYPE)) {
        return Err(ApiError::MediaType(MEDIA_TYPE));
    }
    let frame = body::read(payload, limits::FRAME_BYTES, service.patience).await?;
    let now = clock::now();
    let claims = &token.0;
    let token = claims.is_past_half(now).then(|| service.mint.device_token(claims.device, claims.user, now));
    let asking = Asking { device: claims.device, now, token: token.transpose()? };
    let working = service.clone();
    let answered = blocking(move || Ok::<_, ApiError>(answer(&working, &asking, &frame))).await?;
    match answered {
        Ok(frame) => Ok(HttpResponse::Ok().content_type(MEDIA_TYPE).body(frame)),
        Err(Failed::OtherVersion(frame)) => {
            Ok(HttpResponse::build(StatusCode::BAD_REQUEST).content_type(MEDIA_TYPE).body(frame))
        }
        Err(Failed::Api(error)) => Err(error),
    }
}

fn answer(service: &Service, asking: &Asking, frame: &Bytes) -> Result<Vec<u8>, Failed> {
    let answer = exchanges::exchange(&service.database, &service.identity, asking, frame, &mut SystemEntropy);
    let answer = answer.map_err(|error| match error {
        ExchangeError::UnknownVersion { answer, .. } => Failed::OtherVersion(answer),
        ExchangeError::Unreadable(error) => Failed::Api(ApiError::Malformed(error.to_string())),
        ExchangeError::UnknownDevice => Failed::Api(ApiError::DeviceUnknown),
        ExchangeError::Database(error) => Failed::Api(error.into()),
    })?;
    if !answer.grown.is_empty() {
        service.notices.committed();
    }
    Ok(answer.frame)
}
