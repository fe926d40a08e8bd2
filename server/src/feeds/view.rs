//! The feeds of one snapshot, as the pages of a response are composed from them.

use std::collections::HashMap;

use sync_core::area::AreaCode;
use sync_core::exchange::paging::{FeedHead, FeedView, Stored};
use sync_core::id::{ProgrammeId, SegmentId, Sequence};

use super::{entries_after, head};
use crate::database::{AnyConnection, DatabaseError};

/// Reads feeds in the transaction of `connection`.
pub(crate) struct View<'a> {
    pub(crate) connection: &'a mut AnyConnection,
    pub(crate) programme: ProgrammeId,
    /// Segments that the device has just sent, by their places in its request.
    pub(crate) pushed: &'a HashMap<SegmentId, u32>,
}

impl FeedView for View<'_> {
    type Error = DatabaseError;

    fn head(&mut self, area: &AreaCode) -> Result<FeedHead, DatabaseError> {
        head(self.connection, area)
    }

    fn entries(&mut self, area: &AreaCode, after: Sequence, bytes: usize) -> Result<Vec<Stored>, DatabaseError> {
        entries_after(self, area, after, bytes)
    }
}
