//! Hashes that stand for a state, so that "nothing new" costs a few bytes (R21).

use sha2::{Digest, Sha256};

use super::message::{CatalogueEntry, FeedState};
use crate::id::ContentHash;

/// Hash over the state of all feeds, which must be sorted by area.
#[must_use]
pub fn feeds_hash(feeds: &[FeedState]) -> ContentHash {
    debug_assert!(feeds.is_sorted_by(|a, b| a.area < b.area), "feeds must be sorted, or two sides compute two hashes");
    let mut hash = Sha256::new();
    hash.update(b"rukun feeds 1");
    for feed in feeds {
        hash.update(feed.area.signed_form());
        hash.update(feed.cursor.epoch.as_bytes());
        hash.update(feed.cursor.sequence.get().to_be_bytes());
        hash.update(feed.digest.sum_bytes());
        hash.update(feed.digest.records.to_be_bytes());
        hash.update(feed.digest.reviews.to_be_bytes());
    }
    ContentHash::from_bytes(hash.finalize().into())
}

/// Hash over a catalogue in its order.
#[must_use]
pub fn catalogue_hash(entries: &[CatalogueEntry]) -> ContentHash {
    let mut hash = Sha256::new();
    hash.update(b"rukun catalogue 1");
    for entry in entries {
        hash.update([entry.kind as u8, u8::from(entry.retired)]);
        for text in [&entry.name, &entry.version] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.update(entry.hash.as_bytes());
    }
    ContentHash::from_bytes(hash.finalize().into())
}
