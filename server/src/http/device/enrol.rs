//! A phone with a one-time code becomes a device.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, post};
use sync_core::enrolment::{EnrolRequest, EnrolResponse};
use sync_core::id::{DeviceId, UserId};
use sync_core::identity::PublicKey;

use super::{EnrolRequestShape, EnrolResponseShape, read_key, read_signature};
use crate::clock::{self, SystemEntropy};
use crate::devices::enrolment::{self, EnrolError, Wish};
use crate::http::error::ApiError;
use crate::http::service::Service;

/// Enrols a phone. Asking again with the same code and key gives the same device for 24 hours.
#[utoipa::path(
    tag = "device",
    request_body = EnrolRequestShape,
    responses((status = 200, body = EnrolResponseShape))
)]
#[post("/enrol")]
pub(crate) async fn enrol(
    request: HttpRequest,
    service: Data<Service>,
    body: Json<EnrolRequest>,
) -> Result<Json<EnrolResponse>, ApiError> {
    service.count_enrolment(&request)?;
    let EnrolRequest { code, public_key, signature, label } = body.into_inner();
    let (key, signature) = (read_key(&public_key)?, read_signature(&signature)?);
    let (programme, now) = (service.identity.programme, clock::now());
    let enrolled = service.write::<_, EnrolError>(move |connection| {
        let wish = Wish { code: &code, key, signature, label: &label };
        enrolment::enrol(connection, programme, &wish, now, &mut SystemEntropy)
    });
    let (device, user) = enrolled.await?;
    let token = service.mint.device_token(device, user.id, now)?;
    Ok(Json(answer(&service, (device, user.id, user.name), &key, token)))
}

fn answer(
    service: &Service,
    (device, user, user_name): (DeviceId, UserId, String),
    key: &PublicKey,
    token: String,
) -> EnrolResponse {
    let (programme, server) = (service.identity.programme, &service.secrets.server_key);
    let signature = server.sign_enrolled(programme, device, user, key);
    EnrolResponse {
        server_key: server.public().to_string(),
        programme,
        device,
        user,
        user_name,
        signature: signature.to_string(),
        token,
    }
}
