//! A small record as a tree, with a clock that stands still.

use std::borrow::Cow;

use rukun_form::expression::{Clock, Dialect, Environment, NodeKind, Tree};

/// Names, texts and what each lies in: the root is the first.
const NODES: [(&str, &str, u8); 12] = [
    ("", "", 0),
    ("data", "", 0),
    ("name", "Sari", 1),
    ("toilet", "flush pit", 1),
    ("empty", "", 1),
    ("born", "1986-02-03", 1),
    ("member", "", 1),
    ("name", "Adi é 🥰", 6),
    ("age", "40", 6),
    ("member", "", 1),
    ("name", "", 9),
    ("age", "-1.5", 9),
];

/// A record.
pub struct Answers {
    /// Whose reading is taken where engines differ.
    pub dialect: Dialect,
}

impl Tree for Answers {
    type Node = u8;

    fn kind(&self, node: u8) -> NodeKind {
        if node == 0 { NodeKind::Root } else { NodeKind::Element }
    }

    fn name(&self, node: u8) -> &str {
        NODES[usize::from(node)].0
    }

    fn parent(&self, node: u8) -> Option<u8> {
        (node != 0).then(|| NODES[usize::from(node)].2)
    }

    fn children(&self, node: u8) -> impl DoubleEndedIterator<Item = u8> {
        (1..NODES.len() as u8).filter(move |&child| NODES[usize::from(child)].2 == node)
    }

    fn attributes(&self, _: u8) -> impl Iterator<Item = u8> {
        std::iter::empty()
    }

    fn string_value(&self, node: u8) -> Cow<'_, str> {
        if self.children(node).next().is_none() {
            return Cow::Borrowed(NODES[usize::from(node)].1);
        }
        Cow::Owned(self.children(node).map(|child| self.string_value(child)).collect())
    }
}

impl Environment for Answers {
    fn instance(&self, name: &str) -> Option<u8> {
        (name == "data").then_some(0)
    }

    fn reference(&self, _: u32, context: u8, found: &mut Vec<u8>) {
        found.push(context);
    }

    fn clock(&self) -> Clock {
        Clock { millis: 1_795_545_015_250, offset: 420 }
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn random(&self) -> f64 {
        0.999_999
    }

    fn translation(&self, id: &str) -> Option<String> {
        (id == "x").then(|| "halo".into())
    }

    fn choice_label(&self, name: &str, _: &str, _: u8) -> Option<String> {
        Some(name.into())
    }
}
