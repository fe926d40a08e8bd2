//! The stories of `record` in the design's rules, told to the core: each was a loss once.

use rukun_tests::seed::Seed;
use rukun_tests::survey::{MEMBER, MEMBER_NOTES, NOTES, household, key, path};
use sync_core::change::RawChange;
use sync_core::document::Document;
use sync_core::id::{ActorId, ChangeHash, InstanceId};
use sync_core::identity::KeyPair;
use sync_core::record::{Actors, Answer, Edit, Presence, QuestionKey, Record, RecordState, content_hash, create, save};
use sync_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);

/// A person with a copy of the record.
#[derive(Clone)]
struct Person {
    document: Document,
    actor: ActorId,
    seed: Seed,
}

impl Person {
    /// Saves at what is there now, or at an older screen.
    fn does_at(&mut self, shown: &[ChangeHash], edits: &[Edit]) -> bool {
        let mut actors = Actors { current: self.actor, prefix: self.actor.prefix(), entropy: &mut self.seed };
        save(&mut self.document, edits, shown, &mut actors, NOW).expect("a save").is_some()
    }

    fn does(&mut self, edits: &[Edit]) -> bool {
        let shown = self.document.heads().to_vec();
        self.does_at(&shown, edits)
    }

    fn meets(&mut self, other: &Self) {
        for bytes in other.document.changes() {
            let change = RawChange::read(&bytes).expect("a change");
            let prefix = change.actor().prefix();
            self.document.take_in(&[change], prefix).expect("sound");
        }
    }

    fn record(&self) -> Record {
        Record::read(&self.document).expect("a record")
    }

    /// The values shown under a question: one, or the rivals of a conflict, sorted.
    fn shows(&self, key: &QuestionKey) -> Vec<Option<String>> {
        let record = self.record();
        let Some(answered) = record.answers.get(key) else { return vec![None] };
        let words = |value: &Option<Answer>| value.as_ref().map(Answer::words);
        if answered.conflict.is_empty() {
            return vec![words(&answered.value)];
        }
        let mut rivals: Vec<_> = answered.conflict.iter().map(|rival| words(&rival.value)).collect();
        rivals.sort();
        rivals
    }
}

fn people<const N: usize>() -> [Person; N] {
    let mut seed = Seed::new(5);
    let actor = |seed: &mut Seed| ActorId::generate(KeyPair::generate(seed).public().actor_prefix(), seed);
    let created = create(&household("Sari"), actor(&mut seed), NOW).expect("a record");
    let document = Document::begin(&RawChange::read(&created.change).expect("a change")).expect("a document");
    std::array::from_fn(|_| Person { document: document.clone(), actor: actor(&mut seed), seed: seed.branch() })
}

fn says(name: &str, value: &str) -> Edit {
    Edit::Answer { key: key(name), value: Some(Answer::Text(value.into())) }
}

fn clears(name: &str) -> Edit {
    Edit::Answer { key: key(name), value: None }
}

fn types(text: &str) -> Edit {
    Edit::LongText { key: key(NOTES), text: text.into() }
}

fn some(words: &[&str]) -> Vec<Option<String>> {
    words.iter().map(|word| Some((*word).to_owned())).collect()
}

#[test]
fn r4_a_cleared_answer_against_a_change_is_a_conflict_and_stays_settled() {
    let [mut anna, mut budi] = people();
    anna.does(&[clears("water/source")]);
    budi.does(&[says("water/source", "bore")]);
    anna.meets(&budi);
    assert_eq!(anna.shows(&key("water/source")), [None, Some("bore".into())]);
    for chosen in [Some("bore"), None] {
        let mut supervisor = anna.clone();
        supervisor
            .does(&[Edit::Answer { key: key("water/source"), value: chosen.map(|word| Answer::Text(word.into())) }]);
        assert_eq!(supervisor.shows(&key("water/source")), [chosen.map(str::to_owned)]);
        supervisor.meets(&anna);
        supervisor.meets(&budi);
        assert_eq!(supervisor.shows(&key("water/source")), [chosen.map(str::to_owned)], "it does not come back");
    }
}

#[test]
fn r4_emptying_a_long_text_leaves_what_another_types_meanwhile() {
    let [mut anna, mut budi] = people();
    anna.does(&[Edit::Answer { key: key(NOTES), value: None }]);
    let typed = "di tepi sungai, airnya keruh sejak musim hujan";
    budi.does(&[types(typed)]);
    anna.meets(&budi);
    assert_eq!(anna.shows(&key(NOTES)), some(&[", airnya keruh sejak musim hujan"]));
}

#[test]
fn r5_a_save_on_an_old_screen_branches_and_both_answers_stay() {
    let [mut anna, mut budi] = people();
    let screen = budi.document.heads().to_vec();
    anna.does(&[says("water/source", "piped")]);
    budi.meets(&anna);
    assert!(budi.does_at(&screen, &[says("water/source", "bore")]));
    assert_eq!(budi.shows(&key("water/source")), some(&["bore", "piped"]));
    anna.meets(&budi);
    assert_eq!(anna.shows(&key("water/source")), some(&["bore", "piped"]));
}

