//! The people and devices whose work a device sees: names for the screen, keys to check what arrives from a peer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, UserId};

/// A directory of users and devices, as the server gives it out by hash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct People {
    /// Users by id.
    pub users: BTreeMap<UserId, String>,
    /// Devices by id.
    pub devices: BTreeMap<DeviceId, KnownDevice>,
}

/// A device of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDevice {
    /// Whose it is.
    pub user: UserId,
    /// What its user calls it.
    pub label: String,
    /// Its public key in hexadecimal.
    pub public_key: String,
}
