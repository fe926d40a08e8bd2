//! Segments as rows.

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::exchange::{HeldReason, Receipt};
use sync_core::id::{
    ActorId, ChangeHash, DeviceId, DocumentId, DocumentKind, ProgrammeId, SegmentId, Sequence, UserId,
};
use sync_core::identity::Signature;
use sync_core::segment::{Segment, SegmentHeader};
use sync_core::time::Timestamp;

use crate::database::DatabaseError;
use crate::database::schema::segments;

/// What has become of a segment. The numbers are those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Fate {
    /// In its document and feed.
    Accepted = 1,
    /// Kept outside, for a supervisor.
    Held = 2,
    /// In its document and feed, together with a change that puts back what it changed (R3).
    Discarded = 3,
    /// Discarded together with its whole document, of which nothing was ever accepted.
    Withdrawn = 4,
    /// A supervisor has dealt with it, but it can never enter its document: its actor forked, or its document's id was
    /// taken. What it says was entered otherwise, or dropped. Its device is still told that it is held.
    Settled = 5,
}

impl Fate {
    /// The fate of a stored number.
    ///
    /// # Errors
    /// [`DatabaseError::Stored`].
    pub fn from_code(code: i32) -> Result<Self, DatabaseError> {
        Ok(match code {
            1 => Self::Accepted,
            2 => Self::Held,
            3 => Self::Discarded,
            4 => Self::Withdrawn,
            5 => Self::Settled,
            _ => return Err(DatabaseError::stored("a segment of unknown fate")),
        })
    }
}

/// A segment with what the server knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSegment {
    /// The server's count of segments.
    pub number: i64,
    /// The segment.
    pub segment: Segment,
    /// What has become of it.
    pub fate: Fate,
    /// Why it is or was held.
    pub held_reason: Option<HeldReason>,
    /// Its place in its document, from 1; none while it is outside.
    pub position: Option<i32>,
    /// The sequence under which a feed first had it.
    pub sequence: Option<Sequence>,
    /// When it came.
    pub received_at: Timestamp,
    /// When it entered the feed.
    pub entered_at: Option<Timestamp>,
    /// The supervisor who released or discarded it.
    pub settled_by: Option<UserId>,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = segments)]
pub(crate) struct SegmentRow {
    number: i64,
    document: Vec<u8>,
    kind: i32,
    signed_area: String,
    device: Vec<u8>,
    user_id: Vec<u8>,
    actor: Vec<u8>,
    first_seq: i64,
    last_seq: i64,
    last_change: Vec<u8>,
    signature: Vec<u8>,
    changes: Vec<u8>,
    fate: i32,
    held_reason: Option<i32>,
    position: Option<i32>,
    sequence: Option<i64>,
    received_at: i64,
    entered_at: Option<i64>,
    settled_by: Option<Vec<u8>>,
}

/// A segment about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = segments, treat_none_as_default_value = false)]
pub(crate) struct NewSegment<'a> {
    pub(crate) id: Vec<u8>,
    document: &'a [u8],
    kind: i32,
    signed_area: &'a str,
    device: &'a [u8],
    user_id: &'a [u8],
    actor: &'a [u8],
    first_seq: i64,
    last_seq: i64,
    last_change: &'a [u8],
    signature: &'a [u8],
    changes: &'a [u8],
    pub(crate) fate: i32,
    pub(crate) held_reason: Option<i32>,
    pub(crate) position: Option<i32>,
    pub(crate) sequence: Option<i64>,
    received_at: i64,
    pub(crate) entered_at: Option<i64>,
}

impl<'a> NewSegment<'a> {
    /// A segment that is held.
    pub(crate) fn held(segment: &'a Segment, reason: HeldReason, now: Timestamp) -> Self {
        let header = &segment.header;
        Self {
            id: segment.id().as_bytes().to_vec(),
            document: header.document.as_bytes(),
            kind: i32::from(header.kind.code()),
            signed_area: header.area.as_str(),
            device: header.device.as_bytes(),
            user_id: header.user.as_bytes(),
            actor: header.actor.as_bytes(),
            first_seq: i64::try_from(header.first).unwrap_or(i64::MAX),
            last_seq: i64::try_from(header.last).unwrap_or(i64::MAX),
            last_change: header.last_change.as_bytes(),
            signature: segment.signature.as_bytes(),
            changes: &segment.changes,
            fate: Fate::Held as i32,
            held_reason: Some(reason as i32),
            position: None,
            sequence: None,
            received_at: now.millis(),
            entered_at: None,
        }
    }

