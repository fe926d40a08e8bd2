//! An XML document as a tree that expressions walk through.

use std::borrow::Cow;

use roxmltree::{NodeType, ParsingOptions};
use rukun_form::expression::{NodeKind, Tree};

/// A node: its place in document order.
pub(crate) type NodeId = u32;

/// An XML document. The root is node 0.
#[derive(Debug, Default)]
pub(crate) struct Document {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    kind: NodeKind,
    name: String,
    text: String,
    parent: Option<NodeId>,
    children: Vec<NodeId>,
    attributes: Vec<NodeId>,
}

/// The prefixes that expressions know, whatever a document calls the same namespace.
const PREFIXES: [(&str, &str); 5] = [
    ("http://www.w3.org/1999/xhtml", "xhtml"),
    ("http://openrosa.org/javarosa", "jr"),
    ("http://openrosa.org/xforms", "orx"),
    ("http://www.w3.org/XML/1998/namespace", "xml"),
    ("http://www.opendatakit.org/xforms/entities", "entities"),
];

/// What stands for a CDATA section, which is a text node of its own in the trees of browsers, while they read.
const CDATA: &str = "rukun-cdata";

/// The text with its CDATA sections as processing instructions.
fn mark_cdata(text: &str) -> Cow<'_, str> {
    if !text.contains("<![CDATA[") {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split("<![CDATA[");
    let mut marked = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (inside, after) = part.split_once("]]>").unwrap_or((part, ""));
        // An instruction cannot hold its own end, and begins behind its first blanks.
        marked.push_str(&format!("<?{CDATA} {}?>{after}", inside.replace("?>", "? >")));
    }
    Cow::Owned(marked)
}

impl Document {
    /// Reads an XML text.
    pub(crate) fn read(text: &str) -> Result<Self, roxmltree::Error> {
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        let marked = mark_cdata(text);
        let xml = roxmltree::Document::parse_with_options(&marked, options)?;
        let mut document = Self::default();
        document.add(xml.root(), None);
        document.part_instances();
        Ok(document)
    }

    fn add(&mut self, node: roxmltree::Node<'_, '_>, parent: Option<NodeId>) {
        let (kind, name, text) = match node.node_type() {
            NodeType::Root => (NodeKind::Root, String::new(), ""),
            NodeType::Element => (NodeKind::Element, element_name(node), ""),
            NodeType::Text => (NodeKind::Text, String::new(), node.text().unwrap_or("")),
            NodeType::Comment => (NodeKind::Comment, String::new(), node.text().unwrap_or("")),
            NodeType::PI => {
                let instruction = node.pi();
                let target = instruction.map_or("", |instruction| instruction.target);
                let value = instruction.and_then(|instruction| instruction.value).unwrap_or("");
                if target == CDATA {
                    (NodeKind::Text, String::new(), value)
                } else {
                    (NodeKind::ProcessingInstruction, target.to_owned(), value)
                }
            }
        };
        let id = self.push(kind, name, text, parent);
        for attribute in node.attributes() {
            let name = named(attribute.namespace(), attribute.name(), || {
                attribute.namespace().and_then(|namespace| node.lookup_prefix(namespace))
            });
            let attribute = self.push(NodeKind::Attribute, name, attribute.value(), Some(id));
            self.nodes[id as usize].attributes.push(attribute);
        }
        for child in node.children() {
            let place = self.next();
            self.nodes[id as usize].children.push(place);
            self.add(child, Some(id));
        }
    }

    fn push(&mut self, kind: NodeKind, name: String, text: &str, parent: Option<NodeId>) -> NodeId {
        let id = self.next();
        let (children, attributes) = (Vec::new(), Vec::new());
        self.nodes.push(Node { kind, name, text: text.to_owned(), parent, children, attributes });
        id
    }

    fn next(&self) -> NodeId {
        NodeId::try_from(self.nodes.len()).expect("a document has fewer nodes")
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, node: NodeId, name: &str) -> Option<&str> {
        let found = self.node(node).attributes.iter().find(|&&attribute| self.node(attribute).name == name);
        found.map(|&attribute| self.node(attribute).text.as_str())
    }

    /// The elements of this name, in document order.
    pub(crate) fn elements<'d>(&'d self, name: &'d str) -> impl Iterator<Item = NodeId> + 'd {
        (0..self.next()).filter(move |&id| self.node(id).kind == NodeKind::Element && self.node(id).name == name)
    }

