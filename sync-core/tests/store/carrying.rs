use std::path::Path;

use sync_core::exchange::{CatalogueEntry, ContentKind, Response, decode_bundle, encode_bundle};
use sync_core::id::{ContentHash, DeviceId, UserId};
use sync_core::people::{KnownDevice, People};
use sync_core::store::{OpenFinding, Store};

use crate::phone::{NOW, answer, edit, exchange, household, nothing_new, open, ready, standing, told};

/// A phone that knows the key of the phone `maker`.
fn acquainted(folder: &Path, seed: u8, maker: &Store) -> Store {
    let mut store = ready(folder, seed);
    let (device, user) = (DeviceId::from_bytes([1; 16]), UserId::from_bytes([1; 16]));
    let known = KnownDevice { user, label: "Anna".into(), public_key: maker.public_key().to_string() };
    let people = People { users: [(user, "Anna".into())].into(), devices: [(device, known)].into() };
    let bytes = serde_json::to_vec(&people).unwrap();
    let mut catalogue = told().catalogue.unwrap();
    catalogue.push(CatalogueEntry {
        kind: ContentKind::People,
        name: "people".into(),
        version: String::new(),
        hash: ContentHash::of(&bytes),
        size: bytes.len() as u64,
        retired: false,
    });
    exchange(&mut store, |_| Response { catalogue: Some(catalogue), ..nothing_new() });
    assert!(store.add_content(ContentHash::of(&bytes), &bytes).unwrap());
    store
}

#[test]
fn a_bundle_brings_a_record_to_another_phone_and_through_it_to_the_server() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut maker = ready(one.path(), 1);
    let record = household(&mut maker, "Ibu Sari");
    let mut carrier = acquainted(two.path(), 2, &maker);
    let first = maker.export_waiting(NOW).unwrap();
    assert_eq!(carrier.import(&first, NOW).unwrap().taken, 1);
    edit(&mut maker, record, &[answer("water/source", "piped")]);
    let bundle = maker.export_waiting(NOW).unwrap();
    let imported = carrier.import(&bundle, NOW).unwrap();
    assert_eq!((imported.known, imported.taken), (1, 1));
    assert_eq!(standing(&mut carrier, record, "water/source").as_deref(), Some("piped"));
    let pushed = exchange(&mut carrier, |_| nothing_new()).push;
    assert_eq!(pushed, exchange(&mut maker, |_| nothing_new()).push);
}

#[test]
fn what_a_stranger_signed_is_carried_to_the_server_but_not_believed() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut maker = ready(one.path(), 1);
    let record = household(&mut maker, "Ibu Sari");
    let mut carrier = ready(two.path(), 2);
    let imported = carrier.import(&maker.export(&[record], NOW).unwrap(), NOW).unwrap();
    assert_eq!((imported.taken, imported.carried), (0, 1));
    assert!(carrier.open_record(record, NOW).is_err());
    assert_eq!(exchange(&mut carrier, |_| nothing_new()).push.len(), 1);
}

#[test]
fn a_segment_with_another_signature_or_other_changes_is_refused_and_leaves_no_trace() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut maker = ready(one.path(), 1);
    household(&mut maker, "Ibu Sari");
    let mut carrier = acquainted(two.path(), 2, &maker);
    let whole = decode_bundle(&maker.export_waiting(NOW).unwrap()).next().unwrap().unwrap();
    let mut resigned = whole[0].clone();
    resigned.header.document = sync_core::id::DocumentId::from_bytes([8; 16]);
    let mut altered = whole[0].clone();
    *altered.changes.last_mut().unwrap() ^= 1;
    let imported = carrier.import(&encode_bundle(&[resigned, altered]), NOW).unwrap();
    let rules: Vec<u8> = imported.refused.iter().map(|(_, unsound)| unsound.rule.number()).collect();
    assert_eq!((rules, imported.taken, imported.carried), (vec![9, 1], 0, 0));
    assert_eq!((carrier.counts().unwrap().records, carrier.counts().unwrap().waiting), (0, 0));
}

#[test]
fn a_bundle_cut_short_gives_what_came_before_the_cut() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut maker = ready(one.path(), 1);
    household(&mut maker, "Ibu Sari");
    let mut carrier = acquainted(two.path(), 2, &maker);
    let bundle = maker.export_waiting(NOW).unwrap();
    let twice = [bundle.as_slice(), &bundle[b"rukun bundle 1\n".len()..bundle.len() - 1]].concat();
    let imported = carrier.import(&twice, NOW).unwrap();
    assert_eq!((imported.taken, imported.incomplete), (1, true));
    assert!(carrier.import(b"a photo", NOW).unwrap().incomplete);
}

#[test]
fn a_segment_during_whose_trial_the_app_died_is_not_tried_again() {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut maker = ready(one.path(), 1);
    household(&mut maker, "Ibu Sari");
    let bundle = maker.export_waiting(NOW).unwrap();
    let id = decode_bundle(&bundle).next().unwrap().unwrap()[0].id();
    drop(acquainted(two.path(), 2, &maker));
    let file = two.path().join("store.sqlite");
    let mut connection = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    connection.batch_execute(&format!("INSERT INTO quarantine VALUES (X'{id}', X'00', 0, 1)")).unwrap();
    drop(connection);
    let mut opened = open(two.path(), 3);
    assert_eq!(opened.findings, [OpenFinding::Quarantined(id)]);
    assert_eq!(opened.store.import(&bundle, NOW).unwrap().quarantined, 1);
    drop(opened);
    assert_eq!(open(two.path(), 4).findings, []);
}
