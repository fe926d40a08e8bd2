//! R1, R8, R9, R12, R15, R16, R18, R19: the order of a feed, and how phones keep up with it.

use rukun_server::assignments::Role;
use rukun_server::database::Database;
use rukun_server::documents::move_to_area;
use rukun_server::feeds;
use sync_core::digest::FeedDigest;
use sync_core::exchange::{Entry, FeedState, FeedsState, HeldReason, Page, Receipt, Request};
use sync_core::id::{ChangeHash, Cursor, DocumentId, Sequence};
use sync_core::segment::Segment;

use crate::hand::{Hand, id, writer};
use crate::world::{CURAH, JATI, World, area, nothing};

facts!(
    a_page_is_an_unbroken_run_and_nothing_comes_before_what_it_builds_on,
    a_record_that_moves_while_somebody_pages_loses_nothing,
    a_record_that_was_moved_away_and_back_is_read_from_the_beginning,
    what_a_relay_brought_is_accepted_again_from_its_maker,
    a_run_cut_anew_is_known_by_its_changes,
    some_of_a_run_being_held_holds_the_rest,
    a_word_is_repeated_while_nothing_changed,
    only_what_was_pushed_in_this_request_comes_without_bytes,
    nothing_new_is_a_hash_that_fits,
    a_revoked_phone_may_bring_but_not_read,
    a_segment_for_another_programme_or_user_is_refused,
);

fn from(cursor: Cursor, code: &str) -> Request {
    let state = FeedState { area: area(code), cursor, digest: FeedDigest::default() };
    Request { feeds: FeedsState::List(vec![state]), budget: 8 * 1024, ..nothing() }
}

/// Reads a feed from its beginning, page by page.
fn pages(world: &mut World<'_>, hand: &Hand, code: &str, mut between: impl FnMut(&mut World<'_>, usize)) -> Vec<Page> {
    let (mut cursor, mut pages) = (Cursor::START, Vec::new());
    loop {
        let response = world.request(hand.device, &from(cursor, code));
        let Some(page) = response.pages.into_iter().find(|page| page.area == area(code)) else { return pages };
        cursor = Cursor { epoch: page.epoch, sequence: page.last() };
        let done = page.entries.is_empty();
        pages.push(page);
        between(world, pages.len());
        if done {
            return pages;
        }
        assert!(pages.len() < 100);
    }
}

fn assert_unbroken(pages: &[Page]) -> Vec<Segment> {
    let (mut last, mut known, mut segments) = (Sequence::ZERO, Vec::<ChangeHash>::new(), Vec::new());
    for page in pages {
        assert_eq!(page.after, last);
        last = page.last();
        for entry in &page.entries {
            let Entry::Segment(segment) = entry else { continue };
            for change in segment.open().unwrap() {
                assert!(change.dependencies().iter().all(|hash| known.contains(hash)), "something came too late");
                known.push(change.hash());
            }
            segments.push(segment.clone());
        }
    }
    segments
}

/// Three records, each with edits that lie far apart in the feed.
fn interleaved(world: &mut World<'_>, hand: &mut Hand) -> Vec<DocumentId> {
    let mut copies = Vec::new();
    for number in 0..3 {
        let record = id(world);
        let (document, root) = hand.begin(record, CURAH, &format!("Pak {number}"));
        world.push(hand.device, &[root]);
        copies.push((record, document));
    }
    for round in 0..25 {
        for (record, document) in &mut copies {
            let text = format!("{round} {}", "a long answer that fills pages ".repeat(8));
            let segment = hand.answer(document, *record, "source", &text);
            assert!(matches!(world.push(hand.device, &[segment])[0], Receipt::Accepted(_)));
        }
    }
    copies.into_iter().map(|(record, _)| record).collect()
}

fn a_page_is_an_unbroken_run_and_nothing_comes_before_what_it_builds_on(database: &Database) {
    let mut world = World::new(database);
    let mut amina = writer(&mut world, "Amina");
    interleaved(&mut world, &mut amina);
    let pages = pages(&mut world, &amina, CURAH, |_, _| {});
    assert!(pages.len() > 2, "the feed does not fit one page");
    assert_eq!(assert_unbroken(&pages).len(), 78);
    let last = pages.iter().rev().find_map(|page| page.digest).unwrap();
    assert_eq!(last, world.read(|connection| feeds::head(connection, &area(CURAH))).digest);
    assert_eq!(last.records, 3);
}

