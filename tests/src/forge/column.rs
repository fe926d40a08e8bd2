//! The column encodings of an Automerge change, in the one form in which Automerge itself writes them.

use super::leb128::{prefixed, signed, unsigned};

/// A run-length column. Nulls at its end, and so a column of nulls, take no bytes: past its end every value is null.
pub(super) fn run_length<T: PartialEq>(values: &[Option<T>], write: impl Fn(&mut Vec<u8>, &T)) -> Vec<u8> {
    let mut bytes = Vec::new();
    if values.iter().all(Option::is_none) {
        return bytes;
    }
    let mut at = 0;
    while at < values.len() {
        let run = values[at..].iter().take_while(|value| **value == values[at]).count();
        match &values[at] {
            None => {
                signed(&mut bytes, 0);
                unsigned(&mut bytes, run as u64);
                at += run;
            }
            Some(value) if run > 1 => {
                signed(&mut bytes, i64::try_from(run).unwrap_or(i64::MAX));
                write(&mut bytes, value);
                at += run;
            }
            Some(_) => {
                let different = lone_values(&values[at..]);
                signed(&mut bytes, -i64::try_from(different).unwrap_or(i64::MAX));
                values[at..at + different].iter().flatten().for_each(|value| write(&mut bytes, value));
                at += different;
            }
        }
    }
    bytes
}

/// How many values at the front differ each from the next.
fn lone_values<T: PartialEq>(values: &[Option<T>]) -> usize {
    let lone = |at: &usize| values[*at].is_some() && values.get(at + 1).is_none_or(|next| *next != values[*at]);
    (0..values.len()).take_while(lone).count()
}

pub(super) fn numbers(values: &[Option<u64>]) -> Vec<u8> {
    run_length(values, |bytes, number| unsigned(bytes, *number))
}

pub(super) fn words(values: &[Option<String>]) -> Vec<u8> {
    run_length(values, |bytes, word| prefixed(bytes, word.as_bytes()))
}

/// A column of differences.
pub(super) fn deltas(values: &[Option<u64>]) -> Vec<u8> {
    let mut last = 0_i64;
    let steps: Vec<Option<i64>> = values
        .iter()
        .map(|value| {
            let value = i64::try_from((*value)?).unwrap_or(i64::MAX);
            let step = value.wrapping_sub(last);
            last = value;
            Some(step)
        })
        .collect();
    run_length(&steps, |bytes, step| signed(bytes, *step))
}

/// A column of truth values: lengths of alternating runs, the first of them false.
pub(super) fn flags(values: &[bool]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut current, mut count) = (false, 0);
    for value in values {
        if *value == current {
            count += 1;
        } else {
            unsigned(&mut bytes, count);
            (current, count) = (*value, 1);
        }
    }
    if count > 0 {
        unsigned(&mut bytes, count);
    }
    bytes
}
