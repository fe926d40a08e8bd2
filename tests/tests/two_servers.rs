//! Several server processes on one database, writers and readers at once: no reader passes a number that becomes visible
//! later, and all see one order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rukun_tests::world::{Server, Writer};
use rukun_tests::{scratch, survey};
use sync_core::area::AreaCode;
use sync_core::digest::FeedDigest;
use sync_core::exchange::{Entry, FeedState, FeedsState, Request, decode_response, encode_request};
use sync_core::id::{ContentHash, Cursor, DeviceId, SegmentId, Sequence};
use sync_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);
const WRITERS: usize = 4;
const RECORDS: usize = 25;

fn villages() -> Vec<AreaCode> {
    ["35.12.06.2004", "35.12.06.2005"].map(survey::area).into()
}

/// What a reader has read of each feed, in order.
type Read = BTreeMap<AreaCode, Vec<SegmentId>>;

/// Reads on from where it is; gives whether anything came.
fn read_on(server: &mut Server, device: DeviceId, states: &mut [FeedState], read: &mut Read) -> bool {
    let request = Request {
        device_time: NOW,
        unsent: 0,
        feeds: FeedsState::List(states.to_vec()),
        catalogue: ContentHash::from_bytes([0; 32]),
        push: Vec::new(),
        open_fates: Vec::new(),
        reconcile: Vec::new(),
        wanted: Vec::new(),
        budget: 1,
    };
    let answer = server.exchange(device, &encode_request(&request), NOW).expect("an answer");
    let response = decode_response(&answer).expect("a response");
    let mut came = false;
    for page in response.pages {
        let state = states.iter_mut().find(|state| state.area == page.area).expect("a feed in scope");
        let restarted = state.cursor.epoch != page.epoch && page.after == Sequence::ZERO;
        assert!(restarted || state.cursor.sequence == page.after, "a page leaves a gap");
        came |= !page.entries.is_empty();
        state.cursor = Cursor { epoch: page.epoch, sequence: page.last() };
        let order = read.entry(page.area).or_default();
        for entry in page.entries {
            let Entry::Segment(segment) = entry else { panic!("{entry:?}") };
            order.push(segment.id());
        }
    }
    came
}

fn read_until_done(mut server: Server, device: DeviceId, done: &AtomicBool) -> Read {
    let start = |area: AreaCode| FeedState { area, cursor: Cursor::START, digest: FeedDigest::default() };
    let mut states: Vec<FeedState> = villages().into_iter().map(start).collect();
    let mut read = Read::new();
    loop {
        let last = done.load(Ordering::SeqCst);
        while read_on(&mut server, device, &mut states, &mut read) {}
        if last {
            return read;
        }
    }
}

/// Two handles with pools of their own on one database, as two processes have them.
fn two_servers_agree(url: &str) {
    let mut one = Server::on(url, &villages(), 1, NOW);
    let two = Server::beside(url, 2, NOW);
    let mut writers: Vec<Writer> = (0..WRITERS).map(|place| Writer::new(&mut one, place, &villages(), NOW)).collect();
    let readers: Vec<DeviceId> = (0..2).map(|place| one.add_reader(place, &villages(), NOW)).collect();
    let done = AtomicBool::new(false);
    let (orders, pushed): (Vec<Read>, Vec<SegmentId>) = std::thread::scope(|scope| {
        let reading: Vec<_> = readers
            .iter()
            .zip([&one, &two])
            .map(|(device, server)| {
                let server = server.share(u64::from(device.as_bytes()[15]));
                scope.spawn(|| read_until_done(server, *device, &done))
            })
            .collect();
        let writing: Vec<_> = writers
            .iter_mut()
            .enumerate()
            .map(|(place, writer)| {
                let servers = [one.share(100 + place as u64), two.share(200 + place as u64)];
                scope.spawn(move || writer.write(servers, RECORDS, NOW))
            })
            .collect();
        let pushed = writing.into_iter().flat_map(|thread| thread.join().expect("a writer comes through")).collect();
        done.store(true, Ordering::SeqCst);
        (reading.into_iter().map(|thread| thread.join().expect("a reader comes through")).collect(), pushed)
    });
    assert_eq!(orders[0], orders[1], "two readers saw two orders");
    let mut seen: Vec<SegmentId> = orders[0].values().flatten().copied().collect();
    seen.sort_unstable();
    let mut pushed = pushed;
    pushed.sort_unstable();
    assert_eq!(seen, pushed, "not every accepted segment was seen, or one twice");
    assert_eq!(pushed.len(), WRITERS * RECORDS);
}

#[test]
fn no_change_is_skipped_by_readers_of_two_servers_on_one_postgresql() {
    if let Some(url) = rukun_test_postgres::fresh_database() {
        two_servers_agree(&url);
    }
}

#[test]
fn no_change_is_skipped_by_readers_of_two_handles_on_one_sqlite_file() {
    let folder = scratch::folder();
    let file = folder.path().join("rukun.sqlite");
    two_servers_agree(file.to_str().expect("a name in UTF-8"));
}
