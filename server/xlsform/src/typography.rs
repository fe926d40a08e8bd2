//! What word processors do to cells, undone.

/// Curly quotes made straight, and, when `collapse` is set, blanks at both ends dropped and runs of blanks made one.
pub(crate) fn clean(text: &str, collapse: bool) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let text = if collapse { text.trim() } else { text };
    for character in text.chars() {
        match character {
            '\u{2018}' | '\u{2019}' => cleaned.push('\''),
            '\u{201c}' | '\u{201d}' => cleaned.push('"'),
            ' ' if collapse && cleaned.ends_with(' ') => {}
            _ => cleaned.push(character),
        }
    }
    cleaned
}

/// A word for `yes` or `no`, in any of the spellings that XLSForms know.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "false()" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_become_straight_and_blanks_single() {
        assert_eq!(clean(" selected(‘a’,   “b”) ", true), "selected('a', \"b\")");
        assert_eq!(clean(" ‘a’  b", false), " 'a'  b");
    }
}
