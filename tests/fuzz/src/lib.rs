//! What the fuzz targets share: wrappings that let a mutation reach behind checksums and compression, a record to compute over,
//! and real input to begin with.

mod answers;
mod seeds;

pub use answers::Answers;
pub use seeds::write_seeds_if_asked;

use sha2::{Digest, Sha256};
use sync_core::area::AreaCode;
use sync_core::change::RawChange;
use sync_core::digest::FeedDigest;
use sync_core::document::Document;
use sync_core::exchange::{
    CatalogueEntry, ContentKind, Entry, FeedState, FeedsState, HeldReason, Page, Receipt, Request, Response, Right,
    ScopeArea,
};
use sync_core::form::{FormId, FormVersion, QuestionPath};
use sync_core::id::{
    ActorId, ContentHash, Cursor, DeviceId, DocumentId, DocumentKind, FeedEpoch, ProgrammeId, SegmentId, Sequence,
    SubjectId, UserId,
};
use sync_core::identity::KeyPair;
use sync_core::record::{Actors, Answer, Edit, NewRecord, QuestionKey, RecordState, create, save};
use sync_core::segment::{Segment, SegmentHeader};
use sync_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);

/// A frame with `message` in it, whatever that is.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let packed = zstd::encode_all(message, 1).expect("memory does not fail");
    [b"RK\x01".as_slice(), &packed].concat()
}

/// A change chunk with `body` in it, whatever that is, and the length and checksum that fit.
pub fn chunked(body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![1];
    let mut length = body.len();
    loop {
        let byte = (length & 0x7f) as u8;
        length >>= 7;
        if length == 0 {
            hashed.push(byte);
            break;
        }
        hashed.push(byte | 0x80);
    }
    hashed.extend_from_slice(body);
    let hash: [u8; 32] = Sha256::digest(&hashed).into();
    [[0x85, 0x6f, 0x4a, 0x83].as_slice(), &hash[..4], &hashed].concat()
}

/// A form with something of everything, as markdown tables.
pub const FORM: &str = "
| settings |
| | form_id | version | instance_name | default_language |
| | hh | 1 | concat(${who}, ' ', ${age}) | Indonesia (id) |
| survey |
| | type | name | label::Indonesia (id) | label::English (en) | relevant | constraint | calculation | parameters | default | trigger | choice_filter | repeat_count | appearance | save_to |
| | begin repeat | member | Anggota | Member | | | | | | | | ${n} + 1 | | |
| | text | who | Siapa? | Who? | | | | rows=3 | | | | | multiline | name_of |
| | integer | age | Umur ${who}? | Age of ${who}? | ${who} != '' | . >= 0 and . < 120 | | | 7 | | | | | |
| | end repeat | | | | | | | | | | | | | |
| | range | n | Berapa? | How many? | | | | start=0 end=10 step=2 | | | | | | |
| | begin group | g | Tabel | Table | | | | | | | | | table-list | |
| | select_one yn | well | Sumur | Well | | | | | | | | | | |
| | end group | | | | | | | | | | | | | |
| | select_multiple yn or_other | what | Apa? | What? | | | | | | | | | | |
| | select_one ${who} | head | Kepala | Head | | | | | | | ${age} > 17 | | | |
| | select_one_from_file t.csv | town | Kota | Town | | | | value=id | | | name = ${well} | | | |
| | calculate | sum | | | | | sum(${age}) + indexed-repeat(${age}, ${member}, 1) | | | | | | | |
| | dateTime | at | Kapan | When | | | | | now() | ${well} | | | | |
| choices |
| | list_name | name | label::Indonesia (id) | label::English (en) | image |
| | yn | yes | Ya | Yes | y.png |
| | yn | no | Tidak | No | |
| entities |
| | list_name | label |
| | people | ${who} |
";

/// The device whose actors the targets use.
pub fn key() -> KeyPair {
    KeyPair::from_secret(&[7; 32])
}

/// The actor of the changes to begin with.
pub fn actor() -> ActorId {
    let mut bytes = [3; 16];
    bytes[..8].copy_from_slice(key().public().actor_prefix().as_bytes());
    ActorId::from_bytes(bytes)
}

