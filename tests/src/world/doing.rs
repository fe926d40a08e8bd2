//! What simulated people type.

use sync_core::id::InstanceId;
use sync_core::record::{Answer, Edit, QuestionKey, Record, RecordState};

use crate::seed::Seed;
use crate::survey::{self, MEMBER, MEMBER_NOTES, MEMBER_SCALARS, NOTES, SCALARS, key, path};

const WORDS: [&str; 6] = ["piped", "bore", "river", "rain", "Sari", "Dewi"];

/// A first answer to each of some questions.
pub(super) fn first_answers(seed: &mut Seed) -> Vec<(QuestionKey, Answer)> {
    let mut answers = vec![(key(NOTES), Answer::Text("awal.".into()))];
    for name in SCALARS {
        if seed.chance(60) {
            answers.extend(word(seed).map(|answer| (key(name), answer)));
        }
    }
    answers
}

/// One to three edits of a record as it is on the screen.
pub(super) fn edits(seed: &mut Seed, screen: &Record) -> Vec<Edit> {
    let many = seed.between(1, 3);
    let mut edits: Vec<Edit> = Vec::new();
    let mut typed = false;
    for _ in 0..many {
        match edit(seed, screen) {
            // Twice in one save would be typed on the first.
            Some(Edit::LongText { .. }) if std::mem::replace(&mut typed, true) => {}
            Some(edit) => edits.push(edit),
            None => {}
        }
    }
    edits
}

fn edit(seed: &mut Seed, screen: &Record) -> Option<Edit> {
    let member = seed.pick(&screen.instances).map(|instance| instance.id);
    Some(match seed.below(20) {
        0..=8 => Edit::Answer { key: key(SCALARS[seed.below(SCALARS.len())]), value: word(seed) },
        9 | 10 => {
            let words = screen.answer(NOTES).map(Answer::words).unwrap_or_default();
            Edit::LongText { key: key(NOTES), text: format!("{words} {}.", seed.below(1000)) }
        }
        11 | 12 => {
            let order = [1.0, 2.0, 3.0][seed.below(3)];
            Edit::AddInstance { instance: instance(seed), path: path(MEMBER), parent: None, order }
        }
        13 | 14 => {
            let name = path(MEMBER_SCALARS[seed.below(2)]);
            Edit::Answer { key: QuestionKey::inside(member?, name), value: word(seed) }
        }
        15 => {
            let text = format!("sakit {}", seed.below(9));
            Edit::LongText { key: QuestionKey::inside(member?, path(MEMBER_NOTES)), text }
        }
        16 if seed.chance(50) => Edit::RemoveInstance { instance: member?, reason: "pindah".into() },
        16 => Edit::RestoreInstance { instance: member? },
        17 if seed.chance(50) => Edit::State(RecordState::Complete),
        17 => Edit::State(RecordState::Draft),
        18 if seed.chance(30) => Edit::Withdraw { reason: "ganda".into() },
        18 if seed.chance(50) => Edit::Reinstate,
        18 => Edit::Version(survey::version(u32::try_from(seed.between(1, 3)).unwrap_or(1))),
        _ => Edit::Comment { id: instance(seed), question: None, text: "periksa".into() },
    })
}

fn word(seed: &mut Seed) -> Option<Answer> {
    match seed.below(8) {
        0 => None,
        1 => Some(Answer::Integer(5)),
        _ => seed.pick(&WORDS).map(|word| Answer::Text((*word).into())),
    }
}

fn instance(seed: &mut Seed) -> InstanceId {
    let mut bytes = [0; 16];
    sync_core::entropy::Entropy::fill(seed, &mut bytes);
    InstanceId::from_bytes(bytes)
}
