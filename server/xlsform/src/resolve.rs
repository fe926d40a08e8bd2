//! From `${name}` to the path that an expression walks.
//!
//! Within a repeat that holds both, the path is relative, so that it stays in the same instance; else it is absolute. In a
//! predicate of a secondary instance, and in a choice filter, the context is the choice: the path starts at `current()`.

use std::ops::Range;

use crate::code::Code;
use crate::problem::Log;
use crate::reference::{Piece, Reference, is_quoted, pieces, touches_name};
use crate::table::Cell;
use crate::tree::Tree;

/// From where an expression is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    /// What the node lies in; none when there is no node, so that all paths are absolute.
    pub(crate) container: Option<usize>,
    /// The context is something else than the node: relative paths begin with `current()/`.
    pub(crate) uses_current: bool,
    /// All instances of a repeat are meant, where a path into it is asked for.
    pub(crate) above_repeat: bool,
    /// The context is the container itself.
    pub(crate) is_container: bool,
}

impl Scope {
    /// Seen from a node in this container.
    pub(crate) fn within(container: usize) -> Self {
        Self { container: Some(container), uses_current: false, above_repeat: false, is_container: false }
    }

    /// Seen from nowhere.
    pub(crate) fn nowhere() -> Self {
        Self { container: None, uses_current: false, above_repeat: false, is_container: false }
    }
}

/// Finds paths in a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolver<'a> {
    /// The tree.
    pub(crate) tree: &'a Tree,
}

impl Resolver<'_> {
    /// The text of a cell as an expression. What cannot be resolved is reported; leniently, a question that is not there reads as
    /// never answered.
    pub(crate) fn expression(&self, cell: &Cell, text: &str, scope: Scope, log: &mut Log) -> String {
        let (parts, malformed) = pieces(text, log.is_lenient());
        for bad in malformed {
            log.report(Code::BadReference, cell.place(), &bad.0, format!("`{}` is no reference", bad.0));
        }
        let mut resolved = String::with_capacity(text.len());
        let mut after_path = false;
        for part in parts {
            match part {
                Piece::Words(words) => {
                    if after_path && words.chars().next().is_some_and(crate::name::continues_name) {
                        resolved.push(' ');
                    }
                    resolved.push_str(words);
                    after_path = false;
                }
                Piece::Reference(reference) => {
                    let quoted = is_quoted(text, reference.range.start);
                    if quoted && !text.contains("jr:choice-name") {
                        let message = format!("`${{{}}}` stands inside quotes", reference.name);
                        log.report(Code::ReferenceInQuotes, cell.place(), text, message);
                    }
                    if !quoted && (after_path || touches_name(&resolved)) {
                        resolved.push(' ');
                    }
                    resolved.push_str(&self.path(cell, text, &reference, scope, log));
                    after_path = !quoted;
                }
            }
        }
        resolved
    }

    /// The path that a reference in a cell stands for.
    pub(crate) fn path(
        &self,
        cell: &Cell,
        text: &str,
        reference: &Reference<'_>,
        scope: Scope,
        log: &mut Log,
    ) -> String {
        let name = reference.name;
        let target = match self.tree.named(name) {
            [] => {
                log.report(Code::UnknownReference, cell.place(), name, format!("there is no question `{name}`"));
                return "''".to_owned();
            }
            [one] => *one,
            several => {
                let message = format!("{} questions are called `{name}`", several.len());
                log.report(Code::AmbiguousReference, cell.place(), name, message);
                return "''".to_owned();
            }
        };
        if reference.last_saved {
            return format!("instance('__last-saved'){}", self.tree.absolute(target));
        }
        let relative = scope.container.filter(|_| !takes_all_instances(text, &reference.range));
        match relative.and_then(|container| self.tree.relative(container, target, scope.above_repeat)) {
            Some((steps, path)) => {
                relative_path(steps - usize::from(scope.is_container), &path, text, reference, scope)
            }
            None => self.tree.absolute(target),
        }
    }
}

fn relative_path(steps: usize, path: &str, text: &str, reference: &Reference<'_>, scope: Scope) -> String {
    let current = scope.uses_current || is_in_predicate_of_instance(text, reference.range.start);
    let prefix = if current { "current()/" } else { "" };
    format!("{prefix}{}{path}", "../".repeat(steps))
}

/// Whether a place of an expression with `instance()` lies in a predicate.
fn is_in_predicate_of_instance(text: &str, at: usize) -> bool {
    let depth = text[..at].chars().fold(0_usize, |depth, character| match character {
        '[' => depth + 1,
        ']' => depth.saturating_sub(1),
        _ => depth,
    });
    depth > 0 && text.contains("instance(")
}

/// Whether a reference is an argument of `indexed-repeat()` that means all instances: the question and the repeats, not the
/// numbers.
fn takes_all_instances(text: &str, range: &Range<usize>) -> bool {
    let calls = text.match_indices("indexed-repeat(").map(|(begin, name)| begin + name.len());
    calls
        .filter(|begin| *begin <= range.start)
        .last()
        .and_then(|begin| argument(&text[begin..], range.start - begin))
        .is_some_and(|argument| matches!(argument, 0 | 1 | 3 | 5))
}

/// Which argument of a call a place lies in, counted from 0; none when the call has ended before.
fn argument(arguments: &str, at: usize) -> Option<usize> {
    let (mut depth, mut argument) = (0_usize, 0);
    let mut quote = None;
    for (position, character) in arguments.char_indices() {
        if position >= at {
            break;
        }
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '(' | '[') => depth += 1,
            (None, ')') if depth == 0 => return None,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => argument += 1,
            (None | Some(_), _) => {}
        }
    }
    Some(argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_counted_outside_parentheses_and_quotes() {
        let text = "indexed-repeat(${a}, ${r}, if(${b} = ',', 1, ${c}), ${s}, ${d})";
        let at = |name: &str| {
            let begin = text.find(name).unwrap();
            begin..begin + name.len()
        };
        let all = ["${a}", "${r}", "${b}", "${c}", "${s}", "${d}"].map(|name| takes_all_instances(text, &at(name)));
        assert_eq!(all, [true, true, false, false, true, false]);
    }
}
