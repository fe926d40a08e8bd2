//! R8: a save is durable when it returns. Killed at any step of the database, a phone loses nothing that it acknowledged,
//! keeps nothing half, and goes on.

use std::path::Path;

use rukun_tests::office::Office;
use rukun_tests::seed::Seed;
use rukun_tests::survey::{self, area, key};
use rukun_tests::{crash, scratch};
use sync_core::document::Document;
use sync_core::exchange::{Receipt, Request, Response, decode_request, encode_response};
use sync_core::form::FormId;
use sync_core::id::{DocumentId, Sequence};
use sync_core::record::{Answer, Edit, RecordState};
use sync_core::store::{Draft, KeySource, Store, Sync};
use sync_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);
const VILLAGE: &str = "35.12.06.2004";

fn open(folder: &Path, seed: u64) -> Store {
    crash::install();
    let opened = Store::open(folder, KeySource::Store, Box::new(Seed::new(seed)), NOW).expect("the store opens");
    assert_eq!(opened.findings, Vec::new());
    opened.store
}

fn draft(name: &str) -> Draft {
    Draft {
        form: FormId::new("rumah"),
        version: survey::version(1),
        area: area(VILLAGE),
        subject: None,
        answers: vec![(key("name"), Answer::Text(name.into()))],
        state: RecordState::Draft,
    }
}

fn answer(name: &str) -> Vec<Edit> {
    vec![Edit::Answer { key: key("name"), value: Some(Answer::Text(name.into())) }]
}

/// Everything that must hold of a store at any time: documents open, their heads are those of the row, and each change of
/// this device is in a segment that waits.
fn check(store: &mut Store) -> Vec<DocumentId> {
    let heads = store.document_heads().expect("heads");
    for (id, _, heads) in &heads {
        let document = Document::load(&store.document_bytes(*id).expect("bytes")).expect("the document opens");
        assert_eq!(document.heads(), heads);
        store.open_record(*id, NOW).expect("the record opens");
    }
    assert_eq!(store.counts().expect("counts").damaged, 0);
    heads.into_iter().map(|(id, _, _)| id).collect()
}

fn request_of(store: &mut Store) -> Request {
    let bytes = Sync::new().next_request(store, NOW).expect("a request").expect("a first request");
    decode_request(&bytes).expect("our own request")
}

fn acceptance_of(request: &Request) -> Response {
    Response {
        server_time: NOW,
        receipts: (1..=request.push.len() as u64).map(|place| Receipt::Accepted(Sequence::new(place))).collect(),
        fates: vec![None; request.open_fates.len()],
        list_wanted: false,
        scope: None,
        pages: Vec::new(),
        reconcile: Vec::new(),
        repairs: Vec::new(),
        catalogue: None,
        token: None,
        more: false,
    }
}

/// Does `act` on a copy of `base` again and again, dying one step later each time, until it comes through. Gives each store
/// that was left, reopened, and whether the act was acknowledged, to `judge`.
fn die_at_every_step(
    base: &Path,
    mut act: impl FnMut(&mut Store) -> Result<(), String>,
    mut judge: impl FnMut(&mut Store, bool),
) {
    for steps in 0.. {
        let (alive, dead) = (scratch::folder(), scratch::folder());
        crash::remains(base, alive.path()).expect("a copy");
        let mut store = open(alive.path(), 100 + steps);
        let done = crash::dying_after(steps, || act(&mut store));
        crash::remains(alive.path(), dead.path()).expect("a copy");
        drop(store);
        let acknowledged = done.map(|outcome| outcome.expect("nothing else goes wrong")).is_ok();
        judge(&mut open(dead.path(), 200 + steps), acknowledged);
        if acknowledged {
            assert!(steps > 4, "the act took {steps} steps: nothing died");
            return;
        }
    }
}

/// A folder with an equipped store in which one record was made and then, if `edited`, edited.
fn base(edited: bool) -> (tempfile::TempDir, DocumentId) {
    let folder = scratch::folder();
    let mut store = open(folder.path(), 1);
    Office::open(&mut Seed::new(9)).equip(&mut store, 1, &[VILLAGE], NOW);
    let id = store.create_record(&draft("Sari"), NOW).expect("a record");
    if edited {
        let heads = store.open_record(id, NOW).expect("the record").heads;
        assert!(store.save_record(id, &answer("Dewi"), &heads, NOW).expect("a save"));
    }
    drop(store);
    (folder, id)
}

#[test]
fn a_record_made_is_there_whole_or_not_at_all() {
    let (folder, first) = base(false);
    die_at_every_step(
        folder.path(),
        |store| store.create_record(&draft("Wati"), NOW).map(|_| ()).map_err(|error| error.to_string()),
        |store, acknowledged| {
            let records = check(store);
            assert!(records.contains(&first));
            assert!(!acknowledged || records.len() == 2);
            assert_eq!(request_of(store).push.len(), records.len(), "each record is sealed, none twice");
        },
    );
}

#[test]
fn an_edit_saved_is_in_the_document_and_in_its_sealed_segment_or_in_neither() {
    let (folder, id) = base(false);
    die_at_every_step(
        folder.path(),
        |store| {
            let heads = store.open_record(id, NOW).map_err(|error| error.to_string())?.heads;
            store.save_record(id, &answer("Dewi"), &heads, NOW).map(|_| ()).map_err(|error| error.to_string())
        },
        |store, acknowledged| {
            check(store);
            let record = store.open_record(id, NOW).expect("the record").record;
            let saved = record.answer("name") == Some(&Answer::Text("Dewi".into()));
            assert!(!acknowledged || saved);
            let sealed: u64 = request_of(store).push.iter().map(|s| s.header.last - s.header.first + 1).sum();
            assert_eq!(sealed, 1 + u64::from(saved));
        },
    );
}

#[test]
fn what_was_being_sent_goes_out_again_until_its_receipt_is_stored() {
    let (folder, _) = base(true);
    die_at_every_step(
        folder.path(),
        |store| {
            let mut sync = Sync::new();
            let request = sync.next_request(store, NOW).map_err(|error| error.to_string())?.ok_or("nothing to ask")?;
            let response = acceptance_of(&decode_request(&request).map_err(|error| error.to_string())?);
            sync.take_response(store, &encode_response(&response), NOW).map(|_| ()).map_err(|error| error.to_string())
        },
        |store, acknowledged| {
            check(store);
            let waiting = store.counts().expect("counts").waiting;
            assert!(waiting == 0 || !acknowledged);
            assert_eq!(request_of(store).push.len() as u64, waiting);
        },
    );
}

#[test]
fn a_store_killed_while_it_is_made_opens() {
    for steps in (0..400).step_by(3) {
        let (alive, dead) = (scratch::folder(), scratch::folder());
        crash::install();
        let made = crash::dying_after(steps, || {
            Store::open(alive.path(), KeySource::Store, Box::new(Seed::new(1)), NOW).map(|opened| opened.store)
        });
        crash::remains(alive.path(), dead.path()).expect("a copy");
        let done = made.is_ok();
        drop(made);
        let mut store = open(dead.path(), 2);
        Office::open(&mut Seed::new(9)).equip(&mut store, 1, &[VILLAGE], NOW);
        store.create_record(&draft("Sari"), NOW).expect("a record");
        if done {
            return;
        }
    }
    panic!("the store never opened");
}
