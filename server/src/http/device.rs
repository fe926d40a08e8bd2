//! Endpoints for devices: enrolment, renewal, the exchange, contents by hash, events.

pub(super) mod contents;
pub(super) mod enrol;
pub(super) mod events;
pub(super) mod exchange;
pub(super) mod renew;

use serde::Serialize;
use sync_core::identity::{PublicKey, Signature};
use utoipa::ToSchema;

use super::error::ApiError;

fn read_key(text: &str) -> Result<PublicKey, ApiError> {
    PublicKey::parse(text).map_err(|error| ApiError::Invalid(format!("public_key: {error}")))
}

fn read_signature(text: &str) -> Result<Signature, ApiError> {
    Signature::parse(text).map_err(|error| ApiError::Invalid(format!("signature: {error}")))
}

/// How [`EnrolRequest`](sync_core::enrolment::EnrolRequest) and its kin look in the OpenAPI document: the core has no such
/// attributes.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnrolRequest)]
pub(super) struct EnrolRequestShape {
    /// The one-time code.
    #[schema(max_length = 64)]
    code: String,
    /// The phone's Ed25519 public key, hexadecimal.
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    public_key: String,
    /// Its signature over programme, code and key, hexadecimal.
    #[schema(pattern = "^[0-9a-fA-F]{128}$")]
    signature: String,
    /// What its user calls the phone.
    #[schema(max_length = 120)]
    label: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EnrolResponse)]
pub(super) struct EnrolResponseShape {
    server_key: String,
    programme: uuid::Uuid,
    device: uuid::Uuid,
    user: uuid::Uuid,
    user_name: String,
    signature: String,
    token: String,
}

#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NonceRequest)]
pub(super) struct NonceRequestShape {
    device: uuid::Uuid,
}

#[derive(Serialize, ToSchema)]
#[schema(as = NonceResponse)]
pub(super) struct NonceResponseShape {
    nonce: String,
}

#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenRequest)]
pub(super) struct TokenRequestShape {
    device: uuid::Uuid,
    nonce: String,
    #[schema(pattern = "^[0-9a-fA-F]{128}$")]
    signature: String,
    /// Shown when the server said that it does not know the device.
    papers: Option<PapersShape>,
}

#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Papers)]
pub(super) struct PapersShape {
    user: uuid::Uuid,
    user_name: String,
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    public_key: String,
    /// The server's, of the enrolment.
    #[schema(pattern = "^[0-9a-fA-F]{128}$")]
    signature: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TokenResponse)]
pub(super) struct TokenResponseShape {
    token: String,
}
