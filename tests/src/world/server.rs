//! The server of a world: the real one, on SQLite, called without HTTP.

mod present;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use rukun_server::assignments::Role;
use rukun_server::database::schema::{areas, assignments, conflicts, devices, documents, records, segments, users};
use rukun_server::database::{AnyConnection, Database, DatabaseError};
use rukun_server::devices::DeviceKind;
use rukun_server::devices::returning::{self, Returning};
use rukun_server::documents::{self as stored, move_to_area};
use rukun_server::exchange::{Asking, ExchangeError, exchange};
use rukun_server::held::{self, HeldError, HeldFilter, HeldLine, Settling};
use rukun_server::identity::ServerIdentity;
use rukun_server::{feeds, forms, projections};
use sync_core::area::AreaCode;
use sync_core::change::change_hash;
use sync_core::digest::FeedDigest;
use sync_core::document::Document;
use sync_core::enrolment::Papers;
use sync_core::exchange::{ContentKind, Right};
use sync_core::id::{ChangeHash, ContentHash, DeviceId, DocumentId, ProgrammeId, SegmentId, UserId};
use sync_core::identity::{KeyPair, PublicKey};
use sync_core::record::RecordState;
use sync_core::segment::Chunks;
use sync_core::store::{Enrolment, Identity, Store};
use sync_core::time::Timestamp;
use tempfile::TempDir;

use present::Present;

use crate::seed::Seed;
use crate::{crash, scratch, survey};

/// What a server computes from its documents.
pub(super) struct Projections {
    /// Each record with its number of conflicts and its state.
    pub(super) records: Vec<(DocumentId, i64, RecordState)>,
    /// All of it, to be compared.
    pub(super) dump: String,
}

/// A server.
pub struct Server {
    folder: Option<TempDir>,
    lives: u32,
    database: Option<Database>,
    pub(super) identity: ServerIdentity,
    pub(super) backup: Option<TempDir>,
    seed: Seed,
}

const FILE: &str = "rukun.sqlite";

impl Server {
    /// A new server with `villages` and the survey form.
    ///
    /// # Panics
    /// When it cannot be made.
    pub(super) fn new(villages: &[AreaCode], mut seed: Seed, now: Timestamp) -> Self {
        let folder = scratch::folder();
        let url = url_in(folder.path(), 0);
        let mut server = Self::joining(&url, seed.branch(), now);
        server.folder = Some(folder);
        server.settle_in(villages, now);
        server
    }

