use sync_core::exchange::Receipt;
use sync_core::limits;
use sync_core::record::{Answer, Edit, EditError};
use sync_core::store::{Fate, StoreError};

use crate::phone::{NOW, answer, edit, exchange, household, key, nothing_new, open, ready, standing};

#[test]
fn a_save_is_there_after_the_store_was_dropped_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    edit(&mut store, record, &[answer("water/source", "piped")]);
    drop(store);
    let mut store = open(folder.path(), 2).store;
    assert_eq!(standing(&mut store, record, "water/source").as_deref(), Some("piped"));
    assert_eq!(store.counts().unwrap().waiting, 1);
}

#[test]
fn saves_are_one_segment_until_it_is_sent_and_another_after() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    edit(&mut store, record, &[answer("water/source", "piped")]);
    edit(&mut store, record, &[answer("water/source", "well")]);
    let request = exchange(&mut store, |_| nothing_new());
    let runs: Vec<_> = request.push.iter().map(|segment| (segment.header.first, segment.header.last)).collect();
    assert_eq!(runs, [(1, 3)]);
    edit(&mut store, record, &[answer("water/source", "spring")]);
    let request = exchange(&mut store, |_| nothing_new());
    let runs: Vec<_> = request.push.iter().map(|segment| (segment.header.first, segment.header.last)).collect();
    assert_eq!(runs, [(4, 4)]);
}

#[test]
fn no_two_segments_wait_for_each_other_after_a_save_on_an_old_screen() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    let old = store.open_record(record, NOW).unwrap().heads;
    edit(&mut store, record, &[answer("water/source", "piped")]);
    store.save_record(record, &[answer("water/source", "well")], &old, NOW).unwrap();
    edit(&mut store, record, &[answer("head", "Bu Sari")]);
    let request = exchange(&mut store, |_| nothing_new());
    let mut known = std::collections::HashSet::new();
    for segment in &request.push {
        for change in segment.open().unwrap() {
            assert!(change.dependencies().iter().all(|hash| known.contains(hash)), "a segment builds on a later one");
            known.insert(change.hash());
        }
    }
    assert_eq!(request.push.len(), 3);
}

#[test]
fn a_full_disk_is_said_and_what_was_saved_before_stays() {
    let folder = tempfile::tempdir().unwrap();
    let Some(small) = SmallDisk::mount(folder.path()) else {
        assert!(std::env::var_os("CI").is_none(), "CI must be able to mount a small disk");
        println!("skipped: a small disk cannot be mounted here (needs root)");
        return;
    };
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    let mut saved = 0;
    let full = loop {
        let shown = store.open_record(record, NOW).unwrap().heads;
        let words = format!("{saved} {}", "a".repeat(20_000));
        match store.save_record(record, &[answer("water/source", &words)], &shown, NOW) {
            Ok(_) => saved += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, StoreError::DiskFull), "{full:?}");
    assert!(matches!(store.attach(&[7; 3_000_000], "image/jpeg", "a.jpg"), Err(StoreError::DiskFull)));
    drop(store);
    let mut store = open(folder.path(), 2).store;
    let words = standing(&mut store, record, "water/source").unwrap();
    assert_eq!(words.split(' ').next(), Some((saved - 1).to_string().as_str()));
    drop(store);
    drop(small);
}

/// A disk of two megabytes over a folder, for as long as it lives.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(folder: &std::path::Path) -> Option<Self> {
        let mut mount = std::process::Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder).status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "the small disk stays mounted");
    }
}

#[test]
fn what_was_sent_without_an_answer_is_sent_again_and_never_sealed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    let mut cut = sync_core::store::Sync::new();
    let lost = cut.next_request(&mut store, NOW).unwrap().unwrap();
    let lost = sync_core::exchange::decode_request(&lost).unwrap().push;
    edit(&mut store, record, &[answer("water/source", "well")]);
    let again = exchange(&mut store, |_| nothing_new()).push;
    assert_eq!(again[0], lost[0]);
    assert_eq!((again[1].header.first, again[1].header.last), (2, 2));
}

#[test]
fn a_save_on_an_old_screen_becomes_a_conflict_that_shows_both_values() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    let shown = store.open_record(record, NOW).unwrap().heads;
    edit(&mut store, record, &[answer("water/source", "piped")]);
    store.save_record(record, &[answer("water/source", "well")], &shown, NOW).unwrap();
    let conflict = &store.open_record(record, NOW).unwrap().record.answers[&key("water/source")].conflict;
    let mut values: Vec<_> = conflict.iter().map(|rival| rival.value.as_ref().map(Answer::words)).collect();
    values.sort();
    assert_eq!(values, [Some("piped".into()), Some("well".into())]);
    assert_eq!(store.counts().unwrap().in_conflict, 1);
    edit(&mut store, record, &[answer("water/source", "well")]);
    assert_eq!(store.counts().unwrap().in_conflict, 0);
}

#[test]
fn a_change_that_no_server_takes_is_refused_at_the_moment_of_saving() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    let before = store.open_record(record, NOW).unwrap();
    let long = "a".repeat(limits::CHANGE_BYTES + 1);
    let refused = store.save_record(record, &[answer("water/source", &long)], &before.heads, NOW);
    assert!(matches!(refused, Err(StoreError::Edit(EditError::TooLarge { .. }))), "{refused:?}");
    assert_eq!(store.open_record(record, NOW).unwrap().heads, before.heads);
    let typed = Edit::LongText { key: key("remarks"), text: "b".repeat(30_000) };
    let refused = store.save_record(record, &[typed], &before.heads, NOW);
    assert!(matches!(refused, Err(StoreError::Edit(EditError::TooManySteps { .. }))), "{refused:?}");
}

#[test]
fn saving_the_answer_that_stands_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    let shown = store.open_record(record, NOW).unwrap().heads;
    assert!(!store.save_record(record, &[answer("head", "Ibu Sari")], &shown, NOW).unwrap());
}

#[test]
fn a_refused_segment_stays_listed_and_does_not_block_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    household(&mut store, "Ibu Sari");
    let rule = sync_core::change::Unsound { rule: sync_core::change::Rule::Trial, detail: "" };
    let refuse = |_: &sync_core::exchange::Request| sync_core::exchange::Response {
        receipts: vec![Receipt::Refused(rule)],
        ..nothing_new()
    };
    exchange(&mut store, refuse);
    household(&mut store, "Pak Budi");
    let request = exchange(&mut store, |_| nothing_new());
    assert_eq!(request.push.len(), 1);
    let waiting = store.waiting().unwrap();
    assert_eq!((waiting.len(), waiting[0].fate, waiting[0].reason), (1, Fate::Refused, Some(8)));
}
