//! One promise a test.

use rukun_form::session::{FindingKind, Key, SessionEdit, SessionError};
use serde_json::json;

use crate::forms::{answer, begin, id, open, plan, question, value, versioned};

#[test]
fn an_answer_that_is_no_longer_asked_reads_as_nothing_and_is_there_again_when_it_is() {
    let plan = plan(json!([
        question("toilet", "text", json!({})),
        question("pit", "text", json!({"relevant": "/data/toilet = 'yes'"})),
        question("has_pit", "calculate", json!({"calculation": "if(/data/pit = '', 'no', 'yes')"})),
    ]));
    let mut session = begin(&plan);
    answer(&mut session, "toilet", "yes");
    answer(&mut session, "pit", "dry");
    answer(&mut session, "toilet", "no");
    assert_eq!((value(&session, "pit"), value(&session, "has_pit")), (String::new(), "no".into()));
    let kept = session.answers().values.into_iter().any(|(key, value)| key.path == "pit" && value == "dry");
    assert!(kept, "the record still holds what was typed");
    answer(&mut session, "toilet", "yes");
    assert_eq!((value(&session, "pit"), value(&session, "has_pit")), ("dry".into(), "yes".into()));
}

#[test]
fn a_choice_that_is_no_longer_offered_reads_as_nothing_and_comes_back_with_its_place() {
    let plan = plan(json!([
        question("district", "text", json!({})),
        question("village", "select_one", json!({"list": "villages", "choice_filter": "district = /data/district"})),
    ]));
    let mut session = begin(&plan);
    answer(&mut session, "district", "situbondo");
    answer(&mut session, "village", "olean");
    answer(&mut session, "district", "panarukan");
    assert_eq!(value(&session, "village"), "");
    answer(&mut session, "district", "situbondo");
    assert_eq!(value(&session, "village"), "olean");
}

#[test]
fn once_keeps_its_first_value_and_the_record_keeps_it_too() {
    let plan = plan(json!([
        question("first", "text", json!({})),
        question("kept", "calculate", json!({"calculation": "once(/data/first)"})),
    ]));
    let mut session = begin(&plan);
    answer(&mut session, "first", "a");
    answer(&mut session, "first", "b");
    assert_eq!(value(&session, "kept"), "a");
    assert!(session.edits().contains(&SessionEdit::Answer { key: Key::of("kept"), value: "a".into() }));
    assert_eq!(value(&open(&plan, &session.answers()), "kept"), "a");
}

#[test]
fn two_devices_that_count_to_three_make_the_same_third_instance() {
    let plan = plan(json!([
        question("n", "integer", json!({})),
        {"kind": "repeat", "path": "member", "count": "/data/n", "items": [question("member/name", "text", json!({}))]},
    ]));
    let mut ours = begin(&plan);
    answer(&mut ours, "n", "2");
    let mut theirs = open(&plan, &ours.answers());
    answer(&mut ours, "n", "3");
    answer(&mut theirs, "n", "3");
    assert_eq!(ours.instances("member", None).len(), 3);
    assert_eq!(ours.instances("member", None), theirs.instances("member", None));
}

#[test]
fn a_count_that_falls_hides_members_and_loses_none() {
    let plan = plan(json!([
        question("n", "integer", json!({})),
        {"kind": "repeat", "path": "member", "count": "../n", "items": [question("member/name", "text", json!({}))]},
        question("named", "calculate", json!({"calculation": "join(' ', /data/member/name)"})),
    ]));
    let mut session = begin(&plan);
    answer(&mut session, "n", "2");
    for (place, name) in ["Ani", "Joko"].into_iter().enumerate() {
        let member = session.instances("member", None)[place];
        session.answer(&Key::inside(member, "member/name"), name).unwrap();
    }
    answer(&mut session, "n", "1");
    assert_eq!(value(&session, "named"), "Ani");
    answer(&mut session, "n", "2");
    assert_eq!(value(&session, "named"), "Ani Joko");
    let added = session.add_instance("member", None, id(1));
    assert_eq!(added, Err(SessionError::Counted { path: "member".into() }));
}

