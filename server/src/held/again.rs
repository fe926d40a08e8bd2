//! Judging again when something changed that a verdict rested on: somebody's rights, a device, an area, a move.

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::exchange::HeldReason;
use sync_core::id::{DocumentId, Sequence, UserId};

use super::scene::Scene;
use super::{HeldError, Settling, retrying};
use crate::authors::Authors;
use crate::database::schema::segments as table;
use crate::database::{AnyConnection, Database, DatabaseError};
use crate::segments::Fate;

/// Judges everything that is held of `user`, and what builds on it, again. To be called whenever the user's assignments,
/// devices or account change, after that has been committed. Gives the feeds that grew.
///
/// # Errors
/// [`HeldError`].
pub fn judge_again(
    database: &Database,
    settling: &mut Settling<'_>,
    user: UserId,
) -> Result<Vec<(AreaCode, Sequence)>, HeldError> {
    let documents = database.read(|connection| documents_with_held(connection, user))?;
    judge_all_again(database, settling, documents)
}

/// Judges everything again that is held because its area was not known. To be called when areas were loaded. Gives the feeds
/// that grew.
///
/// # Errors
/// [`HeldError`].
pub fn judge_unknown_areas(
    database: &Database,
    settling: &mut Settling<'_>,
) -> Result<Vec<(AreaCode, Sequence)>, HeldError> {
    let documents = database.read(documents_of_unknown_areas)?;
    judge_all_again(database, settling, documents)
}

fn judge_all_again(
    database: &Database,
    settling: &mut Settling<'_>,
    documents: Vec<DocumentId>,
) -> Result<Vec<(AreaCode, Sequence)>, HeldError> {
    let mut grown = Vec::new();
    for document in documents {
        grown.extend(retrying(database, HeldError::is_raced, |connection| {
            judge_document_again(connection, settling, document)
        })?);
    }
    Ok(grown)
}

fn documents_with_held(connection: &mut AnyConnection, user: UserId) -> Result<Vec<DocumentId>, DatabaseError> {
    let rows: Vec<Vec<u8>> = table::table
        .filter(table::fate.eq(Fate::Held as i32).and(table::user_id.eq(user.as_bytes().as_slice())))
        .order(table::document)
        .select(table::document)
        .distinct()
        .load(connection)?;
    rows.iter().map(|id| Ok(DocumentId::from_slice(id)?)).collect()
}

fn documents_of_unknown_areas(connection: &mut AnyConnection) -> Result<Vec<DocumentId>, DatabaseError> {
    let unknown = table::held_reason.eq(HeldReason::UnknownArea as i32);
    let rows: Vec<Vec<u8>> = table::table
        .filter(table::fate.eq(Fate::Held as i32).and(unknown))
        .order(table::document)
        .select(table::document)
        .distinct()
        .load(connection)?;
    rows.iter().map(|id| Ok(DocumentId::from_slice(id)?)).collect()
}

/// Judges everything that is held of one document again, in the caller's transaction.
///
/// # Errors
/// [`HeldError`].
pub fn judge_document_again(
    connection: &mut AnyConnection,
    settling: &mut Settling<'_>,
    document: DocumentId,
) -> Result<Option<(AreaCode, Sequence)>, HeldError> {
    let mut authors = Authors::new(settling.identity.programme);
    let (mut scene, apart) = Scene::open(connection, &authors, document, settling.entropy)?;
    scene.judge_rest(connection, &mut authors, &apart)?;
    if !scene.grows() {
        return Ok(None);
    }
    Ok(scene.finish(connection, &[], (None, settling.now), settling.entropy)?)
}
