//! Chance, which the environment has; and order by a seed, which is the same everywhere.

use std::borrow::Cow;
use std::fmt::Write;

use super::nodes::count_of;
use super::{Context, Evaluator, Outcome, argument};
use crate::expression::value::whole;
use crate::expression::{Environment, EvaluationError, Expr, Value};

/// So many characters at most, whatever is asked for.
const LONGEST: i64 = 1000;

impl<'a, E: Environment> Evaluator<'a, E> {
    /// A random UUID (RFC 9562, version 4), or so many random letters and digits.
    pub(super) fn uuid(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let mut text = String::new();
        if let Some(length) = arguments.first() {
            const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
            let length = whole(self.number(length, context)?).unwrap_or(0).clamp(0, LONGEST);
            for _ in 0..length {
                text.push(LETTERS.get(self.chance(LETTERS.len())).map_or('0', |letter| char::from(*letter)));
            }
            return Ok(Value::Text(Cow::Owned(text)));
        }
        for place in 0..16 {
            let byte = self.chance(256);
            let byte = match place {
                6 => byte & 0x0f | 0x40,
                8 => byte & 0x3f | 0x80,
                _ => byte,
            };
            let hyphen = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
            // Writing into a text does not fail.
            let _ = write!(text, "{hyphen}{byte:02x}");
        }
        Ok(Value::Text(Cow::Owned(text)))
    }

    pub(super) fn randomize(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let mut nodes = self.nodes(argument(arguments, 0), context)?;
        let mut seeded = match arguments.get(1) {
            Some(seed) => Some(ParkMiller::new(self.seed(seed, context)?)),
            None => None,
        };
        // Inside out (Durstenfeld): as all ODK clients do it, so that a seed gives the same order everywhere.
        for last in 0..nodes.len() {
            let chance = seeded.as_mut().map_or_else(|| self.environment.random(), ParkMiller::next);
            nodes.swap(last, below(chance, last + 1));
        }
        Ok(Value::Nodes(nodes))
    }

    fn seed(&mut self, seed: &'a Expr, context: Context<E::Node>) -> Result<i64, EvaluationError> {
        let text = self.text(seed, context)?;
        let seed = whole(self.number_of_text(&text));
        seed.ok_or_else(|| EvaluationError::Unreadable { function: "randomize", text: text.into_owned() })
    }

    fn chance(&self, count: usize) -> usize {
        below(self.environment.random(), count)
    }
}

/// A whole number from 0 to below the count.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number is not negative and small")]
fn below(chance: f64, count: usize) -> usize {
    ((chance * count_of(count)) as usize).min(count.saturating_sub(1))
}

/// The generator of Park and Miller (1988), by which all ODK clients mix with a seed.
struct ParkMiller(i64);

impl ParkMiller {
    const MODULUS: i64 = 2_147_483_647;

    const fn new(seed: i64) -> Self {
        let seed = seed % Self::MODULUS;
        Self(if seed <= 0 { seed + Self::MODULUS - 1 } else { seed })
    }

    /// A number from 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "31 bits fit")]
    fn next(&mut self) -> f64 {
        self.0 = self.0 * 16_807 % Self::MODULUS;
        (self.0 - 1) as f64 / (Self::MODULUS - 1) as f64
    }
}
