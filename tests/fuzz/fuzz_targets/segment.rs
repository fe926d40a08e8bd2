//! Changes on their way into a document: what is let through can be stored, loads again with the same heads, and reads as a
//! record or as none. The first byte says whether the rest is a chunk or the body of one.

#![no_main]

use std::sync::{LazyLock, Once};

use libfuzzer_sys::fuzz_target;
use rukun_fuzz::{changes, chunked, header, key};
use sync_core::change::{History, RawChange, check};
use sync_core::document::Document;
use sync_core::record::{Record, history_of};
use sync_core::segment::Segment;

static BASE: LazyLock<Document> = LazyLock::new(|| {
    let root = &changes()[0];
    Document::begin(&RawChange::read(root).expect("a change")).expect("a document")
});
static QUIET: Once = Once::new();

fuzz_target!(init: rukun_fuzz::write_seeds_if_asked(), |data: &[u8]| {
    // Automerge panics on some changes, which the trial catches; libFuzzer's own hook would end the process there.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|location| location.file().to_owned()).unwrap_or_default();
        if !place.contains("automerge-") && !place.contains("hexane-") && !place.contains("rustc") {
            eprintln!("{panic}");
        }
    })));
    let Some((kind, rest)) = data.split_first() else { return };
    let chunk = if kind & 1 == 0 { rest.to_vec() } else { chunked(rest) };
    let Ok(change) = RawChange::read(&chunk) else { return };
    let segment = Segment::seal(header(&change), chunk.clone(), &key());
    let opened = segment.open();
    assert!(change.sequence() == 0 || opened.is_ok_and(|changes| changes.len() == 1));
    let prefix = change.actor().prefix();
    let document = if change.is_root() {
        if check(&change, prefix, &History::default()).is_err() {
            return;
        }
        match Document::begin(&change) {
            Ok(document) => document,
            Err(_) => return,
        }
    } else {
        let mut document = BASE.clone();
        let before = document.heads().to_vec();
        if document.take_in(&[change.clone()], prefix).is_err() {
            assert_eq!(document.heads(), before);
            return;
        }
        document
    };
    let loaded = Document::load(&document.bytes()).expect("what was let through loads again");
    assert_eq!(loaded.heads(), document.heads());
    let record = Record::read(&document);
    history_of(&document);
    if let (true, Ok(Some(read))) = (change.is_root(), Record::read_root(&change)) {
        assert_eq!(Ok(read), record, "a root change reads alone as it reads in its document");
    }
});
