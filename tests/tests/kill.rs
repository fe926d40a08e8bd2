//! A phone's process is killed outright, again and again, while it saves as fast as it can: what it said to be saved is
//! there at the next start.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rukun_tests::office::Office;
use rukun_tests::seed::Seed;
use rukun_tests::survey::{self, area, key};
use sync_core::document::Document;
use sync_core::form::FormId;
use sync_core::id::{ChangeHash, DocumentId};
use sync_core::record::{Answer, Edit, RecordState};
use sync_core::store::{Draft, KeySource, Store};
use sync_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);
const VILLAGE: &str = "35.12.06.2004";
const FOLDER: &str = "RUKUN_KILLED_STORE";
const START: &str = "RUKUN_KILLED_START";

fn open(folder: &Path, seed: u64) -> Store {
    Store::open(folder, KeySource::Store, Box::new(Seed::new(seed)), NOW).expect("the store opens").store
}

/// The child: saves and says so, until it is killed.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn saves_until_it_is_killed() {
    let (Ok(folder), Ok(start)) = (std::env::var(FOLDER), std::env::var(START)) else { return };
    let mut store = open(Path::new(&folder), start.parse().expect("a number"));
    for number in 0.. {
        let draft = Draft {
            form: FormId::new("rumah"),
            version: survey::version(1),
            area: area(VILLAGE),
            subject: None,
            answers: vec![(key("name"), Answer::Text(format!("Sari {number}")))],
            state: RecordState::Draft,
        };
        let id = store.create_record(&draft, NOW).expect("a record");
        println!("saved {id} {}", store.open_record(id, NOW).expect("the record").heads[0]);
        let heads = store.open_record(id, NOW).expect("the record").heads;
        let edit = Edit::Answer { key: key("water/minutes"), value: Some(Answer::Integer(number)) };
        store.save_record(id, &[edit], &heads, NOW).expect("a save");
        println!("saved {id} {}", store.open_record(id, NOW).expect("the record").heads[0]);
    }
}

#[test]
fn what_was_acknowledged_survives_a_killed_process() {
    // Not in memory: the files go through the same calls as on a phone.
    let folder = tempfile::tempdir().expect("a folder");
    Office::open(&mut Seed::new(1)).equip(&mut open(folder.path(), 1), 1, &[VILLAGE], NOW);
    let mut saved: Vec<(DocumentId, ChangeHash)> = Vec::new();
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().expect("this test's program"))
            .args(["--exact", "saves_until_it_is_killed", "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .env(START, (100 + round).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a child process");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let mut acknowledged = 0;
        for line in lines {
            // The test runner's own words may stand before ours on the first line.
            let Some((_, words)) = line.split_once("saved ") else { continue };
            let (id, change) = words.split_once(' ').expect("an id and a change");
            saved.push((DocumentId::parse(id).expect("an id"), ChangeHash::parse(change).expect("a change")));
            acknowledged += 1;
            if acknowledged == 7 + 5 * round {
                child.kill().expect("killed");
            }
        }
        assert!(!child.wait().expect("ended").success());
        assert!(acknowledged >= 7 + 5 * round);
        let mut store = open(folder.path(), 200 + round);
        for (id, change) in &saved {
            let document = Document::load(&store.document_bytes(*id).expect("the record")).expect("it opens");
            assert!(document.history().contains(*change), "{id} lost {change}");
        }
    }
}
