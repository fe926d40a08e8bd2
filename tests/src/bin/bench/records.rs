//! The records of the workloads: 80 answers each, about 1.9 KB of JSON, the same for every system and in every run.

use std::fs;
use std::path::Path;

use rukun_tests::seed::Seed;
use serde_json::{Map, Value, json};

use crate::Outcome;

/// A record as JSON: question -> answer.
pub(crate) type Answers = Map<String, Value>;

/// The parts of the questionnaire; each has ten questions, `household_q01` to `healthcare_q10`.
pub(crate) const PARTS: [&str; 8] =
    ["household", "education", "employment", "dwelling", "sanitation", "nutrition", "assets", "healthcare"];

const WORDS: [&str; 24] = [
    "Jalan", "Melati", "Kampung", "Dusun", "Siti", "Budi", "Rahman", "petani", "guru", "nelayan", "warung", "sawah",
    "Kenanga", "Utara", "Selatan", "Bapak", "Ibu", "pedagang", "buruh", "tukang", "Sumber", "Makmur", "Lestari",
    "Baru",
];

/// Records, and where they are from.
pub(crate) struct Records {
    /// The records.
    pub(crate) all: Vec<Answers>,
    /// Said in the results.
    pub(crate) source: &'static str,
}

/// What kind of answer the question in a place of the questionnaire takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The household's id: a UUID.
    Identifier,
    /// A whole number below a bound.
    Integer(usize),
    /// `yes`, `no`, ...
    Choice,
    /// `1` to `9`
    Digit,
    /// Two digits behind the point.
    Decimal,
    /// Two to five words.
    Words,
    /// Where it stands.
    Point,
}

impl Kind {
    /// The kind in a place from 0 to 79.
    pub(crate) const fn of(place: usize) -> Self {
        match (place, place % 8) {
            (0, _) => Self::Identifier,
            (79, _) => Self::Point,
            (_, 0..=2) => Self::Integer([12, 100, 5_000_000][place % 3]),
            (_, 3 | 4) => Self::Choice,
            (_, 5) => Self::Digit,
            (_, 6) => Self::Decimal,
            _ => Self::Words,
        }
    }
}

/// The name of the question in a place from 0 to 79.
pub(crate) fn name(place: usize) -> String {
    format!("{}_q{:02}", PARTS[place / 10], place % 10 + 1)
}

/// The first `count` records: of the file where it lies beside the project, else of the generator.
pub(crate) fn load(beside: &Path, count: usize) -> Outcome<Records> {
    let file = beside.join("bench/records-2000.jsonl");
    if let Ok(text) = fs::read_to_string(&file)
        && text.lines().count() >= count
    {
        let all = text.lines().take(count).map(serde_json::from_str).collect::<Result<Vec<Answers>, _>>()?;
        let without_number = |mut answers: Answers| {
            answers.remove("id");
            answers
        };
        return Ok(Records { all: all.into_iter().map(without_number).collect(), source: "records-2000.jsonl" });
    }
    Ok(Records { all: (0..count as u64).map(generate).collect(), source: "the generator" })
}

/// Makes the record of a number.
pub(crate) fn generate(number: u64) -> Answers {
    let mut seed = Seed::new(number);
    (0..80).map(|place| (name(place), answer(Kind::of(place), &mut seed))).collect()
}

fn answer(kind: Kind, seed: &mut Seed) -> Value {
    match kind {
        Kind::Identifier => {
            let bytes = (u128::from(seed.number()) << 64 | u128::from(seed.number())).to_be_bytes();
            json!(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
        }
        Kind::Integer(below) => json!(seed.below(below)),
        Kind::Choice => json!(["yes", "no", "dk", "often", "never"][seed.below(5)]),
        Kind::Digit => json!(seed.between(1, 9).to_string()),
        Kind::Decimal => json!(hundredths(seed.below(10_000))),
        Kind::Words => {
            let words: Vec<&str> = (0..seed.between(2, 5)).map(|_| WORDS[seed.below(24)]).collect();
            json!(words.join(" "))
        }
        Kind::Point => json!({
            "lat": -7.0 - hundredths(seed.below(100_000)) / 1000.0,
            "lon": 110.0 + hundredths(seed.below(100_000)) / 1000.0,
            "alt": hundredths(seed.below(900)) * 10.0,
            "acc": hundredths(seed.below(120)) * 10.0,
        }),
    }
}

fn hundredths(number: usize) -> f64 {
    u32::try_from(number).map_or(0.0, f64::from) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_record_has_80_answers_in_the_size_of_the_files() {
        let bytes: usize = (0..200).map(|number| serde_json::to_vec(&generate(number)).unwrap().len()).sum();
        assert!((1_850..2_050).contains(&(bytes / 200)), "{} bytes", bytes / 200);
        assert_eq!(generate(7).len(), 80);
        assert_eq!(generate(7), generate(7));
        assert_ne!(generate(7), generate(8));
    }
}
