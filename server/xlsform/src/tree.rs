//! The form as a tree: where everything lies, and what each name names.

use std::collections::{HashMap, HashSet};

use crate::choices::Lists;
use crate::code::Code;
use crate::draft::{Draft, Kind};
use crate::problem::Log;
use crate::table::Row;

/// A node of the tree.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its name.
    pub(crate) name: String,
    /// Its row.
    pub(crate) row: Row,
    /// What it is.
    pub(crate) kind: Kind,
    /// What it lies in; the root lies in itself.
    pub(crate) parent: usize,
    /// What lies in it.
    pub(crate) children: Vec<usize>,
}

/// The tree. Node 0 is the root.
#[derive(Debug)]
pub(crate) struct Tree {
    /// All nodes, each before what lies in it.
    pub(crate) nodes: Vec<Node>,
    names: HashMap<String, Vec<usize>>,
}

/// The root's number.
pub(crate) const ROOT: usize = 0;

impl Tree {
    /// Makes the tree of drafts, loops unrolled.
    pub(crate) fn new(root: &str, items: Vec<Draft>, lists: &Lists) -> Self {
        let node =
            Node { name: root.to_owned(), row: Row::default(), kind: Kind::Root, parent: ROOT, children: Vec::new() };
        let mut tree = Self { nodes: vec![node], names: HashMap::new() };
        items.into_iter().for_each(|draft| tree.add(draft, ROOT, lists));
        for (number, node) in tree.nodes.iter().enumerate() {
            if !matches!(node.kind, Kind::External(_)) {
                tree.names.entry(node.name.clone()).or_default().push(number);
            }
        }
        tree
    }

    fn add(&mut self, draft: Draft, parent: usize, lists: &Lists) {
        let number = self.nodes.len();
        let (kind, children) = if let Kind::Loop(list) = draft.kind {
            (Kind::Group, unroll(&draft.children, lists.get(&list).unwrap_or_default()))
        } else {
            (draft.kind, draft.children)
        };
        self.nodes.push(Node { name: draft.name, row: draft.row, kind, parent, children: Vec::new() });
        self.nodes[parent].children.push(number);
        children.into_iter().for_each(|child| self.add(child, number, lists));
    }

