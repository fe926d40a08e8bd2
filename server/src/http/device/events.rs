//! The event stream of a device: "area X is at sequence N".

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use futures_util::stream;
use sync_core::area::AreaCode;
use sync_core::id::Sequence;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use crate::access::token::DEVICE_TOKEN_LIFE_MILLIS;
use crate::database::{AnyConnection, DatabaseError};
use crate::devices::Admission;
use crate::http::authentication::TokenHolder;
use crate::http::error::ApiError;
use crate::http::events::Notice;
use crate::http::service::Service;
use crate::{assignments, devices};

/// A comment is sent when nothing else was, so that proxies and phones see that the stream lives.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// Says `event: feed` with `{"area", "sequence"}` whenever a feed of the device's scope has grown, and where each stands at
/// the beginning. It ends after 15 minutes at the latest: rights are looked up when it is opened again.
#[utoipa::path(
    tag = "device",
    security(("device" = [])),
    responses((status = 200, body = String, content_type = "text/event-stream"))
)]
#[get("/events")]
pub(crate) async fn events(service: Data<Service>, token: TokenHolder) -> Result<HttpResponse, ApiError> {
    let device = token.0.device;
    let scope = service.read::<_, ScopeError>(move |connection| scope_of(connection, device)).await?;
    let (notices, closing) = service.notices.listen();
    let end = Instant::now() + Duration::from_millis(DEVICE_TOKEN_LIFE_MILLIS.unsigned_abs());
    let listener = Listener { notices, closing, scope, said: HashMap::new(), end };
    // The opening comment makes proxies and clients see the stream at once.
    let opening = stream::iter([Ok::<_, actix_web::Error>(Bytes::from_static(b": rukun\n\n"))]);
    let stream = futures_util::StreamExt::chain(opening, stream::unfold(listener, next));
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(stream))
}

enum ScopeError {
    Refused(ApiError),
    Database(DatabaseError),
}

impl From<DatabaseError> for ScopeError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<ScopeError> for ApiError {
    fn from(error: ScopeError) -> Self {
        match error {
            ScopeError::Refused(error) => error,
            ScopeError::Database(error) => error.into(),
        }
    }
}

/// The feed areas that a device may hear of.
fn scope_of(connection: &mut AnyConnection, device: sync_core::id::DeviceId) -> Result<HashSet<AreaCode>, ScopeError> {
    match devices::admission(connection, device)? {
        Admission::Admitted => {}
        refusal @ (Admission::Unknown | Admission::Revoked | Admission::UserDisabled) => {
            return Err(ScopeError::Refused(refusal.into()));
        }
    }
    let Some(device) = devices::find(connection, device)? else { return Ok(HashSet::new()) };
    Ok(assignments::scope(connection, device.user)?.into_iter().map(|place| place.area).collect())
}

struct Listener {
    notices: broadcast::Receiver<Arc<Vec<Notice>>>,
    closing: watch::Receiver<bool>,
    scope: HashSet<AreaCode>,
    said: HashMap<AreaCode, Sequence>,
    end: Instant,
}

/// The next piece of the stream; none at its end.
async fn next(mut listener: Listener) -> Option<(Result<Bytes, actix_web::Error>, Listener)> {
    loop {
        let heard = tokio::select! {
            heard = listener.notices.recv() => heard,
            _ = listener.closing.changed() => return None,
            () = tokio::time::sleep_until(listener.end) => return None,
            () = tokio::time::sleep(HEARTBEAT) => return Some((Ok(Bytes::from_static(b":\n\n")), listener)),
        };
        let text = match heard {
            Ok(grown) => listener.text(&grown),
            // What was missed costs nothing: the next notice of the area says more.
            Err(broadcast::error::RecvError::Lagged(_)) => String::new(),
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        if !text.is_empty() {
            return Some((Ok(Bytes::from(text)), listener));
        }
    }
}

impl Listener {
    fn text(&mut self, grown: &[Notice]) -> String {
        let mut text = String::new();
        for Notice { area, sequence } in grown.iter().filter(|notice| self.scope.contains(&notice.area)) {
            if self.said.insert(area.clone(), *sequence) != Some(*sequence) {
                let sequence = sequence.get();
                text.push_str(&format!("event: feed\ndata: {{\"area\":\"{area}\",\"sequence\":{sequence}}}\n\n"));
            }
        }
        text
    }
}
