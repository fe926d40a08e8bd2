//! A damaged file is moved aside and kept; what can be read of it is carried over; the user is told. Nothing is deleted.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::OpenFinding;
use super::documents::{self, Writing};
use super::error::StoreError;
use super::ledger::Ledger;
use super::open::connect;
use super::outbox;
use super::rows::{DocumentRow, FeedRow, SegmentRow};
use super::schema::{documents as documents_table, feeds, identity, quarantine, segments};
use super::summary::Summary;
use crate::area::AreaCode;
use crate::change::Traits;
use crate::document::Document;
use crate::id::{Cursor, DocumentId, DocumentKind, SegmentId};
use crate::record::Record;
use crate::time::Timestamp;

/// A file whose presence says that damage was met while the store was in use, or that a recovery has begun; then it names the
/// folder to which the damaged file goes.
const MARK: &str = "damage-met";

/// Leaves word for the next opening.
pub(super) fn mark(folder: &Path) {
    // Nothing better can be done here if even this fails; the damage will be met again.
    let _ = std::fs::OpenOptions::new().create(true).append(true).open(folder.join(MARK));
}

pub(super) fn was_marked(folder: &Path) -> bool {
    folder.join(MARK).exists()
}

/// Moves the database aside and starts a new one with what can be read of the old. Killed in the middle, the next opening
/// goes on with the same folder: a new file that has not got everything yet is never taken for the store.
pub(super) fn recover(
    folder: &Path,
    file: &Path,
    now: Timestamp,
) -> Result<(SqliteConnection, OpenFinding), StoreError> {
    let begun = std::fs::read_to_string(folder.join(MARK)).unwrap_or_default();
    let name = if begun.is_empty() { format!("damaged-{}", now.millis()) } else { begun };
    let aside = folder.join(&name);
    std::fs::create_dir_all(&aside)?;
    write_durably(&folder.join(MARK), name.as_bytes())?;
    let moved = file.file_name().map(|name| aside.join(name)).unwrap_or_default();
    // The database goes last: once it is in the folder all of it is, and what stands in its place is a new file that a
    // killed recovery had begun.
    let all_aside = moved.exists();
    for part in ["-wal", "-shm", "-journal", ""] {
        let (from, to) = (with_part(file, part), with_part(&moved, part));
        match (from.exists(), all_aside) {
            (true, false) => std::fs::rename(&from, &to)?,
            (true, true) => std::fs::remove_file(&from)?,
            (false, _) => {}
        }
    }
    let mut connection = connect(file)?;
    let (mut kept_documents, mut kept_segments) = (0, 0);
    if let Some(mut old) = moved.to_str().and_then(|path| SqliteConnection::establish(path).ok()) {
        connection.immediate_transaction::<_, StoreError, _>(|new| {
            carry_identity(&mut old, new)?;
            kept_segments = carry_segments(&mut old, new)?;
            kept_documents = carry_documents(&mut old, new)?;
            carry_feeds(&mut old, new)
        })?;
    }
    std::fs::remove_file(folder.join(MARK))?;
    Ok((
        connection,
        OpenFinding::FileMovedAside { moved_to: aside, documents: kept_documents, segments: kept_segments },
    ))
}

fn with_part(path: &Path, part: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(part);
    PathBuf::from(name)
}

fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = std::fs::File::create(path)?;
    std::io::Write::write_all(&mut file, bytes)?;
    Ok(file.sync_all()?)
}

fn carry_identity(old: &mut SqliteConnection, new: &mut SqliteConnection) -> Result<(), StoreError> {
    type Row = (
        Option<Vec<u8>>,
        Vec<u8>,
        Option<String>,
        Option<Vec<u8>>,
        Option<Vec<u8>>,
        Option<Vec<u8>>,
        Option<Vec<u8>>,
        Option<String>,
        Option<Vec<u8>>,
    );
    let columns = (
        identity::secret,
        identity::public_key,
        identity::server_url,
        identity::server_key,
        identity::programme,
        identity::device,
        identity::user,
        identity::user_name,
        identity::papers,
    );
    let Ok(row) = identity::table.select(columns).first::<Row>(old) else { return Ok(()) };
    let (secret, public_key, url, server_key, programme, device, user, name, papers) = row;
    diesel::insert_into(identity::table)
        .values((
            identity::id.eq(1),
            identity::secret.eq(secret),
            identity::public_key.eq(public_key),
            identity::server_url.eq(url),
            identity::server_key.eq(server_key),
            identity::programme.eq(programme),
            identity::device.eq(device),
            identity::user.eq(user),
            identity::user_name.eq(name),
            identity::papers.eq(papers),
        ))
        .execute(new)?;
    Ok(())
}

/// Reads rows one by one, because one broken page stops a scan.
fn readable<T>(last: i64, mut read: impl FnMut(i64) -> Result<Option<T>, diesel::result::Error>) -> Vec<T> {
    (1..=last).filter_map(|number| read(number).ok().flatten()).collect()
}

