//! A phone with a real store, that speaks to the server over HTTP.

use rukun_server::clock;
use sync_core::enrolment::Ticket;
use sync_core::entropy::Entropy;
use sync_core::store::{KeySource, Method, Store, SyncRun};
use tempfile::TempDir;

use crate::server::{Answer, Server, send};

pub(crate) const VILLAGE: &str = "35.12.06.2004";

pub(crate) struct Phone {
    pub(crate) store: Store,
    _folder: TempDir,
}

fn randomness() -> Box<dyn Entropy> {
    Box::new(rukun_server::clock::SystemEntropy)
}

impl Phone {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let opened = Store::open(folder.path(), KeySource::Store, randomness(), clock::now()).unwrap();
        Self { store: opened.store, _folder: folder }
    }

    pub(crate) fn enrolled(server: &Server, ticket: &Ticket) -> Self {
        Self::enrolled_at(&server.url, ticket)
    }

    pub(crate) fn enrolled_at(address: &str, ticket: &Ticket) -> Self {
        let mut phone = Self::new();
        let call = phone.store.enrol_call(ticket, "Anna's phone");
        let answer = make(address, &call);
        phone.store.take_enrolment(ticket, answer.status, &answer.body, clock::now()).unwrap();
        phone
    }

    pub(crate) fn sync(&mut self, server: &Server) {
        self.sync_at(&server.url);
    }

    pub(crate) fn sync_at(&mut self, address: &str) {
        let mut run = SyncRun::new();
        while let Some(call) = run.next(&mut self.store, clock::now()).unwrap() {
            let answer = make(address, &call);
            run.take(&mut self.store, answer.status, &answer.body, clock::now()).unwrap();
        }
    }

    pub(crate) fn token(&mut self) -> String {
        self.store.identity().unwrap().token.unwrap()
    }
}

fn make(address: &str, call: &sync_core::store::Call) -> Answer {
    let headers: Vec<(&str, &str)> = call.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let method = match call.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    send(address, method, &call.path, &headers, &call.body)
}

pub(crate) fn phone_of(server: &Server, administrator: &str, login: &str) -> (Phone, String) {
    let user = server.user(administrator, login, VILLAGE, "facilitator");
    (Phone::enrolled(server, &server.ticket(administrator, &user)), user)
}
