//! The feeds' digests during one transaction: loaded when first touched, written once at the end.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::error::StoreError;
use super::rows::FeedRow;
use super::schema::feeds;
use crate::digest::DigestTerm;
use crate::id::DocumentKind;

/// Feeds touched by a transaction. An area that is not in scope has no feed; its documents count nowhere.
#[derive(Default)]
pub(super) struct Ledger {
    feeds: BTreeMap<String, Option<FeedRow>>,
}

impl Ledger {
    pub(super) fn feed(
        &mut self,
        connection: &mut SqliteConnection,
        area: &str,
    ) -> Result<Option<&mut FeedRow>, StoreError> {
        if !self.feeds.contains_key(area) {
            let row = feeds::table.find(area).select(FeedRow::as_select()).first(connection).optional()?;
            self.feeds.insert(area.to_owned(), row);
        }
        Ok(self.feeds.get_mut(area).and_then(Option::as_mut))
    }

    /// Puts the term that a document has now in the place of the one it had, in the feed of `area`.
    pub(super) fn replace(
        &mut self,
        connection: &mut SqliteConnection,
        area: &str,
        kind: DocumentKind,
        before: DigestTerm,
        now: DigestTerm,
    ) -> Result<(), StoreError> {
        if before != now
            && let Some(feed) = self.feed(connection, area)?
        {
            let mut digest = feed.digest();
            digest.replace(kind, before, now);
            feed.set_digest(&digest);
        }
        Ok(())
    }

    /// Drops what was loaded of a feed that has been made or deleted since.
    pub(super) fn forget(&mut self, area: &str) {
        self.feeds.remove(area);
    }

    pub(super) fn write(self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in self.feeds.into_values().flatten() {
            diesel::update(feeds::table.find(row.area.clone())).set(&row).execute(connection)?;
        }
        Ok(())
    }
}
