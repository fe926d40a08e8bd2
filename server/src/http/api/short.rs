//! Texts in queries: of a bounded length, and without the zero byte, which PostgreSQL cannot hold.

use serde::Deserialize;

/// A text of at most `MAX` characters, none of them the zero character.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Short<const MAX: usize>(String);

impl<const MAX: usize> Short<MAX> {
    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Short<MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.chars().count() <= MAX && !text.contains('\0') {
            Ok(Self(text))
        } else {
            Err(format!("a text has at most {MAX} characters, none of them the zero character"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_the_zero_one_refused() {
        assert!(Short::<3>::try_from("ñññ".to_owned()).is_ok());
        assert!(Short::<3>::try_from("nnnn".to_owned()).is_err());
        assert!(Short::<3>::try_from("n\0".to_owned()).is_err());
    }
}
