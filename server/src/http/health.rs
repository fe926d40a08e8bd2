//! Whether the process lives, and whether it can work.

use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::ApiError;
use super::service::Service;
use crate::database::DatabaseError;
use crate::programme;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// Version of the server.
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// The process lives.
#[utoipa::path(tag = "server", responses((status = 200, body = Health)))]
#[get("/health")]
pub(crate) async fn health() -> Json<Health> {
    Json(OK)
}

/// The process lives and the database answers.
#[utoipa::path(tag = "server", responses((status = 200, body = Health)))]
#[get("/ready")]
pub(crate) async fn ready(service: Data<Service>) -> Result<Json<Health>, ApiError> {
    let known = service.read::<_, DatabaseError>(programme::find).await;
    known.map(|_| Json(OK)).map_err(|_| ApiError::Busy)
}
