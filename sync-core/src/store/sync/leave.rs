//! Asking the server to vouch for documents of lost areas before they go (R9, R11).

use std::collections::{BTreeSet, HashSet};

use diesel::sqlite::SqliteConnection;

use super::super::error::StoreError;
use super::super::leaving;
use crate::exchange::{Entry, Request, Response};
use crate::id::{DocumentId, SegmentId};
use crate::limits;

/// Documents of lost areas, as far as one run has come with them.
#[derive(Debug, Default)]
pub(in super::super) struct Leaving {
    looked: bool,
    /// Still to be asked about, the next one last.
    left: Vec<DocumentId>,
    /// Each is asked about once in a run.
    seen: BTreeSet<DocumentId>,
    /// What the request under way asks about.
    pub(in super::super) asked: Vec<DocumentId>,
    /// Segments that the server vouched for earlier in this run, of a document too large for one request.
    pub(in super::super) vouched: HashSet<SegmentId>,
}

impl Leaving {
    fn look(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        self.looked = true;
        let new: Vec<DocumentId> =
            leaving::ready(connection)?.into_iter().filter(|document| self.seen.insert(*document)).collect();
        self.left.extend(new.into_iter().rev());
        Ok(())
    }

    /// Fills what is left of a request's fates with segments to be vouched for, whole documents where they fit.
    pub(super) fn add_to(
        &mut self,
        connection: &mut SqliteConnection,
        fates: &mut Vec<SegmentId>,
    ) -> Result<(), StoreError> {
        if !self.looked {
            self.look(connection)?;
        }
        // A request to which no answer came asks again.
        self.left.extend(self.asked.drain(..).rev());
        self.left.dedup();
        while let Some(document) = self.left.pop() {
            let mut segments = leaving::segments_of(connection, document)?;
            segments.retain(|segment| !self.vouched.contains(segment));
            let room = limits::OPEN_FATES - fates.len();
            if segments.len() > room {
                self.left.push(document);
                if !fates.is_empty() {
                    return Ok(());
                }
            }
            fates.extend(segments.into_iter().take(room));
            self.asked.push(document);
            if fates.len() == limits::OPEN_FATES {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Takes note of an answer. Says whether there is more to ask.
    pub(super) fn after(
        &mut self,
        connection: &mut SqliteConnection,
        request: &Request,
        response: &Response,
    ) -> Result<bool, StoreError> {
        let unfinished = self.left.last().filter(|document| self.asked.contains(document)).copied();
        match unfinished {
            Some(document) if leaving::is_ready(connection, document)? => {
                self.vouched.extend(leaving::vouched_for(request, response));
            }
            Some(_) => {
                self.left.pop();
                self.vouched.clear();
            }
            None => self.vouched.clear(),
        }
        self.asked.clear();
        let is_move = |entry: &Entry| matches!(entry, Entry::MovedOut { .. } | Entry::MovedIn { .. });
        if response.scope.is_some() || response.pages.iter().flat_map(|page| &page.entries).any(is_move) {
            self.look(connection)?;
        }
        Ok(!self.left.is_empty())
    }
}
