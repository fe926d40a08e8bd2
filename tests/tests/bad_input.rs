//! Whatever comes in that is not right gets its documented answer, and nothing stored changes: the tables are compared before
//! and after, but for the note of when a device was last heard.

use rukun_server::exchange::ExchangeError;
use rukun_tests::forge::{Forgery, Ground};
use rukun_tests::seed::Seed;
use rukun_tests::world::World;
use sync_core::change::Rule;
use sync_core::exchange::{
    DecodeError, FeedsState, HeldReason, Receipt, Request, VERSION, decode_response, encode_request, versions_answer,
};
use sync_core::id::{ActorId, ContentHash, DeviceId, ProgrammeId};
use sync_core::segment::Segment;

/// A world with a few records on its server, and a request that pushes a segment which the server has not seen.
fn world() -> (World, Request) {
    let mut world = World::calm(7, 2);
    for _ in 0..3 {
        world.make_record(0);
    }
    world.run_until_quiet();
    let unsent = world.make_record(1);
    let request = world.next_request(1);
    assert_eq!(request.push.iter().map(|segment| segment.header.document).collect::<Vec<_>>(), [unsent]);
    (world, request)
}

fn refuses(world: &mut World, frame: &[u8], what: &str) -> ExchangeError {
    let before = world.dump();
    let answered = world.exchange(1, frame);
    assert_eq!(world.dump(), before, "{what} changed something");
    answered.expect_err(what)
}

#[test]
fn a_frame_cut_anywhere_is_no_request() {
    let (mut world, request) = world();
    let frame = encode_request(&request);
    for end in 0..frame.len() {
        let error = refuses(&mut world, &frame[..end], &format!("a frame cut at {end}"));
        assert!(matches!(error, ExchangeError::Unreadable(_)), "{end}: {error}");
    }
}

#[test]
fn a_frame_too_large_packed_or_unpacked_is_refused() {
    let (mut world, _) = world();
    let packed = refuses(&mut world, &[b"RK\x01".as_slice(), &vec![0; 1 << 20]].concat(), "a large frame");
    assert!(matches!(packed, ExchangeError::Unreadable(DecodeError::TooLarge { what: "as it travels", .. })));
    let bomb = zstd::encode_all(vec![0; 64 << 20].as_slice(), 19).expect("memory does not fail");
    assert!(bomb.len() < 10_000);
    let unpacked = refuses(&mut world, &[b"RK\x01".as_slice(), &bomb].concat(), "a bomb");
    assert!(matches!(unpacked, ExchangeError::Unreadable(DecodeError::TooLarge { what: "unpacked", .. })));
}

#[test]
fn another_version_is_answered_by_the_versions_that_are_spoken() {
    let (mut world, request) = world();
    let mut frame = encode_request(&request);
    frame[2] = VERSION + 1;
    let refused = refuses(&mut world, &frame, "a future version");
    let ExchangeError::UnknownVersion { version, answer } = refused else { panic!("{refused}") };
    assert_eq!((version, answer), (VERSION + 1, versions_answer()));
}

#[test]
fn a_flipped_bit_makes_no_request_or_one_that_changes_nothing_but_what_it_honestly_brings() {
    let (mut world, request) = world();
    let frame = encode_request(&request);
    let mut seed = Seed::new(3);
    for _ in 0..400 {
        let before = world.dump();
        let mut flipped = frame.clone();
        let place = seed.below(flipped.len());
        flipped[place] ^= 1 << seed.below(8);
        let Ok(answer) = world.exchange(1, &flipped) else { continue };
        let receipts = decode_response(&answer).expect("a response").receipts;
        // What is signed arrives whole or is refused; the rest of a request moves no segment.
        if receipts.iter().any(|receipt| matches!(receipt, Receipt::Accepted(_))) {
            assert!(world.heads_are_those_of(&request), "flipping byte {place} let something else in");
        } else if receipts.iter().any(|receipt| matches!(receipt, Receipt::Held(HeldReason::DeviceUnknown))) {
            // A device that the server does not know may be one that a restored backup forgot.
            assert_eq!(entered(&world.dump()), entered(&before), "flipping byte {place} changed something");
        } else {
            assert_eq!(world.dump(), before, "flipping byte {place} changed something");
        }
    }
}

#[test]
fn a_request_replayed_gets_the_same_word_and_changes_nothing() {
    let (mut world, request) = world();
    let frame = encode_request(&request);
    let first = decode_response(&world.exchange(1, &frame).expect("an answer")).expect("a response");
    let before = world.dump();
    for _ in 0..3 {
        let again = decode_response(&world.exchange(1, &frame).expect("an answer")).expect("a response");
        assert_eq!(again.receipts, first.receipts);
        assert_eq!(world.dump(), before);
    }
}

