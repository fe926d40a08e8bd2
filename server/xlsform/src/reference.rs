//! References: `${name}` and `${last-saved#name}` in the text of a cell.

use std::ops::Range;

use crate::name::{continues_name, is_plain_name, name_length};

/// What stands between a cell's references, and the references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text that is no reference.
    Words(&'a str),
    /// A reference.
    Reference(Reference<'a>),
}

/// A reference in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// The name that is meant.
    pub(crate) name: &'a str,
    /// The answer is that of the record saved before.
    pub(crate) last_saved: bool,
    /// Which bytes of the text it is.
    pub(crate) range: Range<usize>,
}

/// Text that begins like a reference and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) String);

/// Parts a text at its references, and lists what is malformed. With `lenient`, blanks between brace and name are passed over.
pub(crate) fn pieces(text: &str, lenient: bool) -> (Vec<Piece<'_>>, Vec<Malformed>) {
    let (mut pieces, mut malformed) = (Vec::new(), Vec::new());
    if text == "${" {
        return (vec![Piece::Words(text)], malformed);
    }
    let (mut begin, mut from) = (0, 0);
    while let Some(open) = text[from..].find("${").map(|at| from + at) {
        let inside = open + 2;
        let Some(close) = text[inside..].find('}').map(|at| inside + at) else {
            malformed.push(Malformed(text[open..].to_owned()));
            break;
        };
        from = close + 1;
        let content = &text[inside..close];
        let content = if lenient { content.trim() } else { content };
        let (last_saved, name) = content.strip_prefix("last-saved#").map_or((false, content), |name| (true, name));
        if is_plain_name(name) {
            if begin < open {
                pieces.push(Piece::Words(&text[begin..open]));
            }
            pieces.push(Piece::Reference(Reference { name, last_saved, range: open..from }));
            begin = from;
        } else if !content.is_empty() {
            malformed.push(Malformed(text[open..from].to_owned()));
        }
    }
    if begin < text.len() {
        pieces.push(Piece::Words(&text[begin..]));
    }
    (pieces, malformed)
}

/// The references of a text.
pub(crate) fn references(text: &str) -> Vec<Reference<'_>> {
    let reference = |piece| match piece {
        Piece::Reference(reference) => Some(reference),
        Piece::Words(_) => None,
    };
    pieces(text, true).0.into_iter().filter_map(reference).collect()
}

/// The name, when a text is one reference and nothing else.
pub(crate) fn only_reference(text: &str) -> Option<&str> {
    match pieces(text, true) {
        (pieces, malformed) if malformed.is_empty() => match pieces.as_slice() {
            [Piece::Reference(reference)] => Some(reference.name),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a default must be computed: it calculates, calls a function or refers to something. In a date or a place, a `-` before
/// any of that says that it is an ordinary value.
pub(crate) fn is_dynamic(text: &str, is_date_or_place: bool) -> bool {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let number = number_length(rest);
        let name = name_length(rest);
        let length = if number > 0 {
            number
        } else if [" mod ", " div "].iter().any(|word| rest.starts_with(word)) || matches!(first, '*' | '+' | '|') {
            return true;
        } else if first == '-' {
            return !is_date_or_place;
        } else if let Some(quoted) = quoted_length(rest) {
            quoted
        } else if rest.starts_with("${") && references(rest).first().is_some_and(|reference| reference.range.start == 0)
        {
            return true;
        } else if name > 0 {
            let prefixed = rest[name..].strip_prefix(':').map_or(0, name_length);
            let whole = if prefixed > 0 { name + 1 + prefixed } else { name };
            if rest[whole..].starts_with('(') {
                return true;
            }
            whole
        } else {
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    false
}

/// How many bytes of the beginning are a number, a date or a time.
fn number_length(text: &str) -> usize {
    let sign = usize::from(text.starts_with('-'));
    let body = &text[sign..];
    if let Some(date) = shape_length(body, "dddd-dd-dd") {
        let time = body[date..].strip_prefix('T').and_then(time_length).map_or(0, |time| time + 1);
        return sign + date + time;
    }
    if let Some(time) = time_length(text) {
        return time;
    }
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(body);
    let fraction = body[whole..].strip_prefix('.').map_or(0, |rest| 1 + digits(rest));
    if whole > 0 || fraction > 1 { sign + whole + fraction } else { 0 }
}

/// How many bytes of the beginning are a time, with its offset from UTC.
fn time_length(text: &str) -> Option<usize> {
    let time = shape_length(text, "dd:dd:dd")?;
    let rest = &text[time..];
    let offset = rest.strip_prefix(['+', '-']).and_then(|rest| shape_length(rest, "dd:dd")).map(|offset| offset + 1);
    Some(time + offset.unwrap_or_else(|| usize::from(rest.starts_with('Z'))))
}

/// The length of a shape, `d` being any digit, when the text begins with it.
fn shape_length(text: &str, shape: &str) -> Option<usize> {
    let same =
        |(character, wanted): (u8, u8)| if wanted == b'd' { character.is_ascii_digit() } else { character == wanted };
    (text.len() >= shape.len() && text.bytes().zip(shape.bytes()).all(same)).then_some(shape.len())
}

fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    text[1..].find(quote).map(|end| end + 2)
}

/// Whether a byte of a text lies in a quoted piece of it.
pub(crate) fn is_quoted(text: &str, at: usize) -> bool {
    let mut quote = None;
    for (position, character) in text.char_indices() {
        if position >= at {
            break;
        }
        match quote {
            None if matches!(character, '"' | '\'') => quote = Some(character),
            Some(open) if open == character => quote = None,
            None | Some(_) => {}
        }
    }
    quote.is_some()
}

/// Whether a path written at `at` would run into the name or number before it.
pub(crate) fn touches_name(before: &str) -> bool {
    before.chars().next_back().is_some_and(|last| continues_name(last) || last == ')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parted_at_its_references() {
        let (pieces, malformed) = pieces("a ${b} c ${last-saved#d}", false);
        assert!(malformed.is_empty());
        assert_eq!(pieces.len(), 4);
        assert_eq!(pieces[0], Piece::Words("a "));
        assert_eq!(pieces[3], Piece::Reference(Reference { name: "d", last_saved: true, range: 9..24 }));
    }

    #[test]
    fn what_begins_like_a_reference_and_is_none_is_malformed() {
        for text in ["${a b}", "${ a }", " ${", "x ${a", "${a$}"] {
            assert_eq!(pieces(text, false).1.len(), 1, "{text}");
        }
        assert!(pieces("${ a }", true).1.is_empty());
        assert!(pieces("${}", false).1.is_empty());
    }

    #[test]
    fn a_default_is_dynamic_when_it_computes() {
        for text in ["1 + 2", "today()", "${a}", "a * 2", "3 mod 2", "jr:itext('a')"] {
            assert!(is_dynamic(text, false), "{text}");
        }
        for text in [
            "1",
            "2020-01-01",
            "some words",
            "a-b",
            "'a + b'",
            "-1.5",
            "2-1",
            "word (in brackets)",
            "${",
            "01:02:55+10:00",
            "2022-03-14T01:02:55-07:00",
        ] {
            assert!(!is_dynamic(text, false), "{text}");
        }
        assert!(!is_dynamic("2020 - 01", true));
        assert!(is_dynamic("today() - 1", true));
    }
}
