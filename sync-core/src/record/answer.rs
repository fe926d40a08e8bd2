//! Answers as they are stored, and when two of them are the same (R23).

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// One answer. No answer, or a cleared one, is `None` of `Option<Answer>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// A whole number.
    Integer(i64),
    /// A number; never NaN, never negative zero.
    Decimal(f64),
    /// Everything else: words as typed, choice names, ISO dates and times, `lat lon alt acc`, `sha256 size type name` of a
    /// file.
    Text(String),
}

impl Answer {
    /// A decimal, if the number can be stored: NaN and infinities are no answers.
    #[must_use]
    pub fn decimal(number: f64) -> Option<Self> {
        // Adding zero turns -0 into 0.
        number.is_finite().then_some(Self::Decimal(number + 0.0))
    }

    /// Words as typed, in Unicode's composed form (NFC), so that two keyboards write the same name alike. Nothing, or only
    /// blanks, is no answer.
    #[must_use]
    pub fn text(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self::Text(text.nfc().collect()))
    }

    /// The chosen names of a select_multiple: sorted by bytes, each once, joined by one space, so that the order of tapping
    /// makes no conflict.
    #[must_use]
    pub fn choices<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| Self::Text(names.join(" ")))
    }

    /// A point: degrees, metres, metres.
    #[must_use]
    pub fn geopoint(latitude: f64, longitude: f64, altitude: f64, accuracy: f64) -> Option<Self> {
        let numbers = [latitude, longitude, altitude, accuracy];
        let point = numbers.map(|number| (number + 0.0).to_string()).join(" ");
        numbers.iter().all(|number| number.is_finite()).then_some(Self::Text(point))
    }

    /// Whether both say the same: a whole number and the decimal of equal value do.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Decimal(a), Self::Decimal(b)) => a == b,
            (Self::Integer(a), Self::Decimal(b)) | (Self::Decimal(b), Self::Integer(a)) => whole(*b) == Some(*a),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Integer(_) | Self::Decimal(_), Self::Text(_))
            | (Self::Text(_), Self::Integer(_) | Self::Decimal(_)) => false,
        }
    }

    /// The answer as words, for search and lists.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// The answer put into the form in which it is stored, whoever made it: NFC, no negative zero; blank words are no answer.
    ///
    /// # Errors
    /// [`NotANumber`].
    pub fn normal(self) -> Result<Option<Self>, NotANumber> {
        match self {
            Self::Integer(_) => Ok(Some(self)),
            Self::Decimal(number) => Self::decimal(number).map(Some).ok_or(NotANumber),
            Self::Text(text) => Ok(Self::text(&text)),
        }
    }
}

/// A decimal that is infinite or no number at all cannot be an answer.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("an infinite number, or none, cannot be an answer")]
pub struct NotANumber;

/// The whole number that a decimal is, if it is one and can be stored as one. Exact: an identity number of 16 digits must
/// not equal its neighbour.
pub(super) fn whole(decimal: f64) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within range, as just tested")]
    (decimal.fract() == 0.0 && (-END..END).contains(&decimal)).then_some(decimal as i64)
}

/// Whether two states of a question are the same; cleared equals cleared.
#[must_use]
pub fn same(one: Option<&Answer>, other: Option<&Answer>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one.same(other),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_and_five_point_zero_are_the_same_answer() {
        assert!(Answer::Integer(5).same(&Answer::Decimal(5.0)));
        assert!(!Answer::Integer(5).same(&Answer::Text("5".into())));
    }

    #[test]
    fn a_long_identity_number_does_not_equal_its_neighbour() {
        let (number, neighbour) = (9_407_011_203_850_001, 9_407_011_203_850_002);
        assert!(!Answer::Integer(number).same(&Answer::Integer(neighbour)));
        assert!(!Answer::Integer(number).same(&Answer::Decimal(9_407_011_203_850_002.0)));
        assert!(!Answer::Integer(i64::MAX).same(&Answer::Decimal(9_223_372_036_854_775_808.0)));
    }

    #[test]
    fn blank_words_are_no_answer_and_infinity_cannot_be_one() {
        assert_eq!(Answer::Text(" \t".into()).normal(), Ok(None));
        assert_eq!(Answer::Decimal(f64::INFINITY).normal(), Err(NotANumber));
        assert_eq!(Answer::Text(" two words ".into()).normal(), Ok(Some(Answer::Text(" two words ".into()))));
    }

    #[test]
    fn the_order_of_tapping_choices_does_not_matter() {
        assert_eq!(Answer::choices(["river", "bore", "river"]), Answer::choices(["bore", "river"]));
        assert_eq!(Answer::choices([""]), None);
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_name() {
        assert_eq!(Answer::text("Andre\u{301}"), Answer::text("André"));
    }

    #[test]
    fn nan_is_no_answer_and_negative_zero_is_zero() {
        assert_eq!(Answer::decimal(f64::NAN), None);
        assert_eq!(Answer::decimal(-0.0).map(|answer| answer.words()), Some("0".into()));
    }
}
