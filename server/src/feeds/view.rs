//! The feeds of one snapshot, as the pages of a response are composed from them.

use sync_core::area::AreaCode;
use sync_core::exchange::paging::{FeedHead, FeedView, Stored};
use sync_core::id::{ProgrammeId, Sequence};

use super::{entries_after, head};
use crate::database::{AnyConnection, DatabaseError};

/// Reads feeds in the transaction of `connection`.
pub(crate) struct View<'a> {
    pub(crate) connection: &'a mut AnyConnection,
    pub(crate) programme: ProgrammeId,
}

impl FeedView for View<'_> {
    type Error = DatabaseError;

    fn head(&mut self, area: &AreaCode) -> Result<FeedHead, DatabaseError> {
        head(self.connection, area)
    }

    fn entries(&mut self, area: &AreaCode, after: Sequence, bytes: usize) -> Result<Vec<Stored>, DatabaseError> {
        entries_after(self.connection, self.programme, area, after, bytes)
    }
}
