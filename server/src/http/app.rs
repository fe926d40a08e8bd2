//! The app: which endpoint stands where.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, JsonConfig, PathConfig, QueryConfig};
use actix_web::{App, Error, HttpRequest, HttpResponse, ResponseError, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::error::ApiError;
use super::request_log::{log, malformed};
use super::service::Service;
use super::{api, device, health, openapi};

/// Most bytes of a JSON body.
const JSON_BYTES: usize = 64 * 1024;

/// The OpenAPI document, and what it says about which address takes which method.
pub(super) struct Document {
    json: String,
    /// Segments of a path (none for a parameter) and its methods.
    routes: Vec<(Vec<Option<String>>, Vec<Method>)>,
}

/// The documented endpoints.
fn endpoints(config: &mut ServiceConfig) {
    let sync = scope("/sync/v1")
        .service(device::enrol::enrol)
        .service(device::renew::give_nonce)
        .service(device::renew::give_token)
        .service(device::exchange::exchange)
        .service(device::contents::contents)
        .service(device::events::events);
    config.service(health::health).service(health::ready).service(sync).configure(api::endpoints);
}

/// The OpenAPI document of all endpoints.
pub(super) fn api_document() -> OpenApi {
    let (_, document) = App::new().into_utoipa_app().openapi(openapi::front()).configure(endpoints).split_for_parts();
    openapi::finish(document)
}

pub(super) fn app(
    service: Data<Service>,
    document: Data<Document>,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>,
> {
    let (app, _) = App::new().into_utoipa_app().configure(endpoints).split_for_parts();
    app.app_data(service)
        .app_data(document)
        .app_data(JsonConfig::default().limit(JSON_BYTES).error_handler(json_error))
        .app_data(PathConfig::default().error_handler(|error, _| malformed(error)))
        .app_data(QueryConfig::default().error_handler(|error, _| malformed(error)))
        .route("/openapi.json", web::get().to(document_json))
        .default_service(web::to(elsewhere))
        .wrap(from_fn(log))
}

fn json_error(error: actix_web::error::JsonPayloadError, _: &HttpRequest) -> Error {
    use actix_web::error::JsonPayloadError;
    let ours =
        if let JsonPayloadError::Overflow { limit } | JsonPayloadError::OverflowKnownLength { limit, .. } = &error {
            ApiError::TooLarge(*limit)
        } else if matches!(error, JsonPayloadError::ContentType) {
            ApiError::MediaType("application/json")
        } else {
            return malformed(error);
        };
    let response = ours.error_response();
    actix_web::error::InternalError::from_response(error, response).into()
}

async fn document_json(document: Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.json.clone())
}

/// An address that is not known, or not with this method.
async fn elsewhere(request: HttpRequest, document: Data<Document>) -> Result<HttpResponse, ApiError> {
    let allowed = document.methods_at(request.path());
    if allowed.is_empty() {
        Err(ApiError::NotFound("address"))
    } else {
        let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        Err(ApiError::Method(names.join(", ")))
    }
}

impl Document {
    pub(super) fn make() -> Self {
        let document = api_document();
        let mut routes: Vec<_> =
            document.paths.paths.iter().map(|(path, item)| (segments(path), openapi::methods(item))).collect();
        routes.push((segments("/openapi.json"), vec![Method::GET]));
        Self { json: document.to_pretty_json().unwrap_or_default(), routes }
    }

    fn methods_at(&self, path: &str) -> Vec<Method> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |segments: &[Option<String>]| {
            segments.len() == parts.len()
                && segments.iter().zip(&parts).all(|(segment, part)| segment.as_ref().is_none_or(|text| text == part))
        };
        self.routes.iter().filter(|(segments, _)| fits(segments)).flat_map(|(_, methods)| methods.clone()).collect()
    }
}

fn segments(path: &str) -> Vec<Option<String>> {
    path.split('/').map(|part| (!part.starts_with('{')).then(|| part.to_owned())).collect()
}
