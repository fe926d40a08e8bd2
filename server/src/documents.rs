//! Documents of which something was accepted: where each lies, and its heads.
//!
//! The row caches what the segments say; the changes themselves are read from the segments, and from a snapshot when there
//! are many. One document is open at a time.

mod growth;
mod moves;
mod standing;

pub(crate) use growth::Growth;
pub use moves::{MoveError, move_to_area};
pub(crate) use standing::{Candidate, Standing, Verdict};

use std::collections::HashMap;

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::change::{RawChange, Traits};
use sync_core::digest::DigestTerm;
use sync_core::document::Document;
use sync_core::exchange::reconcile::Item;
use sync_core::id::{ChangeHash, DocumentId, DocumentKind};
use sync_core::segment::Chunks;

use crate::database::schema::documents;
use crate::database::{AnyConnection, DatabaseError};
use crate::segments::{self, AT_ONCE, kind_of};

/// A document in a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its id.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// The feed area it lies in now.
    pub area: AreaCode,
    /// How often it was moved (R11).
    pub move_number: i32,
    /// The changes that nothing builds on yet, sorted.
    pub heads: Vec<ChangeHash>,
    /// What it adds to its feed's digest.
    pub term: DigestTerm,
    /// What is noted about its changes.
    pub traits: Traits,
    /// Position of its last segment.
    pub last_position: i32,
    /// Position up to which it has a snapshot; 0 for none.
    pub snapshot_position: i32,
}

/// A document about to be stored for the first time.
#[derive(Debug, Insertable)]
#[diesel(table_name = documents, treat_none_as_default_value = false)]
pub(crate) struct NewDocument {
    pub(crate) id: Vec<u8>,
    pub(crate) kind: i32,
    pub(crate) area: String,
    pub(crate) move_number: i32,
    pub(crate) heads: Vec<u8>,
    pub(crate) term: Vec<u8>,
    pub(crate) deletes_key: bool,
    pub(crate) last_position: i32,
    pub(crate) snapshot: Option<Vec<u8>>,
    pub(crate) snapshot_position: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = documents)]
struct Row {
    id: Vec<u8>,
    kind: i32,
    area: String,
    move_number: i32,
    heads: Vec<u8>,
    term: Vec<u8>,
    deletes_key: bool,
    last_position: i32,
    snapshot_position: i32,
}

impl Row {
    fn read(self) -> Result<StoredDocument, DatabaseError> {
        Ok(StoredDocument {
            id: DocumentId::from_slice(&self.id)?,
            kind: kind_of(self.kind)?,
            area: AreaCode::parse(&self.area)?,
            move_number: self.move_number,
            heads: self.heads.chunks(32).map(ChangeHash::from_slice).collect::<Result<_, _>>()?,
            term: term_of(&self.term)?,
            traits: Traits { deletes_key: self.deletes_key },
            last_position: self.last_position,
            snapshot_position: self.snapshot_position,
        })
    }
}

/// Those of these documents that are in a feed.
///
/// # Errors
/// [`DatabaseError`].
pub fn find_all(
    connection: &mut AnyConnection,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, StoredDocument>, DatabaseError> {
    let mut found = HashMap::new();
    for ids in ids.chunks(AT_ONCE) {
        let rows: Vec<Row> = documents::table
            .filter(documents::id.eq_any(ids.iter().map(|id| id.as_bytes().as_slice())))
            .select(Row::as_select())
            .load(connection)?;
        for row in rows {
            let document = row.read()?;
            found.insert(document.id, document);
        }
    }
    Ok(found)
}

/// The document with this id, if it is in a feed.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &mut AnyConnection, id: DocumentId) -> Result<Option<StoredDocument>, DatabaseError> {
    Ok(find_all(connection, &[id])?.remove(&id))
}

