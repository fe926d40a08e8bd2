//! The rule of references on its own: for tests of it, and for tools that show where `${name}` leads.

use crate::choices::Lists;
use crate::draft::{Asked, Draft, Kind};
use crate::question_type::known;
use crate::table::Row;
use crate::tree::Tree;

/// A group, repeat or question on the way from a form's root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it is a repeat.
    pub is_repeat: bool,
}

/// How a reference to `target`, written in `source`, is walked: so many steps up, and the path from there. None when no repeat
/// holds both, so that the path is absolute. The first level of both is the form's root, the last the question.
///
/// With `above_repeat` all instances of the repeat are meant, as in `select_one ${name}`.
#[must_use]
pub fn path_between(source: &[Level<'_>], target: &[Level<'_>], above_repeat: bool) -> Option<(usize, String)> {
    let (root, source) = source.split_first()?;
    let (_, target) = target.split_first()?;
    let mut items = Vec::new();
    add(&mut items, source);
    add(&mut items, target);
    let tree = Tree::new(root.name, items, &Lists::default());
    let find = |way: &[Level<'_>]| {
        way.iter().try_fold(crate::tree::ROOT, |at, level| {
            tree.nodes[at].children.iter().copied().find(|child| tree.nodes[*child].name == level.name)
        })
    };
    tree.relative(tree.nodes[find(source)?].parent, find(target)?, above_repeat)
}

/// Adds a way to what is there, where it is not there yet.
fn add(items: &mut Vec<Draft>, way: &[Level<'_>]) {
    let Some((level, rest)) = way.split_first() else { return };
    let place = items.iter().position(|item| item.name == level.name).unwrap_or_else(|| {
        let kind = match known("text") {
            _ if level.is_repeat => Kind::Repeat(None),
            Some(info) if rest.is_empty() => Kind::Question(Box::new(Asked::new(info))),
            Some(_) | None => Kind::Group,
        };
        items.push(Draft { name: level.name.to_owned(), row: Row::default(), kind, children: Vec::new() });
        items.len() - 1
    });
    add(&mut items[place].children, rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(path: &str) -> Vec<Level<'_>> {
        path.split('/').map(|name| Level { name, is_repeat: name.starts_with('r') }).collect()
    }

    #[test]
    fn a_path_within_one_instance_is_relative() {
        let path = path_between(&levels("data/r1/g1/a"), &levels("data/r1/g2/b"), false);
        assert_eq!(path, Some((2, "g2/b".to_owned())));
    }

    #[test]
    fn a_path_out_of_a_repeat_is_absolute() {
        assert_eq!(path_between(&levels("data/r1/a"), &levels("data/g2/b"), false), None);
    }

    #[test]
    fn all_instances_are_reached_from_above_the_repeat() {
        let path = path_between(&levels("data/r1/g1/a"), &levels("data/r1/b"), true);
        assert_eq!(path, Some((3, "r1/b".to_owned())));
    }
}
