//! R2, R22: what is not sound is refused with its rule, alone, and nothing stored changes.

use diesel::prelude::*;
use rukun_server::assignments::Role;
use rukun_server::database::Database;
use rukun_server::database::schema::{documents, feed_entries, feeds, records, segments};
use rukun_server::exchange::ExchangeError;
use sync_core::change::Rule;
use sync_core::exchange::Receipt;
use sync_core::form::{FormId, FormVersion};
use sync_core::id::{ActorId, DocumentId, SubjectId};
use sync_core::record::{Answer, NewRecord, RecordState, create};
use sync_core::segment::Segment;

use crate::hand::Hand;
use crate::world::{CURAH, World, area, key};

facts!(
    one_unsound_segment_never_stops_the_others,
    what_is_refused_changes_nothing_that_is_stored,
    bytes_that_are_no_request_change_nothing,
    a_root_that_begins_no_record_is_refused,
    words_that_a_database_cannot_store_stop_nothing,
);

fn writer(world: &mut World<'_>, name: &str) -> Hand {
    let user = world.user(name);
    world.assign(user, CURAH, Role::Facilitator);
    Hand::new(world, user)
}

fn rule(receipt: &Receipt) -> Option<Rule> {
    match receipt {
        Receipt::Refused(unsound) => Some(unsound.rule),
        Receipt::Accepted(_) | Receipt::Held(_) | Receipt::Wanted(_) | Receipt::Discarded(_) => None,
    }
}

/// Segments that each break a rule, and the rule.
fn unsound(world: &mut World<'_>, hand: &mut Hand) -> Vec<(Segment, Rule)> {
    let record = DocumentId::generate(world.now, &mut world.entropy);
    let (mut document, root) = hand.begin(record, CURAH, "Pak Slamet");
    world.push(hand.device, std::slice::from_ref(&root));
    let mut elsewhere = document.clone();
    let good = hand.answer(&mut document, record, "source", "river");
    let mut checksum = good.clone();
    checksum.changes[4] ^= 0x80;
    let mut signature = good.clone();
    signature.header.area = area("35.12.06.2005");
    let mut cut = good.clone();
    cut.changes.pop();
    let foreign = {
        let mine = hand.actor;
        let other = writer(world, "Other");
        hand.actor = ActorId::generate(other.key.public().actor_prefix(), &mut world.entropy);
        let change = hand.change(&mut elsewhere, "source", "bore");
        hand.actor = mine;
        hand.seal(record, &area(CURAH), &[change])
    };
    vec![(checksum, Rule::Chunk), (signature, Rule::Segment), (cut, Rule::Segment), (foreign, Rule::Actor)]
}

/// Row counts of everything that a push may write.
fn stored(world: &World<'_>) -> [i64; 5] {
    world.read(|connection| {
        Ok([
            segments::table.count().get_result(connection)?,
            feed_entries::table.count().get_result(connection)?,
            feeds::table.count().get_result(connection)?,
            documents::table.count().get_result(connection)?,
            records::table.count().get_result(connection)?,
        ])
    })
}

fn one_unsound_segment_never_stops_the_others(database: &Database) {
    let mut world = World::new(database);
    let mut amina = writer(&mut world, "Amina");
    let unsound = unsound(&mut world, &mut amina);
    let record = DocumentId::generate(world.now, &mut world.entropy);
    let (mut document, root) = amina.begin(record, CURAH, "Bu Tini");
    let edit = amina.answer(&mut document, record, "source", "bore");
    let mut push: Vec<Segment> = unsound.iter().map(|(segment, _)| segment.clone()).collect();
    push.insert(1, root);
    push.push(edit);
    let receipts = world.push(amina.device, &push);
    assert_eq!(receipts.iter().filter(|receipt| matches!(receipt, Receipt::Accepted(_))).count(), 2);
    let rules: Vec<Rule> = receipts.iter().filter_map(rule).collect();
    assert_eq!(rules, unsound.iter().map(|(_, rule)| *rule).collect::<Vec<_>>());
    assert_eq!(world.heads(record), Some(document.heads().to_vec()));
}

fn what_is_refused_changes_nothing_that_is_stored(database: &Database) {
    let mut world = World::new(database);
    let mut amina = writer(&mut world, "Amina");
    let unsound = unsound(&mut world, &mut amina);
    let before = stored(&world);
    let push: Vec<Segment> = unsound.iter().map(|(segment, _)| segment.clone()).collect();
    assert!(world.push(amina.device, &push).iter().all(|receipt| rule(receipt).is_some()));
    assert_eq!(stored(&world), before);
}

fn bytes_that_are_no_request_change_nothing(database: &Database) {
    let mut world = World::new(database);
    let mut amina = writer(&mut world, "Amina");
    unsound(&mut world, &mut amina);
    let before = stored(&world);
    for bytes in [&b""[..], b"RK", b"RK\x01", b"<html>captive portal</html>", &[0xff; 2_000]] {
        assert!(matches!(world.ask(amina.device, bytes), Err(ExchangeError::Unreadable(_))));
    }
    let nobody = sync_core::id::DeviceId::from_bytes([1; 16]);
    let frame = sync_core::exchange::encode_request(&crate::world::nothing());
    assert!(matches!(world.ask(nobody, &frame), Err(ExchangeError::UnknownDevice)));
    assert_eq!(stored(&world), before);
}

fn a_root_that_begins_no_record_is_refused(database: &Database) {
    let mut world = World::new(database);
    let mut amina = writer(&mut world, "Amina");
    let record = DocumentId::generate(world.now, &mut world.entropy);
    let (mut document, _) = amina.begin(record, CURAH, "Pak Slamet");
    // An edit, sent as if it began another document.
    let edit = amina.answer(&mut document, record, "source", "river");
    let other = DocumentId::generate(world.now, &mut world.entropy);
    let elsewhere = amina.seal(other, &area(CURAH), &[edit.changes]);
    assert!(matches!(world.push(amina.device, &[elsewhere])[0], Receipt::Wanted(_)));
    assert_eq!(world.heads(other), None);
}

fn words_that_a_database_cannot_store_stop_nothing(database: &Database) {
    let mut world = World::new(database);
    let amina = writer(&mut world, "Amina");
    let record = DocumentId::generate(world.now, &mut world.entropy);
    let new = NewRecord {
        form: FormId::new(format!("house\0hold{}", "x".repeat(5_000))),
        version: FormVersion::new("1\0"),
        area: area(CURAH),
        subject: SubjectId::opened_by(record),
        state: RecordState::Draft,
        answers: vec![(key("head"), Answer::Text("Pak\0 Slamet".into()))],
        long_texts: Vec::new(),
    };
    let change = create(&new, amina.actor, world.now).unwrap().change;
    let root = amina.seal(record, &area(CURAH), &[change]);
    assert!(matches!(world.push(amina.device, &[root])[0], Receipt::Accepted(_)));
    let line = world.read(|connection| rukun_server::records::find(connection, record)).unwrap();
    assert!(line.form.as_str().starts_with("household"));
    assert_eq!(world.record(record).answer("head"), Some(&Answer::Text("Pak\0 Slamet".into())));
}