    /// A server on a database of the caller's, which is empty.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn on(url: &str, villages: &[AreaCode], seed: u64, now: Timestamp) -> Self {
        let mut server = Self::joining(url, Seed::new(seed), now);
        server.settle_in(villages, now);
        server
    }

    /// Another server process on the database of one that is there.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn beside(url: &str, seed: u64, now: Timestamp) -> Self {
        let server = Self::joining(url, Seed::new(seed), now);
        server.register(now);
        server
    }

    /// The same process, for another thread.
    #[must_use]
    pub fn share(&self, seed: u64) -> Self {
        let ServerIdentity { programme, device, user, key } = &self.identity;
        let key = KeyPair::from_secret(&key.secret());
        let identity = ServerIdentity { programme: *programme, device: *device, user: *user, key };
        let database = self.database.clone();
        Self { folder: None, lives: 0, database, identity, backup: None, seed: Seed::new(seed) }
    }

    fn joining(url: &str, mut seed: Seed, now: Timestamp) -> Self {
        crash::install();
        let identity = ServerIdentity {
            programme: ProgrammeId::from_bytes([1; 16]),
            device: DeviceId::generate(now, &mut seed),
            user: UserId::generate(now, &mut seed),
            key: KeyPair::generate(&mut seed),
        };
        let database = Database::open(url).expect("the database opens");
        database.migrate().expect("the tables are made");
        Self { folder: None, lives: 0, database: Some(database), identity, backup: None, seed }
    }

    fn register(&self, now: Timestamp) {
        let (user, device, public) = (self.identity.user, self.identity.device, self.identity.key.public());
        self.write(|connection| {
            insert_user(connection, user, "the server", now)?;
            insert_device(connection, device, user, &public, DeviceKind::Server, now)
        });
    }

    fn settle_in(&mut self, villages: &[AreaCode], now: Timestamp) {
        self.register(now);
        self.write(|connection| {
            for village in villages {
                let row = (areas::code.eq(village.as_str()), areas::name.eq("Desa"), areas::level.eq(4));
                diesel::insert_into(areas::table).values(row).execute(connection)?;
            }
            let form = survey::form();
            let bytes = serde_json::to_vec(&form).expect("a form is plain data");
            let (name, version) = (form.id.as_str(), form.version.as_str());
            let publication = forms::Publication { kind: ContentKind::Form, name, version, bytes: &bytes };
            forms::publish(connection, &publication, now).map(|_| ())
        });
    }

    /// The folder of its database in this life.
    ///
    /// # Panics
    /// When the database is the caller's.
    fn home(&self) -> PathBuf {
        let folder = self.folder.as_ref().expect("a server of a world has a folder");
        folder.path().join(self.lives.to_string())
    }

    fn start(&mut self) {
        let url = url_in(self.folder.as_ref().expect("a server of a world has a folder").path(), self.lives);
        self.database = Some(Database::open(&url).expect("the database opens"));
    }

    /// Somebody who only reads, with a device.
    pub fn add_reader(&mut self, number: u8, villages: &[AreaCode], now: Timestamp) -> DeviceId {
        let user = self.add_person(&format!("Reader {number}"), now);
        villages.iter().for_each(|village| self.assign(user, village, Role::Viewer, now));
        let key = KeyPair::generate(&mut self.seed).public();
        self.enrol_key(&key, user, now)
    }

    /// The open database.
    ///
    /// # Panics
    /// Never: a server that is touched is on.
    #[must_use]
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("the server is on")
    }

    pub(super) fn read<T>(&self, run: impl FnOnce(&mut AnyConnection) -> Result<T, DatabaseError>) -> T {
        self.database().read(run).expect("the database can be read")
    }

    pub(super) fn write<T>(&self, run: impl FnOnce(&mut AnyConnection) -> Result<T, DatabaseError>) -> T {
        self.database().write(run).expect("the database can be written")
    }

    /// A new person.
    pub(super) fn add_person(&mut self, name: &str, now: Timestamp) -> UserId {
        let id = UserId::generate(now, &mut self.seed);
        self.write(|connection| insert_user(connection, id, name, now));
        id
    }

    /// Enrols the store's device for a person.
    ///
    /// # Panics
    /// When the store does not take its papers.
    pub(super) fn enrol(&mut self, store: &mut Store, user: UserId, name: &str, now: Timestamp) -> DeviceId {
        let device = self.enrol_key(&store.public_key(), user, now);
        let (server, key) = (&self.identity, store.public_key());
        let signature = server.key.sign_enrolled(server.programme, device, user, &key);
        let identity = Identity {
            server_url: "http://server.invalid".into(),
            server_key: server.key.public(),
            programme: server.programme,
            device,
            user,
            user_name: name.into(),
            token: None,
        };
        store.enrol(&Enrolment { identity, signature }).expect("papers that are in order");
        device
    }

    /// A device that a restored server does not know comes back by its papers.
    pub(super) fn take_back(&mut self, device: DeviceId, papers: &Papers, now: Timestamp) {
        let ServerIdentity { programme, key, .. } = &self.identity;
        let returning = Returning::verify(papers, (&key.public(), *programme), device).expect("papers of this server");
        self.write(|connection| returning::take_back(connection, device, &returning, now));
        self.judge_again(papers.user, now);
    }

    /// Enrols a device by its key alone.
    pub(super) fn enrol_key(&mut self, key: &PublicKey, user: UserId, now: Timestamp) -> DeviceId {
        let device = DeviceId::generate(now, &mut self.seed);
        self.write(|connection| insert_device(connection, device, user, key, DeviceKind::Phone, now));
        device
    }

    /// Gives a person a role in an area.
    pub(super) fn assign(&mut self, user: UserId, area: &AreaCode, role: Role, now: Timestamp) {
        let id = DeviceId::generate(now, &mut self.seed);
        self.write(|connection| {
            let row = (
                assignments::id.eq(id.as_bytes().to_vec()),
                assignments::user_id.eq(user.as_bytes().to_vec()),
                assignments::area.eq(area.as_str()),
                assignments::role.eq(role.as_str()),
                assignments::made_at.eq(now.millis()),
            );
            diesel::insert_into(assignments::table).values(row).execute(connection)?;
            Ok(())
        });
    }

    /// Ends what a person is in an area.
    pub(super) fn end_assignments(&mut self, user: UserId, area: &AreaCode, now: Timestamp) {
        self.write(|connection| {
            let those = assignments::table
                .filter(assignments::user_id.eq(user.as_bytes().to_vec()).and(assignments::area.eq(area.as_str())));
            diesel::update(those).set(assignments::ended_at.eq(now.millis())).execute(connection)?;
            Ok(())
        });
    }

    /// Revokes a device.
    pub(super) fn revoke(&mut self, device: DeviceId, now: Timestamp) {
        self.write(|connection| {
            let this = devices::table.filter(devices::id.eq(device.as_bytes().to_vec()));
            diesel::update(this).set(devices::revoked_at.eq(now.millis())).execute(connection)?;
            Ok(())
        });
    }

    /// Judges again what is held of a person, after their rights changed.
    pub(super) fn judge_again(&mut self, user: UserId, now: Timestamp) {
        self.settle(now, |database, settling| held::judge_again(database, settling, user)).expect("judged again");
    }

    /// What is held, oldest first.
    pub(super) fn held(&self) -> Vec<HeldLine> {
        self.read(|connection| held::list(connection, &HeldFilter::default(), i64::MAX))
    }

    /// Releases a held segment.
    pub(super) fn release(&mut self, id: SegmentId, now: Timestamp) -> Result<(), HeldError> {
        self.settle(now, |database, settling| held::release(database, settling, id).map(|_| ()))
    }

    /// Discards a held segment.
    pub(super) fn discard(&mut self, id: SegmentId, now: Timestamp) -> Result<(), HeldError> {
        self.settle(now, |database, settling| held::discard(database, settling, id).map(|_| ()))
    }

    /// Moves a record to another village.
    pub(super) fn move_record(&mut self, id: DocumentId, to: &AreaCode, now: Timestamp) {
        self.settle(now, |database, settling| move_to_area(database, settling, id, to)).expect("a move");
    }

    fn settle<T>(&mut self, now: Timestamp, run: impl FnOnce(&Database, &mut Settling<'_>) -> T) -> T {
        let Self { database, identity, seed, .. } = self;
        let mut settling = Settling { identity, by: identity.user, now, entropy: seed };
        run(database.as_ref().expect("the server is on"), &mut settling)
    }

    /// What a person may do in an area.
    pub(super) fn right_of(&self, user: UserId, area: &AreaCode) -> Option<Right> {
        self.read(|connection| rukun_server::assignments::rights(connection, user)).in_area(area)
    }

    /// Whether a segment is kept, but not applied.
    pub(super) fn keeps_apart(&self, id: SegmentId) -> bool {
        let apart = segments::id.eq(id.as_bytes().to_vec()).and(segments::position.is_null());
        self.read(|connection| Ok(segments::table.filter(apart).count().get_result::<i64>(connection)?)) > 0
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`ExchangeError`] of bytes that are no request.
    pub fn exchange(&mut self, device: DeviceId, frame: &[u8], now: Timestamp) -> Result<Vec<u8>, ExchangeError> {
        let asking = Asking { device, now, token: None };
        let database = self.database.as_ref().expect("the server is on");
        exchange(database, &self.identity, &asking, frame, &mut self.seed).map(|answer| answer.frame)
    }

    /// A content of the catalogue.
    pub(super) fn content(&self, hash: ContentHash) -> Option<Vec<u8>> {
        self.read(|connection| forms::content(connection, hash))
    }

    /// Every document in a feed: id, area, heads.
    ///
    /// # Panics
    /// When the database holds something else than ids.
    #[must_use]
    pub fn documents(&self) -> Vec<(DocumentId, AreaCode, Vec<ChangeHash>)> {
        self.read(|connection| {
            let ids: Vec<Vec<u8>> = documents::table.order(documents::id).select(documents::id).load(connection)?;
            let ids: Vec<DocumentId> = ids.iter().map(|id| DocumentId::from_slice(id).expect("an id")).collect();
            let mut found = stored::find_all(connection, &ids)?;
            Ok(ids.iter().filter_map(|id| found.remove(id)).map(|found| (found.id, found.area, found.heads)).collect())
        })
    }

    /// A document, open; none if it is in no feed.
    #[must_use]
    pub fn document(&self, id: DocumentId) -> Option<Document> {
        self.read(|connection| stored::find(connection, id)?.map(|found| stored::open(connection, &found)).transpose())
    }

    /// Whether the change is here, in a feed or kept apart.
    pub(super) fn has(&self, document: DocumentId, change: ChangeHash) -> bool {
        let in_feed = self.document(document).is_some_and(|document| document.history().contains(change));
        in_feed || self.is_apart(document, change)
    }

    /// Whether the change is in a segment that is kept, but not applied.
    pub(super) fn is_apart(&self, document: DocumentId, change: ChangeHash) -> bool {
        let runs: Vec<Vec<u8>> = self.read(|connection| {
            let of_document = segments::document.eq(document.as_bytes().to_vec()).and(segments::position.is_null());
            Ok(segments::table.filter(of_document).select(segments::changes).load(connection)?)
        });
        let hashes = runs.iter().flat_map(|run| Chunks::new(run).flatten()).filter_map(|chunk| change_hash(chunk).ok());
        hashes.into_iter().any(|hash| hash == change)
    }

    /// The digest that is kept of a feed.
    pub(super) fn digest_of(&self, area: &AreaCode) -> FeedDigest {
        self.read(|connection| feeds::head(connection, area)).digest
    }

    /// Whose device it is.
    pub(super) fn user_of(&self, device: DeviceId) -> UserId {
        let found = self.read(|connection| rukun_server::devices::find(connection, device));
        found.expect("a device that is enrolled").user
    }

    /// Whether a device is enrolled here.
    pub(super) fn knows_device(&self, device: DeviceId) -> bool {
        self.read(|connection| rukun_server::devices::find(connection, device)).is_some()
    }

    /// Whether a device is revoked.
    pub(super) fn is_revoked(&self, device: DeviceId) -> bool {
        let found = self.read(|connection| rukun_server::devices::find(connection, device));
        found.is_some_and(|device| device.revoked_at.is_some())
    }

    /// The feed areas in which a person may read.
    pub(super) fn scope_of(&self, user: UserId) -> BTreeSet<AreaCode> {
        let scope = self.read(|connection| rukun_server::assignments::scope(connection, user));
        scope.into_iter().map(|area| area.area).collect()
    }

    /// What is computed from the documents.
    pub(super) fn projections(&self) -> Projections {
        self.read(|connection| {
            type Row = (Vec<u8>, String, i32, i32, i32, String, String);
            let rows: Vec<Row> = records::table
                .order(records::document)
                .select((
                    records::document,
                    records::area,
                    records::state,
                    records::presence,
                    records::conflict_count,
                    records::words,
                    records::answers,
                ))
                .load(connection)?;
            let rivals: Vec<(Vec<u8>, String, String, String)> = conflicts::table
                .order((conflicts::document, conflicts::question))
                .select((conflicts::document, conflicts::question, conflicts::area, conflicts::candidates))
                .load(connection)?;
            let line = |row: &Row| {
                let state = if row.2 == 2 { RecordState::Complete } else { RecordState::Draft };
                (DocumentId::from_slice(&row.0).expect("an id"), i64::from(row.4), state)
            };
            Ok(Projections { records: rows.iter().map(line).collect(), dump: format!("{rows:?} {rivals:?}") })
        })
    }

    /// Copies the database away, as it is at one instant.
    pub(super) fn back_up(&mut self) {
        let backup = scratch::folder();
        let copy = format!("VACUUM INTO '{}'", backup.path().join(FILE).display());
        let copied = self.database().with_writer(|connection| -> Result<usize, DatabaseError> {
            Ok(diesel::sql_query(copy).execute(connection)?)
        });
        copied.expect("a copy");
        self.backup = Some(backup);
    }

    /// Puts the backup in the place of the database, as `rukun restore` does, and enters again who works where and with which
    /// device since then, before the first phone speaks; says whether there was a backup.
    pub(super) fn restore(&mut self) -> bool {
        let Some(backup) = self.backup.take() else { return false };
        let present = self.read(Present::load);
        self.database = None;
        self.lives += 1;
        crash::remains(backup.path(), &self.home()).expect("a copy");
        self.start();
        let mut seed = self.seed.branch();
        self.write(|connection| {
            present.enter_again(connection)?;
            feeds::start_new_epochs(connection, &mut seed)
        });
        true
    }

    /// Computes everything again that is computed.
    pub(super) fn rebuild(&self) {
        let programme = self.identity.programme;
        self.write(|connection| projections::rebuild(connection, programme, |_, _| ()).map(|_| ()));
    }
}

fn url_in(folder: &Path, life: u32) -> String {
    let home = folder.join(life.to_string());
    std::fs::create_dir_all(&home).expect("a folder");
    home.join(FILE).to_str().expect("a name in UTF-8").to_owned()
}

fn insert_user(connection: &mut AnyConnection, id: UserId, name: &str, now: Timestamp) -> Result<(), DatabaseError> {
    let row = (
        users::id.eq(id.as_bytes().to_vec()),
        users::name.eq(name),
        users::login.eq(id.to_string()),
        users::created_at.eq(now.millis()),
    );
    diesel::insert_into(users::table).values(row).execute(connection)?;
    Ok(())
}

fn insert_device(
    connection: &mut AnyConnection,
    id: DeviceId,
    user: UserId,
    key: &PublicKey,
    kind: DeviceKind,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let row = (
        devices::id.eq(id.as_bytes().to_vec()),
        devices::user_id.eq(user.as_bytes().to_vec()),
        devices::public_key.eq(key.as_bytes().to_vec()),
        devices::label.eq("HP"),
        devices::kind.eq(kind as i32),
        devices::enrolled_at.eq(now.millis()),
    );
    diesel::insert_into(devices::table).values(row).execute(connection)?;
    Ok(())
}
