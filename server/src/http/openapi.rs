//! The OpenAPI 3.1 document: made from the handlers, completed here with what holds for all of them.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{OpenApi, ToSchema};

use super::app::api_document;
use super::authentication::COOKIE;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rukun",
        description = "Offline-first field surveys: the exchange for devices under /sync/v1, administration and reading under \
                       /api/v1. Every error has a stable `code`; docs/api.md lists them.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ErrorAnswer, ErrorAnswerDetail)),
    tags(
        (name = "server", description = "Health"),
        (name = "device", description = "What phones say"),
        (name = "session", description = "Logging in at a screen"),
        (name = "users", description = "People"),
        (name = "devices", description = "Phones and their enrolment"),
        (name = "areas", description = "The administrative tree"),
        (name = "assignments", description = "Who works where, as what"),
        (name = "records", description = "What was recorded"),
        (name = "held", description = "What waits for a supervisor"),
        (name = "forms", description = "Questionnaires"),
        (name = "feeds", description = "How far each area is")
    )
)]
struct Front;

/// Body of every error.
#[derive(Serialize, ToSchema)]
#[schema(as = ErrorBody)]
struct ErrorAnswer {
    error: ErrorAnswerDetail,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ErrorDetail)]
struct ErrorAnswerDetail {
    /// Stable name of the error.
    #[schema(example = "not_found")]
    code: String,
    /// What, where, and what to do.
    message: String,
}

/// The document before its paths are known.
pub(super) fn front() -> utoipa::openapi::OpenApi {
    Front::openapi()
}

/// The document of a server, as `/openapi.json` gives it.
#[must_use]
pub fn document() -> String {
    api_document().to_pretty_json().unwrap_or_default()
}

/// Adds the ways to say who one is, and to every operation the answer that it gives when something is wrong.
pub(super) fn finish(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let components = document.components.get_or_insert_default();
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("device", SecurityScheme::Http(bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            // `list` of users and `list` of devices are two operations.
            if let (Some(name), Some(tag)) = (&operation.operation_id, operation.tags.iter().flatten().next()) {
                operation.operation_id = Some(format!("{tag}_{name}"));
            }
            operation.responses.responses.insert("default".to_owned(), RefOr::T(error_answer()));
        }
    }
    document
}

/// The methods that a path takes.
pub(super) fn methods(item: &PathItem) -> Vec<Method> {
    let all = [
        (&item.get, Method::GET),
        (&item.put, Method::PUT),
        (&item.post, Method::POST),
        (&item.delete, Method::DELETE),
        (&item.patch, Method::PATCH),
    ];
    all.into_iter().filter(|(operation, _)| operation.is_some()).map(|(_, method)| method).collect()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut utoipa::openapi::path::Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

fn error_answer() -> Response {
    let body = Content::new(Some(RefOr::Ref(Ref::from_schema_name("ErrorBody"))));
    ResponseBuilder::new().description("An error, with a stable code").content("application/json", body).build()
}
