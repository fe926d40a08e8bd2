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
    let (mut seen, mut places, mut mantissa) = (0_usize, None, 0_u64);
    for (at, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                seen += 1;
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                places = places.map(|places: usize| places + 1);
            }
            b'.' if places.is_none() => places = Some(0),
            b',' if places.is_none() && at > 0 && at + 1 < digits.len() => places = Some(0),
            _ => return None,
        }
    }
    if seen == 0 {
        return None;
    }
    // Both are exact, and so the quotient is rounded once: as the standard library reads it, and faster.
    #[expect(clippy::cast_precision_loss, reason = "15 digits fit")]
    match POWERS_OF_TEN.get(places.unwrap_or(0)) {
        Some(power) if seen <= 15 => {
            let magnitude = mantissa as f64 / power;
            Some(if digits.len() < text.len() { -magnitude } else { magnitude })
        }
        _ => text.replacen(',', ".", 1).parse().ok(),
    }
}

/// The powers of ten that a number of 53 bits holds.
const POWERS_OF_TEN: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

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

#[cfg(test)]
mod tests;
