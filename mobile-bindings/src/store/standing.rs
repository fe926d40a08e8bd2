//! Where the device stands: "214 records agree; 3 edits wait, 1 is held".

use sync_core::exchange;
use sync_core::store;

use super::Store;
use crate::error::RukunError;

/// Where the device stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Standing {
    /// The feed areas in scope, by code.
    pub feeds: Vec<Feed>,
    /// Records on the device.
    pub records: u64,
    /// Records with conflicts.
    pub in_conflict: u64,
    /// Segments that wait to be sent or answered.
    pub waiting: u64,
    /// Segments that the server holds for a supervisor to decide.
    pub held: u64,
    /// Segments that the server refused; kept here.
    pub refused: u64,
    /// Documents that did not open; kept aside.
    pub damaged: u64,
}

/// A feed area in scope.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Feed {
    /// Its code.
    pub area: String,
    /// Its name.
    pub name: String,
    /// What the user may do there.
    pub right: Right,
    /// Records that count towards agreement.
    pub records: u64,
    /// Whether the server has exactly these records. None: not told since the last news; sync.
    pub agrees: Option<bool>,
}

/// What a user may do in a feed area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Right {
    /// See records and reviews.
    Read,
    /// Write records.
    Write,
    /// Write reviews as well.
    Review,
}

/// A segment that the server does not have in the feed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Waiting {
    /// The segment.
    pub segment: String,
    /// The record.
    pub record: String,
    /// What has become of it.
    pub fate: Fate,
}

/// What has become of a segment that is not in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Fate {
    /// Not sent yet, or no answer has come.
    Unsent,
    /// The server lacks what it builds on; the next sync sends that too.
    Wanted,
    /// Stored by the server, not applied: a supervisor decides.
    Held {
        /// Why.
        reason: HeldReason,
    },
    /// Not sound; kept here. A defect: report it.
    Refused {
        /// Number of the rule it breaks.
        rule: u8,
    },
}

/// Why the server holds a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HeldReason {
    /// Its author may not write in the record's area now.
    NoAssignment,
    /// Its author's role may only read.
    ReadOnly,
    /// The device was revoked before it arrived.
    DeviceRevoked,
    /// The user was disabled before it arrived.
    UserDisabled,
    /// It builds on a held segment.
    DependsOnHeld,
    /// Its record's id is taken by another record.
    IdTaken,
    /// The device has made another change with the same number.
    Forked,
    /// The server does not know its area.
    UnknownArea,
    /// Its record would grow larger than a record may be.
    DocumentFull,
    /// The server does not know the device that made it, because it was restored from a backup.
    DeviceUnknown,
    /// A reason that this version of the app does not know.
    Other,
}

#[uniffi::export]
impl Store {
    /// Where the device stands.
    ///
    /// # Errors
    /// [`RukunError::Storage`].
    pub fn standing(&self) -> Result<Standing, RukunError> {
        self.with(|store| {
            let counts = store.counts()?;
            Ok(Standing {
                feeds: store.feeds()?.into_iter().map(Into::into).collect(),
                records: counts.records,
                in_conflict: counts.in_conflict,
                waiting: counts.waiting,
                held: counts.held,
                refused: counts.refused,
                damaged: counts.damaged,
            })
        })
    }

    /// Everything that the server does not have in a feed, oldest first: what waits, is held, or was refused.
    ///
    /// # Errors
    /// [`RukunError::Storage`].
    pub fn waiting(&self) -> Result<Vec<Waiting>, RukunError> {
        self.with(|store| Ok(store.waiting()?.iter().map(Into::into).collect()))
    }
}

impl From<store::FeedStatus> for Feed {
    fn from(feed: store::FeedStatus) -> Self {
        Self {
            area: feed.area.to_string(),
            name: feed.name,
            right: match feed.right {
                exchange::Right::Read => Right::Read,
                exchange::Right::Write => Right::Write,
                exchange::Right::Review => Right::Review,
            },
            records: feed.records,
            agrees: feed.agrees,
        }
    }
}

impl From<&store::Waiting> for Waiting {
    fn from(waiting: &store::Waiting) -> Self {
        let fate = match waiting.fate {
            store::Fate::Held => Fate::Held { reason: HeldReason::of(waiting.reason) },
            store::Fate::Refused => Fate::Refused { rule: waiting.reason.unwrap_or(0) },
            store::Fate::Wanted => Fate::Wanted,
            // What is in the feed does not wait; should it be listed, it waits for nothing but an answer.
            store::Fate::Unsent | store::Fate::Sent | store::Fate::Accepted | store::Fate::Discarded => Fate::Unsent,
        };
        Self { segment: waiting.segment.to_string(), record: waiting.document.to_string(), fate }
    }
}

impl HeldReason {
    fn of(number: Option<u8>) -> Self {
        match number.and_then(exchange::HeldReason::from_number) {
            Some(exchange::HeldReason::NoAssignment) => Self::NoAssignment,
            Some(exchange::HeldReason::ReadOnly) => Self::ReadOnly,
            Some(exchange::HeldReason::DeviceRevoked) => Self::DeviceRevoked,
            Some(exchange::HeldReason::UserDisabled) => Self::UserDisabled,
            Some(exchange::HeldReason::DependsOnHeld) => Self::DependsOnHeld,
            Some(exchange::HeldReason::IdTaken) => Self::IdTaken,
            Some(exchange::HeldReason::Forked) => Self::Forked,
            Some(exchange::HeldReason::UnknownArea) => Self::UnknownArea,
            Some(exchange::HeldReason::DocumentFull) => Self::DocumentFull,
            Some(exchange::HeldReason::DeviceUnknown) => Self::DeviceUnknown,
            None => Self::Other,
        }
    }
}
