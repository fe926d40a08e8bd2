//! The digest of a feed: by it a phone can say truthfully that its records agree with the server's (R12).

use sha2::{Digest, Sha256};

use crate::id::{ChangeHash, DocumentId, DocumentKind};

/// What one document adds to its feed's digest: the first 16 bytes of SHA-256 over a tag, id, kind and sorted heads, as a
/// number, most significant byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DigestTerm(u128);

/// Sum of the terms of all documents in a feed, modulo 2^128, with a count of each kind. A sum, not XOR: two equal terms do
/// not cancel. Its value does not depend on the order of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedDigest {
    sum: u128,
    /// Record documents in the feed.
    pub records: u64,
    /// Review documents in the feed.
    pub reviews: u64,
}

impl DigestTerm {
    /// The term of a document at these heads, which must be sorted. A document without heads adds nothing.
    #[must_use]
    pub fn of(document: DocumentId, kind: DocumentKind, heads: &[ChangeHash]) -> Self {
        if heads.is_empty() {
            return Self::default();
        }
        debug_assert!(heads.is_sorted(), "heads must be sorted, or two phones compute two terms");
        let mut hash = Sha256::new();
        hash.update(b"rukun digest 1");
        hash.update(document.as_bytes());
        hash.update([kind.code()]);
        for head in heads {
            hash.update(head.as_bytes());
        }
        let bytes: [u8; 32] = hash.finalize().into();
        let mut term = [0; 16];
        term.copy_from_slice(&bytes[..16]);
        Self(u128::from_be_bytes(term))
    }

    /// The 16 bytes, as they are stored.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// Reads stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// Whether a document with this term counts in the feed at all.
    #[must_use]
    pub fn counts(self) -> bool {
        self != Self::default()
    }
}

impl FeedDigest {
    /// The digest with this sum and these counts.
    #[must_use]
    pub const fn from_parts(sum: [u8; 16], records: u64, reviews: u64) -> Self {
        Self { sum: u128::from_be_bytes(sum), records, reviews }
    }

    /// The sum as 16 bytes, most significant first.
    #[must_use]
    pub const fn sum_bytes(&self) -> [u8; 16] {
        self.sum.to_be_bytes()
    }

    /// Puts the term that a document has now in the place of the one it had. A term that does not count stands for a
    /// document that was, or is, not in the feed.
    pub fn replace(&mut self, kind: DocumentKind, before: DigestTerm, now: DigestTerm) {
        self.sum = self.sum.wrapping_sub(before.0).wrapping_add(now.0);
        let count = match kind {
            DocumentKind::Record => &mut self.records,
            DocumentKind::Review => &mut self.reviews,
        };
        *count = count.wrapping_add(u64::from(now.counts())).wrapping_sub(u64::from(before.counts()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(document: u8, head: u8) -> DigestTerm {
        let (id, head) = (DocumentId::from_bytes([document; 16]), ChangeHash::from_bytes([head; 32]));
        DigestTerm::of(id, DocumentKind::Record, &[head])
    }

    #[test]
    fn the_order_of_commits_does_not_matter() {
        let none = DigestTerm::default();
        let (mut one, mut other) = (FeedDigest::default(), FeedDigest::default());
        one.replace(DocumentKind::Record, none, term(1, 1));
        one.replace(DocumentKind::Record, none, term(2, 1));
        one.replace(DocumentKind::Record, term(1, 1), term(1, 2));
        other.replace(DocumentKind::Record, none, term(2, 1));
        other.replace(DocumentKind::Record, none, term(1, 2));
        assert_eq!(one, other);
        assert_eq!(one.records, 2);
    }

    #[test]
    fn a_document_that_leaves_takes_its_term_along() {
        let none = DigestTerm::default();
        let mut digest = FeedDigest::default();
        digest.replace(DocumentKind::Record, none, term(1, 1));
        digest.replace(DocumentKind::Record, term(1, 1), none);
        assert_eq!(digest, FeedDigest::default());
    }

    #[test]
    fn equal_terms_do_not_cancel() {
        let none = DigestTerm::default();
        let mut digest = FeedDigest::default();
        digest.replace(DocumentKind::Record, none, term(1, 1));
        digest.replace(DocumentKind::Record, none, term(1, 1));
        assert_ne!(digest.sum_bytes(), [0; 16]);
    }
}
