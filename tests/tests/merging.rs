//! Whatever two to four people do to one record, in whatever order their edits meet: every copy ends the same, nothing that
//! was typed is gone, and each question shows exactly the answers that nobody had seen when giving another.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use rukun_tests::oracle::Oracle;
use rukun_tests::seed::Seed;
use rukun_tests::survey::{self, MEMBER, MEMBER_NOTES, NOTES, SCALARS, household, key, path};
use sync_core::change::RawChange;
use sync_core::document::Document;
use sync_core::id::{ActorId, ActorPrefix, ChangeHash, InstanceId};
use sync_core::identity::KeyPair;
use sync_core::record::{Actors, Answer, Edit, Instance, QuestionKey, Record, RecordState, content_hash, create, save};
use sync_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);

/// What somebody does. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    /// Saves some edits, `behind` saves behind on what the screen shows.
    Save { who: usize, edits: Vec<Doing>, behind: usize },
    /// Takes in everything that another has.
    Meet { who: usize, whom: usize },
    /// The app is closed and opened: a new actor.
    Reopen { who: usize },
}

#[derive(Debug, Clone)]
enum Doing {
    Answer { question: usize, value: usize },
    Type { at: usize },
    Empty,
    AddMember { order: u8 },
    RemoveMember { which: usize },
    RestoreMember { which: usize },
    MoveMember { which: usize, order: u8 },
    AnswerMember { which: usize, value: usize },
    TypeMember { which: usize },
    Comment,
    State { complete: bool },
    Withdraw,
    Reinstate,
    Version { number: u32 },
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        6 => (0..4_usize, 0..5_usize).prop_map(|(question, value)| Doing::Answer { question, value }),
        2 => (0..40_usize).prop_map(|at| Doing::Type { at }),
        1 => Just(Doing::Empty),
        2 => (0..4_u8).prop_map(|order| Doing::AddMember { order }),
        1 => (0..4_usize).prop_map(|which| Doing::RemoveMember { which }),
        1 => (0..4_usize).prop_map(|which| Doing::RestoreMember { which }),
        1 => (0..4_usize, 0..4_u8).prop_map(|(which, order)| Doing::MoveMember { which, order }),
        2 => (0..4_usize, 0..5_usize).prop_map(|(which, value)| Doing::AnswerMember { which, value }),
        1 => (0..4_usize).prop_map(|which| Doing::TypeMember { which }),
        1 => Just(Doing::Comment),
        1 => any::<bool>().prop_map(|complete| Doing::State { complete }),
        1 => Just(Doing::Withdraw),
        1 => Just(Doing::Reinstate),
        1 => (1..4_u32).prop_map(|number| Doing::Version { number }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let edits = prop::collection::vec(doing(), 1..4);
    prop_oneof![
        5 => (0..4_usize, edits, 0..3_usize).prop_map(|(who, edits, behind)| Step::Save { who, edits, behind }),
        3 => (0..4_usize, 0..4_usize).prop_map(|(who, whom)| Step::Meet { who, whom }),
        1 => (0..4_usize).prop_map(|who| Step::Reopen { who }),
    ]
}

struct Person {
    document: Document,
    prefix: ActorPrefix,
    actor: ActorId,
    /// States that were on the screen, the newest last.
    screens: Vec<Vec<ChangeHash>>,
}

struct Table {
    people: Vec<Person>,
    seed: Seed,
    oracle: Oracle,
    typed: Vec<String>,
    may_empty: bool,
}

impl Table {
    fn set(people: usize) -> Self {
        let mut seed = Seed::new(7);
        let prefixes: Vec<ActorPrefix> =
            (0..people).map(|_| KeyPair::generate(&mut seed).public().actor_prefix()).collect();
        let new = household("Sari");
        let created = create(&new, ActorId::generate(prefixes[0], &mut seed), NOW).expect("a record");
        let root = RawChange::read(&created.change).expect("a change");
        let document = Document::begin(&root).expect("a document");
        let mut oracle = Oracle::default();
        let first: Vec<Edit> = new
            .answers
            .iter()
            .map(|(key, value)| Edit::Answer { key: key.clone(), value: Some(value.clone()) })
            .collect();
        oracle.note(root.hash(), &[], &first);
        let people = prefixes
            .into_iter()
            .map(|prefix| Person {
                document: document.clone(),
                prefix,
                actor: ActorId::generate(prefix, &mut seed),
                screens: vec![document.heads().to_vec()],
            })
            .collect();
        Self { people, seed, oracle, typed: Vec::new(), may_empty: false }
    }