fn pushing(world: &World, segments: Vec<Segment>) -> Vec<u8> {
    encode_request(&Request {
        device_time: world.now(),
        unsent: 0,
        feeds: FeedsState::List(Vec::new()),
        catalogue: ContentHash::from_bytes([0; 32]),
        push: segments,
        open_fates: Vec::new(),
        reconcile: Vec::new(),
        wanted: Vec::new(),
        budget: 0,
    })
}

/// Which of the altered segments names another device.
const OTHER_DEVICE: usize = 1;

/// What of the server's tables is in feeds and documents: all but the segments, of which some may be held.
fn entered(dump: &str) -> Vec<&str> {
    dump.lines().skip(1).collect()
}

#[test]
fn a_segment_with_anything_of_its_header_altered_enters_nothing_and_stops_none_beside_it() {
    let (mut world, request) = world();
    let honest = request.push[0].clone();
    let altered: Vec<Segment> = [
        |segment: &mut Segment| segment.header.programme = ProgrammeId::from_bytes([9; 16]),
        |segment: &mut Segment| segment.header.device = DeviceId::from_bytes([9; 16]),
        |segment: &mut Segment| segment.header.document = sync_core::id::DocumentId::from_bytes([9; 16]),
        |segment: &mut Segment| segment.header.user = sync_core::id::UserId::from_bytes([9; 16]),
        |segment: &mut Segment| segment.header.kind = sync_core::id::DocumentKind::Review,
        |segment: &mut Segment| segment.header.last += 1,
        |segment: &mut Segment| segment.changes.push(0),
        |segment: &mut Segment| segment.changes.clear(),
    ]
    .into_iter()
    .map(|alter| {
        let mut segment = honest.clone();
        alter(&mut segment);
        segment
    })
    .collect();
    let before = world.dump();
    let frame = pushing(&world, altered.clone());
    let receipts = decode_response(&world.exchange(1, &frame).expect("an answer")).expect("a response").receipts;
    for (place, receipt) in receipts.iter().enumerate() {
        // Whose signature it would have to bear is known only of known devices; until then it is held.
        let fits = match receipt {
            Receipt::Refused(unsound) => unsound.rule == Rule::Segment,
            Receipt::Held(reason) => place == OTHER_DEVICE && *reason == HeldReason::DeviceUnknown,
            Receipt::Accepted(_) | Receipt::Wanted(_) | Receipt::Discarded(_) => false,
        };
        assert!(fits, "{receipts:?}");
    }
    assert_eq!(entered(&world.dump()), entered(&before));
    let frame = pushing(&world, [altered, vec![honest]].concat());
    let receipts = decode_response(&world.exchange(1, &frame).expect("an answer")).expect("a response").receipts;
    assert!(matches!(receipts.last(), Some(Receipt::Accepted(_))), "{receipts:?}");
}

#[test]
fn every_forgery_signed_by_an_enrolled_device_is_refused_or_held_and_enters_nothing() {
    for forgery in Forgery::all() {
        let (mut world, _) = world();
        let (id, document) = world.any_document();
        let (key, device) = world.steal_phone(0);
        let actor = ActorId::generate(key.public().actor_prefix(), &mut Seed::new(5));
        let ground = Ground::of(&document, actor).expect("a record with an answer and a long text");
        let chunks = forgery.forge(&ground);
        let segments = world.seal(id, &chunks, actor, (&key, device));
        let before = world.dump();
        let frame = pushing(&world, segments);
        let receipts = decode_response(&world.exchange(1, &frame).expect("an answer")).expect("a response").receipts;
        match receipts.last() {
            Some(Receipt::Refused(_) | Receipt::Wanted(_)) if chunks.len() == 1 => {
                assert_eq!(world.dump(), before, "{} changed something", forgery.name);
            }
            Some(Receipt::Refused(_) | Receipt::Wanted(_) | Receipt::Held(_)) => {}
            other => panic!("{}: {other:?}", forgery.name),
        }
        world.run_until_quiet();
    }
}

#[test]
fn a_device_that_is_not_enrolled_gets_nothing() {
    let (mut world, request) = world();
    let before = world.dump();
    let stranger = world.exchange_as(DeviceId::from_bytes([7; 16]), &encode_request(&request));
    assert!(matches!(stranger, Err(ExchangeError::UnknownDevice)));
    assert_eq!(world.dump(), before);
}
