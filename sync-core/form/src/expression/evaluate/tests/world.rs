//! A tree to compute over, written as lines: what stands further in lies in the line above it.

use std::borrow::Cow;

use crate::expression::{Clock, Environment, NodeKind, Tree};

#[derive(Debug)]
struct Node {
    name: String,
    text: String,
    parent: Option<usize>,
    children: Vec<usize>,
}

/// Trees with a clock: that of the questions, and those of secondary instances, each under a root.
#[derive(Debug)]
pub(super) struct World {
    nodes: Vec<Node>,
    /// How far the lines of the open nodes stand in.
    pub(super) offset: i32,
}

impl World {
    /// Reads a tree. A line that stands at the margin begins an instance: the first is the form.
    pub(super) fn read(lines: &str) -> Self {
        let mut world = Self { nodes: Vec::new(), offset: 420 };
        let mut open: Vec<usize> = Vec::new();
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let depth = (line.len() - line.trim_start().len()) / 2;
            let (name, text) = line.trim_start().split_once('=').unwrap_or((line.trim(), ""));
            open.truncate(depth + 1);
            if depth == 0 {
                open = vec![world.add("", "", None)];
            }
            let node = world.add(name, text, open.last().copied());
            open.push(node);
        }
        world
    }

    fn add(&mut self, name: &str, text: &str, parent: Option<usize>) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Node { name: name.into(), text: text.into(), parent, children: Vec::new() });
        if let Some(parent) = parent {
            self.nodes[parent].children.push(node);
        }
        node
    }

    /// The first node at the end of these names.
    pub(super) fn find(&self, path: &str) -> usize {
        path.split('/').filter(|name| !name.is_empty()).fold(0, |node, step| {
            let (name, place) = step.strip_suffix(']').and_then(|step| step.split_once('[')).unwrap_or((step, "1"));
            let mut alike = self.nodes[node].children.iter().filter(|&&child| self.nodes[child].name == name);
            *alike.nth(place.parse::<usize>().unwrap() - 1).unwrap()
        })
    }
}

impl Tree for World {
    type Node = usize;

    fn kind(&self, node: usize) -> NodeKind {
        if self.nodes[node].parent.is_none() { NodeKind::Root } else { NodeKind::Element }
    }

    fn name(&self, node: usize) -> &str {
        &self.nodes[node].name
    }

    fn parent(&self, node: usize) -> Option<usize> {
        self.nodes[node].parent
    }

    fn children(&self, node: usize) -> impl DoubleEndedIterator<Item = usize> {
        self.nodes[node].children.iter().copied()
    }

    fn attributes(&self, _: usize) -> impl Iterator<Item = usize> {
        std::iter::empty()
    }

    fn string_value(&self, node: usize) -> Cow<'_, str> {
        let node = &self.nodes[node];
        if node.children.is_empty() {
            return Cow::Borrowed(&node.text);
        }
        Cow::Owned(node.children.iter().map(|&child| self.string_value(child)).collect())
    }
}

impl Environment for World {
    fn instance(&self, name: &str) -> Option<usize> {
        let is_named = |&root: &usize| {
            self.nodes[root].parent.is_none()
                && self.nodes[root].children.iter().any(|&child| self.nodes[child].name == name)
        };
        (1..self.nodes.len()).find(is_named).map(|root| self.nodes[root].children[0])
    }

    fn reference(&self, reference: u32, _: usize, found: &mut Vec<usize>) {
        found.extend(self.nodes[reference as usize].children.iter().copied());
    }

    fn clock(&self) -> Clock {
        // 2026-11-24T18:30:15.250Z, half past one at night in WIB.
        Clock { millis: 1_795_545_015_250, offset: self.offset }
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn translation(&self, id: &str) -> Option<String> {
        (id == "hello").then(|| "Halo".to_owned())
    }

    fn choice_label(&self, name: &str, path: &str, context: usize) -> Option<String> {
        (path == "/data/toilet").then(|| format!("label of {name} from {}", self.nodes[context].name))
    }
}
