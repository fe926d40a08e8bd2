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

/// Where day 0 of dates as numbers begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayZero {
    /// At the midnight of 1970-01-01 on the device's clock, so that a date is a whole number: as in JavaRosa (ODK Collect).
    Local,
    /// At 1970-01-01T00:00:00Z, so that a date is the moment of its midnight on the device's clock: as in Enketo and web-forms.
    /// Only to compare with what these computed.
    Utc,
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

    /// Where day 0 of dates as numbers begins.
    fn day_zero(&self) -> DayZero {
        DayZero::Local
    }

    /// A number from 0 to below 1.
    fn random(&self) -> f64;

    /// A text with this id, in the language in use.
    fn translation(&self, id: &str) -> Option<String>;

    /// What people read for a choice of a select question: `jr:choice-name('a', '/data/q')`. The path is as written, seen from
    /// `context`.
    fn choice_label(&self, name: &str, path: &str, context: Self::Node) -> Option<String>;
}
