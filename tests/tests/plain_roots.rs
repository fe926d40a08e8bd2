//! R2: what counts as a plain root change is taken by Automerge and given back byte by byte, whatever bytes somebody sends;
//! and all that Rukun makes is plain.

use automerge::{Automerge, Change};
use proptest::prelude::*;
use rukun_tests::forge::{ForgedChange, ForgedKey, ForgedOperation, ForgedValue};
use rukun_tests::survey::{household, key, path};
use sha2::{Digest, Sha256};
use sync_core::change::RawChange;
use sync_core::document::Document;
use sync_core::id::ActorId;
use sync_core::record::{Answer, NewRecord, Record, create};
use sync_core::time::Timestamp;

const ACTOR: ActorId = ActorId::from_bytes([7; 16]);

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        any::<i64>().prop_map(Answer::Integer),
        (-3_i64..300).prop_map(Answer::Integer),
        any::<f64>().prop_filter_map("a number", Answer::decimal),
        "[a-z ]{1,40}".prop_filter_map("words", |words| Answer::text(&words)),
        "\\PC{1,300}".prop_filter_map("words", |words| Answer::text(&words)),
        Just(Answer::Text("river".into())),
    ]
}

fn record() -> impl Strategy<Value = NewRecord> {
    let answers = prop::collection::btree_map(0_u16..400, answer(), 0..120);
    let texts = prop::collection::btree_map(0_u8..5, "\\PC{0,40}", 0..4);
    (answers, texts).prop_map(|(answers, texts)| NewRecord {
        answers: answers.into_iter().map(|(number, answer)| (key(&format!("group/q{number}")), answer)).collect(),
        long_texts: texts.into_iter().map(|(number, text)| (path(&format!("notes{number}")), text)).collect(),
        ..household("Ibu Sari")
    })
}

fn made(record: &NewRecord, seconds: i64) -> Vec<u8> {
    create(record, ACTOR, Timestamp::from_seconds(seconds)).expect("a record").change
}

/// What must be true of anything that counts as plain.
fn hold_to_automerge(bytes: &[u8]) -> Result<bool, TestCaseError> {
    let Ok(change) = RawChange::read(bytes) else { return Ok(false) };
    if !change.is_plain_root() {
        return Ok(false);
    }
    let mut automerge = Automerge::new();
    let read = Change::try_from(bytes).expect("Automerge reads what is plain");
    automerge.apply_changes([read]).expect("Automerge takes what is plain");
    let given_back = automerge.get_changes(&[]);
    prop_assert_eq!(given_back.len(), 1);
    prop_assert_eq!(given_back[0].raw_bytes(), bytes);
    let saved = automerge.save_nocompress();
    let loaded = Document::load(&saved).expect("what is plain loads again");
    prop_assert_eq!(loaded.heads(), &[change.hash()]);
    let begun = Document::begin(&change).expect("what is plain begins a document");
    prop_assert_eq!(begun.heads(), loaded.heads());
    prop_assert_eq!(begun.bytes(), saved);
    if let Ok(Some(record)) = Record::read_root(&change) {
        prop_assert_eq!(record, Record::read(&loaded).expect("a record"));
    }
    Ok(true)
}

/// The chunk with another body, and the length and checksum that fit it.
fn with_body(body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![1];
    let mut length = body.len();
    while length >= 0x80 {
        hashed.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    hashed.push(length as u8);
    hashed.extend_from_slice(body);
    let hash = Sha256::digest(&hashed);
    [[0x85, 0x6f, 0x4a, 0x83].as_slice(), &hash[..4], &hashed].concat()
}

fn body_of(chunk: &[u8]) -> &[u8] {
    let length = chunk[9..].iter().position(|byte| byte & 0x80 == 0).expect("a length") + 1;
    &chunk[9 + length..]
}

#[derive(Debug, Clone)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Repeat(prop::sample::Index),
    Swap(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 0_u8..8).prop_map(|(at, bit)| Damage::Flip(at, 1 << bit)),
        (at(), prop_oneof![Just(0_u8), Just(1), Just(0x7f), any::<u8>()])
            .prop_map(|(at, byte)| Damage::Insert(at, byte)),
        at().prop_map(Damage::Remove),
        at().prop_map(Damage::Repeat),
        at().prop_map(Damage::Swap),
    ]
}

