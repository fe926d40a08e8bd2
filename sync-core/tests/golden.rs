//! The bytes of the exchange, pinned. A change here is a change of the protocol: phones in the field speak the old bytes for a
//! season, so it needs a new version and a reader of the old one (R22).

#![expect(clippy::unwrap_used, reason = "what a test cannot do without must stop it, with the line")]

use std::path::PathBuf;

use sync_core::area::AreaCode;
use sync_core::change::{Rule, Unsound};
use sync_core::digest::FeedDigest;
use sync_core::exchange::{
    CatalogueEntry, ContentKind, DecodeError, Entry, FeedState, FeedsState, HeldReason, Page, Receipt, Reconciliation,
    Request, Response, Right, ScopeArea, decode_request, decode_response, encode_request, encode_response,
    versions_answer,
};
use sync_core::form::{FormId, FormVersion, QuestionPath};
use sync_core::id::{
    ActorId, ChangeHash, ContentHash, Cursor, DeviceId, DocumentId, DocumentKind, FeedEpoch, ProgrammeId, SegmentId,
    Sequence, SubjectId, UserId,
};
use sync_core::identity::KeyPair;
use sync_core::record::{Answer, NewRecord, QuestionKey, RecordState, create};
use sync_core::segment::{Segment, SegmentHeader};
use sync_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_763_900_000_123);

fn area() -> AreaCode {
    AreaCode::parse("35.12.06.2004").unwrap()
}

/// A segment with a fixed key, fixed ids and the root change of a record of two answers.
fn segment(number: u8) -> Segment {
    let key = KeyPair::from_secret(&[7; 32]);
    let mut actor = [number; 16];
    actor[..8].copy_from_slice(key.public().actor_prefix().as_bytes());
    let actor = ActorId::from_bytes(actor);
    let new = NewRecord {
        form: FormId::new("household"),
        version: FormVersion::new("1"),
        area: area(),
        subject: SubjectId::from_bytes([number; 16]),
        state: RecordState::Complete,
        answers: vec![(QuestionKey::of(QuestionPath::parse("water/minutes").unwrap()), Answer::Integer(12))],
        long_texts: Vec::new(),
    };
    let changes = create(&new, actor, NOW).unwrap().change;
    let header = SegmentHeader {
        programme: ProgrammeId::from_bytes([1; 16]),
        kind: DocumentKind::Record,
        document: DocumentId::from_bytes([number; 16]),
        area: area(),
        device: DeviceId::from_bytes([3; 16]),
        user: UserId::from_bytes([4; 16]),
        actor,
        first: 1,
        last: 1,
        last_change: sync_core::change::change_hash(&changes).unwrap(),
    };
    Segment::seal(header, changes, &key)
}

fn request() -> Request {
    let cursor = Cursor { epoch: FeedEpoch::from_bytes([5; 16]), sequence: Sequence::new(300) };
    let digest = FeedDigest::from_parts([6; 16], 214, 3);
    Request {
        device_time: NOW,
        unsent: 3,
        feeds: FeedsState::List(vec![FeedState { area: area(), cursor, digest }]),
        catalogue: ContentHash::from_bytes([8; 32]),
        push: vec![segment(1), segment(2)],
        open_fates: vec![SegmentId::from_bytes([9; 32])],
        reconcile: vec![Reconciliation { area: area(), message: vec![0x61, 0, 0] }],
        wanted: vec![DocumentId::from_bytes([10; 16])],
        budget: 262_144,
    }
}

fn response() -> Response {
    let record = DocumentId::from_bytes([11; 16]);
    let other = AreaCode::parse("35.12.06.2005").unwrap();
    let entries = vec![
        Entry::Segment(segment(3)),
        Entry::Pushed(0),
        Entry::Pushed(1),
        Entry::MovedIn { document: record, number: 1, from: other.clone() },
        Entry::MovedOut { document: record, number: 2, to: other },
        Entry::Withdrawn { document: record },
    ];
    let unsound = Unsound { rule: Rule::OperationIds, detail: "" };
    Response {
        server_time: NOW,
        receipts: vec![
            Receipt::Accepted(Sequence::new(302)),
            Receipt::Accepted(Sequence::new(303)),
            Receipt::Held(HeldReason::NoAssignment),
            Receipt::Wanted(vec![ChangeHash::from_bytes([12; 32])]),
            Receipt::Refused(unsound),
            Receipt::Discarded(Sequence::ZERO),
        ],
        fates: vec![Some(Receipt::Held(HeldReason::Forked)), None],
        list_wanted: true,
        scope: Some(vec![ScopeArea { area: area(), name: "Kandang".into(), right: Right::Review }]),
        pages: vec![Page {
            area: area(),
            epoch: FeedEpoch::from_bytes([5; 16]),
            after: Sequence::new(300),
            entries,
            digest: Some(FeedDigest::from_parts([6; 16], 214, 3)),
        }],
        reconcile: vec![Reconciliation { area: area(), message: vec![0x61] }],
        repairs: vec![segment(4)],
        catalogue: Some(vec![CatalogueEntry {
            kind: ContentKind::Form,
            name: "household".into(),
            version: "1".into(),
            hash: ContentHash::from_bytes([8; 32]),
            size: 4_096,
            retired: false,
        }]),
        token: Some("token".into()),
        more: true,
    }
}