fn a_record_that_moves_while_somebody_pages_loses_nothing(database: &Database) {
    let mut world = World::new(database);
    let mut amina = writer(&mut world, "Amina");
    let user = world.user("Joko");
    world.assign(user, JATI, Role::Viewer);
    let joko = Hand::new(&mut world, user);
    let moving = interleaved(&mut world, &mut amina)[0];
    let old = pages(&mut world, &amina, CURAH, |world, page| {
        if page == 1 {
            world.settle(|database, settling| move_to_area(database, settling, moving, &area(JATI))).unwrap();
        }
    });
    assert_unbroken(&old);
    let moved = old.iter().flat_map(|page| &page.entries).find_map(|entry| match entry {
        Entry::MovedOut { document, number, to } => Some((*document, *number, to.clone())),
        Entry::Segment(_) | Entry::Pushed(_) | Entry::MovedIn { .. } | Entry::Withdrawn { .. } => None,
    });
    assert_eq!(moved, Some((moving, 1, area(JATI))));
    let new = pages(&mut world, &joko, JATI, |_, _| {});
    assert_eq!(assert_unbroken(&new).len(), 26);
    let digest = world.read(|connection| feeds::head(connection, &area(CURAH))).digest;
    assert_eq!(digest.records, 2);
}

fn a_record_that_was_moved_away_and_back_is_read_from_the_beginning(database: &Database) {
    let mut world = World::new(database);
    let mut amina = world.facilitator("Amina", CURAH);
    let record = amina.create(&mut world, CURAH, "Pak Slamet");
    world.sync(&mut amina);
    for village in [JATI, CURAH] {
        world.settle(|database, settling| move_to_area(database, settling, record, &area(village))).unwrap();
    }
    let mut budi = world.facilitator("Budi", CURAH);
    world.sync(&mut budi);
    assert_eq!(budi.heads(record), amina.heads(record));
    assert!(budi.agrees());
}

fn what_a_relay_brought_is_accepted_again_from_its_maker(database: &Database) {
    let mut world = World::new(database);
    let (mut anna, budi) = (writer(&mut world, "Anna"), writer(&mut world, "Budi"));
    let record = id(&mut world);
    let (mut document, root) = anna.begin(record, CURAH, "Pak Slamet");
    let edit = anna.answer(&mut document, record, "source", "river");
    let relayed = world.push(budi.device, &[root.clone(), edit.clone()]);
    assert_eq!(relayed, [Receipt::Accepted(Sequence::new(1)), Receipt::Accepted(Sequence::new(2))]);
    assert_eq!(world.push(anna.device, &[root, edit]), relayed);
}

fn a_run_cut_anew_is_known_by_its_changes(database: &Database) {
    let mut world = World::new(database);
    let mut anna = writer(&mut world, "Anna");
    let record = id(&mut world);
    let (mut document, root) = anna.begin(record, CURAH, "Pak Slamet");
    let changes: Vec<Vec<u8>> =
        ["river", "bore", "tank"].iter().map(|value| anna.change(&mut document, "source", value)).collect();
    let seal = |run: &[Vec<u8>]| anna.seal(record, &area(CURAH), run);
    assert_eq!(world.push(anna.device, &[root, seal(&changes[..2])]).len(), 2);
    // Known whole: the word on what brought it, and no new entry.
    let again = world.push(anna.device, &[seal(&changes[1..2]), seal(&changes[..1])]);
    assert_eq!(again, [Receipt::Accepted(Sequence::new(2)), Receipt::Accepted(Sequence::new(2))]);
    // Known in part: stored whole.
    assert_eq!(world.push(anna.device, &[seal(&changes[1..])]), [Receipt::Accepted(Sequence::new(3))]);
    assert_eq!(world.heads(record), Some(document.heads().to_vec()));
    // The same runs within one request.
    let (_, root) = anna.begin(id(&mut world), CURAH, "Bu Tini");
    let both = world.push(anna.device, &[root.clone(), root]);
    assert_eq!(both, [Receipt::Accepted(Sequence::new(4)), Receipt::Accepted(Sequence::new(4))]);
    let reader = world.facilitator("Reader", CURAH);
    assert_eq!({ reader }.heads(record), document.heads());
}

fn some_of_a_run_being_held_holds_the_rest(database: &Database) {
    let mut world = World::new(database);
    let user = world.user("Anna");
    let mut anna = Hand::new(&mut world, user);
    let record = id(&mut world);
    let (mut document, root) = anna.begin(record, CURAH, "Pak Slamet");
    let changes: Vec<Vec<u8>> =
        ["river", "bore"].iter().map(|value| anna.change(&mut document, "source", value)).collect();
    let seal = |run: &[Vec<u8>]| anna.seal(record, &area(CURAH), run);
    let receipts = world.push(anna.device, &[root, seal(&changes[..1]), seal(&changes)]);
    assert!(receipts.iter().all(|receipt| matches!(receipt, Receipt::Held(_))), "{receipts:?}");
    world.assign(user, CURAH, Role::Volunteer);
    world.judge_again(user);
    assert_eq!(world.heads(record), Some(document.heads().to_vec()));
}

