//! A device whose token has run out signs a nonce and gets another.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, post};
use sync_core::enrolment::{NonceRequest, NonceResponse, TokenRequest, TokenResponse};

use super::{NonceRequestShape, NonceResponseShape, TokenRequestShape, TokenResponseShape, read_signature};
use crate::access::nonce as nonces;
use crate::clock::{self, SystemEntropy};
use crate::devices::renewal::{self, RenewError, Renewed};
use crate::devices::returning::Returning;
use crate::http::error::ApiError;
use crate::http::service::Service;

/// Gives a nonce, good for five minutes, once. Any device id gets one: whether there is such a device is not told here.
#[utoipa::path(
    tag = "device",
    request_body = NonceRequestShape,
    responses((status = 200, body = NonceResponseShape))
)]
#[post("/nonce")]
pub(crate) async fn give_nonce(
    request: HttpRequest,
    service: Data<Service>,
    body: Json<NonceRequest>,
) -> Result<Json<NonceResponse>, ApiError> {
    service.count_enrolment(&request)?;
    let secret = &service.secrets.token_secret;
    let nonce = nonces::issue(secret, body.device, clock::now(), &mut SystemEntropy);
    Ok(Json(NonceResponse { nonce }))
}

/// Gives a token for a signed nonce. A device that is not known here, because the server was restored from a backup, comes back
/// by the papers that the server gave it when it was enrolled.
#[utoipa::path(
    tag = "device",
    request_body = TokenRequestShape,
    responses((status = 200, body = TokenResponseShape))
)]
#[post("/token")]
pub(crate) async fn give_token(
    request: HttpRequest,
    service: Data<Service>,
    body: Json<TokenRequest>,
) -> Result<Json<TokenResponse>, ApiError> {
    service.count_enrolment(&request)?;
    let TokenRequest { device, nonce, signature, papers } = body.into_inner();
    let signature = read_signature(&signature)?;
    let (programme, secret, now) = (service.identity.programme, service.secrets.token_secret, clock::now());
    let server = service.secrets.server_key.public();
    let returning = papers.map(|papers| Returning::verify(&papers, (&server, programme), device));
    let returning = returning.transpose().map_err(|_| RenewError::Signature)?;
    let renewed = service.write::<_, RenewError>(move |connection| {
        renewal::renew(connection, (programme, &secret), device, (&nonce, &signature), returning.as_ref(), now)
    });
    let Renewed { user, returned } = renewed.await?;
    if returned {
        service.judge_again(service.identity.user, user).await?;
    }
    Ok(Json(TokenResponse { token: service.mint.device_token(device, user, now)? }))
}
