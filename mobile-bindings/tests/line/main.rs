//! What the bindings do with a line that is cut, lies, or never answers: against a server of a few lines, in this process.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;
mod waiting;

use std::sync::{Arc, Mutex};

use rukun_mobile::{Cancellation, HttpError, RukunError, Store, SyncObserver, SyncProgress};

use server::{Behaviour, Server};
use waiting::{begin, wait};

fn enrolled(folder: &tempfile::TempDir, server: &Arc<Server>) -> Arc<Store> {
    let store = Store::open(folder.path().display().to_string(), None).unwrap();
    wait(Arc::clone(&store).enrol(server.ticket(), "HP".into(), Some(server.line()))).unwrap();
    store
}

#[test]
fn a_call_that_is_cut_is_made_again() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::new());
    let store = enrolled(&folder, &server);
    server.behave([Behaviour::Cut, Behaviour::Cut, Behaviour::Answer]);
    let done = wait(store.sync(Some(server.line()), None, None)).unwrap();
    assert!(done.done);
    assert_eq!(server.calls(), ["enrol", "exchange", "exchange", "exchange"]);
}

#[test]
fn a_line_that_is_always_cut_is_offline_in_the_end() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::new());
    let store = enrolled(&folder, &server);
    server.behave(std::iter::repeat_n(Behaviour::Cut, 100));
    let error = wait(store.sync(Some(server.line()), None, None)).unwrap_err();
    assert!(matches!(error, RukunError::Offline { .. }), "{error:?}");
    assert_eq!(server.calls().len(), 1 + 5);
}

#[test]
fn a_server_that_cannot_be_reached_is_not_asked_twice() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::new());
    let store = enrolled(&folder, &server);
    server.behave([Behaviour::Fail(HttpError::Unreachable { reason: "no route".into() })]);
    let error = wait(store.sync(Some(server.line()), None, None)).unwrap_err();
    assert!(matches!(error, RukunError::Offline { .. }), "{error:?}");
    assert_eq!(server.calls().len(), 2);
}

#[test]
fn a_portal_that_answers_in_the_servers_place_is_told_apart() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::new());
    let page = || Behaviour::Say(200, b"<html>Welcome to the hotel</html>".to_vec());
    server.behave([page()]);
    let store = Store::open(folder.path().display().to_string(), None).unwrap();
    let error = wait(Arc::clone(&store).enrol(server.ticket(), "HP".into(), Some(server.line()))).unwrap_err();
    assert!(matches!(&error, RukunError::Rejected { code, .. } if code == "not_the_server"), "{error:?}");
    assert_eq!(store.identity().unwrap(), None);

    wait(Arc::clone(&store).enrol(server.ticket(), "HP".into(), Some(server.line()))).unwrap();
    server.behave([page()]);
    let error = wait(store.sync(Some(server.line()), None, None)).unwrap_err();
    assert!(matches!(error, RukunError::Offline { .. }), "{error:?}");
}

#[test]
fn a_server_that_speaks_other_versions_means_an_update() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::new());
    let store = enrolled(&folder, &server);
    server.behave([Behaviour::Say(400, sync_core::exchange::versions_answer())]);
    let error = wait(store.sync(Some(server.line()), None, None)).unwrap_err();
    assert!(matches!(error, RukunError::Outdated { .. }), "{error:?}");
}

#[test]
fn a_sync_that_waits_for_a_silent_server_can_be_cancelled_and_the_next_one_runs() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::new());
    let store = enrolled(&folder, &server);
    let cancellation = Cancellation::new();
    server.behave([Behaviour::Silence]);
    let running = begin(Arc::clone(&store).sync(Some(server.line()), None, Some(Arc::clone(&cancellation))));
    server.wait_for_calls(2);
    let second = wait(Arc::clone(&store).sync(Some(server.line()), None, None)).unwrap_err();
    assert!(matches!(second, RukunError::Invalid { .. }), "{second:?}");
    // The store is free meanwhile.
    assert_eq!(store.standing().unwrap().records, 0);
    cancellation.cancel();
    assert!(matches!(running.join().unwrap(), Err(RukunError::Cancelled)));
    assert!(wait(store.sync(Some(server.line()), None, None)).unwrap().done);
}

#[test]
fn an_observer_may_use_the_store() {
    struct Watch(Arc<Store>, Mutex<Vec<u64>>);
    impl SyncObserver for Watch {
        fn progress(&self, _progress: SyncProgress) {
            self.1.lock().unwrap().push(self.0.standing().unwrap().records);
        }
    }
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::new());
    let store = enrolled(&folder, &server);
    let watch = Arc::new(Watch(Arc::clone(&store), Mutex::default()));
    wait(store.sync(Some(server.line()), Some(watch.clone()), None)).unwrap();
    assert_eq!(*watch.1.lock().unwrap(), [0]);
}

#[test]
fn the_built_in_client_counts_what_goes_over_the_wire() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::new());
    let (address, wire) = server.listen();
    let store = Store::open(folder.path().display().to_string(), None).unwrap();
    wait(Arc::clone(&store).enrol(server.ticket_at(&address), "HP".into(), None)).unwrap();
    let before = wire.bytes();
    let done = wait(store.sync(None, None, None)).unwrap();
    let after = wire.bytes();
    assert_eq!((done.bytes_up, done.bytes_down), (after.0 - before.0, after.1 - before.1));
    assert!(done.bytes_up > 100 && done.bytes_down > 50, "{done:?}");
}
