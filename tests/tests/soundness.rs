//! R2: a change that is not sound is refused with the number of its rule, and the document stays as it was.

use rukun_tests::forge::{Forgery, Ground};
use rukun_tests::seed::Seed;
use rukun_tests::survey::household;
use sync_core::change::RawChange;
use sync_core::document::Document;
use sync_core::id::ActorId;
use sync_core::identity::KeyPair;
use sync_core::record::{Record, create};
use sync_core::time::Timestamp;

fn document_of(seed: &mut Seed) -> Document {
    let owner = KeyPair::generate(seed).public().actor_prefix();
    let created =
        create(&household("Ibu Sari"), ActorId::generate(owner, seed), Timestamp::from_seconds(1_764_000_000));
    let created = created.expect("a record");
    Document::begin(&RawChange::read(&created.change).expect("a change")).expect("a document")
}

#[test]
fn what_the_forger_writes_honestly_is_sound() {
    let mut seed = Seed::new(1);
    let mut document = document_of(&mut seed);
    let prefix = KeyPair::generate(&mut seed).public().actor_prefix();
    let ground = Ground::of(&document, ActorId::generate(prefix, &mut seed)).expect("a ground");
    let bytes = ground.honest().bytes();
    let change = RawChange::read(&bytes).expect("a change");
    assert_eq!(change.hash(), ground.honest().hash());
    document.take_in(&[change], prefix).expect("sound");
    let record = Record::read(&document).expect("a record");
    assert!(record.answers.values().any(|answered| answered.conflict.len() == 2), "{:?}", record.answers);
}

#[test]
fn each_forgery_is_refused_by_its_rule_and_changes_nothing() {
    for forgery in Forgery::all() {
        let mut seed = Seed::new(2);
        let mut document = document_of(&mut seed);
        let prefix = KeyPair::generate(&mut seed).public().actor_prefix();
        let ground = Ground::of(&document, ActorId::generate(prefix, &mut seed)).expect("a ground");
        let before = (document.bytes(), document.heads().to_vec());
        let chunks = forgery.forge(&ground);
        let changes: Result<Vec<RawChange<'_>>, _> = chunks.iter().map(|chunk| RawChange::read(chunk)).collect();
        let refused = changes.and_then(|changes| document.take_in(&changes, prefix));
        assert_eq!(refused.map_err(|unsound| unsound.rule), Err(forgery.rule), "{}", forgery.name);
        assert_eq!((document.bytes(), document.heads().to_vec()), before, "{}", forgery.name);
    }
}

#[test]
fn a_document_goes_on_after_every_forgery_has_been_tried_on_it() {
    let mut seed = Seed::new(3);
    let mut document = document_of(&mut seed);
    for forgery in Forgery::all() {
        let prefix = KeyPair::generate(&mut seed).public().actor_prefix();
        let ground = Ground::of(&document, ActorId::generate(prefix, &mut seed)).expect("a ground");
        let chunks = forgery.forge(&ground);
        let changes: Result<Vec<RawChange<'_>>, _> = chunks.iter().map(|chunk| RawChange::read(chunk)).collect();
        assert!(changes.and_then(|changes| document.take_in(&changes, prefix)).is_err(), "{}", forgery.name);
        let honest = ground.honest().bytes();
        document.take_in(&[RawChange::read(&honest).expect("a change")], prefix).expect("sound");
    }
    assert_eq!(document.history().len(), 1 + Forgery::all().count());
    assert_eq!(Document::load(&document.bytes()).expect("loads").heads(), document.heads());
}