/// A record with a long text and an edit: its changes, the root first.
pub fn changes() -> Vec<Vec<u8>> {
    let path = |path: &str| QuestionPath::parse(path).expect("a path");
    let new = NewRecord {
        form: FormId::new("rumah"),
        version: FormVersion::new("1"),
        area: area(),
        subject: SubjectId::from_bytes([1; 16]),
        state: RecordState::Draft,
        answers: vec![
            (QuestionKey::of(path("name")), Answer::Text("Sari".into())),
            (QuestionKey::of(path("age")), Answer::Integer(40)),
            (QuestionKey::of(path("depth")), Answer::Decimal(3.5)),
        ],
        long_texts: vec![(path("notes"), "sungai".into())],
    };
    let root = create(&new, actor(), NOW).expect("a record").change;
    let mut document = Document::begin(&RawChange::read(&root).expect("a change")).expect("a document");
    let mut entropy = |bytes: &mut [u8]| bytes.fill(9);
    let mut actors = Actors { current: actor(), prefix: actor().prefix(), entropy: &mut entropy };
    let edits = [
        Edit::Answer { key: QuestionKey::of(path("name")), value: None },
        Edit::LongText { key: QuestionKey::of(path("notes")), text: "sumur".into() },
    ];
    let shown = document.heads().to_vec();
    let edit = save(&mut document, &edits, &shown, &mut actors, NOW).expect("a save").expect("a change").change;
    vec![root, edit]
}

fn area() -> AreaCode {
    AreaCode::parse("35.12.06.2004").expect("an area")
}

/// The header of a segment of one change, or of any bytes that are called so.
pub fn header(change: &RawChange<'_>) -> SegmentHeader {
    SegmentHeader {
        programme: ProgrammeId::from_bytes([1; 16]),
        kind: DocumentKind::Record,
        document: DocumentId::from_bytes([2; 16]),
        area: area(),
        device: DeviceId::from_bytes([3; 16]),
        user: UserId::from_bytes([4; 16]),
        actor: change.actor(),
        first: change.sequence(),
        last: change.sequence(),
        last_change: change.hash(),
    }
}

fn segments() -> Vec<Segment> {
    let changes = changes();
    let raw = changes.iter().map(|change| (change, RawChange::read(change).expect("a change")));
    let mut segments: Vec<Segment> =
        raw.map(|(bytes, raw)| Segment::seal(header(&raw), bytes.clone(), &key())).collect();
    // One that is not what it says: it travels as it is.
    segments[1].changes.push(0);
    segments
}

/// A request with something in every part.
pub fn request() -> Request {
    let feed = FeedState { area: area(), cursor: Cursor::START, digest: FeedDigest::from_parts([1; 16], 2, 3) };
    Request {
        device_time: NOW,
        unsent: 4,
        feeds: FeedsState::List(vec![feed]),
        catalogue: ContentHash::from_bytes([5; 32]),
        push: segments(),
        open_fates: vec![SegmentId::from_bytes([6; 32])],
        reconcile: Vec::new(),
        wanted: vec![DocumentId::from_bytes([7; 16])],
        budget: 1 << 20,
    }
}

/// A response with something in every part.
pub fn response() -> Response {
    let document = DocumentId::from_bytes([2; 16]);
    let mut entries = vec![
        Entry::Pushed(0),
        Entry::MovedIn { document, number: 1, from: area() },
        Entry::MovedOut { document, number: 2, to: area() },
        Entry::Withdrawn { document },
    ];
    entries.extend(segments().into_iter().map(Entry::Segment));
    Response {
        server_time: NOW,
        receipts: vec![
            Receipt::Accepted(Sequence::new(1)),
            Receipt::Accepted(Sequence::new(2)),
            Receipt::Held(HeldReason::Forked),
            Receipt::Discarded(Sequence::new(9)),
        ],
        fates: vec![None, Some(Receipt::Wanted(vec![sync_core::id::ChangeHash::from_bytes([8; 32])]))],
        list_wanted: true,
        scope: Some(vec![ScopeArea { area: area(), name: "Kilensari".into(), right: Right::Review }]),
        pages: vec![Page {
            area: area(),
            epoch: FeedEpoch::from_bytes([4; 16]),
            after: Sequence::new(7),
            entries,
            digest: Some(FeedDigest::from_parts([1; 16], 2, 3)),
        }],
        reconcile: Vec::new(),
        repairs: segments(),
        catalogue: Some(vec![CatalogueEntry {
            kind: ContentKind::Form,
            name: "rumah".into(),
            version: "1".into(),
            hash: ContentHash::from_bytes([3; 32]),
            size: 77,
            retired: false,
        }]),
        token: Some("token".into()),
        more: true,
    }
}
