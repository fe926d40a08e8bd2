//! A world driven by hand: for tests that say themselves what happens.

use diesel::prelude::*;
use rukun_server::assignments::Role;
use rukun_server::database::schema::{conflicts, documents, feed_entries, feeds, records, segments};
use rukun_server::exchange::ExchangeError;
use sync_core::change::change_hash;
use sync_core::document::Document;
use sync_core::exchange::{Request, decode_request};
use sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, DocumentKind};
use sync_core::identity::KeyPair;
use sync_core::record::RecordState;
use sync_core::segment::{Segment, SegmentHeader};
use sync_core::store::Draft;
use sync_core::time::Timestamp;

use super::{START, Saved, Server, World, doing};
use crate::ledger::Ledger;
use crate::network::{Network, Weather};
use crate::seed::Seed;
use crate::survey;

impl World {
    /// A world of one village in which nothing happens by itself: facilitators with phones, a clear line.
    #[must_use]
    pub fn calm(seed_number: u64, people: usize) -> Self {
        let mut seed = Seed::new(seed_number);
        let villages = vec![survey::area(super::VILLAGES[0])];
        let server = Server::new(&villages, seed.branch(), START);
        let network = Network::new(Weather::CLEAR, seed.branch());
        let mut world = Self {
            seed_number,
            seed,
            now: START,
            server,
            phones: Vec::new(),
            network,
            ledger: Ledger::default(),
            villages,
            steps: 0,
            restored: false,
            moved: false,
            harsh: false,
            trace: Vec::new(),
            foreign: std::collections::BTreeSet::new(),
        };
        for place in 0..people {
            world.welcome_as(place, |_| Role::Facilitator);
        }
        world
    }

    /// The world's clock.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The server.
    pub const fn server(&mut self) -> &mut Server {
        &mut self.server
    }

    /// The person at `place` records a household.
    ///
    /// # Panics
    /// When it is not saved.
    pub fn make_record(&mut self, place: usize) -> DocumentId {
        let mut answers = doing::first_answers(&mut self.seed);
        answers.retain(|(key, _)| !["name", "water/source"].contains(&key.path.as_str()));
        let words = |words: &str| sync_core::record::Answer::Text(words.into());
        answers.push((survey::key("name"), words("Sari")));
        answers.push((survey::key("water/source"), words("river")));
        let draft = Draft {
            form: survey::form().id,
            version: survey::version(1),
            area: self.villages[0].clone(),
            subject: None,
            answers,
            state: RecordState::Draft,
        };
        let before = self.phones[place].documents();
        let saved = self.phones[place].create(&draft, None, self.now, &mut self.ledger);
        assert_eq!(saved, Saved::Yes);
        let new = self.phones[place].documents().into_iter().find(|id| !before.contains(id));
        new.expect("the new record")
    }

    /// What the phone at `place` would ask next; nobody hears it.
    ///
    /// # Panics
    /// When it has nothing to ask.
    pub fn next_request(&mut self, place: usize) -> Request {
        let frame = self.phones[place].ask(None, self.now).expect("a request");
        self.phones[place].hang_up();
        decode_request(&frame).expect("a phone's own request")
    }

    /// Sends bytes to the server as the phone at `place`.
    ///
    /// # Errors
    /// The server's.
    pub fn exchange(&mut self, place: usize, frame: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        self.exchange_as(self.phones[place].device, frame)
    }

    /// Sends bytes to the server as any device.
    ///
    /// # Errors
    /// The server's.
    pub fn exchange_as(&mut self, device: DeviceId, frame: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        self.server.exchange(device, frame, self.now)
    }

    /// Whether every document that the request brings stands at the changes it honestly brought.
    #[must_use]
    pub fn heads_are_those_of(&self, request: &Request) -> bool {
        request.push.iter().all(|segment| {
            let document = self.server.document(segment.header.document);
            document.is_some_and(|document| document.heads() == [segment.header.last_change])
        })
    }

    /// A document of the server, open.
    ///
    /// # Panics
    /// When it has none.
    #[must_use]
    pub fn any_document(&self) -> (DocumentId, Document) {
        let (id, _, _) = self.server.documents().swap_remove(0);
        (id, self.server.document(id).expect("a document of a feed"))
    }

    /// Another device of the person at `place`, with its key.
    pub fn steal_phone(&mut self, place: usize) -> (KeyPair, DeviceId) {
        let key = KeyPair::generate(&mut self.seed);
        let device = self.server.enrol_key(&key.public(), self.phones[place].user, self.now);
        (key, device)
    }

    /// Seals chunks, each as a segment of its own, with a device's key.
    #[must_use]
    pub fn seal(
        &self,
        document: DocumentId,
        chunks: &[Vec<u8>],
        actor: ActorId,
        (key, device): (&KeyPair, DeviceId),
    ) -> Vec<Segment> {
        let seal = |(chunk, number): (&Vec<u8>, u64)| {
            let header = SegmentHeader {
                programme: self.server.identity.programme,
                kind: DocumentKind::Record,
                document,
                area: self.villages[0].clone(),
                device,
                user: self.server.user_of(device),
                actor,
                first: number,
                last: number,
                last_change: change_hash(chunk).unwrap_or(ChangeHash::from_bytes([0; 32])),
            };
            Segment::seal(header, chunk.clone(), key)
        };
        chunks.iter().zip(1..).map(seal).collect()
    }

    /// Everything that the server has stored of what was recorded, to be compared.
    #[must_use]
    pub fn dump(&self) -> String {
        self.server.read(|connection| {
            type FeedRow = (String, Vec<u8>, i64, Vec<u8>, i64);
            type StoredRow = (Vec<u8>, String, Vec<u8>, Vec<u8>);
            type Segments = Vec<(i64, Vec<u8>, Vec<u8>, Vec<u8>, i32, Option<i32>, Option<i32>, Option<i64>)>;
            let segments: Segments = segments::table
                .order(segments::number)
                .select((
                    segments::number,
                    segments::id,
                    segments::signature,
                    segments::changes,
                    segments::fate,
                    segments::held_reason,
                    segments::position,
                    segments::sequence,
                ))
                .load(connection)?;
            let feeds: Vec<FeedRow> = feeds::table
                .order(feeds::area)
                .select((feeds::area, feeds::epoch, feeds::last, feeds::digest, feeds::records))
                .load(connection)?;
            let entries: Vec<(String, i64, i32, Option<i64>)> = feed_entries::table
                .order((feed_entries::area, feed_entries::sequence))
                .select((feed_entries::area, feed_entries::sequence, feed_entries::kind, feed_entries::segment))
                .load(connection)?;
            let documents: Vec<StoredRow> = documents::table
                .order(documents::id)
                .select((documents::id, documents::area, documents::heads, documents::term))
                .load(connection)?;
            let records: Vec<(Vec<u8>, i32, String)> = records::table
                .order(records::document)
                .select((records::document, records::conflict_count, records::answers))
                .load(connection)?;
            let conflicts: Vec<(Vec<u8>, String, String)> = conflicts::table
                .order((conflicts::document, conflicts::question))
                .select((conflicts::document, conflicts::question, conflicts::candidates))
                .load(connection)?;
            Ok(format!("{segments:?}\n{feeds:?}\n{entries:?}\n{documents:?}\n{records:?}\n{conflicts:?}"))
        })
    }
}
