//! A programme in two villages: a server in the process, real phones in folders, people with assignments.

use diesel::prelude::*;
use rukun_server::assignments::Role;
use rukun_server::database::schema::{areas, assignments, devices, users};
use rukun_server::database::{Database, DatabaseError};
use rukun_server::exchange::{Answer as ExchangeAnswer, Asking, ExchangeError, exchange};
use rukun_server::forms::{self, Publication};
use rukun_server::held::{Settled, Settling, discard, judge_again, release};
use rukun_server::identity::ServerIdentity;
use sync_core::area::AreaCode;
use sync_core::entropy::Entropy;
use sync_core::exchange::{ContentKind, FeedsState, Receipt, Request, Response, decode_response, encode_request};
use sync_core::form::{Form, FormId, FormVersion};
use sync_core::id::{ChangeHash, ContentHash, DeviceId, DocumentId, ProgrammeId, SegmentId, UserId};
use sync_core::identity::{KeyPair, PublicKey};
use sync_core::record::{Answer, Edit, QuestionKey, Record, RecordState};
use sync_core::segment::Segment;
use sync_core::store::{Draft, Enrolment, Fate, Identity, KeySource, Store, Sync};
use sync_core::time::Timestamp;

/// Two villages.
pub(crate) const CURAH: &str = "35.12.06.2004";
pub(crate) const JATI: &str = "35.12.06.2005";

const FORM: &str = r#"{"schema": 1, "id": "household", "version": "1", "title": {"en": "Household"}, "languages": ["en"],
    "items": [
        {"kind": "question", "path": "head", "type": "text", "search": true},
        {"kind": "question", "path": "source", "type": "text"},
        {"kind": "question", "path": "members", "type": "integer"},
        {"kind": "question", "path": "remarks", "type": "text", "appearance": ["multiline"]}
    ]}"#;

/// Pseudo-random bytes from a seed (splitmix64).
pub(crate) struct Seeded(pub(crate) u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 56) as u8;
        }
    }
}

pub(crate) struct World<'a> {
    pub(crate) database: &'a Database,
    pub(crate) server: ServerIdentity,
    pub(crate) entropy: Seeded,
    pub(crate) now: Timestamp,
}

pub(crate) struct Phone {
    pub(crate) store: Store,
    pub(crate) user: UserId,
    pub(crate) device: DeviceId,
    _folder: tempfile::TempDir,
}

pub(crate) fn area(code: &str) -> AreaCode {
    AreaCode::parse(code).unwrap()
}

pub(crate) fn key(path: &str) -> QuestionKey {
    QuestionKey::parse(path).unwrap()
}

pub(crate) fn words(text: &str) -> Option<Answer> {
    Answer::text(text)
}

impl<'a> World<'a> {
    pub(crate) fn new(database: &'a Database) -> Self {
        let mut entropy = Seeded(7);
        let now = Timestamp::from_millis(1_790_000_000_000);
        let key = KeyPair::generate(&mut entropy);
        let server = ServerIdentity {
            programme: ProgrammeId::generate(now, &mut entropy),
            device: DeviceId::generate(now, &mut entropy),
            user: UserId::generate(now, &mut entropy),
            key,
        };
        let mut world = Self { database, server, entropy, now };
        let (device, user, public) = (world.server.device, world.server.user, world.server.key.public());
        world.add_user(user, "server");
        world.add_device(device, user, &public, 2);
        for (code, name, level) in [("35.12", "Situbondo", 2), (CURAH, "Curah", 4), (JATI, "Jati", 4)] {
            world.add_area(code, name, level);
        }
        let form = Publication { kind: ContentKind::Form, name: "household", version: "1", bytes: FORM.as_bytes() };
        Form::from_json(FORM.as_bytes()).unwrap();
        world.write(|connection| forms::publish(connection, &form, now));
        world
    }

    pub(crate) fn write<T>(
        &self,
        run: impl FnOnce(&mut rukun_server::database::AnyConnection) -> Result<T, DatabaseError>,
    ) -> T {
        self.database.write(run).unwrap()
    }

    pub(crate) fn read<T>(
        &self,
        run: impl FnOnce(&mut rukun_server::database::AnyConnection) -> Result<T, DatabaseError>,
    ) -> T {
        self.database.read(run).unwrap()
    }

    pub(crate) fn add_area(&self, code: &str, name: &str, level: i32) {
        let row = (areas::code.eq(code), areas::name.eq(name), areas::level.eq(level));
        self.write(|connection| Ok(diesel::insert_into(areas::table).values(row).execute(connection)?));
    }

