//! What an expression comes to, and what numbers and texts stand for.

use std::borrow::Cow;

/// What an expression comes to. Texts are borrowed from the tree or the expression where they can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a, N> {
    /// True or false.
    Boolean(bool),
    /// A number: IEEE 754, with NaN and infinities.
    Number(f64),
    /// A text; dates and times are texts, too.
    Text(Cow<'a, str>),
    /// Nodes, each once: in document order, unless [`Builtin::Randomize`](super::Builtin::Randomize) mixed them.
    Nodes(Vec<N>),
}

impl<N> Value<'_, N> {
    /// A text that says nothing: what stands where there is no answer.
    #[must_use]
    pub const fn empty() -> Self {
        Self::Text(Cow::Borrowed(""))
    }
}

/// The number that a text writes, blanks around it aside: digits with at most one point, perhaps behind a minus; a comma
/// between digits is a point. Nothing else is a number, no `1e6`, no `+5`.
pub(super) fn read_number(text: &str) -> Option<f64> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let (mut seen, mut points, mut comma) = (0_usize, 0_usize, false);
    for &byte in digits {
        match byte {
            b'0'..=b'9' => seen += 1,
            b'.' => points += 1,
            b',' => {
                points += 1;
                comma = true;
            }
            _ => return None,
        }
    }
    if seen == 0 || points > 1 {
        return None;
    }
    if comma {
        let between_digits = digits.first() != Some(&b',') && digits.last() != Some(&b',');
        return if between_digits { text.replacen(',', ".", 1).parse().ok() } else { None };
    }
    text.parse().ok()
}

/// How a number is written: the shortest digits that read back as it, never with an exponent, and no minus before a zero.
#[must_use]
pub fn number_to_text(number: f64) -> Cow<'static, str> {
    if number.is_nan() {
        return Cow::Borrowed("NaN");
    }
    if number.is_infinite() {
        return Cow::Borrowed(if number > 0.0 { "Infinity" } else { "-Infinity" });
    }
    if number == 0.0 {
        return Cow::Borrowed("0");
    }
    Cow::Owned(number.to_string())
}

/// Whether two numbers are equal, as JavaRosa sees it: `6.1 - 7.8 = -1.7`, whatever became of the last bits.
pub(super) fn numbers_equal(one: f64, other: f64) -> bool {
    one == other || (one - other).abs() < 1e-12
}

/// A whole number of a number that may be anything; nothing for NaN.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is what is wanted at both ends")]
pub(super) fn whole(number: f64) -> Option<i64> {
    if number.is_nan() { None } else { Some(number as i64) }
}
