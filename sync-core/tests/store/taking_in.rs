use sync_core::digest::{DigestTerm, FeedDigest};
use sync_core::exchange::{Entry, Page, Receipt, Response, ScopeArea};
use sync_core::id::{DocumentKind, Sequence};
use sync_core::store::Store;

use crate::phone::{NOW, answer, area, edit, exchange, household, nothing_new, page, ready, standing, told};

/// The segments of a household that somebody else recorded and edited once.
fn made_elsewhere() -> (sync_core::id::DocumentId, Vec<sync_core::segment::Segment>, Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    let mut segments = exchange(&mut store, |_| nothing_new()).push;
    edit(&mut store, record, &[answer("water/source", "piped")]);
    segments.extend(exchange(&mut store, |_| nothing_new()).push);
    (record, segments, store, folder)
}

/// Whether a document is here; opening it would keep it here.
fn has(store: &mut Store, id: sync_core::id::DocumentId) -> bool {
    store.document_heads().unwrap().iter().any(|(document, _, _)| *document == id)
}

fn take(store: &mut Store, page: Page) {
    exchange(store, |_| Response { pages: vec![page], ..nothing_new() });
}

#[test]
fn pages_come_in_order_and_one_that_does_not_continue_the_cursor_is_passed_over() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    take(&mut store, page(1, &segments[1..]));
    assert_eq!(store.counts().unwrap().records, 0);
    take(&mut store, page(0, &segments[..1]));
    take(&mut store, page(0, &segments[..1]));
    take(&mut store, page(1, &segments[1..]));
    assert_eq!(standing(&mut store, record, "water/source").as_deref(), Some("piped"));
}

#[test]
fn a_phone_agrees_when_its_digest_is_the_servers_and_an_unsent_edit_is_no_part_of_it() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    let mut digest = FeedDigest::default();
    let term = DigestTerm::of(record, DocumentKind::Record, &[segments[1].header.last_change]);
    digest.replace(DocumentKind::Record, DigestTerm::default(), term);
    take(&mut store, Page { digest: Some(digest), ..page(0, &segments) });
    assert_eq!(store.feeds().unwrap()[0].agrees, Some(true));
    edit(&mut store, record, &[answer("water/source", "well")]);
    let feed = &store.feeds().unwrap()[0];
    assert_eq!((feed.agrees, feed.records), (Some(true), 1));
    let checked = store.check(NOW).unwrap();
    assert_eq!((checked.documents, checked.damaged.len(), checked.mended.len()), (1, 0, 0));
}

#[test]
fn an_area_that_is_lost_leaves_behind_what_is_only_here() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    take(&mut store, page(0, &segments));
    let mine = household(&mut store, "Pak Budi");
    let held = sync_core::exchange::HeldReason::NoAssignment;
    exchange(&mut store, |_| Response {
        scope: Some(Vec::new()),
        receipts: vec![Receipt::Held(held)],
        ..nothing_new()
    });
    assert!(has(&mut store, record));
    let vouched = |place| Some(Receipt::Accepted(Sequence::new(place)));
    let fates = vec![Some(Receipt::Held(held)), vouched(1), vouched(2)];
    let asked = exchange(&mut store, |_| Response { fates, ..nothing_new() }).open_fates;
    assert_eq!(asked[1..], [segments[0].id(), segments[1].id()]);
    assert!(!has(&mut store, record));
    let kept = store.open_record(mine, NOW).unwrap();
    assert!(kept.read_only && kept.waiting[0].reason == Some(held as u8));
}

#[test]
fn what_a_restored_server_lacks_of_an_area_that_is_lost_goes_up_again() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    take(&mut store, page(0, &segments));
    exchange(&mut store, |_| Response { scope: Some(Vec::new()), ..nothing_new() });
    let root = Some(Receipt::Accepted(Sequence::new(1)));
    exchange(&mut store, |_| Response { fates: vec![root, None], ..nothing_new() });
    assert!(has(&mut store, record));
    assert!(exchange(&mut store, |_| nothing_new()).push.contains(&segments[1]));
    exchange(&mut store, |request| {
        assert_eq!(request.open_fates.len(), 2);
        Response { fates: [1, 2].map(|place| Some(Receipt::Accepted(Sequence::new(place)))).to_vec(), ..nothing_new() }
    });
    assert!(!has(&mut store, record));
}

