//! R3, R7, R11, R14: what may not enter, and what becomes of it.

use rukun_server::assignments::Role;
use rukun_server::database::Database;
use rukun_server::documents::move_to_area;
use rukun_server::held::{HeldFilter, judge_unknown_areas, list};
use sync_core::exchange::{HeldReason, Receipt};
use sync_core::id::DocumentId;
use sync_core::record::{Answer, Presence, Record, RecordState};
use sync_core::segment::Segment;
use sync_core::store::Fate;

use crate::hand::{Hand, id, with, writer};
use crate::world::{CURAH, JATI, World, area, key, words};

facts!(
    what_others_built_on_a_discarded_edit_stays,
    a_discard_opens_the_conflict_again_that_it_had_settled_for_one_side,
    a_discard_opens_the_conflict_again_that_it_had_settled_otherwise,
    an_answer_that_somebody_changed_since_is_not_put_back,
    edits_made_before_hearing_of_a_discard_enter,
    a_document_of_which_nothing_was_accepted_stays_out,
    an_authorised_edit_brings_a_discarded_document_in,
    held_segments_enter_when_their_author_gets_the_right,
    a_segment_that_builds_on_held_ones_waits_for_them,
    a_second_root_is_held_and_released_under_a_new_id,
    an_id_squatted_by_a_held_root_is_still_free,
    a_forked_actor_is_held_and_said_again_by_the_server,
    a_segment_is_judged_by_the_present_area,
    a_viewers_push_is_held_not_refused,
    a_revoked_devices_work_is_held,
    an_area_that_does_not_exist_holds,
    what_was_held_for_its_area_enters_when_the_area_is_known,
    work_typed_before_the_area_was_lost_is_held_and_kept,
);

fn stranger(world: &mut World<'_>, name: &str) -> Hand {
    let user = world.user(name);
    Hand::new(world, user)
}

fn answer(record: &Record, path: &str) -> Option<String> {
    record.answer(path).map(Answer::words)
}

fn rivals(record: &Record, path: &str) -> Vec<String> {
    let mut values: Vec<String> = record.answers[&key(path)]
        .conflict
        .iter()
        .map(|candidate| candidate.value.as_ref().map(Answer::words).unwrap_or_default())
        .collect();
    values.sort();
    values
}

fn held(reason: HeldReason) -> Receipt {
    Receipt::Held(reason)
}

fn is_accepted(receipt: &Receipt) -> bool {
    matches!(receipt, Receipt::Accepted(_))
}

fn assert_phone_agrees(world: &mut World<'_>, record: DocumentId) {
    let mut phone = world.facilitator("Reader", CURAH);
    assert!(phone.agrees());
    assert_eq!(Some(phone.heads(record)), world.heads(record));
}

fn what_others_built_on_a_discarded_edit_stays(database: &Database) {
    let mut world = World::new(database);
    let (mut budi, mut anna) = (writer(&mut world, "Budi"), stranger(&mut world, "Anna"));
    let record = id(&mut world);
    let (document, root) = budi.begin(record, CURAH, "Pak Slamet");
    let mut at_anna = document.clone();
    let hers = anna.answer(&mut at_anna, record, "source", "river");
    let mut at_budi = with(&document, &hers);
    let his = budi.answer(&mut at_budi, record, "members", "5");
    let receipts = world.push(budi.device, &[root, hers.clone(), his.clone()]);
    assert!(is_accepted(&receipts[0]));
    assert_eq!(receipts[1..], [held(HeldReason::NoAssignment), held(HeldReason::DependsOnHeld)]);
    assert_eq!(answer(&world.record(record), "source").as_deref(), Some("well"));

    world.discard(hers.id());

    let read = world.record(record);
    assert_eq!(answer(&read, "source").as_deref(), Some("well"));
    assert_eq!(answer(&read, "members").as_deref(), Some("5"));
    assert_eq!(read.conflict_count(), 0);
    let fates = world.fates(budi.device, &[hers.id(), his.id()]);
    assert!(matches!(fates[0], Some(Receipt::Discarded(_))));
    assert!(matches!(fates[1], Some(Receipt::Accepted(_))));
    assert_phone_agrees(&mut world, record);
}

/// A record in whose feed two values of `source` stand side by side, and a stranger's document that has both.
fn in_conflict(world: &mut World<'_>) -> (DocumentId, Hand, sync_core::document::Document) {
    let (mut amina, mut budi, anna) = (writer(world, "Amina"), writer(world, "Budi"), stranger(world, "Anna"));
    let record = id(world);
    let (document, root) = amina.begin(record, CURAH, "Pak Slamet");
    let river = amina.answer(&mut document.clone(), record, "source", "river");
    let bore = budi.answer(&mut document.clone(), record, "source", "bore");
    let both = with(&with(&document, &river), &bore);
    assert!(world.push(amina.device, &[root, river, bore]).iter().all(is_accepted));
    assert_eq!(rivals(&world.record(record), "source"), ["bore", "river"]);
    (record, anna, both)
}