/// Compares with the stored bytes; `RUKUN_WRITE_GOLDEN=1` writes them, for a reviewer to read the difference.
fn pinned(name: &str, bytes: &[u8]) -> Vec<u8> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("RUKUN_WRITE_GOLDEN").is_some() {
        std::fs::write(&file, bytes).unwrap();
    }
    std::fs::read(&file).unwrap()
}

#[test]
fn a_request_is_written_and_read_as_in_the_first_release() {
    let pinned = pinned("request-1.bin", &encode_request(&request()));
    assert_eq!(encode_request(&request()), pinned);
    assert_eq!(decode_request(&pinned).unwrap(), request());
}

#[test]
fn a_response_is_written_and_read_as_in_the_first_release() {
    let pinned = pinned("response-1.bin", &encode_response(&response()));
    assert_eq!(encode_response(&response()), pinned);
    let read = decode_response(&pinned).unwrap();
    // What is refused travels as the number of its rule; the words are the reader's own.
    let mut read = read;
    assert!(matches!(read.receipts[4], Receipt::Refused(Unsound { rule: Rule::OperationIds, .. })));
    read.receipts[4] = response().receipts.swap_remove(4);
    assert_eq!(read, response());
}

#[test]
fn the_answer_to_an_unknown_version_is_read_by_every_version() {
    assert_eq!(versions_answer(), b"RK\x00\x01\x01");
    assert_eq!(decode_response(&versions_answer()), Err(DecodeError::OtherVersions { spoken: vec![1] }));
    let mut later = encode_request(&request());
    later[2] = 2;
    assert_eq!(decode_request(&later), Err(DecodeError::UnknownVersion(2)));
}

#[test]
fn a_frame_that_is_cut_or_has_a_flipped_bit_is_never_read_as_another_message() {
    let whole = encode_request(&request());
    for end in 0..whole.len() {
        assert!(decode_request(&whole[..end]).is_err(), "cut at {end}");
    }
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(read) = decode_request(&flipped) {
            // zstd carries no checksum here: a flipped literal may survive it. Then a signature or a hash must tell.
            let broken = read.push.iter().zip(request().push).any(|(read, sent)| *read != sent);
            let verifier = KeyPair::from_secret(&[7; 32]).public().verifier().unwrap();
            let unproven =
                read.push.iter().any(|segment| segment.verify(&verifier).is_err() || segment.open().is_err());
            assert!(!broken || unproven, "bit {bit} changed a segment, and nothing tells");
        }
    }
}

#[test]
fn a_signature_covers_every_part_of_its_header() {
    let sealed = segment(1);
    let verifier = KeyPair::from_secret(&[7; 32]).public().verifier().unwrap();
    assert!(sealed.verify(&verifier).is_ok());
    let other = AreaCode::parse("35.12.06.2005").unwrap();
    let header = || sealed.header.clone();
    let changed = [
        SegmentHeader { programme: ProgrammeId::from_bytes([2; 16]), ..header() },
        SegmentHeader { kind: DocumentKind::Review, ..header() },
        SegmentHeader { document: DocumentId::from_bytes([2; 16]), ..header() },
        SegmentHeader { area: other, ..header() },
        SegmentHeader { device: DeviceId::from_bytes([2; 16]), ..header() },
        SegmentHeader { user: UserId::from_bytes([2; 16]), ..header() },
        SegmentHeader { actor: ActorId::from_bytes([2; 16]), ..header() },
        SegmentHeader { first: 2, ..header() },
        SegmentHeader { last: 2, ..header() },
        SegmentHeader { last_change: ChangeHash::from_bytes([2; 32]), ..header() },
    ];
    for header in changed {
        let forged = Segment { header, ..sealed.clone() };
        assert!(forged.verify(&verifier).is_err(), "{:?}", forged.header);
        assert_ne!(forged.id(), sealed.id());
    }
}
