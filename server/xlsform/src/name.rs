//! Names: which texts may be the name of an element.

/// Whether a text may name a question: an XML name, with at most one prefix.
pub(crate) fn is_name(text: &str) -> bool {
    let mut parts = text.split(':');
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    first.is_some_and(is_plain_name) && second.is_none_or(is_plain_name) && third.is_none()
}

/// Whether a text is an XML name without a prefix.
pub(crate) fn is_plain_name(text: &str) -> bool {
    text.chars().next().is_some_and(begins_name) && name_length(text) == text.len()
}

/// How many bytes of a text, from its beginning, are one name.
pub(crate) fn name_length(text: &str) -> usize {
    let mut characters = text.char_indices();
    match characters.next() {
        Some((_, first)) if begins_name(first) => {
            characters.find(|(_, character)| !continues_name(*character)).map_or(text.len(), |(end, _)| end)
        }
        _ => 0,
    }
}

fn begins_name(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

pub(crate) fn continues_name(character: char) -> bool {
    begins_name(character)
        || matches!(character, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_xml_names() {
        assert!(["a", "_a", "a-b.c1", "odk:tag", "日本"].iter().all(|name| is_name(name)));
        assert!(["", "1a", "-a", "a b", "a:b:c", "a:", "a/b"].iter().all(|name| !is_name(name)));
    }
}
