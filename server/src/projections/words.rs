//! The words by which a record is found.

use sync_core::record::{Answer, Record};

/// Longest list of words in bytes: an interview full of remarks must not fill the table.
const WORDS: usize = 1_000;
/// Longest answer that counts as words, in bytes.
const SHORT: usize = 64;

/// All short answers with letters in them, rival ones included, in lower case: a record in conflict is found by either
/// name. Which answers a form marks for search is known where the form is; here nothing depends on having it.
pub(super) fn words_of(record: &Record) -> String {
    let mut words = String::new();
    for answered in record.answers.values() {
        let rivals = answered.conflict.iter().skip(1).filter_map(|rival| rival.value.as_ref());
        for text in answered.value.iter().chain(rivals).filter_map(short_text) {
            if words.len() + text.len() > WORDS {
                return words;
            }
            if !words.is_empty() {
                words.push(' ');
            }
            // PostgreSQL takes no zero character in a text.
            words.extend(text.to_lowercase().chars().filter(|letter| *letter != '\0'));
        }
    }
    words
}

fn short_text(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Text(text) if text.len() <= SHORT && text.chars().any(char::is_alphabetic) => Some(text),
        Answer::Text(_) | Answer::Integer(_) | Answer::Decimal(_) => None,
    }
}
