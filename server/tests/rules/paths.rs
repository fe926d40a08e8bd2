//! The main path: push, merge, pull.

use rukun_server::assignments::Role;
use rukun_server::exchange::ExchangeError;
use sync_core::exchange::versions_answer;

use crate::world::{CURAH, JATI, World, words};

facts!(
    what_one_phone_records_another_reads,
    edits_of_two_phones_merge_and_rivals_are_a_conflict,
    an_unknown_version_is_answered_with_those_that_are_spoken,
    a_phone_reads_only_its_areas,
);

fn what_one_phone_records_another_reads(database: &rukun_server::database::Database) {
    let mut world = World::new(database);
    let mut amina = world.facilitator("Amina", CURAH);
    let mut budi = world.facilitator("Budi", "35.12");
    let record = amina.create(&mut world, CURAH, "Pak Slamet");
    world.sync(&mut amina);
    world.sync(&mut budi);
    assert_eq!(budi.store.open_record(record, world.now).unwrap().record.answer("head"), words("Pak Slamet").as_ref());
    assert_eq!(budi.heads(record), amina.heads(record));
    assert_eq!(world.heads(record), Some(amina.heads(record)));
    assert!(amina.agrees() && budi.agrees());
    assert_eq!(amina.fates(), []);
}

fn edits_of_two_phones_merge_and_rivals_are_a_conflict(database: &rukun_server::database::Database) {
    let mut world = World::new(database);
    let mut amina = world.facilitator("Amina", CURAH);
    let mut budi = world.facilitator("Budi", CURAH);
    let record = amina.create(&mut world, CURAH, "Pak Slamet");
    world.sync(&mut amina);
    world.sync(&mut budi);
    amina.edit(&mut world, record, "members", Some(sync_core::record::Answer::Integer(4)));
    amina.edit(&mut world, record, "source", words("river"));
    budi.edit(&mut world, record, "source", words("bore"));
    for phone in [&mut amina, &mut budi] {
        world.sync(phone);
    }
    world.sync(&mut amina);
    assert_eq!(world.heads(record), Some(amina.heads(record)));
    assert_eq!(world.heads(record), Some(budi.heads(record)));
    let read = world.record(record);
    assert_eq!(read.conflict_count(), 1);
    assert_eq!(read.answer("members").map(sync_core::record::Answer::words).as_deref(), Some("4"));
    assert!(amina.agrees() && budi.agrees());
}

fn an_unknown_version_is_answered_with_those_that_are_spoken(database: &rukun_server::database::Database) {
    let mut world = World::new(database);
    let amina = world.facilitator("Amina", CURAH);
    match world.ask(amina.device, b"RK\x09anything") {
        Err(ExchangeError::UnknownVersion { version: 9, answer }) => assert_eq!(answer, versions_answer()),
        other => panic!("{other:?}"),
    }
}

fn a_phone_reads_only_its_areas(database: &rukun_server::database::Database) {
    let mut world = World::new(database);
    let mut amina = world.facilitator("Amina", CURAH);
    let mut chidi = world.facilitator("Chidi", JATI);
    amina.create(&mut world, CURAH, "Pak Slamet");
    world.sync(&mut amina);
    world.sync(&mut chidi);
    assert_eq!(chidi.store.document_heads().unwrap(), []);
    world.assign(chidi.user, CURAH, Role::Viewer);
    world.sync(&mut chidi);
    assert_eq!(chidi.store.document_heads().unwrap().len(), 1);
}
