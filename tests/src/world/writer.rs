//! Somebody who does nothing but record and send, through whichever server answers.

use sync_core::area::AreaCode;
use sync_core::exchange::decode_request;
use sync_core::id::SegmentId;
use sync_core::record::RecordState;
use sync_core::store::Draft;
use sync_core::time::Timestamp;

use rukun_server::assignments::Role;

use super::{Phone, Server, doing};
use crate::ledger::Ledger;
use crate::seed::Seed;
use crate::survey;

/// A phone that writes.
pub struct Writer {
    phone: Phone,
    villages: Vec<AreaCode>,
    seed: Seed,
}

impl Writer {
    /// A new phone whose owner may write in `villages`.
    pub fn new(server: &mut Server, place: usize, villages: &[AreaCode], now: Timestamp) -> Self {
        let name = format!("Writer {place}");
        let mut seed = Seed::new(1000 + place as u64);
        let mut phone = Phone::new(name.clone(), place, seed.branch(), now);
        phone.clock = 0;
        phone.user = server.add_person(&name, now);
        let user = phone.user;
        phone.device = server.enrol(phone.store(), user, &name, now);
        villages.iter().for_each(|village| server.assign(user, village, Role::Facilitator, now));
        let mut writer = Self { phone, villages: villages.to_vec(), seed };
        writer.sync(server, now);
        for (entry, _) in writer.phone.store().missing_contents().expect("the catalogue") {
            let bytes = server.content(entry.hash).expect("what the catalogue names");
            writer.phone.store().add_content(entry.hash, &bytes).expect("a place for it");
        }
        writer
    }

    /// Makes `records` records in both villages in turn and sends each at once, through the servers in turn. Gives the
    /// segments that were pushed.
    ///
    /// # Panics
    /// When a record is not saved, or a server does not answer.
    pub fn write(&mut self, mut servers: [Server; 2], records: usize, now: Timestamp) -> Vec<SegmentId> {
        let mut pushed = Vec::new();
        for number in 0..records {
            let draft = Draft {
                form: survey::form().id,
                version: survey::version(1),
                area: self.villages[number % self.villages.len()].clone(),
                subject: None,
                answers: doing::first_answers(&mut self.seed),
                state: RecordState::Complete,
            };
            self.phone.create(&draft, None, now, &mut Ledger::default());
            pushed.extend(self.sync(&mut servers[number / 2 % 2], now));
        }
        pushed
    }

    fn sync(&mut self, server: &mut Server, now: Timestamp) -> Vec<SegmentId> {
        let mut pushed = Vec::new();
        self.phone.hang_up();
        while let Some(request) = self.phone.ask(None, now) {
            let segments = decode_request(&request).expect("our own request").push;
            pushed.extend(segments.iter().map(sync_core::segment::Segment::id));
            let answer = server.exchange(self.phone.device, &request, now).expect("an answer");
            if self.phone.hear(&answer, None, now).expect("a response") {
                break;
            }
        }
        pushed
    }
}
