//! The forms that come with the server.

use sync_core::form::Form;
use sync_core::time::Timestamp;

use super::administration::{self, FormError};
use crate::audit::By;
use crate::database::Database;

const FORMS: [&[u8]; 1] = [include_bytes!("../../forms/rumah_tangga.json")];

/// Publishes the forms that come with the server and are not in the catalogue yet: at the first start, and when an update
/// brings a later version. A version that is there stays as it is, whoever published it.
///
/// # Errors
/// [`FormError`].
pub fn publish(database: &Database, now: Timestamp) -> Result<(), FormError> {
    for bytes in FORMS {
        let form = Form::from_json(bytes)?;
        let (id, version) = (form.id.as_str(), form.version.as_str());
        if database.read(|connection| administration::find(connection, id, version))?.is_none() {
            database.write(|connection| administration::publish(connection, By::Server, bytes, now))?;
        }
    }
    Ok(())
}
