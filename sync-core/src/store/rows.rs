//! Rows of the store's tables.

use diesel::prelude::*;

use super::error::StoreError;
use super::schema::{documents, feeds, segments};
use crate::area::AreaCode;
use crate::digest::{DigestTerm, FeedDigest};
use crate::id::{
    ActorId, ChangeHash, Cursor, DeviceId, DocumentId, DocumentKind, FeedEpoch, ProgrammeId, Sequence, UserId,
};
use crate::identity::Signature;
use crate::segment::{Segment, SegmentHeader};

/// What has become of a segment. The numbers are those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i16)]
pub enum Fate {
    /// Waits; the next save of its actor may still seal it anew.
    Unsent = 0,
    /// Went out at least once; no answer has come.
    Sent = 1,
    /// The server lacks what it builds on.
    Wanted = 2,
    /// Stored by the server, not applied.
    Held = 3,
    /// Not sound; kept here.
    Refused = 4,
    /// In the feed.
    Accepted = 5,
    /// Discarded by a supervisor.
    Discarded = 6,
}

impl Fate {
    pub(super) const fn code(self) -> i16 {
        self as i16
    }

    pub(super) const fn from_code(code: i16) -> Self {
        match code {
            0 => Self::Unsent,
            1 => Self::Sent,
            2 => Self::Wanted,
            3 => Self::Held,
            4 => Self::Refused,
            6 => Self::Discarded,
            _ => Self::Accepted,
        }
    }

