//! Areas: the administrative tree of the Kemendagri codes, down to RW and RT.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Code of an area: digits in groups joined by dots, `35` (province) to `35.12.06.2004` (village), then `.RRR` for the RW
/// and `.TTT` for the RT (Kepmendagri on codes of government areas; RW and RT are ours).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

/// Level of an area in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaLevel {
    /// `35`
    Province,
    /// `35.12`: kabupaten or kota
    Regency,
    /// `35.12.06`: kecamatan
    District,
    /// `35.12.06.2004`: kelurahan or desa; the feed area
    Village,
    /// `35.12.06.2004.005`
    Rw,
    /// `35.12.06.2004.005.014`
    Rt,
}

/// A text that is no area code.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("`{code}` is not an area code: expected groups of digits such as 35.12.06.2004")]
pub struct AreaCodeError {
    /// The text as it was given, cut to 40 characters.
    pub code: String,
}

const GROUPS: [usize; 6] = [2, 2, 2, 4, 3, 3];

impl AreaCode {
    /// Longest code in bytes, and the room it has in signed bytes (R15).
    pub const MAX_LEN: usize = 24;

    /// Reads a code.
    ///
    /// # Errors
    /// When the groups are not 2, 2, 2, 4, 3, 3 digits.
    pub fn parse(code: &str) -> Result<Self, AreaCodeError> {
        let wrong = || AreaCodeError { code: code.chars().take(40).collect() };
        let mut count = 0;
        for (index, group) in code.split('.').enumerate() {
            let width = GROUPS.get(index).ok_or_else(wrong)?;
            if group.len() != *width || !group.bytes().all(|b| b.is_ascii_digit()) {
                return Err(wrong());
            }
            count = index + 1;
        }
        if count == 0 { Err(wrong()) } else { Ok(Self(code.to_owned())) }
    }

    /// The code as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its level in the tree.
    #[must_use]
    pub fn level(&self) -> AreaLevel {
        match self.0.bytes().filter(|b| *b == b'.').count() {
            0 => AreaLevel::Province,
            1 => AreaLevel::Regency,
            2 => AreaLevel::District,
            3 => AreaLevel::Village,
            4 => AreaLevel::Rw,
            _ => AreaLevel::Rt,
        }
    }

    /// The area it lies in; none for a province.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('.').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// The village that orders this area's changes: itself for a village, the enclosing one for RW and RT (R11), none
    /// above.
    #[must_use]
    pub fn feed_area(&self) -> Option<Self> {
        let end = match self.level() {
            AreaLevel::Province | AreaLevel::Regency | AreaLevel::District => return None,
            AreaLevel::Village | AreaLevel::Rw | AreaLevel::Rt => 13,
        };
        Some(Self(self.0[..end].to_owned()))
    }

    /// Whether `other` is this area or lies in it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// The fixed-length form in signed bytes: the code, then zeros.
    #[must_use]
    pub fn signed_form(&self) -> [u8; Self::MAX_LEN] {
        let mut bytes = [0; Self::MAX_LEN];
        bytes[..self.0.len()].copy_from_slice(self.0.as_bytes());
        bytes
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AreaCode({})", self.0)
    }
}

impl TryFrom<String> for AreaCode {
    type Error = AreaCodeError;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code)
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> AreaCode {
        AreaCode::parse(text).expect("a code")
    }

    #[test]
    fn the_longest_code_fits_its_signed_form() {
        let rt = code("35.12.06.2004.005.014");
        assert!(rt.as_str().len() <= AreaCode::MAX_LEN);
        assert_eq!(&rt.signed_form()[..21], rt.as_str().as_bytes());
    }

    #[test]
    fn rw_and_rt_act_as_their_village_for_sync() {
        assert_eq!(code("35.12.06.2004.005.014").feed_area(), Some(code("35.12.06.2004")));
        assert_eq!(code("35.12.06.2004").feed_area(), Some(code("35.12.06.2004")));
        assert_eq!(code("35.12.06").feed_area(), None);
    }

    #[test]
    fn an_area_contains_itself_and_what_lies_in_it_but_not_a_namesake() {
        assert!(code("35.12").contains(&code("35.12")));
        assert!(code("35.12").contains(&code("35.12.06.2004")));
        assert!(!code("35.12").contains(&code("35.13.06.2004")));
        assert!(!code("35.12.06.2004").contains(&code("35.12")));
    }

    #[test]
    fn a_code_with_wrong_groups_is_refused() {
        for text in ["", "3", "35.", "35.1", "35.12.06.204", "35.12.06.2004.05", "ab", "35.12.06.2004.005.014.001"] {
            assert!(AreaCode::parse(text).is_err(), "{text}");
        }
    }
}
