//! Papers for phones without a server: enrolment signed by a key of the test's own.

use sync_core::digest::FeedDigest;
use sync_core::exchange::{
    CatalogueEntry, ContentKind, Page, Response, Right, ScopeArea, decode_request, encode_response,
};
use sync_core::id::{ContentHash, DeviceId, FeedEpoch, ProgrammeId, Sequence, UserId};
use sync_core::identity::KeyPair;
use sync_core::store::{Enrolment, Identity, Store, Sync};
use sync_core::time::Timestamp;

use crate::seed::Seed;
use crate::survey;

/// Who gives out papers.
pub struct Office {
    key: KeyPair,
    programme: ProgrammeId,
}

impl Office {
    /// An office with a key drawn from `seed`.
    #[must_use]
    pub fn open(seed: &mut Seed) -> Self {
        Self { key: KeyPair::generate(seed), programme: ProgrammeId::from_bytes([1; 16]) }
    }

    /// Enrols a store's device for a user and gives it the form and the right to write in `areas`.
    ///
    /// # Panics
    /// When the store does not take what a server sends.
    pub fn equip(&self, store: &mut Store, number: u8, areas: &[&str], now: Timestamp) {
        let (device, user) = (DeviceId::from_bytes([number; 16]), UserId::from_bytes([number; 16]));
        let signature = self.key.sign_enrolled(self.programme, device, user, &store.public_key());
        let identity = Identity {
            server_url: "http://office.invalid".into(),
            server_key: self.key.public(),
            programme: self.programme,
            device,
            user,
            user_name: format!("User {number}"),
            token: None,
        };
        store.enrol(&Enrolment { identity, signature }).expect("papers that are in order");
        let form = serde_json::to_vec(&survey::form()).expect("a form is plain data");
        let hash = ContentHash::of(&form);
        let mut sync = Sync::new();
        let request = sync.next_request(store, now).expect("a request").expect("a first request");
        let asked = decode_request(&request).expect("our own request");
        assert!(asked.push.is_empty(), "equip a new store, or its work would be dropped");
        sync.take_response(store, &encode_response(&welcome(areas, hash, form.len(), now)), now).expect("a response");
        assert!(store.add_content(hash, &form).expect("a place for the form"));
    }
}

fn welcome(areas: &[&str], form: ContentHash, size: usize, now: Timestamp) -> Response {
    let areas: Vec<_> = areas.iter().map(|code| survey::area(code)).collect();
    let scope = |area: &_| ScopeArea { area: Clone::clone(area), name: "Desa".into(), right: Right::Write };
    let page = |area: &_| Page {
        area: Clone::clone(area),
        epoch: FeedEpoch::from_bytes([5; 16]),
        after: Sequence::ZERO,
        entries: Vec::new(),
        digest: Some(FeedDigest::default()),
    };
    Response {
        server_time: now,
        receipts: Vec::new(),
        fates: Vec::new(),
        list_wanted: false,
        scope: Some(areas.iter().map(scope).collect()),
        pages: areas.iter().map(page).collect(),
        reconcile: Vec::new(),
        repairs: Vec::new(),
        catalogue: Some(vec![CatalogueEntry {
            kind: ContentKind::Form,
            name: survey::form().id.to_string(),
            version: survey::form().version.to_string(),
            hash: form,
            size: size as u64,
            retired: false,
        }]),
        token: None,
        more: false,
    }
}
