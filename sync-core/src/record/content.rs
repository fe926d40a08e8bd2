//! The content of a record at some heads: what a verdict or a withdrawal judged, compared with what stands now (R10, R13).

use sha2::{Digest, Sha256};

use super::answer::{Answer, whole};
use super::document::{DELETED, Layout, Maps, REMOVED, Registers, STATE, VERSION, instance_key};
use super::family::Family;
use super::reading::answer_of;
use crate::document::Document;
use crate::id::{ChangeHash, ContentHash, InstanceId};

/// Which part of a record is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Answers, repeats, state, form version and withdrawal: what a reviewer judges (R13).
    Reviewed,
    /// Answers, repeats and state: what a withdrawal judges (R10).
    Record,
    /// What belongs to one repeat instance and to those inside it.
    Instance(InstanceId),
}

/// Hash over the content that a review judges, at `heads`: every key with its sorted distinct values. Comments are no part
/// of it. `None` when the heads are not all known: a verdict on them has no effect until they are.
#[must_use]
pub fn content_hash(document: &Document, heads: &[ChangeHash]) -> Option<ContentHash> {
    hash_at(document, heads, Extent::Reviewed)
}

pub(super) fn hash_at(document: &Document, heads: &[ChangeHash], extent: Extent) -> Option<ContentHash> {
    if heads.is_empty() || !document.knows(heads) {
        return None;
    }
    let maps = Maps::of(document).ok()?;
    let layout =
        if heads == document.heads() { Layout::of(document, &maps) } else { Layout::at(document, &maps, heads) };
    Some(hash_of(&layout, extent))
}

pub(super) fn hash_of(layout: &Layout, extent: Extent) -> ContentHash {
    let mut hash = Sha256::new();
    match extent {
        Extent::Reviewed | Extent::Record => {
            let root: &[&str] = if extent == Extent::Reviewed { &[DELETED, STATE, VERSION] } else { &[STATE] };
            add(&mut hash, &layout.root, |key| root.contains(&key));
            add(&mut hash, &layout.answers, |_| true);
            add(&mut hash, &layout.repeats, |_| true);
        }
        Extent::Instance(instance) => {
            let family = Family::of(instance, &layout.repeats);
            let removed = instance_key(instance, REMOVED);
            add(&mut hash, &layout.answers, |key| key.split_once('|').is_some_and(|(of, _)| family.has(of)));
            add(&mut hash, &layout.repeats, |key| key != removed && family.has(key.split('/').next().unwrap_or(key)));
        }
    }
    ContentHash::from_bytes(hash.finalize().into())
}

fn add(hash: &mut Sha256, registers: &Registers, counts: impl Fn(&str) -> bool) {
    for (key, register) in registers.iter().filter(|(key, _)| counts(key)) {
        let mut values: Vec<Vec<u8>> =
            register.iter().map(|written| encode(answer_of(&written.value).as_ref())).collect();
        values.sort_unstable();
        values.dedup();
        if values.iter().all(Vec::is_empty) {
            continue;
        }
        part(hash, key.as_bytes());
        hash.update((values.len() as u64).to_be_bytes());
        values.iter().for_each(|value| part(hash, value));
    }
    hash.update([0xff]);
}

fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// A value with its type; nothing for a cleared one, so that never answered and cleared are the same content.
fn encode(answer: Option<&Answer>) -> Vec<u8> {
    match answer {
        None => Vec::new(),
        Some(Answer::Integer(number)) => [b"i".as_slice(), &number.to_be_bytes()].concat(),
        // Equal answers must hash alike, as in Answer::same.
        Some(Answer::Decimal(number)) => match whole(*number) {
            Some(number) => [b"i".as_slice(), &number.to_be_bytes()].concat(),
            None => [b"d".as_slice(), &number.to_be_bytes()].concat(),
        },
        Some(Answer::Text(text)) => [b"t", text.as_bytes()].concat(),
    }
}
