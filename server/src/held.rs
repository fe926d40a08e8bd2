//! Held segments: stored whole, not applied, until a supervisor decides or their author's rights change.
//!
//! Release enters a segment in its document. Discard does so too, together with changes of the server that put back what it
//! changed, so that no history has a hole and nobody else's work is lost (R3). After either, what was held because it builds
//! on the segment is judged on its own merits.

mod again;
mod authoring;
mod discard;
mod list;
mod reentry;
mod release;
mod scene;
mod shown;

pub(crate) use authoring::Authoring;
pub(crate) use release::enter_new;

pub use again::{judge_again, judge_document_again, judge_unknown_areas};
pub use discard::discard;
pub use list::{HeldFilter, HeldLine, list};
pub use release::release;
pub use shown::ShownHeld;

use sync_core::area::AreaCode;
use sync_core::entropy::Entropy;
use sync_core::exchange::HeldReason;
use sync_core::id::{DocumentId, SegmentId, Sequence, UserId};
use sync_core::record::EditError;
use sync_core::time::Timestamp;
use thiserror::Error;

use crate::database::{AnyConnection, Database, DatabaseError};
use crate::identity::ServerIdentity;

/// Why a held segment was not settled. Nothing was changed.
#[derive(Debug, Error)]
pub enum HeldError {
    /// The server has no such segment, or it is not held.
    #[error("segment {0} is not held")]
    NotHeld(SegmentId),
    /// It builds on other held segments: those are to be settled first.
    #[error("the segment builds on other held segments, which must be settled first")]
    BuildsOnHeld(Vec<SegmentId>),
    /// It cannot enter as it is: its area is unknown, or its document is full.
    #[error("the segment cannot enter: {0:?}")]
    CannotEnter(HeldReason),
    /// What the server would have to write cannot be written.
    #[error("the server's own change could not be made: {0}")]
    Edit(#[from] EditError),
    /// The database could not do its part.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Who settles, and when.
pub struct Settling<'a> {
    /// The server process, which signs what it writes itself.
    pub identity: &'a ServerIdentity,
    /// The supervisor.
    pub by: UserId,
    /// The server's clock.
    pub now: Timestamp,
    /// Where actors and ids come from.
    pub entropy: &'a mut dyn Entropy,
}

/// What settling came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The document in which the content is now: the segment's own, or a new one where its id was taken (R14).
    pub document: DocumentId,
    /// Segments that entered: the settled one, what it was built on, and dependants.
    pub entered: usize,
    /// Feeds that grew, and their last sequences.
    pub grown: Vec<(AreaCode, Sequence)>,
}

/// How often others may come in between.
const ROUNDS: usize = 16;

/// Runs `run` in a transaction, again from its start when another came in between.
fn retrying<T, E: From<DatabaseError> + std::fmt::Debug>(
    database: &Database,
    raced: impl Fn(&E) -> bool,
    mut run: impl FnMut(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    for _ in 1..ROUNDS {
        match database.write(&mut run) {
            Err(error) if raced(&error) => {}
            other => return other,
        }
    }
    database.write(&mut run)
}

impl HeldError {
    fn is_raced(&self) -> bool {
        match self {
            Self::Database(error) => error.is_raced(),
            Self::NotHeld(_) | Self::BuildsOnHeld(_) | Self::CannotEnter(_) | Self::Edit(_) => false,
        }
    }
}