#[test]
fn a_held_segment_that_a_restored_server_does_not_have_any_more_goes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    household(&mut store, "Pak Budi");
    let held = || Receipt::Held(sync_core::exchange::HeldReason::NoAssignment);
    exchange(&mut store, |_| Response { receipts: vec![held()], ..nothing_new() });
    let asked = exchange(&mut store, |_| Response { fates: vec![Some(held())], ..nothing_new() });
    assert_eq!((asked.push.len(), asked.open_fates.len()), (0, 1));
    let asked = exchange(&mut store, |_| Response { fates: vec![None], ..nothing_new() });
    assert_eq!((asked.push.len(), asked.open_fates.len()), (0, 1));
    assert_eq!(exchange(&mut store, |_| nothing_new()).push.len(), 1);
}

#[test]
fn a_history_that_a_restored_server_wants_and_then_holds_counts_as_not_agreed() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    take(&mut store, page(0, &segments));
    assert_eq!(store.feeds().unwrap()[0].records, 1);
    edit(&mut store, record, &[answer("water/source", "well")]);
    exchange(&mut store, |_| Response { receipts: vec![Receipt::Wanted(Vec::new())], ..nothing_new() });
    let held = Receipt::Held(sync_core::exchange::HeldReason::DeviceRevoked);
    let history = exchange(&mut store, |_| Response { receipts: vec![held.clone(); 3], ..nothing_new() }).push;
    assert_eq!(history.len(), 3);
    assert_eq!((store.feeds().unwrap()[0].records, store.counts().unwrap().held), (0, 3));
    // And it is still whole here, to go out again.
    exchange(&mut store, |_| nothing_new());
    assert_eq!(exchange(&mut store, |_| nothing_new()).push, history);
}

#[test]
fn a_document_that_was_discarded_and_enters_after_all_is_in_work_again() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    take(&mut store, page(0, &segments[..1]));
    take(&mut store, Page { entries: vec![Entry::Withdrawn { document: record }], ..page(1, &[]) });
    assert!(store.open_record(record, NOW).unwrap().read_only);
    assert_eq!(store.feeds().unwrap()[0].records, 0);
    take(&mut store, page(2, &segments[1..]));
    assert!(!store.open_record(record, NOW).unwrap().read_only);
    assert_eq!(store.feeds().unwrap()[0].records, 1);
}

#[test]
fn a_restored_server_that_does_not_know_of_a_move_says_where_a_record_lies() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    let there = sync_core::area::AreaCode::parse("35.12.06.2009").unwrap();
    let mut scope = told().scope.unwrap();
    scope.push(ScopeArea { area: there.clone(), ..scope[0].clone() });
    exchange(&mut store, |_| Response { scope: Some(scope), pages: vec![page(0, &segments)], ..nothing_new() });
    let moved = Entry::MovedOut { document: record, number: 3, to: there.clone() };
    take(&mut store, Page { entries: vec![moved], ..page(segments.len() as u64, &[]) });
    assert_eq!(store.open_record(record, NOW).unwrap().area, there);
    let epoch = sync_core::id::FeedEpoch::from_bytes([8; 16]);
    take(&mut store, Page { area: there, epoch, ..page(0, &[]) });
    take(&mut store, Page { epoch, ..page(0, &segments) });
    assert_eq!(store.open_record(record, NOW).unwrap().area, area());
}

#[test]
fn a_record_that_was_moved_away_and_back_within_one_page_stays() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    let there = sync_core::area::AreaCode::parse("35.12.06.2009").unwrap();
    let mut coming_back = page(0, &segments);
    coming_back.entries.push(Entry::MovedOut { document: record, number: 1, to: there.clone() });
    coming_back.entries.push(Entry::MovedIn { document: record, number: 2, from: there });
    take(&mut store, coming_back);
    assert_eq!(store.open_record(record, NOW).unwrap().area, area());
    assert_eq!(store.feeds().unwrap()[0].records, 1);
}

