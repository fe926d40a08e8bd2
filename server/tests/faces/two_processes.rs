//! Two `rukun serve` on one PostgreSQL: whichever of them a phone reaches, it is one server.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use diesel::prelude::*;
use rukun_server::clock;
use rukun_server::database::schema::feed_entries;
use rukun_server::database::{Database, DatabaseError};
use sync_core::area::AreaCode;
use sync_core::enrolment::Ticket;
use sync_core::exchange::ContentKind;
use sync_core::form::{FormId, FormVersion};
use sync_core::record::RecordState;
use sync_core::store::Draft;

use crate::binary::{Started, rukun, said, start_on, terminate};
use crate::phone::{Phone, VILLAGE};

const ROUNDS: usize = 6;

/// Starts a process, and another beside it as the manual says: with the keys that both must have.
fn two_processes(url: &str, folders: (&Path, &Path)) -> (Started, Started) {
    let first = start_on(folders.0, url);
    std::fs::create_dir(folders.1.join("rukun-data")).unwrap();
    for key in ["server.key", "token.secret"] {
        let kept = Path::new("rukun-data").join(key);
        std::fs::copy(folders.0.join(&kept), folders.1.join(&kept)).unwrap();
    }
    (first, start_on(folders.1, url))
}

fn ticket(folder: &Path, url: &str, login: &str) -> Ticket {
    let run = |arguments: &[&str]| said(&rukun(folder, arguments).env("RUKUN_DATABASE", url).output().unwrap());
    run(&["user", "add", login, login]);
    run(&["assign", login, VILLAGE, "facilitator"]);
    let code = run(&["device", "enrol-code", login, "--public-url", "http://localhost"]);
    code.lines().find_map(|line| Ticket::parse(line).ok()).unwrap()
}

fn draft(phone: &mut Phone) -> Draft {
    let catalogue = phone.store.catalogue().unwrap();
    let form = catalogue.into_iter().find(|entry| entry.kind == ContentKind::Form).unwrap();
    Draft {
        form: FormId::new(form.name),
        version: FormVersion::new(form.version),
        area: AreaCode::parse(VILLAGE).unwrap(),
        subject: None,
        answers: Vec::new(),
        state: RecordState::Draft,
    }
}

/// Makes records and syncs, now with one process and now with the other.
fn work(phone: &mut Phone, addresses: [&str; 2]) {
    for address in addresses.into_iter().cycle().take(ROUNDS) {
        let draft = draft(phone);
        phone.store.create_record(&draft, clock::now()).unwrap();
        phone.sync_at(address);
    }
}

#[test]
fn two_processes_on_one_database_are_one_server() {
    let Some(url) = rukun_test_postgres::fresh_database() else { return };
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = two_processes(&url, (here.path(), there.path()));
    let (one, other) = (first.address.as_str(), second.address.as_str());
    let mut anna = Phone::enrolled_at(one, &ticket(here.path(), &url, "anna"));
    let mut budi = Phone::enrolled_at(other, &ticket(there.path(), &url, "budi"));
    anna.sync_at(other);
    budi.sync_at(one);
    let mut heard = listen(other, &budi.token());
    std::thread::scope(|scope| {
        scope.spawn(|| work(&mut anna, [one, other]));
        scope.spawn(|| work(&mut budi, [other, one]));
    });
    // What was pushed at either is told at both.
    assert!(heard.any(|line| line.unwrap().contains(VILLAGE)));
    drop(heard);
    for address in [one, other] {
        anna.sync_at(address);
        budi.sync_at(address);
    }
    let heads = anna.store.document_heads().unwrap();
    assert_eq!((heads.len(), &heads), (2 * ROUNDS, &budi.store.document_heads().unwrap()));
    for phone in [&mut anna, &mut budi] {
        assert_eq!((phone.store.waiting().unwrap(), phone.store.feeds().unwrap()[0].agrees), (Vec::new(), Some(true)));
    }
    for (area, sequences) in entries(&url) {
        assert_eq!(sequences, (1..=sequences.len() as i64).collect::<Vec<_>>(), "the feed of {area} has a gap");
    }
    terminate(second);
    terminate(first);
}

/// The lines of a process's event stream.
fn listen(address: &str, token: &str) -> impl Iterator<Item = std::io::Result<String>> + use<> {
    let request = ureq::http::Request::builder()
        .uri(format!("{address}/sync/v1/events"))
        .header("authorization", format!("Bearer {token}"))
        .body(())
        .unwrap();
    let answer = crate::server::agent().run(request).unwrap();
    BufReader::new(answer.into_body().into_reader()).lines()
}

/// The sequences of every feed, in order.
fn entries(url: &str) -> BTreeMap<String, Vec<i64>> {
    let rows: Vec<(String, i64)> = Database::open(url)
        .unwrap()
        .read::<_, DatabaseError>(|connection| {
            let all = feed_entries::table.order((feed_entries::area, feed_entries::sequence));
            Ok(all.select((feed_entries::area, feed_entries::sequence)).load(connection)?)
        })
        .unwrap();
    let mut feeds: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    rows.into_iter().for_each(|(area, sequence)| feeds.entry(area).or_default().push(sequence));
    feeds
}
