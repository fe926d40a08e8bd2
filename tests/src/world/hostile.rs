//! A stolen phone: enrolled, with rights, and signing forgeries with its own key (R2).

use sync_core::exchange::{FeedsState, Receipt, Request, decode_response, encode_request};
use sync_core::id::{ActorId, ChangeHash, ContentHash, DeviceId, DocumentId};
use sync_core::segment::Segment;

use super::World;
use crate::forge::{Forgery, Ground};

impl World {
    /// A forgery on a record that the server has, signed by a device of the person at `place`.
    pub(super) fn attack(&mut self, place: usize) {
        let documents = self.server.documents();
        let Some((id, _, heads)) = self.seed.pick(&documents).cloned() else { return };
        let (key, device) = self.steal_phone(place);
        let actor = ActorId::generate(key.public().actor_prefix(), &mut self.seed);
        let document = self.server.document(id).expect("a document of a feed");
        let Some(ground) = Ground::of(&document, actor) else { return };
        let forgeries: Vec<&Forgery> = Forgery::all().collect();
        let Some(forgery) = self.seed.pick(&forgeries).copied() else { return };
        let chunks = forgery.forge(&ground);
        let push = self.seal(id, &chunks, actor, (&key, device));
        let receipts = self.push(device, push);
        self.note(|| format!("{place}'s stolen phone tries {} on {id}: {receipts:?}", forgery.name));
        assert!(!matches!(receipts.last(), Some(Receipt::Accepted(_)) | None), "{} was accepted", forgery.name);
        if chunks.len() == 1 {
            assert_eq!(self.heads_of(id), heads, "{} changed a record", forgery.name);
        } else {
            self.foreign.insert(id);
        }
    }

    fn heads_of(&self, id: DocumentId) -> Vec<ChangeHash> {
        self.server.document(id).map(|document| document.heads().to_vec()).unwrap_or_default()
    }

    fn push(&mut self, device: DeviceId, push: Vec<Segment>) -> Vec<Receipt> {
        let request = Request {
            device_time: self.now,
            unsent: 0,
            feeds: FeedsState::List(Vec::new()),
            catalogue: ContentHash::from_bytes([0; 32]),
            push,
            open_fates: Vec::new(),
            reconcile: Vec::new(),
            wanted: Vec::new(),
            budget: 0,
        };
        let answer = self.server.exchange(device, &encode_request(&request), self.now).expect("an answer");
        decode_response(&answer).expect("a response").receipts
    }
}
