//! Projections, and what supervisors read of them.

use diesel::prelude::*;
use rukun_server::assignments::Role;
use rukun_server::conflicts::{self, ConflictFilter, ConflictSubject};
use rukun_server::database::Database;
use rukun_server::database::schema::{conflicts as conflicts_table, documents, feeds, records as records_table};
use rukun_server::held::{HeldFilter, list as held};
use rukun_server::projections::rebuild;
use rukun_server::records::{self, RecordFilter};
use sync_core::area::AreaCode;
use sync_core::id::DocumentId;
use sync_core::record::{Answer, Edit};

use crate::hand::{Hand, with};
use crate::world::{CURAH, JATI, World, area, key};

facts!(
    rebuilding_from_the_segments_gives_the_same_tables,
    records_are_found_by_area_words_and_conflict,
    a_record_tells_who_wrote_what_and_what_is_held,
    a_long_history_is_read_from_its_snapshot_alike,
);

fn writer(world: &mut World<'_>, name: &str, code: &str) -> Hand {
    let user = world.user(name);
    world.assign(user, code, Role::Facilitator);
    Hand::new(world, user)
}

/// A record with rival answers, a withdrawal that somebody did not see, and a held edit.
fn troubled(world: &mut World<'_>) -> (DocumentId, Hand) {
    let (mut amina, mut budi) = (writer(world, "Amina", CURAH), writer(world, "Budi", CURAH));
    let mut stranger = writer(world, "Stranger", JATI);
    let record = DocumentId::generate(world.now, &mut world.entropy);
    let (document, root) = amina.begin(record, CURAH, "Pak Slamet");
    let river = amina.answer(&mut document.clone(), record, "source", "river");
    let bore = budi.answer(&mut document.clone(), record, "source", "bore");
    let withdrawal = amina.edit(&mut with(&document, &river), &[Edit::Withdraw { reason: "twice".into() }]);
    let withdrawn = amina.seal(record, &area(CURAH), &[withdrawal]);
    let held = stranger.answer(&mut document.clone(), record, "members", "4");
    world.push(amina.device, &[root, river, bore, withdrawn, held]);
    (record, amina)
}

type Tables = (Vec<(Vec<u8>, String, i32, i32, i64, String, String)>, Vec<(Vec<u8>, String, String)>, Vec<Vec<u8>>);

fn tables(world: &World<'_>) -> (Tables, Vec<(String, Vec<u8>, i64)>) {
    world.read(|connection| {
        use records_table as r;
        let columns = (r::document, r::area, r::presence, r::conflict_count, r::updated_at, r::words, r::answers);
        let rows = r::table.order(r::document).select(columns).load(connection)?;
        let rivals = conflicts_table::table
            .order((conflicts_table::document, conflicts_table::question))
            .select((conflicts_table::document, conflicts_table::question, conflicts_table::candidates))
            .load(connection)?;
        let heads = documents::table.order(documents::id).select(documents::heads).load(connection)?;
        let digests =
            feeds::table.order(feeds::area).select((feeds::area, feeds::digest, feeds::records)).load(connection)?;
        Ok(((rows, rivals, heads), digests))
    })
}

fn rebuilding_from_the_segments_gives_the_same_tables(database: &Database) {
    let mut world = World::new(database);
    let (_, mut amina) = troubled(&mut world);
    let other = DocumentId::generate(world.now, &mut world.entropy);
    let (mut document, root) = amina.begin(other, CURAH, "Bu Tini");
    let mut push = vec![root];
    push.extend((0..20).map(|number| amina.answer(&mut document, other, "source", &format!("source {number}"))));
    world.tick();
    world.push(amina.device, &push);
    let before = tables(&world);
    assert_eq!(before.0.1.len(), 2, "a conflict of answers and one about the withdrawal");
    world.write(|connection| {
        diesel::update(records_table::table).set(records_table::answers.eq("{}")).execute(connection)?;
        diesel::update(feeds::table).set(feeds::records.eq(77)).execute(connection)?;
        Ok(())
    });
    assert_ne!(tables(&world), before);
    let rebuilt = world.write(|connection| rebuild(connection, world.server.programme, |_, _| {}));
    assert_eq!(rebuilt.documents, 2);
    assert_eq!(tables(&world), before);
}