    /// Whether it is an `XForm`: then its instances are trees of their own.
    fn is_xform(&self) -> bool {
        self.node(0).children.iter().any(|&child| self.node(child).name == "xhtml:html")
            && self.elements("instance").next().is_some()
    }

    /// Makes each instance of an `XForm` the root of its own tree, as in a session.
    fn part_instances(&mut self) {
        if self.is_xform() {
            let instances: Vec<NodeId> = self.elements("instance").collect();
            for instance in instances {
                self.nodes[instance as usize].parent = None;
            }
        }
    }

    /// Finds a node by its place: `/*[1]/*[2]/@x`, `/*[1]/text()[1]`.
    pub(crate) fn find(&self, path: &str) -> Option<NodeId> {
        let mut node = 0;
        for step in path.split('/').filter(|step| !step.is_empty()) {
            let inside = self.node(node);
            node = match step.strip_prefix('@') {
                Some(name) => *inside.attributes.iter().find(|&&attribute| self.node(attribute).name == name)?,
                None => {
                    let (test, place) = step.strip_suffix(']')?.split_once('[')?;
                    let place: usize = place.parse().ok()?;
                    let mut alike = inside.children.iter().filter(|&&child| test_of(self.node(child).kind) == test);
                    *alike.nth(place.checked_sub(1)?)?
                }
            };
        }
        Some(node)
    }

    /// Where a node is, as [`find`](Self::find) reads it.
    pub(crate) fn place(&self, node: NodeId) -> String {
        let mut steps = Vec::new();
        let mut next = node;
        while let Some(outer) = (0..next)
            .rev()
            .find(|&outer| self.node(outer).children.contains(&next) || self.node(outer).attributes.contains(&next))
        {
            let kind = self.node(next).kind;
            steps.push(if kind == NodeKind::Attribute {
                format!("/@{}", self.node(next).name)
            } else {
                let before = self.node(outer).children.iter().take_while(|&&child| child != next);
                let alike = before.filter(|&&child| self.node(child).kind == kind).count();
                format!("/{}[{}]", test_of(kind), alike + 1)
            });
            next = outer;
        }
        if steps.is_empty() { "/".to_owned() } else { steps.into_iter().rev().collect() }
    }
}

fn test_of(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Element => "*",
        NodeKind::Text => "text()",
        NodeKind::Comment => "comment()",
        NodeKind::ProcessingInstruction => "processing-instruction()",
        NodeKind::Root | NodeKind::Attribute => "",
    }
}

fn element_name(node: roxmltree::Node<'_, '_>) -> String {
    let name = node.tag_name();
    named(name.namespace(), name.name(), || name.namespace().and_then(|namespace| node.lookup_prefix(namespace)))
}

/// A name with the prefix that expressions use for its namespace, or else the document's; none for that of `XForms`.
fn named<'p>(namespace: Option<&str>, local: &str, own_prefix: impl Fn() -> Option<&'p str>) -> String {
    let known = PREFIXES.iter().find(|(uri, _)| Some(*uri) == namespace).map(|(_, prefix)| *prefix);
    let prefix = if namespace == Some("http://www.w3.org/2002/xforms") { None } else { known.or_else(own_prefix) };
    prefix.map_or_else(|| local.to_owned(), |prefix| format!("{prefix}:{local}"))
}

impl Tree for Document {
    type Node = NodeId;

    fn kind(&self, node: NodeId) -> NodeKind {
        self.node(node).kind
    }

    fn name(&self, node: NodeId) -> &str {
        &self.node(node).name
    }

    fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.node(node).parent
    }

    fn children(&self, node: NodeId) -> impl DoubleEndedIterator<Item = NodeId> {
        self.node(node).children.iter().copied()
    }

    fn attributes(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.node(node).attributes.iter().copied()
    }

    fn string_value(&self, node: NodeId) -> Cow<'_, str> {
        match self.node(node).kind {
            NodeKind::Root | NodeKind::Element => match self.node(node).children.as_slice() {
                [] => Cow::Borrowed(""),
                [only] if self.node(*only).kind == NodeKind::Text => Cow::Borrowed(&self.node(*only).text),
                children => Cow::Owned(
                    children
                        .iter()
                        .filter(|&&child| matches!(self.node(child).kind, NodeKind::Element | NodeKind::Text))
                        .map(|&child| self.string_value(child))
                        .collect(),
                ),
            },
            NodeKind::Attribute | NodeKind::Text | NodeKind::Comment | NodeKind::ProcessingInstruction => {
                Cow::Borrowed(&self.node(node).text)
            }
        }
    }
}
