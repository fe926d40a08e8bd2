//! Who works where, as what.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;
use sync_core::area::AreaCode;
use sync_core::id::UserId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::{Limit, Page};
use crate::assignments::Role;
use crate::assignments::administration::{self, Assignment, AssignmentError};
use crate::clock::{self, SystemEntropy};
use crate::database::DatabaseError;
use crate::http::authentication::Person;
use crate::http::error::ApiError;
use crate::http::service::Service;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AssignmentQuery {
    /// Only this user's.
    user: Option<Uuid>,
    /// Ended ones too.
    #[serde(default)]
    ended: bool,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// Entries of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// An assignment to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAssignment {
    user: Uuid,
    /// Any level; it covers everything inside.
    #[schema(
        value_type = String,
        pattern = "^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4}(\\.[0-9]{3}(\\.[0-9]{3})?)?)?)?)?$",
        example = "35.12.06.2004"
    )]
    area: AreaCode,
    role: Role,
}

/// Assignments in the order in which they were made.
#[utoipa::path(tag = "assignments", security(("session" = [])), params(AssignmentQuery),
    responses((status = 200, body = Page<Assignment>)))]
#[get("/assignments")]
pub(crate) async fn list(
    service: Data<Service>,
    person: Person,
    query: Query<AssignmentQuery>,
) -> Result<Json<Page<Assignment>>, ApiError> {
    person.must_administer()?;
    let AssignmentQuery { user, ended, after, limit } = query.into_inner();
    let found = service.read::<_, DatabaseError>(move |connection| {
        administration::list(connection, user.map(UserId::from_uuid), ended, after, limit.and_one())
    });
    Ok(Json(Page::of(found.await?, limit, |assignment| assignment.id.to_string())))
}

/// Assigns a user to an area. What was held for want of the right is judged again.
#[utoipa::path(tag = "assignments", security(("session" = [])), responses((status = 201, body = Assignment)))]
#[post("/assignments")]
pub(crate) async fn make(
    service: Data<Service>,
    person: Person,
    body: Json<NewAssignment>,
) -> Result<HttpResponse, ApiError> {
    person.must_administer()?;
    let NewAssignment { user, area, role } = body.into_inner();
    let (user, by, now) = (UserId::from_uuid(user), person.by(), clock::now());
    let made = service.write::<_, AssignmentError>(move |connection| {
        administration::make(connection, by, (user, &area, role), now, &mut SystemEntropy)
    });
    let made = made.await?;
    service.judge_again(person.account.id, made.user).await?;
    Ok(HttpResponse::build(StatusCode::CREATED).json(made))
}

/// Ends an assignment.
#[utoipa::path(tag = "assignments", security(("session" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Assignment)))]
#[post("/assignments/{id}/end")]
pub(crate) async fn end(service: Data<Service>, person: Person, id: Path<Uuid>) -> Result<Json<Assignment>, ApiError> {
    person.must_administer()?;
    let (id, by, now) = (id.into_inner(), person.by(), clock::now());
    let ended = service.write::<_, AssignmentError>(move |connection| administration::end(connection, by, id, now));
    let ended = ended.await?;
    service.judge_again(person.account.id, ended.user).await?;
    Ok(Json(ended))
}
