use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use sync_core::id::DocumentId;

use crate::phone::{NOW, answer, edit, household, open, ready, standing};

const FOLDER: &str = "RUKUN_FOLDER_OF_THE_KILLED";

#[test]
fn what_was_acknowledged_as_saved_survives_a_kill_at_any_moment() {
    for lines in [1, 2, 3, 5, 8, 13, 40, 90] {
        let folder = tempfile::tempdir().unwrap();
        drop(ready(folder.path(), 1));
        let acknowledged = kill_after(folder.path(), lines);
        let opened = open(folder.path(), 2);
        assert_eq!(opened.findings, []);
        let mut store = opened.store;
        for (record, last) in acknowledged {
            let source = standing(&mut store, record, "water/source");
            let number: Option<u32> = source.as_deref().and_then(|words| words.parse().ok());
            assert!(number.is_some_and(|number| number >= last), "{record}: saved {last}, found {source:?}");
        }
        // Sealed with the save: nothing waits that is not in a document, nothing is in a document that does not wait.
        let checked = store.check(NOW).unwrap();
        assert_eq!((checked.damaged.len(), checked.mended.len()), (0, 0));
        assert!(store.counts().unwrap().waiting >= store.counts().unwrap().records);
    }
}

/// Runs a process that saves without end, kills it when it has acknowledged so many saves, and gives what it acknowledged.
fn kill_after(folder: &std::path::Path, lines: usize) -> Vec<(DocumentId, u32)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::saves_until_it_is_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    let output = BufReader::new(child.stdout.take().unwrap());
    for line in output.lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["saved", record, number] = words[..]
            && let Ok(number) = number.parse()
        {
            acknowledged.push((DocumentId::parse(record).unwrap(), number));
        }
        if acknowledged.len() == lines {
            // SIGKILL: nothing of it runs any more. What it had still written is read to the end.
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success());
    assert!(acknowledged.len() >= lines);
    acknowledged
}

#[test]
#[ignore = "the process that the test above starts and kills"]
fn saves_until_it_is_killed() {
    let folder = std::env::var_os(FOLDER).unwrap();
    let mut store = open(folder.as_ref(), 3).store;
    let mut output = std::io::stdout();
    for number in 0_u32.. {
        let record = household(&mut store, &format!("Ibu {number}"));
        for step in number..number + 3 {
            edit(&mut store, record, &[answer("water/source", &step.to_string())]);
            writeln!(output, "saved {record} {step}").unwrap();
            output.flush().unwrap();
        }
    }
}
