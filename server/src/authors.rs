//! Who signed a segment, and what they may do: looked up once a request for each device.

use std::collections::HashMap;
use std::sync::Arc;

use sync_core::area::AreaCode;
use sync_core::change::{Rule, Unsound};
use sync_core::exchange::{HeldReason, Right};
use sync_core::id::{ActorPrefix, DeviceId, DocumentKind, ProgrammeId};
use sync_core::identity::Verifier;
use sync_core::segment::Segment;

use crate::areas;
use crate::assignments::{self, Rights};
use crate::database::{AnyConnection, DatabaseError};
use crate::devices::{self, Device, DeviceKind};
use crate::users;

/// A device that signs, with the present rights of its user.
#[derive(Debug, Clone)]
pub struct Author {
    device: Device,
    verifier: Verifier,
    prefix: ActorPrefix,
    disabled: bool,
    rights: Rights,
}

/// The authors met during one request.
#[derive(Debug, Clone)]
pub struct Authors {
    programme: ProgrammeId,
    known: HashMap<DeviceId, Option<Arc<Author>>>,
    areas: HashMap<AreaCode, bool>,
}

impl Author {
    /// What every actor of the device starts with (R7).
    #[must_use]
    pub const fn prefix(&self) -> ActorPrefix {
        self.prefix
    }

    /// Whether the author may write a document of this kind in a feed area now (R11).
    ///
    /// # Errors
    /// Why not.
    pub fn may_write(&self, kind: DocumentKind, area: &AreaCode) -> Result<(), HeldReason> {
        if self.device.revoked_at.is_some() {
            return Err(HeldReason::DeviceRevoked);
        }
        if self.disabled {
            return Err(HeldReason::UserDisabled);
        }
        if self.device.kind == DeviceKind::Server {
            return Ok(());
        }
        let needed = match kind {
            DocumentKind::Record => Right::Write,
            DocumentKind::Review => Right::Review,
        };
        match self.rights.in_area(area) {
            None => Err(HeldReason::NoAssignment),
            Some(right) if right < needed => Err(HeldReason::ReadOnly),
            Some(_) => Ok(()),
        }
    }

    /// Checks what a segment's header claims of its author, and the signature (R7, R15, R16).
    ///
    /// # Errors
    /// [`Unsound`] by [`Rule::Segment`] or [`Rule::Actor`].
    pub fn verify(&self, segment: &Segment) -> Result<(), Unsound> {
        if segment.header.user != self.device.user {
            return Err(Unsound { rule: Rule::Segment, detail: "the user is not the device's" });
        }
        if segment.header.actor.prefix() != self.prefix {
            return Err(Unsound { rule: Rule::Actor, detail: "the actor does not belong to the device that signed" });
        }
        segment.verify(&self.verifier)
    }
}

impl Authors {
    /// None met yet.
    #[must_use]
    pub fn new(programme: ProgrammeId) -> Self {
        Self { programme, known: HashMap::new(), areas: HashMap::new() }
    }

    /// The programme whose segments are taken.
    #[must_use]
    pub const fn programme(&self) -> ProgrammeId {
        self.programme
    }

    /// The author with this device; none if no such device is enrolled here.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn find(&mut self, connection: &mut AnyConnection, id: DeviceId) -> Result<Option<Arc<Author>>, DatabaseError> {
        if let Some(author) = self.known.get(&id) {
            return Ok(author.clone());
        }
        let author = load(connection, id)?.map(Arc::new);
        self.known.insert(id, author.clone());
        Ok(author)
    }

    /// Whether a feed area exists.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn area_exists(&mut self, connection: &mut AnyConnection, area: &AreaCode) -> Result<bool, DatabaseError> {
        if let Some(exists) = self.areas.get(area) {
            return Ok(*exists);
        }
        let exists = areas::find(connection, area)?.is_some();
        self.areas.insert(area.clone(), exists);
        Ok(exists)
    }
}

fn load(connection: &mut AnyConnection, id: DeviceId) -> Result<Option<Author>, DatabaseError> {
    let Some(device) = devices::find(connection, id)? else { return Ok(None) };
    let Ok(verifier) = device.public_key.verifier() else { return Ok(None) };
    let disabled = users::find(connection, device.user)?.is_none_or(|user| user.disabled_at.is_some());
    let rights = assignments::rights(connection, device.user)?;
    Ok(Some(Author { prefix: device.public_key.actor_prefix(), device, verifier, disabled, rights }))
}
