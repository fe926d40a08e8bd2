//! What a withdrawal or a removal says: why, and at which state. It holds only for what was judged (R10).

use crate::id::ChangeHash;

/// The value under `deleted` and `<instance>/removed`: on its first line the heads that the person saw, in hexadecimal and
/// sorted, after it the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Removal {
    pub(crate) seen: Vec<ChangeHash>,
    pub(crate) reason: String,
}

impl Removal {
    pub(crate) fn to_text(&self) -> String {
        let mut seen = self.seen.clone();
        seen.sort_unstable();
        let heads: Vec<String> = seen.iter().map(ToString::to_string).collect();
        format!("{}\n{}", heads.join(" "), self.reason)
    }

    /// Reads the value; what cannot be read is a removal of a state that nobody knows, so it does not hold, but its words
    /// are shown.
    pub(crate) fn from_text(text: &str) -> Self {
        let (heads, reason) = text.split_once('\n').unwrap_or(("", text));
        let seen: Option<Vec<ChangeHash>> = heads.split_whitespace().map(|head| ChangeHash::parse(head).ok()).collect();
        Self { seen: seen.unwrap_or_default(), reason: reason.to_owned() }
    }
}
