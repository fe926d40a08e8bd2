//! The answer: everything in it was true at one instant (R12).

mod repairs;

use std::collections::HashMap;

use sync_core::entropy::Entropy;
use sync_core::exchange::paging::{CursorBeyondEnd, Pages, pages};
use sync_core::exchange::{
    Receipt, Reconciliation, Request, Response, ScopeArea, catalogue_hash, encode_response, reconcile,
};
use sync_core::id::SegmentId;
use sync_core::limits;

use super::{Asking, ExchangeError};
use crate::assignments;
use crate::database::{AnyConnection, Database, DatabaseError};
use crate::feeds::{self, View};
use crate::identity::ServerIdentity;
use crate::{devices, documents, forms, segments};

/// Bytes of changes in one response, whatever the device is ready to take.
const LARGEST: usize = 2 * 1024 * 1024;
/// What a device gets at least, so that it always comes forward.
const SMALLEST: usize = 8 * 1024;
/// Feeds that one request may reconcile.
const RECONCILED: usize = 64;

/// What is answered, to whom.
pub(super) struct Answering<'a> {
    pub(super) identity: &'a ServerIdentity,
    pub(super) asking: &'a Asking,
    pub(super) request: &'a Request,
    pub(super) may_read: bool,
    pub(super) receipts: &'a [Receipt],
}

/// Composes the response's frame.
///
/// # Errors
/// [`ExchangeError`].
pub(super) fn respond(
    database: &Database,
    answering: &Answering<'_>,
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>, ExchangeError> {
    let mut budget = usize::try_from(answering.request.budget).unwrap_or(LARGEST).clamp(SMALLEST, LARGEST);
    loop {
        let composed = database.read(|connection| compose(connection, answering, budget))?;
        match composed {
            Ok(response) => {
                let frame = encode_response(&response);
                if frame.len() <= limits::FRAME_BYTES || budget <= SMALLEST {
                    return Ok(frame);
                }
                // What does not compress makes a frame that no phone takes.
                budget /= 2;
            }
            // The server was restored from a backup and does not know it: the feed begins a new life (R9).
            Err(CursorBeyondEnd { area }) => {
                database.write(|connection| feeds::start_new_epoch(connection, &area, entropy))?;
            }
        }
    }
}

fn compose(
    connection: &mut AnyConnection,
    answering: &Answering<'_>,
    budget: usize,
) -> Result<Result<Response, CursorBeyondEnd>, DatabaseError> {
    let Answering { identity, asking, request, .. } = *answering;
    let scope = if answering.may_read { scope_of(connection, answering)? } else { Vec::new() };
    let pages = if answering.may_read {
        let pushed: HashMap<SegmentId, u32> = request.push.iter().map(|segment| segment.id()).zip(0..).collect();
        let mut view = View { connection, programme: identity.programme, pushed: &pushed };
        match pages(request, &scope, &pushed, budget, &mut view)? {
            Ok(pages) => pages,
            Err(beyond) => return Ok(Err(beyond)),
        }
    } else {
        Pages::default()
    };
    let wanted = repairs::of(connection, identity.programme, (&request.wanted, &scope), budget)?;
    let fates = segments::words_on(connection, &request.open_fates)?;
    let catalogue = forms::catalogue(connection)?;
    let changed = answering.may_read && catalogue_hash(&catalogue) != request.catalogue;
    Ok(Ok(Response {
        server_time: asking.now,
        receipts: answering.receipts.to_vec(),
        fates: request.open_fates.iter().map(|id| fates.get(id).cloned()).collect(),
        list_wanted: pages.list_wanted,
        scope: pages.scope,
        pages: pages.pages,
        reconcile: reconcile_all(connection, request, &scope)?,
        repairs: wanted.segments,
        catalogue: changed.then_some(catalogue),
        token: asking.token.clone(),
        more: pages.more,
    }))
}

fn scope_of(connection: &mut AnyConnection, answering: &Answering<'_>) -> Result<Vec<ScopeArea>, DatabaseError> {
    match devices::find(connection, answering.asking.device)? {
        Some(device) => assignments::scope(connection, device.user),
        None => Ok(Vec::new()),
    }
}

/// Answers messages of set reconciliation; one that is none of the protocol's gets no answer (R9).
fn reconcile_all(
    connection: &mut AnyConnection,
    request: &Request,
    scope: &[ScopeArea],
) -> Result<Vec<Reconciliation>, DatabaseError> {
    let readable = |asked: &&Reconciliation| scope.binary_search_by(|area| area.area.cmp(&asked.area)).is_ok();
    let mut answers = Vec::new();
    for asked in request.reconcile.iter().filter(readable).take(RECONCILED) {
        let items = documents::items_of(connection, &asked.area)?;
        if let Ok(message) = reconcile::answer(&items, &asked.message) {
            answers.push(Reconciliation { area: asked.area.clone(), message });
        }
    }
    Ok(answers)
}