    /// Whether the server has it in the feed, so that it counts towards agreement.
    #[must_use]
    pub const fn is_agreed(self) -> bool {
        matches!(self, Self::Accepted | Self::Discarded)
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = documents, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct DocumentRow {
    pub(super) id: Vec<u8>,
    pub(super) kind: i16,
    pub(super) area: String,
    pub(super) move_number: i32,
    pub(super) bytes: Vec<u8>,
    pub(super) heads: Vec<u8>,
    pub(super) term: Vec<u8>,
    pub(super) deletes_key: bool,
    pub(super) kept: i16,
    pub(super) form: String,
    pub(super) form_version: String,
    pub(super) subject: Vec<u8>,
    pub(super) state: i16,
    pub(super) presence: i16,
    pub(super) conflict_count: i32,
    pub(super) title: String,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
}

impl DocumentRow {
    pub(super) fn id(&self) -> Result<DocumentId, StoreError> {
        Ok(DocumentId::from_slice(&self.id)?)
    }

    pub(super) fn kind(&self) -> Result<DocumentKind, StoreError> {
        Ok(DocumentKind::from_code(u8::try_from(self.kind).unwrap_or(0))?)
    }

    pub(super) fn area(&self) -> Result<AreaCode, StoreError> {
        area(&self.area)
    }

    pub(super) fn heads(&self) -> Result<Vec<ChangeHash>, StoreError> {
        Ok(self.heads.chunks(32).map(ChangeHash::from_slice).collect::<Result<_, _>>()?)
    }

    pub(super) fn term(&self) -> DigestTerm {
        <[u8; 16]>::try_from(self.term.as_slice()).map(DigestTerm::from_bytes).unwrap_or_default()
    }
}

pub(super) fn heads_bytes(heads: &[ChangeHash]) -> Vec<u8> {
    heads.iter().flat_map(|head| *head.as_bytes()).collect()
}

pub(super) fn area(code: &str) -> Result<AreaCode, StoreError> {
    AreaCode::parse(code).map_err(|error| StoreError::Unreadable(error.to_string()))
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = segments, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct SegmentRow {
    pub(super) id: Vec<u8>,
    pub(super) document: Vec<u8>,
    pub(super) kind: i16,
    pub(super) area: String,
    pub(super) device: Vec<u8>,
    pub(super) user: Vec<u8>,
    pub(super) actor: Vec<u8>,
    pub(super) first_seq: i64,
    pub(super) last_seq: i64,
    pub(super) last_change: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) changes: Option<Vec<u8>>,
    pub(super) fate: i16,
    pub(super) reason: Option<i16>,
    pub(super) sequence: Option<i64>,
    pub(super) received_at: i64,
}

impl SegmentRow {
    /// The row of a segment. `keep_changes` where the document alone would not do to find them again.
    pub(super) fn of(segment: &Segment, fate: Fate, keep_changes: bool, received_at: i64) -> Self {
        let header = &segment.header;
        Self {
            id: segment.id().as_bytes().to_vec(),
            document: header.document.as_bytes().to_vec(),
            kind: i16::from(header.kind.code()),
            area: header.area.as_str().to_owned(),
            device: header.device.as_bytes().to_vec(),
            user: header.user.as_bytes().to_vec(),
            actor: header.actor.as_bytes().to_vec(),
            first_seq: i64::try_from(header.first).unwrap_or(i64::MAX),
            last_seq: i64::try_from(header.last).unwrap_or(i64::MAX),
            last_change: header.last_change.as_bytes().to_vec(),
            signature: segment.signature.as_bytes().to_vec(),
            changes: keep_changes.then(|| segment.changes.clone()),
            fate: fate.code(),
            reason: None,
            sequence: None,
            received_at,
        }
    }

    /// What was signed, and the signature.
    pub(super) fn header(&self, programme: ProgrammeId) -> Result<(SegmentHeader, Signature), StoreError> {
        let header = SegmentHeader {
            programme,
            kind: DocumentKind::from_code(u8::try_from(self.kind).unwrap_or(0))?,
            document: DocumentId::from_slice(&self.document)?,
            area: area(&self.area)?,
            device: DeviceId::from_slice(&self.device)?,
            user: UserId::from_slice(&self.user)?,
            actor: ActorId::from_slice(&self.actor)?,
            first: self.first_seq.unsigned_abs(),
            last: self.last_seq.unsigned_abs(),
            last_change: ChangeHash::from_slice(&self.last_change)?,
        };
        let signature = <[u8; 64]>::try_from(self.signature.as_slice())
            .map_err(|_| StoreError::Unreadable("a signature is not 64 bytes long".into()))?;
        Ok((header, Signature::from_bytes(signature)))
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = feeds, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_null = true)]
pub(super) struct FeedRow {
    pub(super) area: String,
    pub(super) name: String,
    pub(super) right_here: i16,
    pub(super) epoch: Vec<u8>,
    pub(super) sequence: i64,
    pub(super) digest: Vec<u8>,
    pub(super) records: i64,
    pub(super) reviews: i64,
    pub(super) server_digest: Option<Vec<u8>>,
    pub(super) server_records: Option<i64>,
    pub(super) server_reviews: Option<i64>,
}

impl FeedRow {
    pub(super) fn cursor(&self) -> Cursor {
        let epoch = <[u8; 16]>::try_from(self.epoch.as_slice()).map_or(Cursor::START.epoch, FeedEpoch::from_bytes);
        Cursor { epoch, sequence: Sequence::new(self.sequence.unsigned_abs()) }
    }

    pub(super) fn digest(&self) -> FeedDigest {
        let sum = <[u8; 16]>::try_from(self.digest.as_slice()).unwrap_or_default();
        FeedDigest::from_parts(sum, self.records.unsigned_abs(), self.reviews.unsigned_abs())
    }

    pub(super) fn server_digest(&self) -> Option<FeedDigest> {
        let sum = <[u8; 16]>::try_from(self.server_digest.as_deref()?).ok()?;
        Some(FeedDigest::from_parts(sum, self.server_records?.unsigned_abs(), self.server_reviews?.unsigned_abs()))
    }

    pub(super) fn set_digest(&mut self, digest: &FeedDigest) {
        self.digest = digest.sum_bytes().to_vec();
        self.records = i64::try_from(digest.records).unwrap_or(i64::MAX);
        self.reviews = i64::try_from(digest.reviews).unwrap_or(i64::MAX);
    }

    pub(super) fn set_server_digest(&mut self, digest: Option<&FeedDigest>) {
        self.server_digest = digest.map(|digest| digest.sum_bytes().to_vec());
        self.server_records = digest.map(|digest| i64::try_from(digest.records).unwrap_or(i64::MAX));
        self.server_reviews = digest.map(|digest| i64::try_from(digest.reviews).unwrap_or(i64::MAX));
    }
}