fn do_damage(body: &mut Vec<u8>, damage: &Damage) {
    match damage {
        Damage::Flip(at, bits) => {
            let at = at.index(body.len());
            body[at] ^= bits;
        }
        Damage::Insert(at, byte) => body.insert(at.index(body.len()), *byte),
        Damage::Remove(at) => {
            body.remove(at.index(body.len()));
        }
        Damage::Repeat(at) => {
            let at = at.index(body.len());
            body.insert(at, body[at]);
        }
        Damage::Swap(at) => {
            let at = at.index(body.len() - 1);
            body.swap(at, at + 1);
        }
    }
}

/// One operation, mostly of a kind that a record begins with, of objects that may not be there.
fn operation() -> impl Strategy<Value = ForgedOperation> {
    let object =
        prop_oneof![2 => Just(None), 4 => (0_u64..6).prop_map(|counter| Some((0, counter))), 1 => Just(Some((1, 1)))];
    let name = prop_oneof![Just("answers"), Just("repeats"), Just("comments"), Just("a"), Just("b"), Just("")];
    let key = prop_oneof![
        6 => name.prop_map(|name| ForgedKey::Name(name.into())),
        1 => Just(ForgedKey::Head),
        2 => (0_u64..9).prop_map(|counter| ForgedKey::Element((0, counter))),
    ];
    let value = prop_oneof![
        3 => "[a-c]{0,2}".prop_map(|words| Some(ForgedValue::text(&words))),
        1 => any::<i64>().prop_map(|number| Some(ForgedValue::integer(number))),
        2 => Just(None),
        1 => (0_u64..16, prop::collection::vec(any::<u8>(), 0..9)).prop_map(|(kind, bytes)| Some(ForgedValue { kind, bytes })),
    ];
    let action = prop_oneof![6 => Just(1_u64), 3 => Just(0), 2 => Just(4), 1 => 0_u64..8];
    (object, key, any::<bool>(), action, value, prop_oneof![20 => Just(Vec::new()), 1 => Just(vec![(0, 1)])]).prop_map(
        |(object, key, insert, action, value, predecessors)| {
            let insert = insert && !matches!(key, ForgedKey::Name(_));
            ForgedOperation { object, key, insert, action, value, predecessors }
        },
    )
}

fn forged() -> impl Strategy<Value = ForgedChange> {
    let specification =
        prop::sample::select(vec![0x01_u64, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73]);
    let column = (
        specification,
        prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(0x7f), 0_u8..9, any::<u8>()], 0..6),
    );
    let columns = prop_oneof![4 => Just(Vec::new()), 1 => column.prop_map(|column| vec![column])];
    (
        prop::collection::vec(operation(), 1..9),
        columns,
        0_u64..3,
        0_u64..4,
        any::<i64>(),
        prop_oneof![9 => Just(""), 1 => Just("hi")],
    )
        .prop_map(|(operations, columns, sequence, start_op, time, message)| ForgedChange {
            dependencies: Vec::new(),
            actor: ACTOR.as_bytes().to_vec(),
            sequence,
            start_op,
            time,
            message: message.as_bytes().to_vec(),
            other_actors: Vec::new(),
            operations,
            columns,
            footer: Vec::new(),
            chunk_type: 1,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_record_that_rukun_makes_begins_with_a_plain_change(record in record(), seconds in 0_i64..4_000_000_000) {
        prop_assert!(hold_to_automerge(&made(&record, seconds))?, "not plain");
    }

    #[test]
    fn a_plain_change_that_was_tampered_with_is_not_plain_or_sound(
        record in record(),
        damages in prop::collection::vec(prop::collection::vec(damage(), 1..3), 40),
    ) {
        let chunk = made(&record, 1_764_000_000);
        for damage in damages {
            let mut body = body_of(&chunk).to_vec();
            damage.iter().for_each(|damage| do_damage(&mut body, damage));
            hold_to_automerge(&with_body(&body))?;
        }
    }

    #[test]
    fn a_forged_change_is_not_plain_or_sound(changes in prop::collection::vec(forged(), 200)) {
        for change in changes {
            hold_to_automerge(&change.bytes())?;
        }
    }
}
