//! Texts that people read: labels, hints and messages, with values in them.

use rukun_form::{Expression, Label, Language, Part, Text};

use crate::problem::Log;
use crate::reference::{Piece, pieces};
use crate::resolve::{Resolver, Scope};
use crate::table::{Cell, Row};

/// Makes labels of cells.
pub(crate) struct Texts<'a> {
    pub(crate) resolver: Resolver<'a>,
    /// The language of texts whose column names none.
    pub(crate) default_language: &'a str,
    /// The languages met so far, in order.
    pub(crate) languages: Vec<Language>,
}

impl Texts<'_> {
    /// The texts of a column in all languages.
    pub(crate) fn label(&mut self, row: &Row, words: &[&str], scope: Scope, log: &mut Log) -> Label {
        let mut label = Label::default();
        for (language, cell) in row.translations(words) {
            let is_named = language.is_some();
            let language = Language(language.unwrap_or(self.default_language).to_owned());
            // A column with the default language's name is more exact than one with none.
            if !is_named && label.0.contains_key(&language) {
                continue;
            }
            if !self.languages.contains(&language) {
                self.languages.push(language.clone());
            }
            label.0.insert(language, self.text(cell, scope, log));
        }
        label
    }

    /// A text with its values.
    pub(crate) fn text(&self, cell: &Cell, scope: Scope, log: &mut Log) -> Text {
        let mut parts = Vec::new();
        let mut rest = cell.text.as_str();
        while let Some((begin, end)) = instance_expression(rest) {
            self.words(cell, &rest[..begin], scope, &mut parts, log);
            let value = self.resolver.expression(cell, &rest[begin..end], scope, log);
            parts.push(Part::Value { value: Expression::new(value.trim()) });
            rest = &rest[end..];
        }
        self.words(cell, rest, scope, &mut parts, log);
        match parts.as_slice() {
            [] => Text::Plain(String::new()),
            [Part::Words(words)] => Text::Plain(words.clone()),
            _ => Text::Parts(parts),
        }
    }

    fn words(&self, cell: &Cell, text: &str, scope: Scope, parts: &mut Vec<Part>, log: &mut Log) {
        let (found, _) = pieces(text, log.is_lenient());
        for piece in found {
            match piece {
                Piece::Words(words) => push_words(parts, words),
                Piece::Reference(reference) if self.resolver.tree.named(reference.name).len() == 1 => {
                    let value = self.resolver.path(cell, text, &reference, scope, log);
                    parts.push(Part::Value { value: Expression::new(value) });
                }
                Piece::Reference(reference) => {
                    // Reports what is wrong with it; the text keeps what the author wrote.
                    self.resolver.path(cell, text, &reference, scope, log);
                    push_words(parts, &text[reference.range]);
                }
            }
        }
    }
}

fn push_words(parts: &mut Vec<Part>, words: &str) {
    if let Some(Part::Words(before)) = parts.last_mut() {
        before.push_str(words);
    } else if !words.is_empty() {
        parts.push(Part::Words(words.to_owned()));
    }
}

/// Where a text has an expression that begins with `instance('…')`: it goes on to the first blank outside a predicate.
fn instance_expression(text: &str) -> Option<(usize, usize)> {
    let begin = text.find("instance(")?;
    let (mut depth, mut parentheses) = (0_usize, 0_usize);
    for (at, character) in text[begin..].char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '(' if depth == 0 => parentheses += 1,
            ')' if depth == 0 && parentheses == 0 => return Some((begin, begin + at)),
            ')' if depth == 0 => parentheses -= 1,
            _ if depth == 0 && parentheses == 0 && character.is_whitespace() => return Some((begin, begin + at)),
            _ => {}
        }
    }
    // Without a path behind it, it is no expression but words about one.
    (depth == 0 && text[begin..].contains(")/")).then_some((begin, text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_expression_ends_at_a_blank_outside_its_predicate() {
        let text = "In instance('c')/root/item[name = ${x}]/label today";
        let (begin, end) = instance_expression(text).unwrap();
        assert_eq!(&text[begin..end], "instance('c')/root/item[name = ${x}]/label");
        assert_eq!(instance_expression("an instance (of this)"), None);
    }
}
