//! The forms that come with the server.

use sync_core::form::Form;
use sync_core::time::Timestamp;

use super::administration::{self, FormError};
use crate::audit::By;
use crate::database::Database;

/// Compiled from the folders beside them (`make forms`).
const FORMS: [&[u8]; 3] = [
    include_bytes!("../../forms/kotaku-household.json"),
    include_bytes!("../../forms/kotaku-rt.json"),
    include_bytes!("../../forms/jmp-core.json"),
];

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
