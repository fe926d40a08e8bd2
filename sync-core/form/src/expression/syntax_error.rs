//! Why a text is no expression, in words for the author of a form.

use std::fmt;

/// Why a text is no expression, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// How many bytes of the text lie before the trouble.
    pub place: usize,
    /// The same in characters, the first being 1.
    pub character: usize,
    /// What stands there: a few characters, nothing at the end of the text.
    pub found: String,
    /// What is wrong with it.
    pub problem: SyntaxProblem,
}

/// What is wrong with a text that is no expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxProblem {
    /// Something else should stand there.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A text has no closing quote.
    #[error("this quote is never closed; a text ends with the quote it began with")]
    UnclosedLiteral,
    /// A quote of a word processor (see [`straighten`](super::straighten)).
    #[error("this is a typographic quote; write a straight one, ' or \"")]
    TypographicQuote,
    /// A blank or hyphen of a word processor.
    #[error("this only looks like a blank or a minus; type it again")]
    TypographicSign,
    /// `==`, `&&`, `||`, `!`, `<>`: operators of other languages.
    #[error("XPath has no such operator; write {0}")]
    ForeignOperator(&'static str),
    /// `$name`.
    #[error("there are no variables; write ${{name}} for the answer to a question")]
    Variable,
    /// `${name}` that was not replaced, or cannot be.
    #[error("a reference ${{name}} has no place here, or the name in it is not that of a question")]
    OpenReference,
    /// `foo::bar`.
    #[error("there is no such axis")]
    UnknownAxis,
    /// A number beyond 1.8 × 10^308.
    #[error("the number is too large")]
    NumberTooLarge,
    /// More expressions in one another than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("the expression is nested too deeply")]
    TooDeep,
    /// Longer than [`MAX_LENGTH`](super::MAX_LENGTH), or more operators than [`MAX_OPERATORS`](super::MAX_OPERATORS).
    #[error("the expression is too long")]
    TooLong,
}

impl std::error::Error for SyntaxError {}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { character, found, problem, .. } = self;
        if found.is_empty() {
            write!(f, "at the end: {problem}")
        } else {
            write!(f, "at character {character}, \"{found}\": {problem}")
        }
    }
}

impl SyntaxError {
    /// Describes what stands at this place of the text.
    pub(super) fn at(text: &str, place: usize, problem: SyntaxProblem) -> Self {
        let (before, after) = text.split_at_checked(place).unwrap_or((text, ""));
        Self { place, character: before.chars().count() + 1, found: first_word(after).to_owned(), problem }
    }

    /// As [`at`](Self::at), where something else was expected; says better what it is if many authors write that.
    pub(super) fn unexpected(text: &str, place: usize, expected: &'static str) -> Self {
        let after = text.get(place..).unwrap_or("");
        let problem = foreign(after, text.get(..place).unwrap_or("")).unwrap_or(SyntaxProblem::Expected(expected));
        Self::at(text, place, problem)
    }
}

/// What an author may have meant by these letters.
fn foreign(text: &str, before: &str) -> Option<SyntaxProblem> {
    let mut letters = text.chars();
    let (first, second) = (letters.next()?, letters.next());
    Some(match (first, second) {
        ('\u{2018}'..='\u{201F}' | '\u{AB}' | '\u{BB}' | '\u{B4}' | '`', _) => SyntaxProblem::TypographicQuote,
        ('\u{A0}' | '\u{2000}'..='\u{200B}' | '\u{202F}' | '\u{FEFF}' | '\u{2010}'..='\u{2015}' | '\u{2212}', _) => {
            SyntaxProblem::TypographicSign
        }
        ('=', _) if before.ends_with('=') => SyntaxProblem::ForeignOperator("= once"),
        ('=', Some('>')) | ('>', _) if before.ends_with('=') => SyntaxProblem::ForeignOperator(">="),
        ('<', _) if before.ends_with('=') => SyntaxProblem::ForeignOperator("<="),
        ('>', _) if before.ends_with('<') => SyntaxProblem::ForeignOperator("!="),
        ('&', _) => SyntaxProblem::ForeignOperator("and"),
        ('|', _) if before.ends_with('|') => SyntaxProblem::ForeignOperator("or"),
        ('!', _) => SyntaxProblem::ForeignOperator("!= or not(…)"),
        ('$', Some('{')) => SyntaxProblem::OpenReference,
        ('$', _) => SyntaxProblem::Variable,
        _ => return None,
    })
}

/// The name or number that begins a text, or its first character.
fn first_word(text: &str) -> &str {
    let word = text.find(|c: char| !super::scan::continues_name(c)).unwrap_or(text.len());
    let first = text.chars().next().map_or(0, char::len_utf8);
    let length = text.char_indices().map(|(place, _)| place).nth(24).unwrap_or(text.len());
    text.get(..word.max(first).min(length)).unwrap_or("")
}