    /// A segment that enters its document at this place and its feed under this sequence.
    pub(crate) fn entering(segment: &'a Segment, position: i32, sequence: Sequence, now: Timestamp) -> Self {
        Self {
            fate: Fate::Accepted as i32,
            held_reason: None,
            position: Some(position),
            sequence: Some(number_of(sequence)),
            entered_at: Some(now.millis()),
            ..Self::held(segment, HeldReason::NoAssignment, now)
        }
    }
}

impl SegmentRow {
    pub(crate) fn read(self, programme: ProgrammeId) -> Result<StoredSegment, DatabaseError> {
        let header = SegmentHeader {
            programme,
            kind: kind_of(self.kind)?,
            document: DocumentId::from_slice(&self.document)?,
            area: AreaCode::parse(&self.signed_area)?,
            device: DeviceId::from_slice(&self.device)?,
            user: UserId::from_slice(&self.user_id)?,
            actor: ActorId::from_slice(&self.actor)?,
            first: self.first_seq.unsigned_abs(),
            last: self.last_seq.unsigned_abs(),
            last_change: ChangeHash::from_slice(&self.last_change)?,
        };
        let signature = <[u8; 64]>::try_from(self.signature.as_slice())
            .map_err(|_| DatabaseError::stored("a signature is not 64 bytes long"))?;
        let segment = Segment { header, signature: Signature::from_bytes(signature), changes: self.changes };
        Ok(StoredSegment {
            number: self.number,
            segment,
            fate: Fate::from_code(self.fate)?,
            held_reason: self.held_reason.map(reason_of).transpose()?,
            position: self.position,
            sequence: self.sequence.map(|number| Sequence::new(number.unsigned_abs())),
            received_at: Timestamp::from_millis(self.received_at),
            entered_at: self.entered_at.map(Timestamp::from_millis),
            settled_by: self.settled_by.map(|id| UserId::from_slice(&id)).transpose()?,
        })
    }
}

impl StoredSegment {
    /// The segment's name.
    #[must_use]
    pub fn id(&self) -> SegmentId {
        self.segment.id()
    }
}

pub(crate) fn number_of(sequence: Sequence) -> i64 {
    i64::try_from(sequence.get()).unwrap_or(i64::MAX)
}

pub(crate) fn kind_of(code: i32) -> Result<DocumentKind, DatabaseError> {
    Ok(DocumentKind::from_code(u8::try_from(code).unwrap_or(0))?)
}

/// The reason of a stored number.
pub(crate) fn reason_of(code: i32) -> Result<HeldReason, DatabaseError> {
    Ok(match code {
        1 => HeldReason::NoAssignment,
        2 => HeldReason::ReadOnly,
        3 => HeldReason::DeviceRevoked,
        4 => HeldReason::UserDisabled,
        5 => HeldReason::DependsOnHeld,
        6 => HeldReason::IdTaken,
        7 => HeldReason::Forked,
        8 => HeldReason::UnknownArea,
        9 => HeldReason::DocumentFull,
        10 => HeldReason::DeviceUnknown,
        _ => return Err(DatabaseError::stored("a segment held for an unknown reason")),
    })
}

/// The word that a stored segment's fate stands for; the same for as long as nothing changes (R18).
pub(crate) fn receipt_of(fate: i32, reason: Option<i32>, sequence: Option<i64>) -> Result<Receipt, DatabaseError> {
    let sequence = || Sequence::new(sequence.unwrap_or_default().unsigned_abs());
    let reason = || reason.map_or(Ok(HeldReason::NoAssignment), reason_of);
    Ok(match Fate::from_code(fate)? {
        Fate::Accepted => Receipt::Accepted(sequence()),
        Fate::Held | Fate::Settled => Receipt::Held(reason()?),
        Fate::Discarded | Fate::Withdrawn => Receipt::Discarded(sequence()),
    })
}