fn records_are_found_by_area_words_and_conflict(database: &Database) {
    let mut world = World::new(database);
    let (record, mut amina) = troubled(&mut world);
    let other = DocumentId::generate(world.now.plus_millis(5_000), &mut world.entropy);
    let (_, root) = amina.begin(other, CURAH, "Bu Tini 100%");
    world.push(amina.device, &[root]);
    let found = |filter: &RecordFilter| -> Vec<DocumentId> {
        world.read(|connection| records::list(connection, filter, 10)).into_iter().map(|line| line.id).collect()
    };
    let all = RecordFilter::default();
    assert_eq!(found(&all), [record, other]);
    assert_eq!(found(&RecordFilter { after: Some(record), ..all.clone() }), [other]);
    assert_eq!(
        found(&RecordFilter { areas: Some(vec![AreaCode::parse("35.12.06").unwrap()]), ..all.clone() }).len(),
        2
    );
    assert_eq!(found(&RecordFilter { areas: Some(vec![area(JATI)]), ..all.clone() }), []);
    assert_eq!(found(&RecordFilter { words: Some("TINI bu".into()), ..all.clone() }), [other]);
    assert_eq!(found(&RecordFilter { words: Some("0%".into()), ..all.clone() }), [other]);
    assert_eq!(found(&RecordFilter { words: Some("bore".into()), ..all.clone() }), [record], "by a rival answer");
    assert_eq!(found(&RecordFilter { in_conflict: Some(true), ..all.clone() }), [record]);
    assert_eq!(found(&RecordFilter { in_conflict: Some(false), ..all }), [other]);
}

fn a_record_tells_who_wrote_what_and_what_is_held(database: &Database) {
    let mut world = World::new(database);
    let (record, amina) = troubled(&mut world);
    let programme = world.server.programme;
    let view = world.read(|connection| records::read(connection, programme, record)).unwrap();
    let source = view.answers.iter().find(|answer| answer.question == key("source")).unwrap();
    let mut rivals: Vec<(String, Option<String>)> = source
        .conflict
        .iter()
        .map(|rival| (rival.value.as_ref().map(Answer::words).unwrap(), rival.writers[0].user_name.clone()))
        .collect();
    rivals.sort();
    assert_eq!(rivals, [("bore".into(), Some("Budi".into())), ("river".into(), Some("Amina".into()))]);
    assert!(source.conflict.iter().all(|rival| rival.had_seen.is_empty()));
    assert_eq!(source.history.len(), 3);
    assert_eq!(view.line.created_by, amina.user);
    assert_eq!(view.held.len(), 1);
    assert_eq!(view.held[0].signed_area, area(CURAH));
    let of_jati = HeldFilter { areas: Some(vec![area(JATI)]), ..HeldFilter::default() };
    assert!(world.read(|connection| held(connection, &of_jati, 10)).is_empty());
    let listed = world.read(|connection| conflicts::list(connection, &ConflictFilter::default(), 10));
    assert!(matches!(&listed[0].subject, ConflictSubject::Withdrawal { reasons } if reasons == &["twice".to_owned()]));
    assert!(matches!(&listed[1].subject, ConflictSubject::Answer { candidates, .. } if candidates.len() == 2));
    let after = ConflictFilter { after: Some(listed[0].cursor()), ..ConflictFilter::default() };
    assert_eq!(world.read(|connection| conflicts::list(connection, &after, 10)), listed[1..]);
}

fn a_long_history_is_read_from_its_snapshot_alike(database: &Database) {
    let mut world = World::new(database);
    let mut amina = writer(&mut world, "Amina", CURAH);
    let record = DocumentId::generate(world.now, &mut world.entropy);
    let (mut document, root) = amina.begin(record, CURAH, "Pak Slamet");
    world.push(amina.device, &[root]);
    for number in 0..40 {
        let edit = amina.answer(&mut document, record, "source", &format!("source {number}"));
        world.push(amina.device, &[edit]);
    }
    let position: i32 =
        world.read(|connection| Ok(documents::table.select(documents::snapshot_position).first(connection)?));
    assert!(position >= 16);
    assert_eq!(world.heads(record), Some(document.heads().to_vec()));
    assert_eq!(world.record(record).answer("source").map(Answer::words).as_deref(), Some("source 39"));
    // A cache that is damaged is no loss.
    world.write(|connection| {
        Ok(diesel::update(documents::table).set(documents::snapshot.eq(vec![1_u8, 2, 3])).execute(connection)?)
    });
    let edit = amina.answer(&mut document, record, "source", "the last");
    world.push(amina.device, &[edit]);
    assert_eq!(world.heads(record), Some(document.heads().to_vec()));
}
