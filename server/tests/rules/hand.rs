//! A device driven by hand: it signs whatever it is told to, also what no phone of ours would make.

use rukun_server::assignments::Role;
use sync_core::area::AreaCode;
use sync_core::change::RawChange;
use sync_core::document::Document;
use sync_core::form::{FormId, FormVersion, QuestionPath};
use sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, DocumentKind, ProgrammeId, SubjectId, UserId};
use sync_core::identity::KeyPair;
use sync_core::record::{Actors, Edit, NewRecord, RecordState, create, save};
use sync_core::segment::{Segment, SegmentHeader};
use sync_core::time::Timestamp;

use crate::world::{CURAH, Seeded, World, area, key, words};

pub(crate) struct Hand {
    pub(crate) key: KeyPair,
    pub(crate) device: DeviceId,
    pub(crate) user: UserId,
    pub(crate) actor: ActorId,
    programme: ProgrammeId,
    entropy: Seeded,
    now: Timestamp,
}

impl Hand {
    pub(crate) fn new(world: &mut World<'_>, user: UserId) -> Self {
        let key = KeyPair::generate(&mut world.entropy);
        let device = DeviceId::generate(world.now, &mut world.entropy);
        world.add_device(device, user, &key.public(), 1);
        let actor = ActorId::generate(key.public().actor_prefix(), &mut world.entropy);
        let entropy = Seeded(world.entropy.0 ^ 0xa);
        Self { key, device, user, actor, programme: world.server.programme, entropy, now: world.now }
    }

    /// Begins a record about `head`, whose source is a well.
    pub(crate) fn begin(&mut self, id: DocumentId, code: &str, head: &str) -> (Document, Segment) {
        let new = NewRecord {
            form: FormId::new("household"),
            version: FormVersion::new("1"),
            area: area(code),
            subject: SubjectId::opened_by(id),
            state: RecordState::Draft,
            answers: vec![(key("head"), words(head).unwrap()), (key("source"), words("well").unwrap())],
            long_texts: vec![(QuestionPath::parse("remarks").unwrap(), String::new())],
        };
        let change = create(&new, self.actor, self.now).unwrap().change;
        let document = Document::begin(&RawChange::read(&change).unwrap()).unwrap();
        (document, self.seal(id, &area(code), &[change]))
    }

    /// Answers a question at the present heads of this copy of the document.
    pub(crate) fn answer(&mut self, document: &mut Document, id: DocumentId, path: &str, value: &str) -> Segment {
        let change = self.change(document, path, value);
        self.seal(id, &area(CURAH), &[change])
    }

    /// The bare change of an answer.
    pub(crate) fn change(&mut self, document: &mut Document, path: &str, value: &str) -> Vec<u8> {
        self.edit(document, &[Edit::Answer { key: key(path), value: words(value) }])
    }

    pub(crate) fn edit(&mut self, document: &mut Document, edits: &[Edit]) -> Vec<u8> {
        let shown: Vec<ChangeHash> = document.heads().to_vec();
        let prefix = self.key.public().actor_prefix();
        let mut actors = Actors { current: self.actor, prefix, entropy: &mut self.entropy };
        save(document, edits, &shown, &mut actors, self.now).unwrap().unwrap().change
    }

    /// Seals changes as one segment, whatever they are.
    pub(crate) fn seal(&self, id: DocumentId, area: &AreaCode, changes: &[Vec<u8>]) -> Segment {
        let read: Vec<RawChange<'_>> = changes.iter().map(|change| RawChange::read(change).unwrap()).collect();
        let (first, last) = (read.first().unwrap(), read.last().unwrap());
        let header = SegmentHeader {
            programme: self.programme,
            kind: DocumentKind::Record,
            document: id,
            area: area.clone(),
            device: self.device,
            user: self.user,
            actor: first.actor(),
            first: first.sequence(),
            last: last.sequence(),
            last_change: last.hash(),
        };
        Segment::seal(header, changes.concat(), &self.key)
    }
}

/// A new document's id.
pub(crate) fn id(world: &mut World<'_>) -> DocumentId {
    DocumentId::generate(world.now, &mut world.entropy)
}

/// The device of a new facilitator in Curah.
pub(crate) fn writer(world: &mut World<'_>, name: &str) -> Hand {
    let user = world.user(name);
    world.assign(user, CURAH, Role::Facilitator);
    Hand::new(world, user)
}

/// This copy of a document with somebody else's segment in it.
pub(crate) fn with(document: &Document, segment: &Segment) -> Document {
    let mut copy = document.clone();
    copy.take_in_proven(&segment.open().unwrap()).unwrap();
    copy
}
