//! Who this server process is. Its key and the secrets of its tokens lie outside the database.

use sync_core::id::{DeviceId, ProgrammeId, UserId};
use sync_core::identity::KeyPair;

/// The programme and the papers of this process: a device of its own (R16), registered in `devices` with
/// [`DeviceKind::Server`](crate::devices::DeviceKind::Server) before the first exchange, of a user that stands for the server.
pub struct ServerIdentity {
    /// The programme whose data it keeps; part of everything signed.
    pub programme: ProgrammeId,
    /// The device that this process signs as.
    pub device: DeviceId,
    /// The user of that device.
    pub user: UserId,
    /// The device's key.
    pub key: KeyPair,
}