fn carry_segments(old: &mut SqliteConnection, new: &mut SqliteConnection) -> Result<usize, StoreError> {
    let last = segments::table.select(segments::number).order(segments::number.desc()).first::<i64>(old).unwrap_or(0);
    let rows =
        readable(last, |number| segments::table.find(number).select(SegmentRow::as_select()).first(old).optional());
    for row in &rows {
        diesel::insert_into(segments::table).values(row).on_conflict(segments::id).do_nothing().execute(new)?;
    }
    Ok(rows.len())
}

fn carry_documents(old: &mut SqliteConnection, new: &mut SqliteConnection) -> Result<usize, StoreError> {
    let last = documents_table::table
        .select(documents_table::number)
        .order(documents_table::number.desc())
        .first::<i64>(old)
        .unwrap_or(0);
    let rows = readable(last, |number| {
        documents_table::table.find(number).select(DocumentRow::as_select()).first(old).optional()
    });
    let mut ledger = Ledger::default();
    let mut kept = 0;
    for row in rows {
        let Ok(document) = Document::load(&row.bytes) else { continue };
        carry_document(new, &mut ledger, &document, row.id()?, row.kind()?, &row.area()?, &row)?;
        kept += 1;
    }
    Ok(kept + rebuild_documents(new, &mut ledger)?)
}

fn carry_document(
    new: &mut SqliteConnection,
    ledger: &mut Ledger,
    document: &Document,
    id: DocumentId,
    kind: DocumentKind,
    area: &AreaCode,
    row: &DocumentRow,
) -> Result<(), StoreError> {
    let left_out = outbox::not_agreed(new, id)?;
    let agreed = document.history().heads_without(&left_out);
    let summary = Record::read(document).ok().map(|record| Summary::of(&record, None));
    let writing = Writing {
        id,
        kind,
        area,
        move_number: row.move_number,
        bytes: document.bytes(),
        heads: document.heads(),
        agreed: &agreed,
        traits: Traits { deletes_key: row.deletes_key },
        kept: row.kept,
        summary,
    };
    documents::write(new, ledger, None, writing, Timestamp::from_millis(row.updated_at))
}

/// Documents whose row was lost but whose segments, made here, were not.
fn rebuild_documents(new: &mut SqliteConnection, ledger: &mut Ledger) -> Result<usize, StoreError> {
    let rows: Vec<SegmentRow> = segments::table
        .filter(segments::changes.is_not_null())
        .order(segments::number)
        .select(SegmentRow::as_select())
        .load(new)?;
    let mut rebuilt = 0;
    let mut seen = std::collections::BTreeSet::new();
    for first in &rows {
        let id = DocumentId::from_slice(&first.document)?;
        if !seen.insert(id) || documents::find(new, id)?.is_some() {
            continue;
        }
        let bytes: Vec<u8> = rows
            .iter()
            .filter(|row| row.document == first.document)
            .filter_map(|row| row.changes.clone())
            .flatten()
            .collect();
        let Ok(document) = Document::load(&bytes) else { continue };
        let left_out = outbox::not_agreed(new, id)?;
        let agreed = document.history().heads_without(&left_out);
        let area = super::rows::area(&first.area)?;
        let writing = Writing {
            id,
            kind: DocumentKind::from_code(u8::try_from(first.kind).unwrap_or(0))?,
            area: &area,
            move_number: 0,
            bytes: document.bytes(),
            heads: document.heads(),
            agreed: &agreed,
            traits: Traits::default(),
            kept: 0,
            summary: Record::read(&document).ok().map(|record| Summary::of(&record, None)),
        };
        documents::write(new, ledger, None, writing, Timestamp::from_millis(first.received_at))?;
        rebuilt += 1;
    }
    Ok(rebuilt)
}

/// Feeds start again from their beginning: what was lost comes back, what is here is passed over. Digests are recomputed
/// from the documents.
fn carry_feeds(old: &mut SqliteConnection, new: &mut SqliteConnection) -> Result<(), StoreError> {
    let rows: Vec<FeedRow> = feeds::table.select(FeedRow::as_select()).load(old).unwrap_or_default();
    for mut row in rows {
        let mut digest = crate::digest::FeedDigest::default();
        let standing: Vec<DocumentRow> = documents_table::table
            .filter(documents_table::area.eq(&row.area).and(documents_table::kept.eq(0)))
            .select(DocumentRow::as_select())
            .load(new)?;
        for document in standing {
            digest.replace(document.kind()?, crate::digest::DigestTerm::default(), document.term());
        }
        row.set_digest(&digest);
        row.set_server_digest(None);
        row.epoch = Cursor::START.epoch.as_bytes().to_vec();
        row.sequence = 0;
        diesel::insert_into(feeds::table).values(&row).execute(new)?;
    }
    new.batch_execute("UPDATE identity SET catalogue_hash = NULL;")?;
    Ok(())
}

/// Segments during whose trial the process died stay where they are, and are named.
pub(super) fn leave_quarantined(connection: &mut SqliteConnection) -> Result<Vec<OpenFinding>, StoreError> {
    let ids: Vec<Vec<u8>> = quarantine::table.filter(quarantine::trying).select(quarantine::id).load(connection)?;
    diesel::update(quarantine::table).set(quarantine::trying.eq(false)).execute(connection)?;
    ids.iter().map(|id| Ok(OpenFinding::Quarantined(SegmentId::from_slice(id)?))).collect()
}
