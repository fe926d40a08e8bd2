//! R20: several writers and a reader at once, as several server processes on one database would be.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use rukun_server::assignments::Role;
use rukun_server::database::Database;
use rukun_server::exchange::{Asking, exchange};
use rukun_server::feeds;
use sync_core::digest::FeedDigest;
use sync_core::exchange::{Entry, FeedState, FeedsState, Receipt, Request, decode_response, encode_request};
use sync_core::id::{Cursor, DocumentId, SegmentId, Sequence};
use sync_core::segment::Segment;

use crate::hand::Hand;
use crate::world::{CURAH, JATI, Seeded, World, area, nothing};

facts!(writers_at_the_same_areas_lose_nothing_and_a_reader_skips_nothing);

const WRITERS: usize = 3;
const ROUNDS: usize = 12;

/// Counts a writer out, also one that failed: the reader must not wait for it.
struct Done<'a>(&'a AtomicUsize);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What one writer pushes: edits of records that all edit, in both villages, and once more what everybody pushes.
fn pushes(world: &mut World<'_>) -> (Vec<Hand>, Vec<Vec<Vec<Segment>>>, HashSet<SegmentId>) {
    let mut hands: Vec<Hand> = (0..WRITERS)
        .map(|number| {
            let user = world.user(&format!("Writer {number}"));
            world.assign(user, "35.12", Role::Facilitator);
            Hand::new(world, user)
        })
        .collect();
    let mut roots = Vec::new();
    for code in [CURAH, JATI, CURAH, JATI] {
        let id = DocumentId::generate(world.now, &mut world.entropy);
        let (document, root) = hands[0].begin(id, code, "Pak Slamet");
        roots.push((id, document, root));
    }
    let shared: Vec<Segment> = roots.iter().map(|(_, _, root)| root.clone()).collect();
    let mut all: HashSet<SegmentId> = shared.iter().map(Segment::id).collect();
    let mut plans = Vec::new();
    for hand in &mut hands {
        let mut copies: Vec<_> = roots.iter().map(|(id, document, _)| (*id, document.clone())).collect();
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let mut push = shared.clone();
            for (id, document) in &mut copies {
                push.push(hand.answer(document, *id, "source", &format!("{round}")));
            }
            all.extend(push.iter().map(Segment::id));
            rounds.push(push);
        }
        plans.push(rounds);
    }
    (hands, plans, all)
}

fn writers_at_the_same_areas_lose_nothing_and_a_reader_skips_nothing(database: &Database) {
    let mut world = World::new(database);
    let (hands, plans, all) = pushes(&mut world);
    let running = AtomicUsize::new(WRITERS);
    let (server, now) = (&world.server, world.now);
    let ask = |hand: &Hand, request: &Request, seed: u64| {
        let asking = Asking { device: hand.device, now, token: None };
        let answer = exchange(database, server, &asking, &encode_request(request), &mut Seeded(seed)).unwrap();
        decode_response(&answer.frame).unwrap()
    };
    let read = std::thread::scope(|scope| {
        for (seed, (hand, rounds)) in hands.iter().zip(&plans).enumerate() {
            let (ask, running) = (&ask, &running);
            scope.spawn(move || {
                let _done = Done(running);
                for push in rounds {
                    let receipts = ask(hand, &Request { push: push.clone(), ..nothing() }, seed as u64).receipts;
                    assert!(receipts.iter().all(|it| matches!(it, Receipt::Accepted(_))), "{receipts:?}");
                }
            });
        }
        let mut read: HashSet<SegmentId> = HashSet::new();
        let mut cursors = [(CURAH, Cursor::START), (JATI, Cursor::START)];
        loop {
            let last_look = running.load(Ordering::SeqCst) == 0;
            let states = cursors.iter().map(|(code, cursor)| FeedState {
                area: area(code),
                cursor: *cursor,
                digest: FeedDigest::default(),
            });
            let request = Request { feeds: FeedsState::List(states.collect()), ..nothing() };
            for page in ask(&hands[0], &request, 99).pages {
                let (_, cursor) = cursors.iter_mut().find(|(code, _)| *code == page.area.as_str()).unwrap();
                assert!(page.after == cursor.sequence || page.after == Sequence::ZERO);
                for entry in &page.entries {
                    let Entry::Segment(segment) = entry else { panic!("{entry:?}") };
                    assert!(read.insert(segment.id()), "a segment came twice");
                }
                *cursor = Cursor { epoch: page.epoch, sequence: page.last() };
            }
            if last_look {
                return read;
            }
        }
    });
    assert_eq!(read.len(), all.len());
    assert_eq!(read, all);
    let digests = |world: &World<'_>| {
        world.read(|connection| Ok([CURAH, JATI].map(|code| feeds::head(connection, &area(code)).unwrap().digest)))
    };
    let kept_up = digests(&world);
    world.write(|connection| rukun_server::projections::rebuild(connection, world.server.programme, |_, _| {}));
    assert_eq!(digests(&world), kept_up);
}