#[test]
fn r5_a_save_on_the_newest_screen_replaces_what_was_seen() {
    let [mut anna, mut budi] = people();
    anna.does(&[says("water/source", "piped")]);
    budi.meets(&anna);
    budi.does(&[says("water/source", "bore")]);
    assert_eq!(budi.shows(&key("water/source")), some(&["bore"]));
}

#[test]
fn r6_members_added_on_two_phones_are_two_members_with_all_their_answers() {
    let [mut anna, mut budi] = people();
    for (person, number) in [(&mut anna, 1), (&mut budi, 2)] {
        let instance = InstanceId::from_bytes([number; 16]);
        let name = QuestionKey::inside(instance, path("member/name"));
        person.does(&[
            Edit::AddInstance { instance, path: path(MEMBER), parent: None, order: 1.0 },
            Edit::Answer { key: name, value: Some(Answer::Text(format!("anak {number}"))) },
        ]);
    }
    anna.meets(&budi);
    assert_eq!(anna.record().instances.iter().map(|instance| instance.id.as_bytes()[0]).collect::<Vec<_>>(), [1, 2]);
    for number in [1, 2] {
        let name = QuestionKey::inside(InstanceId::from_bytes([number; 16]), path("member/name"));
        assert_eq!(anna.shows(&name), some(&[&format!("anak {number}")]));
    }
}

#[test]
fn r6_a_counted_member_opened_on_two_phones_is_one_and_hides_nothing() {
    let [mut anna, mut budi] = people();
    let third = InstanceId::counted(sync_core::id::DocumentId::from_bytes([3; 16]), MEMBER, None, 3);
    let inside = |name: &str| QuestionKey::inside(third, path(name));
    anna.does(&[Edit::Answer { key: inside("member/name"), value: Some(Answer::Text("Rini".into())) }]);
    budi.does(&[Edit::Answer { key: inside("member/age"), value: Some(Answer::Integer(7)) }]);
    anna.meets(&budi);
    assert_eq!(
        (anna.shows(&inside("member/name")), anna.shows(&inside("member/age"))),
        (some(&["Rini"]), some(&["7"]))
    );
}

#[test]
fn r6_a_long_text_that_two_people_begin_merges_by_character() {
    let [mut anna, mut budi] = people();
    anna.does(&[types("Atap bocor. di tepi sungai")]);
    budi.does(&[types("di tepi sungai. Sumur dangkal.")]);
    anna.meets(&budi);
    assert_eq!(anna.shows(&key(NOTES)), some(&["Atap bocor. di tepi sungai. Sumur dangkal."]));
}

#[test]
fn r6_two_texts_begun_inside_one_member_are_a_conflict_and_both_are_shown() {
    let [mut anna, mut budi] = people();
    let instance = InstanceId::from_bytes([1; 16]);
    anna.does(&[Edit::AddInstance { instance, path: path(MEMBER), parent: None, order: 1.0 }]);
    budi.meets(&anna);
    let notes = QuestionKey::inside(instance, path(MEMBER_NOTES));
    anna.does(&[Edit::LongText { key: notes.clone(), text: "demam".into() }]);
    budi.does(&[Edit::LongText { key: notes.clone(), text: "batuk".into() }]);
    anna.meets(&budi);
    assert_eq!(anna.shows(&notes), some(&["batuk", "demam"]));
    anna.does(&[Edit::LongText { key: notes.clone(), text: "demam dan batuk".into() }]);
    assert_eq!(anna.shows(&notes), some(&["demam dan batuk"]));
}

#[test]
fn r10_a_withdrawn_record_that_somebody_completes_stays_visible() {
    let [mut anna, mut budi] = people();
    anna.does(&[Edit::Withdraw { reason: "ganda".into() }]);
    assert_eq!(anna.record().presence, Presence::Gone { reason: "ganda".into() });
    budi.does(&[says("water/source", "bore"), Edit::State(RecordState::Complete)]);
    anna.meets(&budi);
    assert_eq!(anna.record().presence, Presence::GoneButEdited { reasons: vec!["ganda".into()] });
    assert_eq!(anna.record().conflict_count(), 1);
    let mut again = anna.clone();
    again.does(&[Edit::Withdraw { reason: "memang ganda".into() }]);
    assert_eq!(again.record().presence, Presence::Gone { reason: "memang ganda".into() });
    anna.does(&[Edit::Reinstate]);
    assert_eq!(anna.record().presence, Presence::Present);
}

#[test]
fn r10_two_withdrawals_of_the_same_state_are_one_and_a_comment_does_not_undo_them() {
    let [mut anna, mut budi] = people();
    anna.does(&[Edit::Withdraw { reason: "ganda".into() }]);
    budi.does(&[Edit::Withdraw { reason: "salah desa".into() }]);
    budi.does(&[Edit::Comment { id: InstanceId::from_bytes([4; 16]), question: None, text: "lihat foto".into() }]);
    anna.meets(&budi);
    assert!(matches!(anna.record().presence, Presence::Gone { .. }), "{:?}", anna.record().presence);
    assert_eq!(anna.record().conflict_count(), 0);
}

