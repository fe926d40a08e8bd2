//! Phones and server speak.

use rukun_server::exchange::ExchangeError;
use sync_core::store::SyncError;

use super::World;
use super::phone::Line;
use crate::network::Carried;

/// Requests of one sync with everything working: more mean that it does not come to an end.
const ENDLESS: usize = 60;
/// Rounds of everybody syncing after which it must be quiet.
const ROUNDS: usize = 12;

impl World {
    /// One move of one phone's sync: it asks, or hears.
    pub(super) fn speak(&mut self, place: usize) {
        let line = std::mem::replace(&mut self.phones[place].line, Line::Idle);
        match line {
            Line::Idle | Line::Dead => self.ask(place),
            Line::Answering(bytes) => self.hear(place, &bytes),
        }
    }

    fn ask(&mut self, place: usize) {
        let dying = self.dying();
        let Some(request) = self.phones[place].ask(dying, self.now) else { return };
        self.phones[place].line = Line::Dead;
        let Carried::Arrived(request) = self.network.request(place, &request) else {
            self.note(|| format!("{place} asks, and is not heard"));
            return;
        };
        let answer = self.answer(place, &request);
        // Bytes that were cut are no request; the phone learns as little as if they had been lost.
        if let Ok(answer) = answer
            && let Carried::Arrived(answer) = self.network.response(&answer)
        {
            self.phones[place].line = Line::Answering(answer);
        }
        self.note(|| format!("{place} asks"));
    }

    /// The server's answer to what a phone sent; one that was enrolled since the backup that the server was restored from
    /// shows its papers.
    fn answer(&mut self, place: usize, request: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        let Self { server, phones, now, .. } = self;
        let (phone, now) = (&mut phones[place], *now);
        match server.exchange(phone.device, request, now) {
            Err(ExchangeError::UnknownDevice) => {
                let papers = phone.store().papers().expect("a store that can be read").expect("papers");
                server.take_back(phone.device, &papers, now);
                server.exchange(phone.device, request, now)
            }
            answer => answer,
        }
    }

    fn hear(&mut self, place: usize, bytes: &[u8]) {
        let dying = self.dying();
        match self.phones[place].hear(bytes, dying, self.now) {
            Ok(true) => self.phones[place].hang_up(),
            Ok(false) => {}
            // Cut short: it asks again.
            Err(SyncError::Response(_)) => self.phones[place].line = Line::Dead,
            Err(error) => panic!("{} cannot take an answer: {error}", self.phones[place].name),
        }
        self.fetch_contents(place);
        self.note(|| format!("{place} hears"));
    }

    /// Fetches contents by hash, in parts.
    fn fetch_contents(&mut self, place: usize) {
        let missing = self.phones[place].store().missing_contents().expect("the catalogue");
        for (entry, have) in missing {
            // A restored server may lack what it named before; it names something else at the next exchange.
            let Some(bytes) = self.server.content(entry.hash) else { continue };
            let have = usize::try_from(have).unwrap_or(0);
            let part = if self.seed.chance(20) { self.seed.below(bytes.len() - have) } else { bytes.len() - have };
            self.phones[place].store().add_content(entry.hash, &bytes[have..have + part]).expect("a place for it");
        }
    }

    /// A request arrives once more, out of its order; its answer goes nowhere.
    pub(super) fn stray_arrives(&mut self) {
        let Some((sender, request)) = self.network.stray() else { return };
        let answer = self.answer(sender, &request);
        assert!(answer.is_ok(), "a request that was read is not read again: {:?}", answer.err());
        self.note(|| format!("an old request of {sender} arrives again"));
    }

    /// One whole sync with everything working.
    ///
    /// # Panics
    /// When it does not come to an end.
    pub(super) fn sync_fully(&mut self, place: usize) {
        self.phones[place].hang_up();
        for _ in 0..ENDLESS {
            let Some(request) = self.phones[place].ask(None, self.now) else { return };
            let answer = self.answer(place, &request);
            let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", self.phones[place].name));
            let done = self.phones[place].hear(&answer, None, self.now);
            let done = done.unwrap_or_else(|error| panic!("{}: {error}", self.phones[place].name));
            self.fetch_contents(place);
            if done {
                self.phones[place].hang_up();
                return;
            }
        }
        panic!("{}'s sync does not come to an end", self.phones[place].name);
    }

    /// The weather clears, and everybody syncs until nothing changes any more.
    ///
    /// # Panics
    /// When that does not happen.
    pub fn run_until_quiet(&mut self) {
        while self.network.stray().is_some() {}
        let mut before = self.state();
        for _ in 0..ROUNDS {
            for place in 0..self.phones.len() {
                self.sync_fully(place);
            }
            let now = self.state();
            if now == before {
                return;
            }
            before = now;
        }
        panic!("it does not become quiet");
    }

    /// Enough of everything to see whether anything changed.
    fn state(&mut self) -> String {
        let server = self.server.documents();
        let phones: Vec<_> = self
            .phones
            .iter_mut()
            .map(|phone| (phone.store().document_heads().expect("heads"), phone.store().counts().expect("counts")))
            .collect();
        format!("{server:?} {phones:?}")
    }
}
