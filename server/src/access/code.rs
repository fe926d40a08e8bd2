//! Enrolment codes: 128 random bits, shown once, stored as a hash.

use sync_core::entropy::Entropy;
use sync_core::id::ContentHash;

/// How long a code may be used: 24 h, in milliseconds (R17).
pub const CODE_LIFE_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Letters and digits that are not taken for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 26;

/// A one-time code as it is shown: 26 letters and digits.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode(String);

impl EnrolmentCode {
    /// A new code.
    #[must_use]
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        let mut bits = u128::from_be_bytes(bytes);
        let mut letters = [0; LENGTH];
        for letter in letters.iter_mut().rev() {
            *letter = ALPHABET[(bits & 31) as usize];
            bits >>= 5;
        }
        Self(letters.iter().map(|letter| char::from(*letter)).collect())
    }

    /// Reads a code as somebody typed it: small letters, hyphens, O for 0, I or L for 1 are understood. None if it cannot
    /// be a code.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let mut code = String::with_capacity(LENGTH);
        for letter in typed.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !letter.is_ascii() || !ALPHABET.contains(&(letter as u8)) || code.len() == LENGTH {
                return None;
            }
            code.push(letter);
        }
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// The code as shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored of it. A plain hash is enough: 128 random bits are not guessed.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(self.0.as_bytes())
    }
}

impl std::fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolmentCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_128_bits_are_in_the_code() {
        let mut ones = |bytes: &mut [u8]| bytes.fill(0xff);
        assert_eq!(EnrolmentCode::generate(&mut ones).as_str(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        let mut last = |bytes: &mut [u8]| {
            bytes.fill(0);
            bytes[15] = 33;
        };
        assert_eq!(EnrolmentCode::generate(&mut last).as_str(), "00000000000000000000000011");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let typed = EnrolmentCode::read("7zzz-zzzz zzzz-zzzz-zzzz-zzzz-oI");
        assert_eq!(typed.as_ref().map(EnrolmentCode::as_str), Some("7ZZZZZZZZZZZZZZZZZZZZZZZ01"));
        for wrong in
            ["", "7ZZZ", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ0", "7ZZZZZZZZZZZZZZZZZZZZZZZZ!", "7ZZZZZZZZZZZZZZZZZZZZZZZZé"]
        {
            assert_eq!(EnrolmentCode::read(wrong), None, "{wrong}");
        }
    }
}
