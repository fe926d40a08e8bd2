//! The catalogue: forms, lists and directories, published once and never altered, fetched by hash (R25).

pub mod administration;
pub mod built_in;

use diesel::prelude::*;
use sync_core::exchange::{CatalogueEntry, ContentKind};
use sync_core::form::{Form, FormId, FormVersion};
use sync_core::id::ContentHash;
use sync_core::time::Timestamp;

use crate::database::schema::{catalogue, contents};
use crate::database::{AnyConnection, DatabaseError};

/// Something to publish.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'a> {
    /// What it is.
    pub kind: ContentKind,
    /// Its name: a form's id, a list's name.
    pub name: &'a str,
    /// A form's version; empty for the others.
    pub version: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// What publishing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is in the catalogue now.
    New(ContentHash),
    /// The very same was published before.
    Known(ContentHash),
    /// A form of this id and version was published before, with other content; nothing was changed. A published version is
    /// never altered.
    Taken(ContentHash),
}

type Row = (i32, String, String, Vec<u8>, i64, bool);

/// The whole catalogue, in the order of publication.
///
/// # Errors
/// [`DatabaseError`].
pub fn catalogue(connection: &mut AnyConnection) -> Result<Vec<CatalogueEntry>, DatabaseError> {
    let rows: Vec<Row> = catalogue::table
        .order(catalogue::place)
        .select((
            catalogue::kind,
            catalogue::name,
            catalogue::version,
            catalogue::hash,
            catalogue::size,
            catalogue::retired,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(kind, name, version, hash, size, retired)| {
            Ok(CatalogueEntry {
                kind: kind_of(kind)?,
                name,
                version,
                hash: ContentHash::from_slice(&hash)?,
                size: size.unsigned_abs(),
                retired,
            })
        })
        .collect()
}

/// The bytes of a content.
///
/// # Errors
/// [`DatabaseError`].
pub fn content(connection: &mut AnyConnection, hash: ContentHash) -> Result<Option<Vec<u8>>, DatabaseError> {
    Ok(contents::table
        .filter(contents::hash.eq(hash.as_bytes().as_slice()))
        .select(contents::bytes)
        .first(connection)
        .optional()?)
}

/// A published form; none if there is no such version, or its content is no form.
///
/// # Errors
/// [`DatabaseError`].
pub fn form(connection: &mut AnyConnection, id: &FormId, version: &FormVersion) -> Result<Option<Form>, DatabaseError> {
    let bytes: Option<Vec<u8>> = catalogue::table
        .inner_join(contents::table.on(contents::hash.eq(catalogue::hash)))
        .filter(catalogue::kind.eq(ContentKind::Form as i32))
        .filter(catalogue::name.eq(id.as_str()).and(catalogue::version.eq(version.as_str())))
        .select(contents::bytes)
        .first(connection)
        .optional()?;
    Ok(bytes.and_then(|bytes| Form::from_json(&bytes).ok()))
}

/// Publishes a content. A form's version is never altered; a list or directory of the same name is replaced by the new one.
///
/// # Errors
/// [`DatabaseError`].
pub fn publish(
    connection: &mut AnyConnection,
    publication: &Publication<'_>,
    now: Timestamp,
) -> Result<Published, DatabaseError> {
    let Publication { kind, name, version, bytes } = *publication;
    let hash = ContentHash::of(bytes);
    let same = catalogue::table
        .filter(catalogue::kind.eq(kind as i32).and(catalogue::name.eq(name)).and(catalogue::version.eq(version)));
    let before: Option<Vec<u8>> = same.select(catalogue::hash).first(connection).optional()?;
    match before {
        Some(before) if before == hash.as_bytes() => return Ok(Published::Known(hash)),
        Some(before) if kind == ContentKind::Form => return Ok(Published::Taken(ContentHash::from_slice(&before)?)),
        Some(before) => {
            let replaced = catalogue::table.filter(
                catalogue::kind.eq(kind as i32).and(catalogue::name.eq(name)).and(catalogue::version.eq(version)),
            );
            diesel::delete(replaced).execute(connection)?;
            forget(connection, &before)?;
        }
        None => {}
    }
    if content(connection, hash)?.is_none() {
        let row = (contents::hash.eq(hash.as_bytes().as_slice()), contents::bytes.eq(bytes));
        diesel::insert_into(contents::table).values(row).execute(connection)?;
    }
    let row = (
        catalogue::kind.eq(kind as i32),
        catalogue::name.eq(name),
        catalogue::version.eq(version),
        catalogue::hash.eq(hash.as_bytes().as_slice()),
        catalogue::size.eq(i64::try_from(bytes.len()).unwrap_or(i64::MAX)),
        catalogue::retired.eq(false),
        catalogue::published_at.eq(now.millis()),
    );
    diesel::insert_into(catalogue::table).values(row).execute(connection)?;
    Ok(Published::New(hash))
}

/// Drops the bytes of a list or directory that was replaced, unless another name has them too. A phone that was fetching them
/// finds the new ones in its next catalogue.
fn forget(connection: &mut AnyConnection, hash: &[u8]) -> Result<(), DatabaseError> {
    let named: i64 = catalogue::table.filter(catalogue::hash.eq(hash)).count().get_result(connection)?;
    if named == 0 {
        diesel::delete(contents::table.filter(contents::hash.eq(hash))).execute(connection)?;
    }
    Ok(())
}

/// Retires a form's version, or takes it back into use: phones that know it start no new records with it, the server
/// accepts them always. Says whether there is such a version.
///
/// # Errors
/// [`DatabaseError`].
pub fn set_retired(
    connection: &mut AnyConnection,
    form: &str,
    version: &str,
    retired: bool,
) -> Result<bool, DatabaseError> {
    let this = catalogue::table
        .filter(catalogue::kind.eq(ContentKind::Form as i32))
        .filter(catalogue::name.eq(form).and(catalogue::version.eq(version)));
    Ok(diesel::update(this).set(catalogue::retired.eq(retired)).execute(connection)? > 0)
}

fn kind_of(code: i32) -> Result<ContentKind, DatabaseError> {
    Ok(match code {
        1 => ContentKind::Form,
        2 => ContentKind::List,
        3 => ContentKind::Areas,
        4 => ContentKind::People,
        _ => return Err(DatabaseError::stored("a content of unknown kind")),
    })
}
