//! What was recorded.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;
use sync_core::area::AreaCode;
use sync_core::form::FormId;
use sync_core::id::{DocumentId, SubjectId};
use sync_core::record::RecordState;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::{Limit, Page};
use super::short::Short;
use crate::audit::{self, Act};
use crate::clock::{self, SystemEntropy};
use crate::database::DatabaseError;
use crate::documents::{self, MoveError};
use crate::held::Settling;
use crate::http::authentication::Person;
use crate::http::error::ApiError;
use crate::http::service::{Service, blocking};
use crate::records::{self, Privacy, RecordFilter, ShownRecord, ShownWhole};

/// Draft or complete.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StateWish {
    Draft,
    Complete,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecordQuery {
    /// In this area or in areas inside it.
    #[param(value_type = Option<String>, pattern = "^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4}(\\.[0-9]{3}(\\.[0-9]{3})?)?)?)?)?$")]
    area: Option<AreaCode>,
    /// Of this form.
    #[param(value_type = Option<String>, max_length = 120, pattern = "^[^\\u0000]*$")]
    form: Option<Short<120>>,
    /// In this state.
    #[param(inline)]
    state: Option<StateWish>,
    /// With conflicts, or without.
    in_conflict: Option<bool>,
    /// About this subject.
    subject: Option<Uuid>,
    /// Found by all of these words. Only for those who may see personal data.
    #[param(value_type = Option<String>, max_length = 200, pattern = "^[^\\u0000]*$")]
    words: Option<Short<200>>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// Entries of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// Where a record is to lie.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Move {
    /// A village.
    #[schema(value_type = String, pattern = "^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$", example = "35.12.06.2004")]
    area: AreaCode,
}

/// Records in the order in which they were made, as far as the user may read them.
#[utoipa::path(tag = "records", security(("session" = [])), params(RecordQuery),
    responses((status = 200, body = Page<ShownRecord>)))]
#[get("/records")]
pub(crate) async fn list(
    service: Data<Service>,
    person: Person,
    query: Query<RecordQuery>,
) -> Result<Json<Page<ShownRecord>>, ApiError> {
    let RecordQuery { area, form, state, in_conflict, subject, words, after, limit } = query.into_inner();
    let areas = person.permissions.narrowed(area.as_ref());
    let may_search = areas.iter().flatten().all(|area| person.permissions.sees_personal(area));
    if words.is_some() && !may_search {
        return Err(ApiError::Forbidden("searching by words is for those who may see personal data"));
    }
    let filter = RecordFilter {
        areas,
        form: form.map(|form| FormId::new(form.into_text())),
        state: state.map(|state| match state {
            StateWish::Draft => RecordState::Draft,
            StateWish::Complete => RecordState::Complete,
        }),
        in_conflict,
        subject: subject.map(SubjectId::from_uuid),
        words: words.map(Short::into_text),
        after: after.map(DocumentId::from_uuid),
    };
    let permissions = person.permissions.clone();
    let found = service.read::<_, DatabaseError>(move |connection| {
        let lines = records::list(connection, &filter, limit.and_one())?;
        let shown = lines.into_iter().map(|line| {
            let sees = permissions.sees_personal(&line.area);
            let privacy = Privacy::of(connection, sees, &line.form, &line.form_version)?;
            Ok((line.id, ShownRecord::of(line, &privacy)?))
        });
        shown.collect::<Result<Vec<_>, DatabaseError>>()
    });
    let page = Page::of(found.await?, limit, |(id, _)| id.to_string());
    Ok(Json(page.map(|(_, shown)| shown)))
}

/// A record with answers, authors, conflicts, history and what is held of it.
#[utoipa::path(tag = "records", security(("session" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ShownWhole)))]
#[get("/records/{id}")]
pub(crate) async fn read(service: Data<Service>, person: Person, id: Path<Uuid>) -> Result<Json<ShownWhole>, ApiError> {
    let (id, programme) = (DocumentId::from_uuid(id.into_inner()), service.identity.programme);
    let permissions = person.permissions.clone();
    let found = service.read::<_, DatabaseError>(move |connection| {
        let readable = records::find(connection, id)?.filter(|line| permissions.may_read(&line.area));
        let Some(line) = readable else { return Ok(None) };
        let sees = permissions.sees_personal(&line.area);
        let privacy = Privacy::of(connection, sees, &line.form, &line.form_version)?;
        let Some(view) = records::read(connection, programme, id)? else { return Ok(None) };
        ShownWhole::of(view, &privacy).map(Some)
    });
    found.await?.map(Json).ok_or(ApiError::NotFound("record"))
}

/// Moves a record to another village, and its review with it. Phones hear of it with their next exchange.
#[utoipa::path(tag = "records", security(("session" = [])), params(("id" = Uuid, Path)), responses((status = 204)))]
#[post("/records/{id}/move")]
pub(crate) async fn move_to(
    service: Data<Service>,
    person: Person,
    id: Path<Uuid>,
    body: Json<Move>,
) -> Result<HttpResponse, ApiError> {
    let (id, to, by, now) = (DocumentId::from_uuid(id.into_inner()), body.into_inner().area, person.by(), clock::now());
    let line = service.read::<_, DatabaseError>(move |connection| records::find(connection, id)).await?;
    person.must_review(&line.ok_or(ApiError::NotFound("record"))?.area, "record")?;
    person.must_review(&to, "area")?;
    let (working, user) = (service.clone(), person.account.id);
    let moved = blocking(move || {
        let mut entropy = SystemEntropy;
        let mut settling = Settling { identity: &working.identity, by: user, now, entropy: &mut entropy };
        let grown = documents::move_to_area(&working.database, &mut settling, id, &to)?;
        working.database.write::<_, MoveError>(|connection| {
            Ok(audit::write(connection, by, Act::RecordMoved, &format!("{id} {to}"), now)?)
        })?;
        Ok::<_, MoveError>(grown)
    });
    if !moved.await?.is_empty() {
        service.notices.committed();
    }
    Ok(HttpResponse::NoContent().finish())
}

/// A document as Automerge keeps it, for programs that read Automerge. It holds every answer, so that it is for those who
/// may see personal data.
#[utoipa::path(tag = "records", security(("session" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
#[get("/documents/{id}/automerge")]
pub(crate) async fn automerge(
    service: Data<Service>,
    person: Person,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    let id = DocumentId::from_uuid(id.into_inner());
    let stored = service.read::<_, DatabaseError>(move |connection| documents::find(connection, id)).await?;
    let stored = stored.ok_or(ApiError::NotFound("document"))?;
    person.must_read(&stored.area, "document")?;
    if !person.permissions.sees_personal(&stored.area) {
        return Err(ApiError::Forbidden("a whole document is for those who may see personal data"));
    }
    let bytes = service.read::<_, DatabaseError>(move |connection| Ok(documents::open(connection, &stored)?.bytes()));
    Ok(HttpResponse::Ok().content_type("application/octet-stream").body(bytes.await?))
}
