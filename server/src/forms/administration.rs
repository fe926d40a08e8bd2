//! Forms as administration sees them: published, retired, listed.

use diesel::prelude::*;
use serde::Serialize;
use sync_core::exchange::ContentKind;
use sync_core::form::{Form, SecondaryInstance};
use sync_core::id::ContentHash;
use sync_core::time::Timestamp;
use thiserror::Error;
use utoipa::ToSchema;

use super::{Publication, Published};
use crate::audit::{self, Act, By};
use crate::database::schema::catalogue;
use crate::database::{AnyConnection, DatabaseError};

/// Most bytes of a compiled form.
pub const FORM_BYTES: usize = 4 * 1024 * 1024;
/// Most characters of a form's id or version.
const NAME_MAX: usize = 120;

/// A version of a form as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListedForm {
    /// The form's id.
    pub form: String,
    /// The version, as its author wrote it.
    pub version: String,
    /// SHA-256 of its content, by which phones fetch it.
    pub hash: String,
    /// Bytes of its content.
    pub size: i64,
    /// Phones begin no new records with it.
    pub retired: bool,
    /// When it was published, in milliseconds since 1970.
    pub published_at: i64,
}

/// Why a form is not published or retired.
#[derive(Debug, Error)]
pub enum FormError {
    /// The bytes are no compiled form.
    #[error("not a compiled form: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The form's own shape is of another version.
    #[error("the form has schema {0}; this server reads schema 1")]
    Schema(u32),
    /// The id or version is empty, endless, or has characters that a URL or a screen cannot show.
    #[error("a form's id and version have 1 to {NAME_MAX} characters, none of them a slash or a control character")]
    Name,
    /// That version was published with other content, and a published version is never altered (R25).
    #[error("version {version} of form {form} was published with other content; give the new content a new version")]
    Taken {
        /// The form.
        form: String,
        /// The version.
        version: String,
    },
    /// It was compiled without a file that it takes choices from: phones would show a blank.
    #[error("the form was compiled without its file {0}; put it beside the form and compile again")]
    FileMissing(String),
    /// There is no such version.
    #[error("there is no such form or version")]
    Unknown,
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for FormError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Publishes a compiled form. The very same again is one publication.
///
/// # Errors
/// [`FormError`].
pub fn publish(connection: &mut AnyConnection, by: By, bytes: &[u8], now: Timestamp) -> Result<ListedForm, FormError> {
    let form = Form::from_json(bytes)?;
    if form.schema != 1 {
        return Err(FormError::Schema(form.schema));
    }
    let (name, version) = (form.id.as_str(), form.version.as_str());
    if !is_name(name) || !is_name(version) {
        return Err(FormError::Name);
    }
    if let Some(file) = form.instances.values().find_map(missing_file) {
        return Err(FormError::FileMissing(file.to_owned()));
    }
    match super::publish(connection, &Publication { kind: ContentKind::Form, name, version, bytes }, now)? {
        Published::New(_) => audit::write(connection, by, Act::FormPublished, &format!("{name} {version}"), now)?,
        Published::Known(_) => {}
        Published::Taken(_) => {
            return Err(FormError::Taken { form: name.to_owned(), version: version.to_owned() });
        }
    }
    find(connection, name, version)?.ok_or(FormError::Unknown)
}

fn missing_file(instance: &SecondaryInstance) -> Option<&str> {
    match instance {
        SecondaryInstance::Missing { file } => Some(file),
        SecondaryInstance::Table(_) | SecondaryInstance::Tree(_) => None,
    }
}

/// Retires a version of a form, or takes it back into use.
///
/// # Errors
/// [`FormError::Unknown`].
pub fn set_retired(
    connection: &mut AnyConnection,
    by: By,
    (form, version): (&str, &str),
    retired: bool,
    now: Timestamp,
) -> Result<ListedForm, FormError> {
    let before = find(connection, form, version)?.ok_or(FormError::Unknown)?;
    if before.retired == retired {
        return Ok(before);
    }
    super::set_retired(connection, form, version, retired)?;
    let act = if retired { Act::FormRetired } else { Act::FormRestored };
    audit::write(connection, by, act, &format!("{form} {version}"), now)?;
    Ok(ListedForm { retired, ..before })
}

type Row = (String, String, Vec<u8>, i64, bool, i64);

const COLUMNS: (
    catalogue::name,
    catalogue::version,
    catalogue::hash,
    catalogue::size,
    catalogue::retired,
    catalogue::published_at,
) = (
    catalogue::name,
    catalogue::version,
    catalogue::hash,
    catalogue::size,
    catalogue::retired,
    catalogue::published_at,
);

/// All versions of all forms, in the order of publication.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(connection: &mut AnyConnection) -> Result<Vec<ListedForm>, DatabaseError> {
    let rows: Vec<Row> = catalogue::table
        .filter(catalogue::kind.eq(ContentKind::Form as i32))
        .order(catalogue::place)
        .select(COLUMNS)
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// One version of a form.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &mut AnyConnection, form: &str, version: &str) -> Result<Option<ListedForm>, DatabaseError> {
    let row: Option<Row> = catalogue::table
        .filter(catalogue::kind.eq(ContentKind::Form as i32))
        .filter(catalogue::name.eq(form).and(catalogue::version.eq(version)))
        .select(COLUMNS)
        .first(connection)
        .optional()?;
    row.map(read).transpose()
}

fn read((form, version, hash, size, retired, published_at): Row) -> Result<ListedForm, DatabaseError> {
    let hash = ContentHash::from_slice(&hash)?.to_string();
    Ok(ListedForm { form, version, hash, size, retired, published_at })
}

fn is_name(name: &str) -> bool {
    let fits = |letter: char| !letter.is_control() && letter != '/';
    !name.is_empty() && name.chars().count() <= NAME_MAX && name.chars().all(fits)
}
