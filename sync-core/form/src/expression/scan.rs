//! Letters to tokens. Which token the same letters are depends on what stands before them (XPath 1.0, section 3.7), so the
//! parser asks for the one that can stand where it is.

use super::Operator;

/// A place in a text, moving on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

/// A number or the text between quotes could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclosed;

impl<'t> Scanner<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// How many bytes lie behind.
    pub(super) const fn place(&self) -> usize {
        self.at
    }

    /// What lies ahead.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes the blanks of XML.
    pub(super) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    /// Passes blanks and then this, if it stands there.
    pub(super) fn take(&mut self, token: &str) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Passes blanks and then a name with all its prefix, if one stands there: `name`, `jr:choice-name`.
    pub(super) fn take_name(&mut self) -> Option<&'t str> {
        self.skip_blanks();
        let rest = self.rest();
        let mut length = name_length(rest)?;
        // `child::a` is an axis and a name, `a:b` one name.
        if let Some(local) = rest.get(length..).and_then(|rest| rest.strip_prefix(':'))
            && let Some(more) = name_length(local)
        {
            length += 1 + more;
        }
        self.at += length;
        rest.get(..length)
    }

    /// Passes blanks and then a number, if one stands there: `12`, `12.`, `.5`.
    pub(super) fn take_number(&mut self) -> Option<f64> {
        self.skip_blanks();
        let rest = self.rest();
        let whole = digits(rest);
        let point = rest.get(whole..).is_some_and(|rest| rest.starts_with('.'));
        let parts = if point { rest.get(whole + 1..).map_or(0, digits) } else { 0 };
        if whole + parts == 0 {
            return None;
        }
        let length = whole + usize::from(point) + parts;
        self.at += length;
        rest.get(..length)?.parse().ok()
    }

    /// Passes blanks and then a text between quotes, if one begins there.
    pub(super) fn take_literal(&mut self) -> Option<Result<&'t str, Unclosed>> {
        self.skip_blanks();
        let quote = self.peek().filter(|quote| matches!(quote, '\'' | '"'))?;
        let inside = self.rest().get(1..)?;
        let Some(length) = inside.find(quote) else { return Some(Err(Unclosed)) };
        self.at += length + 2;
        inside.get(..length).map(Ok)
    }

    /// The operator that stands next, and its length. Asked only where an operand has ended, so that `*` multiplies, and a
    /// word's operator needs no blank behind it: `3mod4`.
    pub(super) fn peek_operator(&mut self) -> Option<(Operator, usize)> {
        self.skip_blanks();
        let rest = self.rest();
        OPERATORS.iter().find(|(text, _)| rest.starts_with(text)).map(|(text, operator)| (*operator, text.len()))
    }

    /// Passes so many bytes.
    pub(super) fn pass(&mut self, length: usize) {
        self.at += length;
    }
}

/// Longer ones before their beginnings.
const OPERATORS: [(&str, Operator); 14] = [
    ("=", Operator::Equal),
    ("and", Operator::And),
    ("or", Operator::Or),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    ("<", Operator::Less),
    (">=", Operator::GreaterOrEqual),
    (">", Operator::Greater),
    ("+", Operator::Add),
    ("-", Operator::Subtract),
    ("*", Operator::Multiply),
    ("div", Operator::Divide),
    ("mod", Operator::Modulo),
    ("|", Operator::Union),
];

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn name_length(text: &str) -> Option<usize> {
    text.chars().next().filter(|&first| begins_name(first))?;
    Some(text.find(|c| !continues_name(c)).unwrap_or(text.len()))
}

/// Whether a name may begin so (Namespaces in XML 1.0, `NCName`).
pub(super) const fn begins_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '_'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Whether a name may go on so.
pub(super) const fn continues_name(c: char) -> bool {
    begins_name(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