    fn run(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Save { who, edits, behind } => self.save(who % self.people.len(), edits, *behind),
                Step::Meet { who, whom } => self.meet(who % self.people.len(), whom % self.people.len()),
                Step::Reopen { who } => {
                    let place = who % self.people.len();
                    let person = &mut self.people[place];
                    person.actor = ActorId::generate(person.prefix, &mut self.seed);
                }
            }
        }
    }

    fn save(&mut self, who: usize, doings: &[Doing], behind: usize) {
        let person = &self.people[who];
        let shown = person.screens[person.screens.len().saturating_sub(1 + behind)].clone();
        let mut edits: Vec<Edit> = Vec::new();
        let screen = screen_at(&person.document, &shown);
        let mut notes = screen.answer(NOTES).map(Answer::words).unwrap_or_default();
        for doing in doings {
            edits.extend(self.edit(doing, &screen, &mut notes));
        }
        let person = &mut self.people[who];
        let mut actors = Actors { current: person.actor, prefix: person.prefix, entropy: &mut self.seed };
        let saved = save(&mut person.document, &edits, &shown, &mut actors, NOW).expect("a save");
        let Some(saved) = saved else { return };
        let change = RawChange::read(&saved.change).expect("a change").hash();
        self.oracle.note(change, &shown, &edits);
        person.screens.push(person.document.heads().to_vec());
    }

    fn edit(&mut self, doing: &Doing, screen: &Record, notes: &mut String) -> Option<Edit> {
        let value =
            |value: usize| (value > 0).then(|| Answer::Text(["", "piped", "bore", "river", "rain"][value].into()));
        let member =
            |which: usize| (!screen.instances.is_empty()).then(|| &screen.instances[which % screen.instances.len()]);
        let inside = |member: &Instance, name: &str| QuestionKey::inside(member.id, path(name));
        Some(match doing {
            Doing::Answer { question, value: of } => Edit::Answer { key: key(SCALARS[*question]), value: value(*of) },
            Doing::Type { at } => {
                self.type_into(notes, *at);
                Edit::LongText { key: key(NOTES), text: notes.clone() }
            }
            Doing::Empty => {
                self.may_empty = true;
                notes.clear();
                Edit::LongText { key: key(NOTES), text: String::new() }
            }
            Doing::AddMember { order } => Edit::AddInstance {
                instance: instance(&mut self.seed),
                path: path(MEMBER),
                parent: None,
                order: f64::from(*order),
            },
            Doing::RemoveMember { which } => {
                Edit::RemoveInstance { instance: member(*which)?.id, reason: "pindah".into() }
            }
            Doing::RestoreMember { which } => Edit::RestoreInstance { instance: member(*which)?.id },
            Doing::MoveMember { which, order } => {
                Edit::OrderInstance { instance: member(*which)?.id, order: f64::from(*order) }
            }
            Doing::AnswerMember { which, value: of } => {
                Edit::Answer { key: inside(member(*which)?, "member/name"), value: value(*of) }
            }
            Doing::TypeMember { which } => Edit::LongText {
                key: inside(member(*which)?, MEMBER_NOTES),
                text: format!("sakit {}", self.seed.below(3)),
            },
            Doing::Comment => Edit::Comment { id: instance(&mut self.seed), question: None, text: "periksa".into() },
            Doing::State { complete: true } => Edit::State(RecordState::Complete),
            Doing::State { complete: false } => Edit::State(RecordState::Draft),
            Doing::Withdraw => Edit::Withdraw { reason: "ganda".into() },
            Doing::Reinstate => Edit::Reinstate,
            Doing::Version { number } => Edit::Version(survey::version(*number)),
        })
    }

    /// Types one word of its own kind into the notes, not inside another's.
    fn type_into(&mut self, notes: &mut String, at: usize) {
        let word = format!("<{}>", self.typed.len());
        let inside = |place: usize| notes[..place].rfind('<') > notes[..place].rfind('>');
        let places: Vec<usize> =
            (0..=notes.len()).filter(|place| notes.is_char_boundary(*place) && !inside(*place)).collect();
        notes.insert_str(places[at % places.len()], &word);
        self.typed.push(word);
    }

    fn meet(&mut self, who: usize, whom: usize) {
        let changes = self.people[whom].document.changes();
        for bytes in &changes {
            let change = RawChange::read(bytes).expect("a change");
            let prefix = change.actor().prefix();
            self.people[who].document.take_in(&[change], prefix).expect("sound");
        }
        let heads = self.people[who].document.heads().to_vec();
        self.people[who].screens.push(heads);
    }

    fn meet_all(&mut self) {
        for who in (0..self.people.len()).chain(0..self.people.len()) {
            for whom in 0..self.people.len() {
                self.meet(who, whom);
            }
        }
    }
}

fn screen_at(document: &Document, heads: &[ChangeHash]) -> Record {
    let seen = document.history().closure(heads);
    let mut shown: Option<Document> = None;
    for bytes in document.changes() {
        let change = RawChange::read(&bytes).expect("a change");
        if seen.contains(&change.hash()) {
            match &mut shown {
                None => shown = Some(Document::begin(&change).expect("a document")),
                Some(shown) => shown.take_in_proven(&[change]).expect("proven"),
            }
        }
    }
    Record::read(&shown.expect("a root")).expect("a record")
}

fn instance(seed: &mut Seed) -> InstanceId {
    let mut bytes = [0; 16];
    sync_core::entropy::Entropy::fill(seed, &mut bytes);
    InstanceId::from_bytes(bytes)
}

/// A record without the order in which Automerge happens to name rivals.
fn settled(document: &Document) -> Record {
    Record::read(document).expect("a record")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("regressions/merging.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_interleaving_converges_and_shows_what_nobody_had_seen(
        people in 2..5_usize,
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut table = Table::set(people);
        table.run(&steps);
        table.meet_all();
        let first = &table.people[0].document;
        let record = settled(first);
        for person in &table.people[1..] {
            prop_assert_eq!(person.document.heads(), first.heads());
            prop_assert_eq!(&settled(&person.document), &record);
            prop_assert_eq!(
                content_hash(&person.document, first.heads()),
                content_hash(first, first.heads())
            );
        }
        let mut loaded = Document::load(&first.bytes()).expect("it loads");
        loaded.remember(first.traits());
        prop_assert_eq!(&settled(&loaded), &record);
        let changes: BTreeSet<ChangeHash> = first.history().iter().map(|(hash, _)| hash).collect();
        prop_assert_eq!(changes, table.oracle.changes().collect::<BTreeSet<_>>());
        prop_assert_eq!(table.oracle.differences(&record), Vec::<String>::new());
        if !table.may_empty {
            let notes = record.answer(NOTES).map(Answer::words).unwrap_or_default();
            for word in &table.typed {
                prop_assert!(notes.contains(word.as_str()), "{} is not in {}", word, notes);
            }
        }
    }
}