/// Opens a document from its snapshot and segments.
///
/// # Errors
/// [`DatabaseError::Stored`] when the segments do not make the document whose heads are stored: then the database is
/// damaged.
pub fn open(connection: &mut AnyConnection, stored: &StoredDocument) -> Result<Document, DatabaseError> {
    if stored.snapshot_position > 0 {
        let snapshot: Option<Vec<u8>> = documents::table
            .filter(documents::id.eq(stored.id.as_bytes().as_slice()))
            .select(documents::snapshot)
            .first(connection)?;
        // A snapshot is a cache: one that does not open is no loss.
        if let Some(mut document) = snapshot.and_then(|bytes| Document::load(&bytes).ok()) {
            let behind = segments::changes_behind(connection, stored.id, stored.snapshot_position)?;
            if add(&mut document, &behind).is_some() && document.heads() == stored.heads {
                document.remember(stored.traits);
                return Ok(document);
            }
        }
    }
    let all = segments::changes_behind(connection, stored.id, 0)?;
    let mut document = compose(&all)
        .filter(|document| document.heads() == stored.heads)
        .ok_or_else(|| DatabaseError::stored(format!("document {} does not open", stored.id)))?;
    document.remember(stored.traits);
    Ok(document)
}

/// The document that these runs of changes make; none if they make none.
pub(crate) fn compose(runs: &[Vec<u8>]) -> Option<Document> {
    let (first, rest) = runs.split_first()?;
    let mut changes = read(std::slice::from_ref(first))?.into_iter();
    let mut document = Document::begin(&changes.next()?).ok()?;
    document.take_in_proven(&changes.collect::<Vec<_>>()).ok()?;
    add(&mut document, rest)?;
    Some(document)
}

fn add(document: &mut Document, runs: &[Vec<u8>]) -> Option<()> {
    document.take_in_proven(&read(runs)?).ok()
}

fn read(runs: &[Vec<u8>]) -> Option<Vec<RawChange<'_>>> {
    runs.iter().flat_map(|run| Chunks::new(run)).map(|chunk| RawChange::read(chunk.ok()?).ok()).collect()
}

/// Writes what segments that entered made of a document that was in a feed before.
///
/// # Errors
/// [`DatabaseError`].
pub(crate) fn update(connection: &mut AnyConnection, row: &NewDocument) -> Result<(), DatabaseError> {
    let this = documents::table.filter(documents::id.eq(&row.id));
    diesel::update(this)
        .set((
            documents::area.eq(&row.area),
            documents::move_number.eq(row.move_number),
            documents::heads.eq(&row.heads),
            documents::term.eq(&row.term),
            documents::deletes_key.eq(row.deletes_key),
            documents::last_position.eq(row.last_position),
        ))
        .execute(connection)?;
    if let Some(snapshot) = &row.snapshot {
        diesel::update(documents::table.filter(documents::id.eq(&row.id)))
            .set((documents::snapshot.eq(snapshot), documents::snapshot_position.eq(row.snapshot_position)))
            .execute(connection)?;
    }
    Ok(())
}

/// The documents of a feed, for set reconciliation (R9).
///
/// # Errors
/// [`DatabaseError`].
pub(crate) fn items_of(connection: &mut AnyConnection, area: &AreaCode) -> Result<Vec<Item>, DatabaseError> {
    let rows: Vec<(Vec<u8>, Vec<u8>)> = documents::table
        .filter(documents::area.eq(area.as_str()))
        .order(documents::id)
        .select((documents::id, documents::term))
        .load(connection)?;
    rows.into_iter()
        .map(|(id, term)| Ok(Item { document: DocumentId::from_slice(&id)?, term: term_of(&term)? }))
        .collect()
}

/// What each document of a feed adds to its digest.
///
/// # Errors
/// [`DatabaseError`].
pub(crate) fn terms_of(
    connection: &mut AnyConnection,
    area: &AreaCode,
) -> Result<Vec<(DocumentKind, DigestTerm)>, DatabaseError> {
    let rows: Vec<(i32, Vec<u8>)> = documents::table
        .filter(documents::area.eq(area.as_str()))
        .select((documents::kind, documents::term))
        .load(connection)?;
    rows.into_iter().map(|(kind, term)| Ok((kind_of(kind)?, term_of(&term)?))).collect()
}

pub(crate) fn heads_bytes(heads: &[ChangeHash]) -> Vec<u8> {
    heads.iter().flat_map(|head| *head.as_bytes()).collect()
}

fn term_of(bytes: &[u8]) -> Result<DigestTerm, DatabaseError> {
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| DatabaseError::stored("a digest term of another length"))?;
    Ok(DigestTerm::from_bytes(bytes))
}