#[test]
fn what_is_typed_on_a_screen_while_its_area_is_lost_finds_its_record() {
    let (record, segments, _maker, _folder) = made_elsewhere();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 2);
    take(&mut store, page(0, &segments));
    let shown = store.open_record(record, NOW).unwrap().heads;
    exchange(&mut store, |_| Response { scope: Some(Vec::new()), ..nothing_new() });
    assert!(store.save_record(record, &[answer("water/source", "well")], &shown, NOW).unwrap());
    let held = sync_core::exchange::HeldReason::NoAssignment;
    let pushed = exchange(&mut store, |_| Response { receipts: vec![Receipt::Held(held)], ..nothing_new() }).push;
    assert_eq!(pushed.len(), 1);
    drop(store);
    let mut store = crate::phone::open(folder.path(), 3).store;
    assert_eq!(standing(&mut store, record, "water/source").as_deref(), Some("well"));
}

#[test]
fn a_document_that_was_discarded_before_anything_of_it_was_accepted_is_kept_for_reading() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    exchange(&mut store, |_| Response { receipts: vec![Receipt::Discarded(Sequence::ZERO)], ..nothing_new() });
    assert!(store.open_record(record, NOW).unwrap().read_only);
    assert_eq!(store.feeds().unwrap()[0].records, 0);
}

#[test]
fn a_document_that_was_discarded_goes_out_again_when_a_restored_server_does_not_have_it_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    household(&mut store, "Ibu Sari");
    let held = Receipt::Held(sync_core::exchange::HeldReason::ReadOnly);
    let sent = exchange(&mut store, |_| Response { receipts: vec![held], ..nothing_new() }).push;
    let withdrawn = Entry::Withdrawn { document: sent[0].header.document };
    exchange(&mut store, |_| Response {
        fates: vec![Some(Receipt::Discarded(Sequence::new(1)))],
        pages: vec![Page { entries: vec![withdrawn], ..page(0, &[]) }],
        ..nothing_new()
    });
    exchange(&mut store, |request| {
        assert_eq!(request.open_fates, [sent[0].id()]);
        nothing_new()
    });
    assert_eq!(exchange(&mut store, |_| nothing_new()).push, sent);
}

#[test]
fn damaged_bytes_of_a_document_come_back_from_the_segments_made_here_and_from_the_server() {
    let (record, segments, mut maker, folder) = made_elsewhere();
    damage_document(&mut maker, folder.path());
    let mut maker = crate::phone::open(folder.path(), 3).store;
    assert_eq!(standing(&mut maker, record, "water/source").as_deref(), Some("piped"));
    assert_eq!(maker.counts().unwrap().damaged, 1);

    let folder = tempfile::tempdir().unwrap();
    let mut reader = ready(folder.path(), 2);
    take(&mut reader, page(0, &segments));
    edit(&mut reader, record, &[answer("head", "Bu Sari")]);
    damage_document(&mut reader, folder.path());
    let mut reader = crate::phone::open(folder.path(), 4).store;
    assert!(reader.open_record(record, NOW).is_err());
    assert_eq!(reader.check(NOW).unwrap().damaged, [record]);
    exchange(&mut reader, |_| Response { repairs: segments.clone(), ..nothing_new() });
    assert_eq!(standing(&mut reader, record, "head").as_deref(), Some("Bu Sari"));
    assert_eq!(standing(&mut reader, record, "water/source").as_deref(), Some("piped"));
}

/// Closes the store and breaks the stored bytes of its documents.
fn damage_document(store: &mut Store, folder: &std::path::Path) {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    let elsewhere = tempfile::tempdir().unwrap();
    drop(std::mem::replace(store, crate::phone::open(elsewhere.path(), 9).store));
    let file = folder.join("store.sqlite");
    let mut connection = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    connection.batch_execute("UPDATE documents SET bytes = X'00010203'").unwrap();
}
