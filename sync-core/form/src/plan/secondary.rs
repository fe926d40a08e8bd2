//! Secondary instances as trees that paths walk through.

use std::collections::BTreeMap;

use crate::expression::NodeKind;
use crate::model::{ChoiceList, Element, Form, Label, Language, SecondaryInstance, Table};

/// The trees of a form's lists and attached files.
#[derive(Debug, Default)]
pub(crate) struct SecondaryTrees {
    trees: Vec<SecondaryTree>,
    by_name: BTreeMap<String, usize>,
}

/// One tree, its nodes in document order; the first is the root above all.
#[derive(Debug, Default)]
pub(crate) struct SecondaryTree {
    names: Vec<String>,
    nodes: Vec<SecondaryNode>,
}

/// A node of it.
#[derive(Debug)]
struct SecondaryNode {
    kind: NodeKind,
    name: u32,
    parent: u32,
    end: u32,
    text: SecondaryText,
}

/// The text of a node that has no nodes in it.
#[derive(Debug)]
pub(crate) enum SecondaryText {
    /// None.
    Nothing,
    /// The same in all languages.
    Plain(String),
    /// One in each language.
    Label(Label),
}

impl SecondaryTrees {
    pub(crate) fn of(form: &Form) -> Self {
        let mut trees = Self::default();
        for (name, list) in &form.lists {
            trees.add(name, of_list(list));
        }
        for (name, instance) in &form.instances {
            let tree = match instance {
                SecondaryInstance::Table(table) => of_table(table),
                SecondaryInstance::Tree(element) => of_element(element),
                SecondaryInstance::Missing { .. } => of_table(&Table::default()),
            };
            trees.add(name, tree);
        }
        trees
    }

    fn add(&mut self, name: &str, tree: SecondaryTree) {
        self.by_name.insert(name.to_owned(), self.trees.len());
        self.trees.push(tree);
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn tree(&self, number: usize) -> Option<&SecondaryTree> {
        self.trees.get(number)
    }
}

impl SecondaryTree {
    fn new() -> Self {
        let root = SecondaryNode { kind: NodeKind::Root, name: 0, parent: 0, end: 1, text: SecondaryText::Nothing };
        Self { names: vec![String::new()], nodes: vec![root] }
    }

    fn name_number(&mut self, name: &str) -> u32 {
        let known = self.names.iter().position(|known| known == name);
        let number = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    fn open(&mut self, kind: NodeKind, name: &str, parent: u32, text: SecondaryText) -> u32 {
        let name = self.name_number(name);
        let index = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(SecondaryNode { kind, name, parent, end: index + 1, text });
        index
    }

    fn close(&mut self, index: u32) {
        let end = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        if let Some(node) = self.nodes.get_mut(index as usize) {
            node.end = end;
        }
    }

    pub(crate) fn kind(&self, index: u32) -> NodeKind {
        self.nodes.get(index as usize).map_or(NodeKind::Element, |node| node.kind)
    }

    pub(crate) fn name(&self, index: u32) -> &str {
        let name = self.nodes.get(index as usize).and_then(|node| self.names.get(node.name as usize));
        name.map_or("", String::as_str)
    }

    pub(crate) fn parent(&self, index: u32) -> Option<u32> {
        if index == 0 { None } else { self.nodes.get(index as usize).map(|node| node.parent) }
    }

    /// The nodes of a kind in a node, in order.
    pub(crate) fn inside(&self, index: u32, attributes: bool) -> impl Iterator<Item = u32> {
        let end = self.nodes.get(index as usize).map_or(0, |node| node.end);
        let mut next = index + 1;
        std::iter::from_fn(move || {
            while next < end {
                let here = next;
                let node = self.nodes.get(here as usize)?;
                next = node.end;
                if (node.kind == NodeKind::Attribute) == attributes {
                    return Some(here);
                }
            }
            None
        })
    }

    /// The text of a node that has no nodes in it.
    pub(crate) fn text(&self, index: u32) -> &SecondaryText {
        self.nodes.get(index as usize).map_or(&SecondaryText::Nothing, |node| &node.text)
    }

    /// All text in a node.
    pub(crate) fn string_value(&self, index: u32, language: &Language) -> String {
        let end = self.nodes.get(index as usize).map_or(0, |node| node.end);
        let mut all = String::new();
        for inside in index..end {
            if inside != index && self.kind(inside) == NodeKind::Attribute {
                continue;
            }
            match self.text(inside) {
                SecondaryText::Nothing => {}
                SecondaryText::Plain(text) => all.push_str(text),
                SecondaryText::Label(label) => {
                    all.push_str(&label.text(language).map(crate::model::Text::plain).unwrap_or_default());
                }
            }
        }
        all
    }
}

fn of_list(list: &ChoiceList) -> SecondaryTree {
    let mut tree = SecondaryTree::new();
    let root = tree.open(NodeKind::Element, "root", 0, SecondaryText::Nothing);
    for choice in &list.0 {
        let item = tree.open(NodeKind::Element, "item", root, SecondaryText::Nothing);
        tree.open(NodeKind::Element, "name", item, SecondaryText::Plain(choice.name.clone()));
        if !choice.label.is_empty() {
            tree.open(NodeKind::Element, "label", item, SecondaryText::Label(choice.label.clone()));
        }
        for (column, text) in &choice.columns {
            tree.open(NodeKind::Element, column, item, SecondaryText::Plain(text.clone()));
        }
        tree.close(item);
    }
    tree.close(root);
    tree.close(0);
    tree
}

fn of_table(table: &Table) -> SecondaryTree {
    let mut tree = SecondaryTree::new();
    let root = tree.open(NodeKind::Element, "root", 0, SecondaryText::Nothing);
    for row in &table.rows {
        let item = tree.open(NodeKind::Element, "item", root, SecondaryText::Nothing);
        for (column, text) in table.columns.iter().zip(row) {
            tree.open(NodeKind::Element, column, item, SecondaryText::Plain(text.clone()));
        }
        tree.close(item);
    }
    tree.close(root);
    tree.close(0);
    tree
}

fn of_element(element: &Element) -> SecondaryTree {
    let mut tree = SecondaryTree::new();
    add_element(&mut tree, element, 0);
    tree.close(0);
    tree
}

fn add_element(tree: &mut SecondaryTree, element: &Element, parent: u32) {
    let text = match element.text.as_str() {
        "" => SecondaryText::Nothing,
        text => SecondaryText::Plain(text.to_owned()),
    };
    let index = tree.open(NodeKind::Element, &element.name, parent, text);
    for (name, value) in &element.attributes {
        tree.open(NodeKind::Attribute, name, index, SecondaryText::Plain(value.clone()));
    }
    element.children.iter().for_each(|child| add_element(tree, child, index));
    tree.close(index);
}