#[test]
fn a_wrong_answer_is_kept_and_marked_and_a_record_with_one_is_not_complete() {
    let plan = plan(json!([question(
        "age",
        "integer",
        json!({"constraint": ". <= 120", "constraint_message": {"id": "Periksa umur."}})
    ),]));
    let mut session = begin(&plan);
    for (typed, kind) in [("200", FindingKind::Constraint), ("tua", FindingKind::WrongType)] {
        answer(&mut session, "age", typed);
        assert_eq!(value(&session, "age"), typed);
        let findings = session.complete().unwrap_err();
        assert_eq!(findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [kind]);
    }
    answer(&mut session, "age", "20");
    assert_eq!(session.complete(), Ok(()));
}

#[test]
fn a_new_version_carries_answers_over_by_path_and_sets_aside_what_it_has_no_question_for() {
    let old = versioned("1", json!([question("name", "text", json!({})), question("colour", "text", json!({}))]));
    let mut session = begin(&old);
    answer(&mut session, "name", "Ani");
    answer(&mut session, "colour", "blue");
    let new = versioned("2", json!([question("name", "text", json!({})), question("height", "integer", json!({}))]));
    let carried = open(&new, &session.answers());
    assert_eq!(value(&carried, "name"), "Ani");
    assert_eq!(carried.set_aside(), [(Key::of("colour"), "blue".into())]);
    assert!(carried.answers().values.contains(&(Key::of("colour"), "blue".into())), "and gives it back");
    assert_eq!(value(&open(&old, &carried.answers()), "colour"), "blue");
}

#[test]
fn a_trigger_sets_its_question_when_the_answer_changes_and_not_when_the_record_is_opened() {
    let form = json!({
        "schema": 1, "id": "test", "version": "1", "title": {}, "languages": ["id"],
        "items": [question("source", "text", json!({})), question("noted", "text", json!({}))],
        "actions": [{"on": [{"changed": "source"}], "target": "noted", "value": {"expression": "concat(/data/source, '!')"}}],
    });
    let form = rukun_form::Form::from_json(form.to_string().as_bytes()).unwrap();
    let plan = std::sync::Arc::new(rukun_form::plan::Plan::new(form).unwrap());
    let mut session = begin(&plan);
    answer(&mut session, "source", "well");
    assert_eq!(value(&session, "noted"), "well!");
    answer(&mut session, "noted", "by hand");
    let again = open(&plan, &session.answers());
    assert_eq!(value(&again, "noted"), "by hand");
}

#[test]
fn an_expression_that_cannot_be_computed_is_a_fault_of_the_form_and_blocks_nothing() {
    let plan = plan(json!([
        question("where", "text", json!({})),
        question("pulled", "calculate", json!({"calculation": "pulldata('nowhere', 'a', 'b', /data/where)"})),
    ]));
    let session = begin(&plan);
    let kinds: Vec<_> = session.findings().into_iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::FormFault]);
    assert_eq!(session.complete(), Ok(()));
}

#[test]
fn a_form_whose_expressions_cannot_be_read_is_refused_with_all_that_is_wrong() {
    let form = json!({
        "schema": 1, "id": "test", "version": "1", "title": {}, "languages": ["id"],
        "items": [question("a", "text", json!({"relevant": "(1"})), question("b", "text", json!({"constraint": "nofunction(.)"}))],
    });
    let form = rukun_form::Form::from_json(form.to_string().as_bytes()).unwrap();
    let faults = rukun_form::plan::Plan::new(form).unwrap_err().faults;
    let named: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), fault.what)).collect();
    assert_eq!(named, [("a", "relevant"), ("b", "constraint")]);
}

#[test]
fn the_same_answer_again_is_written_again_because_it_may_settle_a_conflict() {
    let plan = plan(json!([question("name", "text", json!({}))]));
    let mut session = begin(&plan);
    answer(&mut session, "name", "Ani");
    session.edits_saved();
    answer(&mut session, "name", "Ani");
    assert_eq!(session.edits(), [SessionEdit::Answer { key: Key::of("name"), value: "Ani".into() }]);
}

#[test]
fn the_moment_of_the_last_save_is_read_and_never_written() {
    let plan = plan(json!([question("end", "end", json!({})), question("named", "text", json!({}))]));
    let mut session = begin(&plan);
    session.note_end();
    assert!(value(&session, "end").starts_with("2025-11-23T"));
    assert_eq!(session.edits(), [], "two devices that save would have a conflict each time");
}