#[test]
fn r10_a_member_removed_by_one_and_edited_by_another_stays_visible() {
    let [mut anna, mut budi] = people();
    let instance = InstanceId::from_bytes([1; 16]);
    anna.does(&[Edit::AddInstance { instance, path: path(MEMBER), parent: None, order: 1.0 }]);
    budi.meets(&anna);
    anna.does(&[Edit::RemoveInstance { instance, reason: "pindah".into() }]);
    assert_eq!(anna.record().instances[0].presence, Presence::Gone { reason: "pindah".into() });
    let age = QuestionKey::inside(instance, path("member/age"));
    budi.does(&[Edit::Answer { key: age.clone(), value: Some(Answer::Integer(8)) }]);
    anna.meets(&budi);
    assert_eq!(anna.record().instances[0].presence, Presence::GoneButEdited { reasons: vec!["pindah".into()] });
    assert_eq!(anna.shows(&age), some(&["8"]));
}

#[test]
fn r10_a_record_is_complete_only_if_everybody_says_so() {
    let [mut anna, mut budi] = people();
    anna.does(&[Edit::State(RecordState::Complete)]);
    budi.meets(&anna);
    budi.does(&[Edit::State(RecordState::Draft)]);
    anna.does(&[Edit::State(RecordState::Draft)]);
    anna.does(&[Edit::State(RecordState::Complete)]);
    anna.meets(&budi);
    assert_eq!((anna.record().state, anna.record().conflict_count()), (RecordState::Draft, 0));
}

#[test]
fn r13_changing_and_changing_back_is_the_content_that_was_approved_and_a_rival_is_not() {
    let [mut anna, mut budi] = people();
    let approved = content_hash(&anna.document, anna.document.heads());
    anna.does(&[says("water/source", "bore")]);
    assert_ne!(content_hash(&anna.document, anna.document.heads()), approved);
    anna.does(&[says("water/source", "river")]);
    assert_eq!(content_hash(&anna.document, anna.document.heads()), approved);
    anna.does(&[Edit::Comment { id: InstanceId::from_bytes([4; 16]), question: None, text: "lihat foto".into() }]);
    assert_eq!(content_hash(&anna.document, anna.document.heads()), approved, "comments are no part of it");
    budi.does(&[says("water/source", "piped")]);
    anna.meets(&budi);
    assert_ne!(content_hash(&anna.document, anna.document.heads()), approved);
    assert_eq!(content_hash(&anna.document, &[ChangeHash::from_bytes([9; 32])]), None);
}

#[test]
fn r14_the_version_of_the_form_is_never_a_conflict() {
    let [mut anna, mut budi] = people();
    anna.does(&[Edit::Version(rukun_tests::survey::version(2))]);
    budi.does(&[Edit::Version(rukun_tests::survey::version(3))]);
    anna.meets(&budi);
    let record = anna.record();
    assert_eq!((record.versions.len(), record.conflict_count()), (2, 0));
    assert_eq!(record.version(|version| version.as_str().to_owned()), Some(&rukun_tests::survey::version(3)));
}

#[test]
fn r23_equal_answers_of_two_people_are_silent_and_five_equals_five_point_zero() {
    let [mut anna, mut budi] = people();
    let minutes = |value| Edit::Answer { key: key("water/minutes"), value: Some(value) };
    anna.does(&[says("name", "Dewi"), minutes(Answer::Integer(5))]);
    budi.does(&[says("name", "Dewi"), minutes(Answer::Decimal(5.0))]);
    anna.meets(&budi);
    assert_eq!(anna.record().conflict_count(), 0);
    assert_eq!(anna.shows(&key("name")), some(&["Dewi"]));
}

#[test]
fn r23_an_answer_that_is_only_confirmed_leaves_no_trace() {
    let [mut anna] = people();
    assert!(!anna.does(&[says("water/source", "river")]));
    assert!(!anna.does(&[clears("water/other")]), "nor clearing what was never answered");
}

#[test]
fn r26_only_its_author_hides_a_comment_and_nobody_rewrites_it() {
    let [mut anna, mut budi] = people();
    let id = InstanceId::from_bytes([4; 16]);
    anna.does(&[Edit::Comment { id, question: None, text: "periksa lagi".into() }]);
    budi.meets(&anna);
    budi.does(&[Edit::Comment { id, question: None, text: "sudah benar".into() }]);
    budi.does(&[Edit::HideComment { id, question: None }]);
    anna.meets(&budi);
    assert_eq!(anna.record().comments[0].text.as_deref(), Some("periksa lagi"));
    let [mut anna, _] = people();
    anna.does(&[Edit::Comment { id, question: None, text: "periksa lagi".into() }]);
    anna.does(&[Edit::HideComment { id, question: None }]);
    assert_eq!(anna.record().comments[0].text, None);
}