fn a_discard_opens_the_conflict_again_that_it_had_settled_for_one_side(database: &Database) {
    let mut world = World::new(database);
    let (record, mut anna, both) = in_conflict(&mut world);
    for side in ["river", "bore"] {
        let settled = anna.answer(&mut both.clone(), record, "source", side);
        assert_eq!(world.push(anna.device, std::slice::from_ref(&settled)), [held(HeldReason::NoAssignment)]);
        world.discard(settled.id());
        assert_eq!(rivals(&world.record(record), "source"), ["bore", "river"], "settled for {side}");
        anna = stranger(&mut world, "Anna");
    }
    assert_phone_agrees(&mut world, record);
}

fn a_discard_opens_the_conflict_again_that_it_had_settled_otherwise(database: &Database) {
    let mut world = World::new(database);
    let (record, mut anna, mut both) = in_conflict(&mut world);
    let settled = anna.answer(&mut both, record, "source", "tank");
    world.push(anna.device, std::slice::from_ref(&settled));
    world.discard(settled.id());
    assert_eq!(rivals(&world.record(record), "source"), ["bore", "river"]);
    assert_phone_agrees(&mut world, record);
}

fn an_answer_that_somebody_changed_since_is_not_put_back(database: &Database) {
    let mut world = World::new(database);
    let (mut budi, mut anna) = (writer(&mut world, "Budi"), stranger(&mut world, "Anna"));
    let record = id(&mut world);
    let (document, root) = budi.begin(record, CURAH, "Pak Slamet");
    let hers = anna.answer(&mut document.clone(), record, "source", "river");
    let his = budi.answer(&mut with(&document, &hers), record, "source", "bore");
    world.push(budi.device, &[root, hers.clone(), his]);
    world.discard(hers.id());
    let read = world.record(record);
    assert_eq!(answer(&read, "source").as_deref(), Some("bore"));
    assert_eq!(read.conflict_count(), 0);
}

fn edits_made_before_hearing_of_a_discard_enter(database: &Database) {
    let mut world = World::new(database);
    let (mut budi, mut anna) = (writer(&mut world, "Budi"), stranger(&mut world, "Anna"));
    let record = id(&mut world);
    let (document, root) = budi.begin(record, CURAH, "Pak Slamet");
    let mut at_anna = document.clone();
    let first = anna.answer(&mut at_anna, record, "source", "river");
    world.push(budi.device, &[root, first.clone()]);
    world.discard(first.id());
    world.assign(anna.user, CURAH, Role::Volunteer);
    let second = anna.answer(&mut at_anna, record, "members", "7");
    assert!(is_accepted(&world.push(anna.device, &[second])[0]));
    let read = world.record(record);
    assert_eq!(answer(&read, "source").as_deref(), Some("well"));
    assert_eq!(answer(&read, "members").as_deref(), Some("7"));
}

fn a_document_of_which_nothing_was_accepted_stays_out(database: &Database) {
    let mut world = World::new(database);
    let reader = world.user("Chidi");
    world.assign(reader, CURAH, Role::Viewer);
    let mut phone = world.phone(reader);
    world.sync(&mut phone);
    let record = phone.create(&mut world, CURAH, "Bu Tini");
    let segment = phone.outgoing(&world)[0].clone();
    world.sync(&mut phone);
    assert_eq!(phone.fates(), [(Fate::Held, Some(HeldReason::ReadOnly as u8))]);
    world.discard(segment.id());
    assert_eq!(world.heads(record), None);
    world.sync(&mut phone);
    assert_eq!(phone.fates(), []);
    assert!(phone.agrees(), "the phone keeps it out of the digest");
    assert!(phone.store.open_record(record, world.now).unwrap().read_only);
}

fn an_authorised_edit_brings_a_discarded_document_in(database: &Database) {
    let mut world = World::new(database);
    let (mut budi, mut anna) = (writer(&mut world, "Budi"), stranger(&mut world, "Anna"));
    let record = id(&mut world);
    let (mut document, root) = anna.begin(record, CURAH, "Pak Slamet");
    let his = budi.answer(&mut document, record, "members", "5");
    world.push(budi.device, &[root.clone(), his]);
    world.discard(root.id());
    let read = world.record(record);
    assert_eq!(answer(&read, "members").as_deref(), Some("5"));
    assert_eq!(answer(&read, "source"), None);
    assert_phone_agrees(&mut world, record);
}

