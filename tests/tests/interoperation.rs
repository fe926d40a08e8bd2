//! Rukun's documents are ordinary Automerge documents: the official JavaScript implementation opens them, reads the same
//! answers, and makes a change that the server accepts and everybody reads back.

use std::path::{Path, PathBuf};
use std::process::Command;

use rukun_tests::world::World;
use rukun_tests::{scratch, survey};
use sync_core::change::{RawChange, change_hash};
use sync_core::exchange::{FeedsState, Receipt, Request, decode_response, encode_request};
use sync_core::id::{ActorId, ContentHash};
use sync_core::record::{Answer, Record};

/// The script's folder with its dependency installed; none where Node.js or the package is not to be had.
fn scripts() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interoperation");
    let runs =
        |command: &mut Command| command.current_dir(&folder).output().is_ok_and(|output| output.status.success());
    let installed = folder.join("node_modules/@automerge/automerge").is_dir()
        || runs(Command::new("npm").args(["install", "--no-audit", "--no-fund"]));
    if installed && runs(Command::new("node").arg("--version")) {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "Node.js and @automerge/automerge are needed in CI");
    eprintln!("skipped: Node.js or @automerge/automerge is not installed");
    None
}

#[test]
fn the_javascript_automerge_reads_the_same_answers_and_writes_one_that_is_accepted() {
    let Some(scripts) = scripts() else { return };
    let mut world = World::calm(11, 2);
    let id = world.make_record(0);
    world.run_until_quiet();
    let document = world.server().document(id).expect("the record");
    let (key, device) = world.steal_phone(1);
    let mut actor = [5; 16];
    actor[..8].copy_from_slice(key.public().actor_prefix().as_bytes());
    let actor = ActorId::from_bytes(actor);

    let folder = scratch::folder();
    let (exported, made) = (folder.path().join("document"), folder.path().join("change"));
    std::fs::write(&exported, document.bytes()).expect("the document is written");
    let arguments = [PathBuf::from("other.mjs"), exported.clone(), actor.to_string().into(), made.clone()];
    let output = Command::new("node").current_dir(&scripts).args(arguments).output().expect("Node.js runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let read: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let record = Record::read(&document).expect("a record");
    for (key, answered) in &record.answers {
        let expected = match &answered.value {
            None => serde_json::Value::Null,
            Some(Answer::Integer(number)) => (*number).into(),
            Some(Answer::Decimal(number)) => (*number).into(),
            Some(Answer::Text(text)) => text.as_str().into(),
        };
        let shown = read["answers"][key.to_string()].clone();
        assert!(shown == expected || (expected.is_null() && shown == ""), "{key}: {shown} against {expected}");
    }
    let heads: Vec<String> = document.heads().iter().map(ToString::to_string).collect();
    assert_eq!(read["heads"], serde_json::json!(heads));

    let change = std::fs::read(&made).expect("the change");
    assert!(RawChange::read(&change).expect("a change").deletes_key());
    let segments = world.seal(id, std::slice::from_ref(&change), actor, (&key, device));
    let request = Request {
        device_time: world.now(),
        unsent: 0,
        feeds: FeedsState::List(Vec::new()),
        catalogue: ContentHash::from_bytes([0; 32]),
        push: segments,
        open_fates: Vec::new(),
        reconcile: Vec::new(),
        wanted: Vec::new(),
        budget: 0,
    };
    let answer = world.exchange_as(device, &encode_request(&request)).expect("an answer");
    let receipts = decode_response(&answer).expect("a response").receipts;
    assert!(matches!(receipts.as_slice(), [Receipt::Accepted(_)]), "{receipts:?}");

    world.run_until_quiet();
    let after = world.server().document(id).expect("the record");
    assert!(after.history().contains(change_hash(&change).expect("a change")));
    let record = Record::read(&after).expect("a record");
    let answer = |path: &str| record.answers.get(&survey::key(path)).and_then(|answered| answered.value.clone());
    assert_eq!(answer("name"), Some(Answer::Text("Sari dari peramban".into())));
    assert_eq!(answer("water/other"), Some(Answer::Text("tulisan biasa".into())), "a plain string is a text there");
    assert_eq!(answer("water/minutes"), Some(Answer::Integer(25)));
    assert_eq!(answer("water/source"), None, "deleted there");
    let on_phone = world.phone(1).document(id);
    assert_eq!(on_phone.heads(), after.heads());
}
