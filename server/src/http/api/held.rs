//! Held segments: what waits for a supervisor to release or discard it.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use sync_core::area::AreaCode;
use sync_core::id::{SegmentId, UserId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::{Limit, Page};
use crate::audit::{self, Act};
use crate::clock::{self, SystemEntropy};
use crate::database::DatabaseError;
use crate::held::{self, HeldError, HeldFilter, HeldLine, Settling, ShownHeld};
use crate::http::authentication::Person;
use crate::http::error::ApiError;
use crate::http::service::{Service, blocking};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HeldQuery {
    /// Of documents in this area or in areas inside it.
    #[param(value_type = Option<String>, pattern = "^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4}(\\.[0-9]{3}(\\.[0-9]{3})?)?)?)?)?$")]
    area: Option<AreaCode>,
    /// Of this author.
    user: Option<Uuid>,
    /// `next` of the page before.
    after: Option<i64>,
    /// Entries of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// What settling came to.
#[derive(Serialize, ToSchema)]
pub(crate) struct Settled {
    /// The document in which the content is now: the segment's own, or a new one where its id was taken.
    document: Uuid,
    /// Segments that entered: the settled one, what it was built on, and dependants.
    entered: usize,
}

/// Held segments, oldest first, as far as the user may read them.
#[utoipa::path(tag = "held", security(("session" = [])), params(HeldQuery),
    responses((status = 200, body = Page<ShownHeld>)))]
#[get("/held")]
pub(crate) async fn list(
    service: Data<Service>,
    person: Person,
    query: Query<HeldQuery>,
) -> Result<Json<Page<ShownHeld>>, ApiError> {
    let HeldQuery { area, user, after, limit } = query.into_inner();
    let filter = HeldFilter {
        areas: person.permissions.narrowed(area.as_ref()),
        user: user.map(UserId::from_uuid),
        after,
        ..HeldFilter::default()
    };
    let found =
        service.read::<_, DatabaseError>(move |connection| held::list(connection, &filter, limit.and_one())).await?;
    let page = Page::of(found, limit, |line: &HeldLine| line.number.to_string());
    Ok(Json(page.map(ShownHeld::of)))
}

/// Releases a segment: it enters its document, and what builds on it is judged on its own merits.
#[utoipa::path(tag = "held", security(("session" = [])), params(("segment" = String, Path)),
    responses((status = 200, body = Settled)))]
#[post("/held/{segment}/release")]
pub(crate) async fn release(
    service: Data<Service>,
    person: Person,
    segment: Path<String>,
) -> Result<Json<Settled>, ApiError> {
    settle(&service, &person, &segment, Verdict::Release).await
}

/// Discards a segment: it enters its document together with what puts back what it changed, so that history has no hole.
#[utoipa::path(tag = "held", security(("session" = [])), params(("segment" = String, Path)),
    responses((status = 200, body = Settled)))]
#[post("/held/{segment}/discard")]
pub(crate) async fn discard(
    service: Data<Service>,
    person: Person,
    segment: Path<String>,
) -> Result<Json<Settled>, ApiError> {
    settle(&service, &person, &segment, Verdict::Discard).await
}

enum Verdict {
    Release,
    Discard,
}

async fn settle(
    service: &Data<Service>,
    person: &Person,
    segment: &str,
    verdict: Verdict,
) -> Result<Json<Settled>, ApiError> {
    const WHAT: &str = "held segment";
    let id = SegmentId::parse(segment).map_err(|_| ApiError::NotFound(WHAT))?;
    let one = HeldFilter { segment: Some(id), ..HeldFilter::default() };
    let found = service.read::<_, DatabaseError>(move |connection| held::list(connection, &one, 1)).await?;
    let line = found.into_iter().next().ok_or(ApiError::NotFound(WHAT))?;
    person.must_review(line.area.as_ref().unwrap_or(&line.signed_area), WHAT)?;
    let (working, by, user, now) = (service.clone(), person.by(), person.account.id, clock::now());
    let settled = blocking(move || {
        let mut entropy = SystemEntropy;
        let mut settling = Settling { identity: &working.identity, by: user, now, entropy: &mut entropy };
        let (settled, act) = match verdict {
            Verdict::Release => (held::release(&working.database, &mut settling, id)?, Act::SegmentReleased),
            Verdict::Discard => (held::discard(&working.database, &mut settling, id)?, Act::SegmentDiscarded),
        };
        working
            .database
            .write::<_, HeldError>(|connection| Ok(audit::write(connection, by, act, &id.to_string(), now)?))?;
        Ok::<_, HeldError>(settled)
    });
    let settled = settled.await?;
    if !settled.grown.is_empty() {
        service.notices.committed();
    }
    Ok(Json(Settled { document: settled.document.uuid(), entered: settled.entered }))
}