fn held_segments_enter_when_their_author_gets_the_right(database: &Database) {
    let mut world = World::new(database);
    let (mut anna, mut budi) = (stranger(&mut world, "Anna"), writer(&mut world, "Budi"));
    let record = id(&mut world);
    let (mut document, root) = anna.begin(record, CURAH, "Pak Slamet");
    let hers = anna.answer(&mut document, record, "members", "3");
    let his = budi.answer(&mut document, record, "source", "bore");
    let all: Vec<Segment> = vec![root, hers, his];
    let receipts = world.push(budi.device, &all);
    assert_eq!(receipts[0], held(HeldReason::NoAssignment));
    assert_eq!(world.heads(record), None);
    world.assign(anna.user, "35.12", Role::Facilitator);
    world.judge_again(anna.user);
    assert_eq!(world.heads(record), Some(document.heads().to_vec()));
    let ids: Vec<_> = all.iter().map(Segment::id).collect();
    assert!(world.fates(anna.device, &ids).iter().flatten().all(is_accepted));
    assert_phone_agrees(&mut world, record);
}

fn a_segment_that_builds_on_held_ones_waits_for_them(database: &Database) {
    let mut world = World::new(database);
    let (mut anna, mut budi) = (stranger(&mut world, "Anna"), writer(&mut world, "Budi"));
    let record = id(&mut world);
    let (mut document, root) = anna.begin(record, CURAH, "Pak Slamet");
    let his = budi.answer(&mut document, record, "source", "bore");
    world.push(budi.device, &[root.clone(), his.clone()]);
    let refused = world.settle(|database, settling| rukun_server::held::release(database, settling, his.id()));
    assert!(matches!(refused, Err(rukun_server::held::HeldError::BuildsOnHeld(ids)) if ids == [root.id()]));
    world.release(root.id());
    assert_eq!(world.heads(record), Some(document.heads().to_vec()));
}

fn a_second_root_is_held_and_released_under_a_new_id(database: &Database) {
    let mut world = World::new(database);
    let (mut amina, mut budi) = (writer(&mut world, "Amina"), writer(&mut world, "Budi"));
    let record = id(&mut world);
    let (_, first) = amina.begin(record, CURAH, "Pak Slamet");
    let (mut document, second) = budi.begin(record, CURAH, "Bu Tini");
    let more = budi.answer(&mut document, record, "source", "bore");
    assert!(is_accepted(&world.push(amina.device, &[first])[0]));
    let receipts = world.push(budi.device, &[second.clone(), more]);
    assert_eq!(receipts, [held(HeldReason::IdTaken), held(HeldReason::DependsOnHeld)]);
    let settled = world.release(second.id());
    assert_ne!(settled.document, record);
    assert_eq!(answer(&world.record(record), "head").as_deref(), Some("Pak Slamet"));
    let anew = world.record(settled.document);
    assert_eq!(answer(&anew, "head").as_deref(), Some("Bu Tini"));
    assert_eq!(answer(&anew, "source").as_deref(), Some("bore"));
    assert!(world.read(|connection| list(connection, &HeldFilter::default(), 10)).is_empty());
    assert_phone_agrees(&mut world, settled.document);
}

fn an_id_squatted_by_a_held_root_is_still_free(database: &Database) {
    let mut world = World::new(database);
    let (mut amina, mut thief) = (writer(&mut world, "Amina"), stranger(&mut world, "Thief"));
    let record = id(&mut world);
    let (_, squatting) = thief.begin(record, CURAH, "Nobody");
    let (_, honest) = amina.begin(record, CURAH, "Pak Slamet");
    assert_eq!(world.push(thief.device, &[squatting]), [held(HeldReason::NoAssignment)]);
    assert!(is_accepted(&world.push(amina.device, &[honest])[0]));
    assert_eq!(answer(&world.record(record), "head").as_deref(), Some("Pak Slamet"));
}

fn a_forked_actor_is_held_and_said_again_by_the_server(database: &Database) {
    let mut world = World::new(database);
    let mut amina = writer(&mut world, "Amina");
    let record = id(&mut world);
    let (document, root) = amina.begin(record, CURAH, "Pak Slamet");
    let first = amina.answer(&mut document.clone(), record, "source", "river");
    let rival = amina.answer(&mut document.clone(), record, "source", "bore");
    let receipts = world.push(amina.device, &[root, first, rival.clone()]);
    assert!(is_accepted(&receipts[1]));
    assert_eq!(receipts[2], held(HeldReason::Forked));
    world.release(rival.id());
    assert_eq!(rivals(&world.record(record), "source"), ["bore", "river"]);
    assert_eq!(world.fates(amina.device, &[rival.id()]), [Some(held(HeldReason::Forked))]);
    assert_phone_agrees(&mut world, record);
}