fn a_word_is_repeated_while_nothing_changed(database: &Database) {
    let mut world = World::new(database);
    let mut anna = writer(&mut world, "Anna");
    let stranger = world.user("Stranger");
    let mut stranger = Hand::new(&mut world, stranger);
    let (record, missing) = (id(&mut world), id(&mut world));
    let (document, root) = anna.begin(record, CURAH, "Pak Slamet");
    let held = stranger.answer(&mut document.clone(), record, "source", "river");
    let (mut other, unknown) = anna.begin(missing, CURAH, "Bu Tini");
    let wanting = anna.answer(&mut other, missing, "source", "bore");
    let mut damaged = anna.answer(&mut document.clone(), record, "source", "tank");
    damaged.changes[5] ^= 1;
    let all = [root, held.clone(), wanting, damaged];
    let first = world.push(anna.device, &all);
    assert!(matches!(first[0], Receipt::Accepted(_)));
    assert_eq!(first[1], Receipt::Held(HeldReason::NoAssignment));
    assert_eq!(first[2], Receipt::Wanted(vec![unknown.header.last_change]));
    assert!(matches!(first[3], Receipt::Refused(_)));
    assert_eq!(world.push(anna.device, &all), first);
    assert_eq!(world.fates(anna.device, &[held.id(), unknown.id()]), [Some(first[1].clone()), None]);
}

fn only_what_was_pushed_in_this_request_comes_without_bytes(database: &Database) {
    let mut world = World::new(database);
    let mut anna = writer(&mut world, "Anna");
    let record = id(&mut world);
    let (document, root) = anna.begin(record, CURAH, "Pak Slamet");
    world.push(anna.device, std::slice::from_ref(&root));
    let edit = anna.answer(&mut document.clone(), record, "source", "river");
    let request = Request { push: vec![edit], ..from(Cursor::START, CURAH) };
    let response = world.request(anna.device, &request);
    assert_eq!(response.pages[0].entries, [Entry::Segment(root), Entry::Pushed(0)]);
    assert!(response.pages[0].digest.is_some());
}

fn nothing_new_is_a_hash_that_fits(database: &Database) {
    let mut world = World::new(database);
    let mut anna = writer(&mut world, "Anna");
    let (_, root) = anna.begin(id(&mut world), CURAH, "Pak Slamet");
    world.push(anna.device, &[root]);
    let head = world.read(|connection| feeds::head(connection, &area(CURAH)));
    let cursor = Cursor { epoch: head.epoch, sequence: head.last };
    let state = FeedState { area: area(CURAH), cursor, digest: head.digest };
    let hash = sync_core::exchange::feeds_hash(std::slice::from_ref(&state));
    let asked = world.request(anna.device, &Request { feeds: FeedsState::Hash(hash), ..nothing() });
    assert!(!asked.list_wanted && asked.pages.is_empty());
    let other = FeedState { digest: FeedDigest::default(), ..state };
    let hash = sync_core::exchange::feeds_hash(&[other]);
    assert!(world.request(anna.device, &Request { feeds: FeedsState::Hash(hash), ..nothing() }).list_wanted);
}

fn a_revoked_phone_may_bring_but_not_read(database: &Database) {
    let mut world = World::new(database);
    let mut anna = writer(&mut world, "Anna");
    let (_, root) = anna.begin(id(&mut world), CURAH, "Pak Slamet");
    world.push(anna.device, &[root]);
    world.revoke(anna.device);
    let (_, late) = anna.begin(id(&mut world), CURAH, "Bu Tini");
    let response = world.request(anna.device, &Request { push: vec![late], ..from(Cursor::START, CURAH) });
    assert_eq!(response.receipts, [Receipt::Held(HeldReason::DeviceRevoked)]);
    assert!(response.pages.is_empty() && response.catalogue.is_none() && response.scope.is_none());
}

fn a_segment_for_another_programme_or_user_is_refused(database: &Database) {
    let mut world = World::new(database);
    let (mut anna, budi) = (writer(&mut world, "Anna"), writer(&mut world, "Budi"));
    let record = id(&mut world);
    let (_, root) = anna.begin(record, CURAH, "Pak Slamet");
    let mut elsewhere = root.header.clone();
    elsewhere.programme = sync_core::id::ProgrammeId::from_bytes([9; 16]);
    let mut as_budi = root.header.clone();
    as_budi.user = budi.user;
    let forged = |header| Segment::seal(header, root.changes.clone(), &anna.key);
    let receipts = world.push(anna.device, &[forged(elsewhere), forged(as_budi), root.clone()]);
    assert!(matches!(receipts[..], [Receipt::Refused(_), Receipt::Refused(_), Receipt::Accepted(_)]), "{receipts:?}");
}
