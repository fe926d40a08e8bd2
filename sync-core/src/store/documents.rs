//! Documents in the store: one row each, whole, with what lists, search and the digest need of it.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::error::StoreError;
use super::ledger::Ledger;
use super::rebuilding;
use super::rows::{DocumentRow, heads_bytes};
use super::schema::{damaged, documents, feeds, search};
use super::summary::Summary;
use crate::area::AreaCode;
use crate::change::Traits;
use crate::digest::DigestTerm;
use crate::document::Document;
use crate::id::{ChangeHash, DocumentId, DocumentKind};
use crate::record::RecordState;
use crate::time::Timestamp;

/// A document about to be written.
pub(super) struct Writing<'a> {
    pub(super) id: DocumentId,
    pub(super) kind: DocumentKind,
    pub(super) area: &'a AreaCode,
    pub(super) move_number: i32,
    pub(super) bytes: Vec<u8>,
    pub(super) heads: &'a [ChangeHash],
    /// The heads but for what is unsent, held or refused (R12).
    pub(super) agreed: &'a [ChangeHash],
    pub(super) traits: Traits,
    pub(super) kept: i16,
    pub(super) summary: Option<Summary>,
}

/// A row with its number.
pub(super) struct Found {
    pub(super) number: i64,
    pub(super) row: DocumentRow,
}

pub(super) fn find(connection: &mut SqliteConnection, id: DocumentId) -> Result<Option<Found>, StoreError> {
    let found = documents::table
        .filter(documents::id.eq(id.as_bytes().as_slice()))
        .select((documents::number, DocumentRow::as_select()))
        .first::<(i64, DocumentRow)>(connection)
        .optional()?;
    Ok(found.map(|(number, row)| Found { number, row }))
}

/// Opens a stored document. The bytes of one that does not open are moved aside and kept; if the segments made here give all
/// of it back, it opens all the same, else it is reported, and the rest works.
pub(super) fn open(connection: &mut SqliteConnection, found: &Found, now: Timestamp) -> Result<Document, StoreError> {
    let id = found.row.id()?;
    match Document::load(&found.row.bytes) {
        Ok(mut document) => {
            document.remember(Traits { deletes_key: found.row.deletes_key });
            Ok(document)
        }
        Err(source) => {
            let row = (
                damaged::id.eq(&found.row.id),
                damaged::bytes.eq(&found.row.bytes),
                damaged::reason.eq(source.to_string()),
                damaged::found_at.eq(now.millis()),
            );
            let known: i64 = damaged::table
                .filter(damaged::id.eq(&found.row.id).and(damaged::bytes.eq(&found.row.bytes)))
                .count()
                .get_result(connection)?;
            if known == 0 {
                diesel::insert_into(damaged::table).values(row).execute(connection)?;
            }
            let rebuilt = rebuilding::from_segments(connection, id, &[])?;
            let heads = found.row.heads()?;
            rebuilt.filter(|document| document.knows(&heads)).ok_or(StoreError::Document { document: id, source })
        }
    }
}

/// Writes a document over `before`, with its search words, and keeps the digest of its feed up.
pub(super) fn write(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger,
    before: Option<&Found>,
    writing: Writing<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let counts = writing.kept == 0;
    let term = if counts { DigestTerm::of(writing.id, writing.kind, writing.agreed) } else { DigestTerm::default() };
    if let Some(found) = before {
        ledger.replace(connection, &found.row.area, writing.kind, found.row.term(), DigestTerm::default())?;
    }
    ledger.replace(connection, writing.area.as_str(), writing.kind, DigestTerm::default(), term)?;
    let row = DocumentRow {
        id: writing.id.as_bytes().to_vec(),
        kind: i16::from(writing.kind.code()),
        area: writing.area.as_str().to_owned(),
        move_number: writing.move_number,
        bytes: writing.bytes,
        heads: heads_bytes(writing.heads),
        term: term.to_bytes().to_vec(),
        deletes_key: writing.traits.deletes_key,
        kept: writing.kept,
        form: writing.summary.as_ref().map(|summary| summary.form.as_str().to_owned()).unwrap_or_default(),
        form_version: writing.summary.as_ref().map(|summary| summary.version.as_str().to_owned()).unwrap_or_default(),
        subject: writing.summary.as_ref().map(|summary| summary.subject.as_bytes().to_vec()).unwrap_or_default(),
        state: i16::from(writing.summary.as_ref().is_some_and(|summary| summary.state == RecordState::Complete)),
        presence: writing.summary.as_ref().map_or(0, |summary| summary.presence as i16),
        conflict_count: writing
            .summary
            .as_ref()
            .map_or(0, |summary| i32::try_from(summary.conflicts).unwrap_or(i32::MAX)),
        title: writing.summary.as_ref().map(|summary| summary.title.clone()).unwrap_or_default(),
        created_at: writing.summary.as_ref().map_or(0, |summary| summary.created.millis()),
        updated_at: now.millis(),
    };
    let number = match before {
        Some(found) => {
            diesel::update(documents::table.find(found.number)).set(&row).execute(connection)?;
            found.number
        }
        None => {
            diesel::insert_into(documents::table).values(&row).returning(documents::number).get_result(connection)?
        }
    };
    index(connection, number, writing.summary.as_ref().map_or("", |summary| &summary.words), before.is_some())
}

