//! What expressions are computed over, and what they may ask.

use std::borrow::Cow;
use std::fmt::Debug;
use std::hash::Hash;

/// What kind of node it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// The top of a tree, above its outermost element.
    Root,
    /// An element: a group, a repeat instance, a question.
    Element,
    /// An attribute of an element.
    Attribute,
    /// A text in an element.
    Text,
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
}

/// A tree, or several, that paths walk through.
pub trait Tree {
    /// A node. Nodes are ordered as in the document.
    type Node: Copy + Eq + Ord + Hash + Debug;

    /// What kind of node it is.
    fn kind(&self, node: Self::Node) -> NodeKind;

    /// Its name, with the prefix if it has one; empty for what has no name.
    fn name(&self, node: Self::Node) -> &str;

    /// What it lies in: the element of an attribute, too. None for a root.
    fn parent(&self, node: Self::Node) -> Option<Self::Node>;

    /// What lies in it, in order, attributes not among it.
    fn children(&self, node: Self::Node) -> impl DoubleEndedIterator<Item = Self::Node>;

    /// Its attributes.
    fn attributes(&self, node: Self::Node) -> impl Iterator<Item = Self::Node>;

    /// Its string-value (XPath 1.0, section 5): for an element all text in it. A question that is not relevant reads as
    /// nothing.
    fn string_value(&self, node: Self::Node) -> Cow<'_, str>;
}

/// One moment, the same for a whole computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub millis: i64,
    /// Minutes by which the local time is ahead of UTC: 420 for WIB.
    pub offset: i32,
}

/// Whose reading is taken where engines read the same expression differently (docs/expressions.md has all such places).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Rukun's own, which is JavaRosa's (ODK Collect) where people would see a difference: a date is a whole number of days,
    /// `regex()` asks for the whole text, what lies in the middle is rounded up.
    Collect,
    /// That of web-forms and Enketo: a date is the moment of its midnight on the device's clock, counted from UTC; `regex()` asks
    /// for any part of the text; what lies in the middle is rounded away from 0. Only to compare with what these computed.
    WebForms,
}

/// What an expression may ask of the world around it.
pub trait Environment: Tree {
    /// The root of a secondary instance: `instance('village')/root/item` walks from it.
    fn instance(&self, name: &str) -> Option<Self::Node>;

    /// Puts the nodes of a bound path ([`Expr::Reference`](super::Expr::Reference)), seen from `context`, into `found`, in
    /// document order.
    fn reference(&self, reference: u32, context: Self::Node, found: &mut Vec<Self::Node>);

    /// Now.
    fn clock(&self) -> Clock;

    /// Whose reading is taken where engines differ.
    fn dialect(&self) -> Dialect {
        Dialect::Collect
    }

    /// A number from 0 to below 1.
    fn random(&self) -> f64;

    /// A text with this id, in the language in use.
    fn translation(&self, id: &str) -> Option<String>;

    /// What people read for a choice of a select question: `jr:choice-name('a', '/data/q')`. The path is as written, seen from
    /// `context`.
    fn choice_label(&self, name: &str, path: &str, context: Self::Node) -> Option<String>;
}
