use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use sync_core::store::{KeySource, OpenFinding, Store, StoreError};

use crate::phone::{NOW, answer, edit, entropy, exchange, household, nothing_new, open, ready, standing};

const RECORDS: usize = 60;

/// A store of many records, closed.
fn filled(folder: &Path) -> Vec<sync_core::id::DocumentId> {
    let mut store = ready(folder, 1);
    let records: Vec<_> = (0..RECORDS).map(|number| household(&mut store, &format!("Ibu {number}"))).collect();
    exchange(&mut store, |_| nothing_new());
    edit(&mut store, records[0], &[answer("water/source", "piped")]);
    records
}

fn overwrite(file: &Path, at: u64, bytes: &[u8]) {
    let mut file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

fn moved_aside(findings: &[OpenFinding]) -> (usize, usize) {
    match findings {
        [OpenFinding::FileMovedAside { moved_to, documents, segments }] => {
            assert!(moved_to.join("store.sqlite").exists());
            (*documents, *segments)
        }
        other => panic!("expected a file moved aside, got {other:?}"),
    }
}

#[test]
fn a_file_that_is_no_database_is_moved_aside_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let file = folder.path().join("store.sqlite");
    overwrite(&file, 0, &[0x5a; 100]);
    let before = std::fs::read(&file).unwrap();
    let opened = open(folder.path(), 2);
    moved_aside(&opened.findings);
    let kept = std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().starts_with("damaged-"));
    assert_eq!(std::fs::read(kept.unwrap().path().join("store.sqlite")).unwrap(), before);
}

#[test]
fn records_and_the_key_are_carried_over_from_a_store_in_which_damage_was_met() {
    let folder = tempfile::tempdir().unwrap();
    let records = filled(folder.path());
    let store = open(folder.path(), 2).store;
    let key = store.public_key();
    store.report_damage();
    drop(store);
    let opened = open(folder.path(), 3);
    assert_eq!(moved_aside(&opened.findings), (RECORDS, RECORDS + 1));
    let mut store = opened.store;
    assert_eq!(store.public_key(), key);
    assert_eq!(standing(&mut store, records[0], "water/source").as_deref(), Some("piped"));
    assert_eq!(store.counts().unwrap().waiting, 1);
    drop(store);
    assert!(open(folder.path(), 4).findings.is_empty());
}

#[test]
fn a_file_broken_in_its_middle_gives_back_most_records() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let file = folder.path().join("store.sqlite");
    let length = std::fs::metadata(&file).unwrap().len();
    overwrite(&file, length / 2 / 4096 * 4096, &[0xa5; 4096]);
    let mut store = open(folder.path(), 2).store;
    // Damage in one page is met when it is read: the check finds it, and the next opening recovers.
    assert!(matches!(store.check(NOW), Err(StoreError::Damaged(_))));
    drop(store);
    let opened = open(folder.path(), 3);
    let (documents, _) = moved_aside(&opened.findings);
    assert!(documents > RECORDS / 2, "only {documents} of {RECORDS} records came back");
}

#[test]
fn a_recovery_that_was_killed_goes_on_at_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    // Killed after the old file had been moved and a new one begun: nothing but the mark tells them apart.
    let aside = folder.path().join("damaged-7");
    std::fs::create_dir(&aside).unwrap();
    std::fs::rename(folder.path().join("store.sqlite"), aside.join("store.sqlite")).unwrap();
    drop(open(folder.path(), 2));
    std::fs::write(folder.path().join("damage-met"), "damaged-7").unwrap();
    let opened = open(folder.path(), 3);
    assert_eq!(moved_aside(&opened.findings).0, RECORDS);
}

#[test]
fn a_second_opening_of_the_same_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), 1);
    let second = Store::open(folder.path(), KeySource::Store, entropy(2), NOW);
    assert!(matches!(second.map(|_| ()), Err(StoreError::InUse)));
    drop(first);
    assert!(open(folder.path(), 3).findings.is_empty());
}

#[test]
fn a_store_of_a_later_version_is_left_as_it_is() {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let file = folder.path().join("store.sqlite");
    let mut connection = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    connection.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')").unwrap();
    drop(connection);
    let later = Store::open(folder.path(), KeySource::Store, entropy(2), NOW);
    assert!(matches!(later.map(|_| ()), Err(StoreError::TooNew)));
    assert!(!folder.path().join("damage-met").exists());
}

#[test]
fn the_key_of_another_phone_does_not_open_a_store() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let other = sync_core::identity::KeyPair::from_secret(&[42; 32]);
    let opened = Store::open(folder.path(), KeySource::Platform(other), entropy(2), NOW);
    assert!(matches!(opened.map(|_| ()), Err(StoreError::KeyMissing)));
}