fn a_segment_is_judged_by_the_present_area(database: &Database) {
    let mut world = World::new(database);
    let mut amina = world.facilitator("Amina", CURAH);
    let mut jati = world.facilitator("Joko", JATI);
    let record = amina.create(&mut world, CURAH, "Pak Slamet");
    world.sync(&mut amina);
    world.settle(|database, settling| move_to_area(database, settling, record, &area(JATI))).unwrap();
    // Offline, Amina still believes the record in her village.
    amina.edit(&mut world, record, "source", words("river"));
    world.sync(&mut amina);
    assert_eq!(amina.fates(), [(Fate::Held, Some(HeldReason::NoAssignment as u8))]);
    world.sync(&mut jati);
    jati.edit(&mut world, record, "members", Some(Answer::Integer(3)));
    world.sync(&mut jati);
    assert_eq!(jati.fates(), []);
    assert!(jati.agrees());
    // Moved back, what was held is judged by where the record lies now.
    world.settle(|database, settling| move_to_area(database, settling, record, &area(CURAH))).unwrap();
    assert_eq!(answer(&world.record(record), "source").as_deref(), Some("river"));
    assert_eq!(answer(&world.record(record), "members").as_deref(), Some("3"));
    world.sync(&mut amina);
    assert_eq!(amina.fates(), []);
    assert!(amina.agrees());
}

fn a_viewers_push_is_held_not_refused(database: &Database) {
    let mut world = World::new(database);
    let user = world.user("Chidi");
    world.assign(user, CURAH, Role::Viewer);
    let mut hand = Hand::new(&mut world, user);
    let record = id(&mut world);
    let (_, root) = hand.begin(record, CURAH, "Pak Slamet");
    assert_eq!(world.push(hand.device, &[root]), [held(HeldReason::ReadOnly)]);
}

fn a_revoked_devices_work_is_held(database: &Database) {
    let mut world = World::new(database);
    let (mut amina, budi) = (writer(&mut world, "Amina"), writer(&mut world, "Budi"));
    let record = id(&mut world);
    let (_, root) = amina.begin(record, CURAH, "Pak Slamet");
    world.revoke(amina.device);
    assert_eq!(world.push(budi.device, std::slice::from_ref(&root)), [held(HeldReason::DeviceRevoked)]);
    world.release(root.id());
    let read = world.record(record);
    assert_eq!((read.state, read.presence), (RecordState::Draft, Presence::Present));
}

fn an_area_that_does_not_exist_holds(database: &Database) {
    let mut world = World::new(database);
    let user = world.user("Amina");
    world.assign(user, "35.12", Role::Facilitator);
    let mut hand = Hand::new(&mut world, user);
    let record = id(&mut world);
    let (_, root) = hand.begin(record, "35.12.99.2001", "Pak Slamet");
    assert_eq!(world.push(hand.device, std::slice::from_ref(&root)), [held(HeldReason::UnknownArea)]);
    world.discard(root.id());
    assert_eq!(world.heads(record), None);
}

fn what_was_held_for_its_area_enters_when_the_area_is_known(database: &Database) {
    let mut world = World::new(database);
    let user = world.user("Amina");
    world.assign(user, "35.12", Role::Facilitator);
    let mut hand = Hand::new(&mut world, user);
    let record = id(&mut world);
    let (document, root) = hand.begin(record, "35.12.99.2001", "Pak Slamet");
    assert_eq!(world.push(hand.device, std::slice::from_ref(&root)), [held(HeldReason::UnknownArea)]);
    world.add_area("35.12.99.2001", "Baru", 4);
    world.settle(judge_unknown_areas).unwrap();
    assert_eq!(world.heads(record).as_deref(), Some(document.heads()));
}

fn work_typed_before_the_area_was_lost_is_held_and_kept(database: &Database) {
    let mut world = World::new(database);
    let mut amina = world.facilitator("Amina", CURAH);
    let (sent, waiting) = (amina.create(&mut world, CURAH, "Pak Slamet"), amina.create(&mut world, CURAH, "Bu Tini"));
    world.sync(&mut amina);
    amina.edit(&mut world, waiting, "source", words("river"));
    world.end_assignments(amina.user);
    world.assign(amina.user, JATI, Role::Volunteer);
    world.sync(&mut amina);
    assert_eq!(amina.fates(), [(Fate::Held, Some(HeldReason::NoAssignment as u8))]);
    let left: Vec<DocumentId> = amina.store.document_heads().unwrap().into_iter().map(|(id, _, _)| id).collect();
    assert_eq!(left, [waiting], "what is only here stays, {sent} does not");
    world.assign(amina.user, CURAH, Role::Volunteer);
    world.judge_again(amina.user);
    world.sync(&mut amina);
    assert_eq!(amina.fates(), []);
    assert_eq!(world.heads(waiting), Some(amina.heads(waiting)));
    assert!(amina.agrees());
}