    fn add_user(&mut self, id: UserId, name: &str) {
        let row = (
            users::id.eq(id.as_bytes().to_vec()),
            users::name.eq(name),
            users::login.eq(format!("{name}{}", self.entropy.0)),
            users::created_at.eq(0),
        );
        self.write(|connection| Ok(diesel::insert_into(users::table).values(row).execute(connection)?));
    }

    pub(crate) fn add_device(&mut self, id: DeviceId, user: UserId, key: &PublicKey, kind: i32) {
        let row = (
            devices::id.eq(id.as_bytes().to_vec()),
            devices::user_id.eq(user.as_bytes().to_vec()),
            devices::public_key.eq(key.as_bytes().to_vec()),
            devices::label.eq("phone"),
            devices::kind.eq(kind),
            devices::enrolled_at.eq(0),
        );
        self.write(|connection| Ok(diesel::insert_into(devices::table).values(row).execute(connection)?));
    }

    pub(crate) fn user(&mut self, name: &str) -> UserId {
        let id = UserId::generate(self.now, &mut self.entropy);
        self.add_user(id, name);
        id
    }

    pub(crate) fn assign(&mut self, user: UserId, code: &str, role: Role) {
        let id = UserId::generate(self.now, &mut self.entropy);
        let row = (
            assignments::id.eq(id.as_bytes().to_vec()),
            assignments::user_id.eq(user.as_bytes().to_vec()),
            assignments::area.eq(code.to_owned()),
            assignments::role.eq(role.as_str()),
            assignments::made_at.eq(0),
        );
        self.write(|connection| Ok(diesel::insert_into(assignments::table).values(row).execute(connection)?));
    }

    pub(crate) fn end_assignments(&self, user: UserId) {
        let his = assignments::table.filter(assignments::user_id.eq(user.as_bytes().to_vec()));
        self.write(|connection| Ok(diesel::update(his).set(assignments::ended_at.eq(1)).execute(connection)?));
    }

    pub(crate) fn revoke(&self, device: DeviceId) {
        let this = devices::table.filter(devices::id.eq(device.as_bytes().to_vec()));
        self.write(|connection| Ok(diesel::update(this).set(devices::revoked_at.eq(1)).execute(connection)?));
    }

    /// An enrolled phone of `user`.
    pub(crate) fn phone(&mut self, user: UserId) -> Phone {
        let folder = tempfile::tempdir().unwrap();
        let seed = Box::new(Seeded(self.entropy.0 ^ 0x5eed));
        let mut store = Store::open(folder.path(), KeySource::Store, seed, self.now).unwrap().store;
        let device = DeviceId::generate(self.now, &mut self.entropy);
        let key = store.public_key();
        self.add_device(device, user, &key, 1);
        let programme = self.server.programme;
        let identity = Identity {
            server_url: "http://server".into(),
            server_key: self.server.key.public(),
            programme,
            device,
            user,
            user_name: "somebody".into(),
            token: None,
        };
        let signature = self.server.key.sign_enrolled(programme, device, user, &key);
        store.enrol(&Enrolment { identity, signature }).unwrap();
        Phone { store, user, device, _folder: folder }
    }

    /// A new user with a role in an area, and a phone that has synced once.
    pub(crate) fn facilitator(&mut self, name: &str, code: &str) -> Phone {
        let user = self.user(name);
        self.assign(user, code, Role::Facilitator);
        let mut phone = self.phone(user);
        self.sync(&mut phone);
        phone
    }

