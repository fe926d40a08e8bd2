//! Groups and repeats.

use std::collections::BTreeMap;

use rukun_form::{Group, Item, Label, Repeat};

use super::{Assembler, Role};
use crate::code::Code;
use crate::draft::Kind;

impl Assembler<'_> {
    /// What lies in a node, in order.
    pub(super) fn items(&mut self, node: usize) -> Vec<Item> {
        let tree = self.tree;
        tree.nodes[node].children.iter().filter_map(|child| self.item(*child)).collect()
    }

    fn item(&mut self, node: usize) -> Option<Item> {
        match &self.tree.nodes[node].kind {
            Kind::Group => self.group(node).map(Item::Group),
            Kind::Repeat(_) => self.repeat(node).map(Item::Repeat),
            Kind::Question(asked) => self.question(node, asked).map(Item::Question),
            Kind::Root | Kind::Loop(_) | Kind::External(_) => None,
        }
    }

    fn group(&mut self, node: usize) -> Option<Group> {
        let path = self.path(node);
        let relevant = self.column(node, &["bind", "relevant"], Role::Value);
        let read_only = self.condition(node, &["bind", "readonly"]);
        let (label, hint, media) = (self.label(node, &["label"]), self.label(node, &["hint"]), self.media(node));
        let appearance = self.appearance(node);
        let items = self.items(node);
        Some(Group { label, hint, media, relevant, read_only, appearance, ..Group::new(path?, items) })
    }

    fn repeat(&mut self, node: usize) -> Option<Repeat> {
        let path = self.path(node);
        let relevant = self.column(node, &["bind", "relevant"], Role::Value);
        let read_only = self.condition(node, &["bind", "readonly"]);
        let (label, hint, media) = (self.label(node, &["label"]), self.label(node, &["hint"]), self.media(node));
        let appearance = self.appearance(node);
        let count = if let Kind::Repeat(Some(cell)) = &self.tree.nodes[node].kind {
            let scope = self.scope(node);
            Some(self.checked(node, cell, scope, Role::Value))
        } else {
            None
        };
        let items = self.items(node);
        Some(Repeat { label, hint, media, relevant, read_only, appearance, count, ..Repeat::new(path?, items) })
    }

    /// A text of a node.
    pub(super) fn label(&mut self, node: usize, words: &[&str]) -> Label {
        let scope = self.scope(node);
        self.texts.label(&self.tree.nodes[node].row, words, scope, self.log)
    }

    /// The pictures and sounds of a node.
    pub(super) fn media(&mut self, node: usize) -> BTreeMap<String, Label> {
        let row = &self.tree.nodes[node].row;
        for cell in &row.cells {
            if let [first, kind, ..] = cell.column.words.as_slice()
                && first == "media"
                && !MEDIA.contains(&kind.as_str())
            {
                self.log.report(Code::MediaKind, cell.place(), kind, format!("`{kind}` is no kind of media"));
            }
        }
        let mut media = BTreeMap::new();
        for kind in MEDIA {
            let label = self.label(node, &["media", kind]);
            if !label.is_empty() {
                media.insert(kind.to_owned(), label);
            }
        }
        media
    }

    /// The appearances of a node, each with its arguments.
    pub(super) fn appearance(&mut self, node: usize) -> Vec<String> {
        let Some(cell) = self.tree.nodes[node].row.cell(&["control", "appearance"]).cloned() else { return Vec::new() };
        let scope = self.scope(node);
        split_outside_parentheses(self.expression(&cell, scope).as_str())
    }
}

/// The kinds of media.
pub(super) const MEDIA: [&str; 4] = ["image", "big-image", "audio", "video"];

fn split_outside_parentheses(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut depth = 0_usize;
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && character.is_whitespace() {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