/// Sets by which words a document is found, and what its line in lists says.
pub(super) fn set_words(connection: &mut SqliteConnection, number: i64, summary: &Summary) -> Result<(), StoreError> {
    diesel::update(documents::table.find(number)).set(documents::title.eq(&summary.title)).execute(connection)?;
    index(connection, number, &summary.words, true)
}

fn index(connection: &mut SqliteConnection, number: i64, words: &str, was_indexed: bool) -> Result<(), StoreError> {
    if was_indexed {
        diesel::delete(search::table.find(number)).execute(connection)?;
    }
    if !words.is_empty() {
        let row = (search::rowid.eq(number), search::words.eq(words));
        diesel::insert_into(search::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// [`documents.kept`]: the document's area was lost.
pub(super) const AREA_LOST: i16 = 1;
/// [`documents.kept`]: the server took the document out of the feed.
pub(super) const WITHDRAWN: i16 = 2;

/// What a document at these agreed heads adds to its feed's digest.
pub(super) fn term_of(found: &Found, agreed: &[ChangeHash]) -> Result<DigestTerm, StoreError> {
    let in_feed = found.row.kept == 0;
    Ok(if in_feed { DigestTerm::of(found.row.id()?, found.row.kind()?, agreed) } else { DigestTerm::default() })
}

/// Sets what of a document is agreed, nothing else.
pub(super) fn set_agreed(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger,
    found: &Found,
    agreed: &[ChangeHash],
) -> Result<(), StoreError> {
    let term = term_of(found, agreed)?;
    ledger.replace(connection, &found.row.area, found.row.kind()?, found.row.term(), term)?;
    diesel::update(documents::table.find(found.number))
        .set(documents::term.eq(term.to_bytes().as_slice()))
        .execute(connection)?;
    Ok(())
}

/// Puts a document into another feed.
pub(super) fn move_to(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger,
    found: &Found,
    to: &AreaCode,
    number: i32,
) -> Result<(), StoreError> {
    let (kind, term) = (found.row.kind()?, found.row.term());
    ledger.replace(connection, &found.row.area, kind, term, DigestTerm::default())?;
    ledger.replace(connection, to.as_str(), kind, DigestTerm::default(), term)?;
    diesel::update(documents::table.find(found.number))
        .set((documents::area.eq(to.as_str()), documents::move_number.eq(number)))
        .execute(connection)?;
    Ok(())
}

/// Forgets how often the documents of a feed were moved, which is read again from its beginning; with `out_of_scope` also
/// those of areas that have no feed here.
pub(super) fn forget_moves(
    connection: &mut SqliteConnection,
    area: &AreaCode,
    out_of_scope: bool,
) -> Result<(), StoreError> {
    let moved = || diesel::update(documents::table.filter(documents::move_number.ne(0)));
    moved().filter(documents::area.eq(area.as_str())).set(documents::move_number.eq(0)).execute(connection)?;
    if out_of_scope {
        let in_scope: Vec<String> = feeds::table.select(feeds::area).load(connection)?;
        moved().filter(documents::area.ne_all(in_scope)).set(documents::move_number.eq(0)).execute(connection)?;
    }
    Ok(())
}

/// Takes a document out of work and out of the digest; it stays readable.
pub(super) fn keep_aside(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger,
    found: &Found,
    why: i16,
) -> Result<(), StoreError> {
    let nothing = DigestTerm::default();
    ledger.replace(connection, &found.row.area, found.row.kind()?, found.row.term(), nothing)?;
    diesel::update(documents::table.find(found.number))
        .set((documents::kept.eq(why), documents::term.eq(nothing.to_bytes().as_slice())))
        .execute(connection)?;
    Ok(())
}

/// A document whose area was lost comes back with it. What of it is agreed is known again when its feed has been read.
pub(super) fn take_back(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger,
    found: &Found,
) -> Result<(), StoreError> {
    let id = found.row.id()?;
    let left_out = super::outbox::not_agreed(connection, id)?;
    let document = Document::load(&found.row.bytes);
    let agreed = document.map(|document| document.history().heads_without(&left_out)).unwrap_or_default();
    diesel::update(documents::table.find(found.number)).set(documents::kept.eq(0)).execute(connection)?;
    let again = Found { number: found.number, row: DocumentRow { kept: 0, ..found.row.clone() } };
    set_agreed(connection, ledger, &again, &agreed)
}

/// Takes a document away: its area was lost, and the server has all of it.
pub(super) fn remove(connection: &mut SqliteConnection, ledger: &mut Ledger, found: &Found) -> Result<(), StoreError> {
    use super::schema::segments;
    ledger.replace(connection, &found.row.area, found.row.kind()?, found.row.term(), DigestTerm::default())?;
    diesel::delete(search::table.find(found.number)).execute(connection)?;
    diesel::delete(segments::table.filter(segments::document.eq(&found.row.id))).execute(connection)?;
    diesel::delete(documents::table.find(found.number)).execute(connection)?;
    Ok(())
}