    /// A supervisor's hand on this server.
    pub(crate) fn settle<T>(&mut self, run: impl FnOnce(&Database, &mut Settling<'_>) -> T) -> T {
        self.tick();
        let mut settling =
            Settling { identity: &self.server, by: self.server.user, now: self.now, entropy: &mut self.entropy };
        run(self.database, &mut settling)
    }

    pub(crate) fn judge_again(&mut self, user: UserId) {
        self.settle(|database, settling| judge_again(database, settling, user)).unwrap();
    }

    pub(crate) fn discard(&mut self, id: SegmentId) -> Settled {
        self.settle(|database, settling| discard(database, settling, id)).unwrap()
    }

    pub(crate) fn release(&mut self, id: SegmentId) -> Settled {
        self.settle(|database, settling| release(database, settling, id)).unwrap()
    }

    pub(crate) fn tick(&mut self) {
        self.now = self.now.plus_millis(1_000);
    }

    pub(crate) fn ask(&mut self, device: DeviceId, frame: &[u8]) -> Result<ExchangeAnswer, ExchangeError> {
        let asking = Asking { device, now: self.now, token: None };
        exchange(self.database, &self.server, &asking, frame, &mut self.entropy)
    }

    /// Asks with a request made by hand.
    pub(crate) fn request(&mut self, device: DeviceId, request: &Request) -> Response {
        let answer = self.ask(device, &encode_request(request)).unwrap();
        decode_response(&answer.frame).unwrap()
    }

    /// Pushes segments by hand; the receipts.
    pub(crate) fn push(&mut self, device: DeviceId, segments: &[Segment]) -> Vec<Receipt> {
        self.request(device, &Request { push: segments.to_vec(), ..nothing() }).receipts
    }

    /// The present fates of segments.
    pub(crate) fn fates(&mut self, device: DeviceId, ids: &[SegmentId]) -> Vec<Option<Receipt>> {
        self.request(device, &Request { open_fates: ids.to_vec(), ..nothing() }).fates
    }

    /// Syncs until nothing is left to do, and fetches contents.
    pub(crate) fn sync(&mut self, phone: &mut Phone) {
        self.tick();
        let mut sync = Sync::new();
        let mut rounds = 0;
        while let Some(frame) = sync.next_request(&mut phone.store, self.now).unwrap() {
            let answer = self.ask(phone.device, &frame).unwrap();
            sync.take_response(&mut phone.store, &answer.frame, self.now).unwrap();
            rounds += 1;
            assert!(rounds < 50, "the sync does not end");
        }
        for (entry, _) in phone.store.missing_contents().unwrap() {
            let bytes = self.read(|connection| forms::content(connection, entry.hash)).unwrap();
            assert!(phone.store.add_content(entry.hash, &bytes).unwrap());
        }
    }

    /// The record as the server has it.
    pub(crate) fn record(&self, id: DocumentId) -> Record {
        let document = self.read(|connection| {
            let stored = rukun_server::documents::find(connection, id)?.unwrap();
            rukun_server::documents::open(connection, &stored)
        });
        Record::read(&document).unwrap()
    }

    pub(crate) fn heads(&self, id: DocumentId) -> Option<Vec<ChangeHash>> {
        self.read(|connection| rukun_server::documents::find(connection, id)).map(|stored| stored.heads)
    }
}

/// A request that asks for nothing.
pub(crate) fn nothing() -> Request {
    Request {
        device_time: Timestamp::default(),
        unsent: 0,
        feeds: FeedsState::Hash(ContentHash::from_bytes([0; 32])),
        catalogue: ContentHash::from_bytes([0; 32]),
        push: Vec::new(),
        open_fates: Vec::new(),
        reconcile: Vec::new(),
        wanted: Vec::new(),
        budget: 1 << 20,
    }
}

impl Phone {
    pub(crate) fn create(&mut self, world: &mut World<'_>, code: &str, head: &str) -> DocumentId {
        world.tick();
        let draft = Draft {
            form: FormId::new("household"),
            version: FormVersion::new("1"),
            area: area(code),
            subject: None,
            answers: vec![(key("head"), words(head).unwrap()), (key("source"), words("well").unwrap())],
            state: RecordState::Draft,
        };
        self.store.create_record(&draft, world.now).unwrap()
    }

    pub(crate) fn edit(&mut self, world: &mut World<'_>, id: DocumentId, path: &str, value: Option<Answer>) {
        self.save(world, id, &[Edit::Answer { key: key(path), value }]);
    }

    pub(crate) fn save(&mut self, world: &mut World<'_>, id: DocumentId, edits: &[Edit]) {
        world.tick();
        let shown = self.store.open_record(id, world.now).unwrap().heads;
        assert!(self.store.save_record(id, edits, &shown, world.now).unwrap());
    }

    pub(crate) fn heads(&mut self, id: DocumentId) -> Vec<ChangeHash> {
        let all = self.store.document_heads().unwrap();
        all.into_iter().find(|(document, _, _)| *document == id).unwrap().2
    }

    /// What the store says about segments that are not in a feed.
    pub(crate) fn fates(&mut self) -> Vec<(Fate, Option<u8>)> {
        self.store.waiting().unwrap().into_iter().map(|waiting| (waiting.fate, waiting.reason)).collect()
    }

    /// The segments that the phone would push next, without marking anything as answered.
    pub(crate) fn outgoing(&mut self, world: &World<'_>) -> Vec<Segment> {
        let frame = Sync::new().next_request(&mut self.store, world.now).unwrap().unwrap();
        sync_core::exchange::decode_request(&frame).unwrap().push
    }

    /// Whether every feed agrees with the server's digest.
    pub(crate) fn agrees(&mut self) -> bool {
        self.store.feeds().unwrap().iter().all(|feed| feed.agrees == Some(true))
    }
}
