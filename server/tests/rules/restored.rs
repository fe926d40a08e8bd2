//! R9, R11: a server that was restored from a backup, and what only phones have then.

use diesel::prelude::*;
use rukun_server::assignments::Role;
use rukun_server::database::Database;
use rukun_server::database::schema::{devices, documents, feed_entries, feeds, records, segments};
use rukun_server::held::{HeldError, release};
use sync_core::change::Rule;
use sync_core::exchange::{HeldReason, Receipt};
use sync_core::id::DocumentId;
use sync_core::identity::KeyPair;
use sync_core::segment::Segment;
use sync_core::store::Fate;

use crate::hand::{id, writer};
use crate::world::{CURAH, World, words};

facts!(
    a_phone_heals_a_server_restored_from_a_backup,
    what_a_restored_server_lacks_arrives_although_its_author_has_lost_the_area,
    what_a_device_made_that_a_restored_server_does_not_know_is_held_until_it_does,
    what_only_claims_to_be_an_unknown_devices_is_refused_when_the_device_is_known,
);

fn a_phone_heals_a_server_restored_from_a_backup(database: &Database) {
    let mut world = World::new(database);
    let mut amina = world.facilitator("Amina", CURAH);
    let kept = amina.create(&mut world, CURAH, "Pak Slamet");
    world.sync(&mut amina);
    let lost = amina.create(&mut world, CURAH, "Bu Tini");
    amina.edit(&mut world, kept, "source", words("river"));
    world.sync(&mut amina);
    restore(&world, lost, kept);
    assert_eq!(world.heads(lost), None);
    // Somebody else gets the sequences that Amina's phone has read.
    let mut budi = world.facilitator("Budi", CURAH);
    let other = budi.create(&mut world, CURAH, "Pak Joko");
    world.sync(&mut budi);
    for _ in 0..2 {
        world.sync(&mut amina);
        world.sync(&mut budi);
    }
    for record in [kept, lost, other] {
        assert_eq!(world.heads(record), Some(amina.heads(record)), "{record}");
        assert_eq!(world.heads(record), Some(budi.heads(record)), "{record}");
    }
    assert!(amina.agrees() && budi.agrees());
}

/// R9 with R11: the receipts on the phone are of the server's former life, and no digest of a lost area will contradict them.
fn what_a_restored_server_lacks_arrives_although_its_author_has_lost_the_area(database: &Database) {
    let mut world = World::new(database);
    let mut amina = world.facilitator("Amina", CURAH);
    let kept = amina.create(&mut world, CURAH, "Pak Slamet");
    world.sync(&mut amina);
    let lost = amina.create(&mut world, CURAH, "Bu Tini");
    amina.edit(&mut world, kept, "source", words("river"));
    world.sync(&mut amina);
    restore(&world, lost, kept);
    world.end_assignments(amina.user);
    world.sync(&mut amina);
    let held = (Fate::Held, Some(HeldReason::NoAssignment as u8));
    assert_eq!(amina.fates(), [held, held]);
    // Given the area again, she finds everything there.
    world.assign(amina.user, CURAH, Role::Facilitator);
    world.judge_again(amina.user);
    world.sync(&mut amina);
    for record in [kept, lost] {
        assert_eq!(world.heads(record), Some(amina.heads(record)), "{record}");
    }
    assert!(amina.agrees() && amina.fates().is_empty());
    world.end_assignments(amina.user);
    world.sync(&mut amina);
    world.sync(&mut amina);
    // What was opened stays until the app is closed.
    assert_eq!(amina.store.document_heads().unwrap().len(), 1);
}

/// Takes the database back to when it had one segment, without telling it.
fn restore(world: &World<'_>, lost: DocumentId, kept: DocumentId) {
    world.write(|connection| {
        let bytes = |id: DocumentId| id.as_bytes().to_vec();
        diesel::delete(feed_entries::table.filter(feed_entries::sequence.gt(1))).execute(connection)?;
        diesel::delete(segments::table.filter(segments::document.eq(bytes(lost)))).execute(connection)?;
        diesel::delete(segments::table.filter(segments::document.eq(bytes(kept)).and(segments::position.gt(1))))
            .execute(connection)?;
        diesel::delete(documents::table.filter(documents::id.eq(bytes(lost)))).execute(connection)?;
        diesel::delete(records::table.filter(records::document.eq(bytes(lost)))).execute(connection)?;
        diesel::update(feeds::table).set(feeds::last.eq(1)).execute(connection)?;
        rukun_server::projections::rebuild(connection, world.server.programme, |_, _| {})
    });
}

fn held(reason: HeldReason) -> Receipt {
    Receipt::Held(reason)
}

fn forget_device(world: &World<'_>, device: sync_core::id::DeviceId) {
    let this = devices::table.filter(devices::id.eq(device.as_bytes().to_vec()));
    world.write(|connection| Ok(diesel::delete(this).execute(connection)?));
}

fn what_a_device_made_that_a_restored_server_does_not_know_is_held_until_it_does(database: &Database) {
    let mut world = World::new(database);
    let (mut anna, mut budi) = (writer(&mut world, "Anna"), writer(&mut world, "Budi"));
    let record = id(&mut world);
    let (mut document, root) = anna.begin(record, CURAH, "Pak Slamet");
    let own = anna.answer(&mut document, record, "source", "river");
    let on_top = budi.answer(&mut document, record, "members", "4");
    forget_device(&world, anna.device);
    let receipts = world.push(budi.device, &[root.clone(), own, on_top]);
    let unknown = || held(HeldReason::DeviceUnknown);
    assert_eq!(receipts, [unknown(), unknown(), held(HeldReason::DependsOnHeld)]);
    let released = world.settle(|database, settling| release(database, settling, root.id()));
    assert!(matches!(released, Err(HeldError::CannotEnter(HeldReason::DeviceUnknown))), "{released:?}");
    assert_eq!(world.heads(record), None);
    world.add_device(anna.device, anna.user, &anna.key.public(), 1);
    world.judge_again(anna.user);
    assert_eq!(world.heads(record).as_deref(), Some(document.heads()));
}

fn what_only_claims_to_be_an_unknown_devices_is_refused_when_the_device_is_known(database: &Database) {
    let mut world = World::new(database);
    let (mut anna, budi) = (writer(&mut world, "Anna"), writer(&mut world, "Budi"));
    let record = id(&mut world);
    let (_, root) = anna.begin(record, CURAH, "Pak Slamet");
    let thief = KeyPair::generate(&mut world.entropy);
    let forged = Segment::seal(root.header.clone(), root.changes.clone(), &thief);
    forget_device(&world, anna.device);
    assert_eq!(world.push(budi.device, std::slice::from_ref(&forged)), [held(HeldReason::DeviceUnknown)]);
    world.add_device(anna.device, anna.user, &anna.key.public(), 1);
    world.judge_again(anna.user);
    assert_eq!(world.heads(record), None);
    let refused = world.push(budi.device, std::slice::from_ref(&forged));
    assert!(matches!(refused[..], [Receipt::Refused(unsound)] if unsound.rule == Rule::Segment), "{refused:?}");
    assert!(matches!(world.push(anna.device, &[root])[..], [Receipt::Accepted(_)]));
}