    /// What a name names; groups, repeats and the root among it.
    pub(crate) fn named(&self, name: &str) -> &[usize] {
        self.names.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// What a node lies in, innermost first, the root last.
    pub(crate) fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> {
        let next = move |at: usize| (at != ROOT).then(|| self.nodes[at].parent);
        std::iter::successors(next(node), move |at| next(*at))
    }

    pub(crate) fn is_repeat(&self, node: usize) -> bool {
        matches!(self.nodes[node].kind, Kind::Repeat(_))
    }

    fn is_section(&self, node: usize) -> bool {
        matches!(self.nodes[node].kind, Kind::Repeat(_) | Kind::Group)
    }

    /// The innermost repeat around a node.
    pub(crate) fn repeat_around(&self, node: usize) -> Option<usize> {
        self.ancestors(node).find(|at| self.is_repeat(*at))
    }

    /// The node's path: names from below the root, joined by `/`.
    pub(crate) fn path(&self, node: usize) -> String {
        self.path_below(node, ROOT)
    }

    /// The node's path as an expression writes it, from the root: `/data/water/source`.
    pub(crate) fn absolute(&self, node: usize) -> String {
        let root = &self.nodes[ROOT].name;
        if node == ROOT { format!("/{root}") } else { format!("/{root}/{}", self.path(node)) }
    }

    fn path_below(&self, node: usize, top: usize) -> String {
        let mut names = vec![self.nodes[node].name.as_str()];
        names.extend(self.ancestors(node).take_while(|at| *at != top).map(|at| self.nodes[at].name.as_str()));
        if top == ROOT && self.ancestors(node).all(|at| at != top) {
            names.pop();
        }
        names.reverse();
        names.join("/")
    }

    /// How to come from a place to a node without leaving the repeat that both lie in: how many steps up, and the path from
    /// there. None when no repeat holds both. `container` is what the place lies in.
    ///
    /// With `above_repeat` the way starts above the repeat, so that all its instances are reached: the choices of a select can
    /// be the answers of a repeat. That is done where it makes a difference: when the target lies in that repeat and in none
    /// within it, and either no further repeat is around or the place lies deeper.
    pub(crate) fn relative(&self, container: usize, target: usize, above_repeat: bool) -> Option<(usize, String)> {
        let up = |from: usize| std::iter::once(from).chain(self.ancestors(from));
        let around: HashSet<usize> = self.ancestors(target).collect();
        let shared = |wanted: &dyn Fn(usize) -> bool| {
            up(container)
                .enumerate()
                .find(|(_, at)| wanted(*at) && around.contains(at))
                .map(|(steps, at)| (steps + 1, at))
        };
        let (repeat_steps, repeat) = shared(&|at| self.is_repeat(at))?;
        if above_repeat {
            let own_repeat = up(container).find(|at| self.is_repeat(*at));
            let outermost = self.repeat_around(repeat).is_none();
            if self.repeat_around(target) == Some(repeat) && (outermost || own_repeat != Some(repeat)) {
                return Some((repeat_steps + 1, self.path_below(target, self.nodes[repeat].parent)));
            }
        }
        let (steps, section) = shared(&|at| self.is_section(at))?;
        Some((steps, self.path_below(target, section)))
    }

    /// Reports names that are given twice in one group, and repeats that are called alike.
    pub(crate) fn check_names(&self, log: &mut Log) {
        let place = |node: usize| {
            let row = &self.nodes[node].row;
            row.place_of(&["name"])
        };
        for node in &self.nodes {
            let mut seen: HashMap<&str, usize> = HashMap::new();
            for child in &node.children {
                let name = self.nodes[*child].name.as_str();
                if let Some(other) = seen.insert(name, self.nodes[*child].row.number) {
                    let message = format!("the name `{name}` is given in row {other} already, in the same group");
                    log.report(Code::DuplicateName, place(*child), name, message);
                }
            }
        }
        let mut repeats: HashMap<&str, usize> = HashMap::new();
        for (number, node) in self.nodes.iter().enumerate().filter(|(number, _)| self.is_repeat(*number)) {
            if let Some(other) = repeats.insert(&node.name, node.row.number) {
                let message = format!("the repeat of row {other} is called `{}` too", node.name);
                log.report(Code::DuplicateRepeat, place(number), &node.name, message);
            }
        }
    }
}

/// What a loop comes to: a group for each choice, with `%(name)s` and `%(label)s` filled in.
fn unroll(children: &[Draft], choices: &[Row]) -> Vec<Draft> {
    let group = |choice: &Row| {
        let name = choice.text(&["name"]).unwrap_or_default().to_owned();
        let children = children.iter().map(|child| filled(child, choice)).collect();
        let mut row = choice.clone();
        row.cells
            .retain(|cell| matches!(cell.column.words.first().map(String::as_str), Some("label" | "media" | "name")));
        Draft { name, row, kind: Kind::Group, children }
    };
    choices.iter().filter(|choice| choice.text(&["name"]) != Some("none")).map(group).collect()
}

fn filled(draft: &Draft, choice: &Row) -> Draft {
    let name = choice.text(&["name"]).unwrap_or_default();
    let labels = choice.translations(&["label"]);
    let label = |language: Option<&str>| {
        let same = labels.iter().find(|(own, _)| *own == language).or(labels.first());
        same.map(|(_, cell)| cell.text.clone()).unwrap_or_default()
    };
    let fill =
        |text: &str, language: Option<&str>| text.replace("%(name)s", name).replace("%(label)s", &label(language));
    let mut draft = draft.clone();
    draft.name = fill(&draft.name, None);
    for cell in &mut draft.row.cells {
        let language = cell.column.words.get(1).cloned();
        cell.text = fill(&cell.text, language.as_deref());
    }
    draft.children = draft.children.iter().map(|child| filled(child, choice)).collect();
    draft
}
