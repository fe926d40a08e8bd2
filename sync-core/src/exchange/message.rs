//! The two messages of the exchange, by meaning. How they look as bytes is the codec's business.

use crate::area::AreaCode;
use crate::change::Unsound;
use crate::digest::FeedDigest;
use crate::id::{ChangeHash, ContentHash, Cursor, DocumentId, FeedEpoch, SegmentId, Sequence};
use crate::segment::Segment;
use crate::time::Timestamp;

/// What a device asks. One request and its response push and pull at once; any cut is cured by asking again.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The device's clock when it asked; recorded, never decisive.
    pub device_time: Timestamp,
    /// Edits that still wait on the device after this request, for the administrator's list of devices.
    pub unsent: u32,
    /// How far the device has read.
    pub feeds: FeedsState,
    /// Hash over the catalogue that the device has ([`catalogue_hash`](super::catalogue_hash)); all zero for none.
    pub catalogue: ContentHash,
    /// Segments to take in, each after what it depends on.
    pub push: Vec<Segment>,
    /// Segments whose fate is open (R18), at most [`OPEN_FATES`](crate::limits::OPEN_FATES).
    pub open_fates: Vec<SegmentId>,
    /// Set reconciliation of feeds whose digest differed (R9): one message of the reconciliation protocol each.
    pub reconcile: Vec<Reconciliation>,
    /// Documents that reconciliation found to differ and that the device wants whole.
    pub wanted: Vec<DocumentId>,
    /// Bytes of changes that the device is ready to take in the response; the server may send less.
    pub budget: u32,
}

/// How far a device has read all its feeds.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedsState {
    /// One hash over all of them ([`feeds_hash`](super::feeds_hash)): enough to learn that there is nothing new (R21).
    Hash(ContentHash),
    /// Each of them, sorted by area.
    List(Vec<FeedState>),
}

/// How far a device has read one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedState {
    /// The feed area.
    pub area: AreaCode,
    /// The last sequence applied, and in which life of the feed.
    pub cursor: Cursor,
    /// The device's digest of the feed.
    pub digest: FeedDigest,
}

/// One message of set reconciliation about one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// The feed area.
    pub area: AreaCode,
    /// The message, opaque here.
    pub message: Vec<u8>,
}

/// What the server answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The server's clock, by which the device estimates its own error.
    pub server_time: Timestamp,
    /// One receipt for each pushed segment, in the order of the request.
    pub receipts: Vec<Receipt>,
    /// The present fate of each segment asked for, in the order of the request; none if the server has never had it.
    pub fates: Vec<Option<Receipt>>,
    /// The device sent only a hash and it did not fit: it must ask again with the list.
    pub list_wanted: bool,
    /// All feed areas of the device with its right in each, when they are not those of the request's list.
    pub scope: Option<Vec<ScopeArea>>,
    /// News of feeds, sorted by area.
    pub pages: Vec<Page>,
    /// Answers to the request's reconciliation messages.
    pub reconcile: Vec<Reconciliation>,
    /// Segments of documents that the device wanted whole; they carry no sequence.
    pub repairs: Vec<Segment>,
    /// The catalogue, when it is not the one whose hash the device sent.
    pub catalogue: Option<Vec<CatalogueEntry>>,
    /// The next token, when less than half of the present one's life is left (R17).
    pub token: Option<String>,
    /// There is more than fits: ask again.
    pub more: bool,
}

/// The server's word on a segment. It is repeatable: the same segment gets the same word while nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// In its feed, from this sequence (the first under which the feed has it).
    Accepted(Sequence),
    /// Stored whole, but not applied.
    Held(HeldReason),
    /// It builds on changes that the server does not have: send the full run of segments first.
    Wanted(Vec<ChangeHash>),
    /// Not sound; the device keeps it, listed and exportable.
    Refused(Unsound),
    /// A supervisor discarded it: it is in the feed, with a change that puts back what it changed (R3). At
    /// [`Sequence::ZERO`]: nothing of its document was ever accepted, and no feed has it; the device keeps it for reading.
    Discarded(Sequence),
}

/// Why a sound segment is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum HeldReason {
    /// The author may not write in the document's present area.
    NoAssignment = 1,
    /// The author's role may only read.
    ReadOnly = 2,
    /// The device was revoked before the segment arrived.
    DeviceRevoked = 3,
    /// The user was disabled before the segment arrived.
    UserDisabled = 4,
    /// It builds on a held segment.
    DependsOnHeld = 5,
    /// It brings a second root change for a known document id (R14).
    IdTaken = 6,
    /// The device's actor has already made another change with the same number (R7).
    Forked = 7,
    /// The segment names an area that the server does not know.
    UnknownArea = 8,
    /// It would make its document larger than a document may be.
    DocumentFull = 9,
    /// No device here has signed it: a server that was restored from a backup does not know devices enrolled since. It is
    /// judged, its signature first, when the device is known again (R9).
    DeviceUnknown = 10,
}

/// A feed area that a device may read, and what it may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeArea {
    /// The feed area.
    pub area: AreaCode,
    /// Its name, for the screen.
    pub name: String,
    /// What the device's user may do there.
    pub right: Right,
}

/// What a user may do in a feed area. Ordered: each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Right {
    /// See records and reviews.
    Read = 1,
    /// Write records.
    Write = 2,
    /// Write reviews as well.
    Review = 3,
}

/// An unbroken run of one feed's entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The feed area.
    pub area: AreaCode,
    /// The life of the feed.
    pub epoch: FeedEpoch,
    /// The entries follow this sequence without a gap. Zero when the device's cursor was of another life.
    pub after: Sequence,
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// With the last page: the feed's digest as of its last entry, read in the same snapshot (R12).
    pub digest: Option<FeedDigest>,
}

/// One entry of a feed.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all entries are segments; a box for each would cost more")]
pub enum Entry {
    /// A segment.
    Segment(Segment),
    /// The segment at this place of the same request's pushes: the device has its bytes (R19).
    Pushed(u32),
    /// A record came from another feed; its segments follow as entries of this one.
    MovedIn {
        /// The record.
        document: DocumentId,
        /// The document's count of moves; the highest says the area (R11).
        number: u32,
        /// The feed it left.
        from: AreaCode,
    },
    /// A record went to another feed.
    MovedOut {
        /// The record.
        document: DocumentId,
        /// The document's count of moves.
        number: u32,
        /// The feed it is in now.
        to: AreaCode,
    },
    /// A document was taken out of the feed: it is kept on devices that have it, read-only and out of the digest.
    Withdrawn {
        /// The document.
        document: DocumentId,
    },
}

/// Something that travels by hash, apart from the exchange (R25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// What it is.
    pub kind: ContentKind,
    /// Its name: a form's id, a list's name.
    pub name: String,
    /// A form's version; empty for the others.
    pub version: String,
    /// Name of the bytes.
    pub hash: ContentHash,
    /// How many bytes.
    pub size: u64,
    /// A retired form: no new records.
    pub retired: bool,
}

/// What catalogue content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum ContentKind {
    /// A compiled form.
    Form = 1,
    /// A list that a form uses.
    List = 2,
    /// Names and outlines of areas.
    Areas = 3,
    /// Names of the people and devices whose work the device sees.
    People = 4,
}

impl Page {
    /// The sequence of the page's last entry.
    #[must_use]
    pub fn last(&self) -> Sequence {
        self.after.plus(self.entries.len() as u64)
    }
}
