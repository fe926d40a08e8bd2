//! What a word processor did to an expression, undone.

use std::borrow::Cow;

/// Straight quotes for typographic ones, plain blanks for no-break ones, a minus for a dash: outside of texts between straight
/// quotes, which are kept as they are. A text between typographic quotes becomes one between straight quotes; a typographic
/// quote or apostrophe inside it, after a letter and before a letter, is kept.
#[must_use]
pub fn straighten(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut straight = String::with_capacity(text.len());
    // The quote that ends the text we are in, and whether it began with a typographic one.
    let mut inside: Option<(char, bool)> = None;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let written = match inside {
            Some((quote, false)) => {
                if c == quote {
                    inside = None;
                }
                c
            }
            Some((quote, true)) => {
                let apostrophe = straight.ends_with(char::is_alphanumeric)
                    && letters.peek().is_some_and(|next| next.is_alphanumeric());
                if quote_of(c) == Some(quote) && !apostrophe {
                    inside = None;
                    quote
                } else {
                    c
                }
            }
            None => match quote_of(c) {
                Some(quote) => {
                    inside = Some((quote, quote != c));
                    quote
                }
                None => plain(c),
            },
        };
        straight.push(written);
    }
    Cow::Owned(straight)
}

/// The straight quote that this one stands for.
const fn quote_of(c: char) -> Option<char> {
    match c {
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{B4}' | '`' => Some('\''),
        '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{AB}' | '\u{BB}' => Some('"'),
        _ => None,
    }
}

const fn plain(c: char) -> char {
    match c {
        '\u{A0}' | '\u{2000}'..='\u{200B}' | '\u{202F}' | '\u{FEFF}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    }
}
