//! An enrolled phone with a form, and answers of a server made by hand.

use std::path::Path;

use sync_core::area::AreaCode;
use sync_core::entropy::Entropy;
use sync_core::exchange::{
    CatalogueEntry, ContentKind, Entry, Page, Receipt, Request, Response, Right, ScopeArea, decode_request,
    encode_response,
};
use sync_core::form::{FormId, FormVersion, QuestionPath};
use sync_core::id::{ContentHash, DeviceId, DocumentId, FeedEpoch, ProgrammeId, Sequence, UserId};
use sync_core::identity::KeyPair;
use sync_core::record::{Answer, Edit, QuestionKey, RecordState};
use sync_core::segment::Segment;
use sync_core::store::{Draft, Enrolment, Identity, KeySource, Opened, Store, Sync};
use sync_core::time::Timestamp;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_763_900_000_000);
pub(crate) const EPOCH: FeedEpoch = FeedEpoch::from_bytes([5; 16]);
const PROGRAMME: ProgrammeId = ProgrammeId::from_bytes([1; 16]);

pub(crate) const FORM: &str = r#"{"schema":1,"id":"household","version":"1","title":{"id":"Rumah tangga"},
"languages":["id"],"items":[
{"kind":"question","path":"head","type":"text","label":{"id":"Kepala keluarga"},"search":true},
{"kind":"question","path":"address","type":"text","search":true},
{"kind":"question","path":"water/source","type":"select_one"},
{"kind":"question","path":"water/minutes","type":"integer"},
{"kind":"question","path":"remarks","type":"text","appearance":["multiline"]}]}"#;

pub(crate) fn area() -> AreaCode {
    AreaCode::parse("35.12.06.2004").unwrap()
}

pub(crate) fn key(path: &str) -> QuestionKey {
    QuestionKey::of(QuestionPath::parse(path).unwrap())
}

pub(crate) fn text(words: &str) -> Answer {
    Answer::Text(words.into())
}

pub(crate) fn answer(path: &str, words: &str) -> Edit {
    Edit::Answer { key: key(path), value: Some(text(words)) }
}

/// Bytes that look random and are the same in every run.
pub(crate) fn entropy(seed: u8) -> Box<dyn Entropy> {
    let mut state = u64::from(seed) + 1;
    Box::new(move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
    })
}

pub(crate) fn open(folder: &Path, seed: u8) -> Opened {
    Store::open(folder, KeySource::Store, entropy(seed), NOW).unwrap()
}

/// Opens and enrols the store of one person.
pub(crate) fn enrolled(folder: &Path, seed: u8) -> Store {
    let mut store = open(folder, seed).store;
    let server = KeyPair::from_secret(&[99; 32]);
    let (device, user) = (DeviceId::from_bytes([seed; 16]), UserId::from_bytes([seed; 16]));
    let signature = server.sign_enrolled(PROGRAMME, device, user, &store.public_key());
    let identity = Identity {
        server_url: "http://localhost".into(),
        server_key: server.public(),
        programme: PROGRAMME,
        device,
        user,
        user_name: format!("User {seed}"),
        token: None,
    };
    store.enrol(&Enrolment { identity, signature }).unwrap();
    store
}

/// A phone that has been told of its village and its form, and has the form.
pub(crate) fn ready(folder: &Path, seed: u8) -> Store {
    let mut store = enrolled(folder, seed);
    exchange(&mut store, |_| told());
    store.add_content(form_hash(), FORM.as_bytes()).unwrap();
    store
}

pub(crate) fn form_hash() -> ContentHash {
    ContentHash::of(FORM.as_bytes())
}

pub(crate) fn nothing_new() -> Response {
    Response {
        server_time: NOW,
        receipts: Vec::new(),
        fates: Vec::new(),
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

/// A response that names the village and the form.
pub(crate) fn told() -> Response {
    let village = ScopeArea { area: area(), name: "Kandang".into(), right: Right::Write };
    let form = CatalogueEntry {
        kind: ContentKind::Form,
        name: "household".into(),
        version: "1".into(),
        hash: form_hash(),
        size: FORM.len() as u64,
        retired: false,
    };
    Response { scope: Some(vec![village]), catalogue: Some(vec![form]), ..nothing_new() }
}

pub(crate) fn page(after: u64, segments: &[Segment]) -> Page {
    let entries = segments.iter().cloned().map(Entry::Segment).collect();
    Page { area: area(), epoch: EPOCH, after: Sequence::new(after), entries, digest: None }
}

/// One request and the answer that `server` gives to it; every pushed segment without a receipt in it is accepted.
pub(crate) fn exchange(store: &mut Store, server: impl FnOnce(&Request) -> Response) -> Request {
    let mut sync = Sync::new();
    let frame = sync.next_request(store, NOW).unwrap().unwrap();
    let request = decode_request(&frame).unwrap();
    let mut response = server(&request);
    if response.receipts.is_empty() {
        let accepted = (1..=request.push.len() as u64).map(|place| Receipt::Accepted(Sequence::new(place)));
        response.receipts = accepted.collect();
    }
    response.fates.resize(request.open_fates.len(), None);
    sync.take_response(store, &encode_response(&response), NOW).unwrap();
    request
}

/// Starts a household record.
pub(crate) fn household(store: &mut Store, head: &str) -> DocumentId {
    let draft = Draft {
        form: FormId::new("household"),
        version: FormVersion::new("1"),
        area: area(),
        subject: None,
        answers: vec![(key("head"), text(head))],
        state: RecordState::Draft,
    };
    store.create_record(&draft, NOW).unwrap()
}

/// Answers a question at the heads that are shown now.
pub(crate) fn edit(store: &mut Store, record: DocumentId, edits: &[Edit]) {
    let shown = store.open_record(record, NOW).unwrap().heads;
    assert!(store.save_record(record, edits, &shown, NOW).unwrap(), "the edit changed nothing");
}

/// The answer that stands, as words.
pub(crate) fn standing(store: &mut Store, record: DocumentId, path: &str) -> Option<String> {
    let open = store.open_record(record, NOW).unwrap();
    open.record.answer(path).map(Answer::words)
}
