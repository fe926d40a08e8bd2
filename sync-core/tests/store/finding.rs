use sync_core::record::RecordState;
use sync_core::store::{RecordFilter, Store};

use crate::phone::{NOW, answer, edit, enrolled, exchange, form_hash, household, open, page, ready, told};

fn find(store: &mut Store, words: &str) -> Vec<String> {
    let filter = RecordFilter { words: words.into(), ..RecordFilter::default() };
    store.records(&filter, 0, 10).unwrap().into_iter().map(|line| line.title).collect()
}

#[test]
fn a_record_is_found_by_the_beginnings_of_its_words_without_accents_or_case() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    household(&mut store, "Ibu Sari Déwi");
    household(&mut store, "Pak Budi");
    assert_eq!(find(&mut store, "dew SAR"), ["Ibu Sari Déwi"]);
    assert_eq!(find(&mut store, "ari"), [""; 0]);
    assert_eq!(find(&mut store, "\" OR *"), [""; 0]);
    assert_eq!(find(&mut store, "  ").len(), 2);
}

#[test]
fn a_record_is_named_by_its_search_words_in_the_order_in_which_the_form_asks_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    edit(&mut store, record, &[answer("address", "Jl. Melati 3")]);
    assert_eq!(find(&mut store, "melati"), ["Ibu Sari · Jl. Melati 3"]);
}

#[test]
fn a_record_in_conflict_is_found_by_either_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu");
    let shown = store.open_record(record, NOW).unwrap().heads;
    store.save_record(record, &[answer("head", "Sari")], &shown, NOW).unwrap();
    store.save_record(record, &[answer("head", "Wati")], &shown, NOW).unwrap();
    assert_eq!((find(&mut store, "sari").len(), find(&mut store, "wati").len()), (1, 1));
    assert_eq!(find(&mut store, "ibu").len(), 0);
}

#[test]
fn a_record_that_came_before_its_form_is_found_by_the_forms_search_words_once_it_is_here() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut maker = ready(one.path(), 1);
    let record = household(&mut maker, "Ibu Sari");
    edit(&mut maker, record, &[answer("water/source", "piped")]);
    let pushed = exchange(&mut maker, |_| told()).push;
    let mut reader = enrolled(two.path(), 2);
    exchange(&mut reader, |_| told());
    exchange(&mut reader, |_| sync_core::exchange::Response { pages: vec![page(0, &pushed)], ..told() });
    assert_eq!(find(&mut reader, "piped").len(), 1);
    let form = crate::phone::FORM.as_bytes();
    assert!(!reader.add_content(form_hash(), &form[..100]).unwrap());
    assert!(reader.add_content(form_hash(), &form[100..]).unwrap());
    assert_eq!(find(&mut reader, "piped").len(), 0);
    assert_eq!(find(&mut reader, "sari"), ["Ibu Sari"]);
}

#[test]
fn lists_tell_drafts_from_complete_records() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = ready(folder.path(), 1);
    let record = household(&mut store, "Ibu Sari");
    household(&mut store, "Pak Budi");
    edit(&mut store, record, &[sync_core::record::Edit::State(RecordState::Complete)]);
    let filter = RecordFilter { state: Some(RecordState::Complete), ..RecordFilter::default() };
    let lines = store.records(&filter, 0, 10).unwrap();
    assert_eq!(lines.iter().map(|line| line.id).collect::<Vec<_>>(), [record]);
    drop(store);
    assert_eq!(open(folder.path(), 1).store.records(&filter, 0, 10).unwrap(), lines);
}
