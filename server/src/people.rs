//! The directory that phones fetch: names for their screens, keys by which they check what comes from a peer or a bundle.
//!
//! It is published in parts of `PART` users in the order in which they were made: a new phone changes one part, and every
//! other phone fetches that one again, not all.

use std::collections::BTreeMap;

use diesel::prelude::*;
use sync_core::exchange::ContentKind;
use sync_core::id::{DeviceId, UserId};
use sync_core::identity::PublicKey;
use sync_core::people::{KnownDevice, People};
use sync_core::time::Timestamp;

use crate::database::schema::{devices, users};
use crate::database::{AnyConnection, DatabaseError};
use crate::forms::{self, Publication};

/// Users in one part.
const PART: usize = 64;

/// Publishes the directory as it is now. Parts that have not changed stay as they are.
///
/// # Errors
/// [`DatabaseError`].
pub fn publish(connection: &mut AnyConnection, now: Timestamp) -> Result<(), DatabaseError> {
    let everyone = all_users(connection)?;
    let mut owned = all_devices(connection)?;
    for (index, part) in everyone.chunks(PART).enumerate() {
        let devices = part.iter().filter_map(|(id, _)| owned.remove(id)).flatten().collect();
        let people = People { users: part.iter().cloned().collect(), devices };
        let bytes = serde_json::to_vec(&people).map_err(DatabaseError::stored)?;
        let name = format!("people-{index}");
        let publication = Publication { kind: ContentKind::People, name: &name, version: "", bytes: &bytes };
        forms::publish(connection, &publication, now)?;
    }
    Ok(())
}

fn all_users(connection: &mut AnyConnection) -> Result<Vec<(UserId, String)>, DatabaseError> {
    let rows: Vec<(Vec<u8>, String)> =
        users::table.order((users::created_at, users::id)).select((users::id, users::name)).load(connection)?;
    rows.into_iter().map(|(id, name)| Ok((UserId::from_slice(&id)?, name))).collect()
}

type Owned = BTreeMap<UserId, Vec<(DeviceId, KnownDevice)>>;

fn all_devices(connection: &mut AnyConnection) -> Result<Owned, DatabaseError> {
    type Row = (Vec<u8>, Vec<u8>, String, Vec<u8>);
    let rows: Vec<Row> = devices::table
        .order(devices::id)
        .select((devices::id, devices::user_id, devices::label, devices::public_key))
        .load(connection)?;
    let mut owned = Owned::new();
    for (id, user, label, key) in rows {
        let (id, user) = (DeviceId::from_slice(&id)?, UserId::from_slice(&user)?);
        let key = <[u8; 32]>::try_from(key.as_slice()).map_err(|_| DatabaseError::stored("a key of another length"))?;
        let public_key = PublicKey::from_bytes(key).to_string();
        owned.entry(user).or_default().push((id, KnownDevice { user, label, public_key }));
    }
    Ok(owned)
}
