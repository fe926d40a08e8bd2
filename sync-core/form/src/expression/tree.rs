//! The tree of an expression.

use super::Function;

/// An expression, read.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// `12.5`
    Number(f64),
    /// `'Ya'`
    Literal(String),
    /// `/data/water/source`, `../age[. > 5]`, `.`
    Path(Path),
    /// A path that a form has bound to its nodes: the number is the form's, and [`Environment::reference`] finds the nodes.
    /// Never read from text; made of a [`Path`] when a form is planned, because walking names is slow.
    ///
    /// [`Environment::reference`]: super::Environment::reference
    Reference(u32),
    /// `instance('village')/root/item[name = 'a']`, `(a | b)[1]`: an expression that gives nodes, filtered and walked on.
    Filter {
        /// What gives the nodes.
        base: Box<Expr>,
        /// What they must fulfil.
        predicates: Vec<Expr>,
        /// Where to walk from them.
        steps: Vec<Step>,
    },
    /// `a and b`, `1 + 2`
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `-a`
    Negate(Box<Expr>),
    /// `selected(../toilet, 'flush')`
    Call(Function, Vec<Expr>),
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `div`
    Divide,
    /// `mod`
    Modulo,
    /// `|`
    Union,
}

/// A way through a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// From the root of the tree, and not from the context.
    pub absolute: bool,
    /// The steps; none for `/` alone.
    pub steps: Vec<Step>,
}

/// A step of a way.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// In which direction.
    pub axis: Axis,
    /// To which nodes.
    pub test: NodeTest,
    /// What they must fulfil.
    pub predicates: Vec<Expr>,
}

/// Directions, as in XPath 1.0, section 2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// `ancestor`
    Ancestor,
    /// `ancestor-or-self`
    AncestorOrSelf,
    /// `attribute`, `@`
    Attribute,
    /// `child`
    Child,
    /// `descendant`
    Descendant,
    /// `descendant-or-self`
    DescendantOrSelf,
    /// `following`
    Following,
    /// `following-sibling`
    FollowingSibling,
    /// `namespace`
    Namespace,
    /// `parent`
    Parent,
    /// `preceding`
    Preceding,
    /// `preceding-sibling`
    PrecedingSibling,
    /// `self`
    SelfNode,
}

/// Which nodes a step takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeTest {
    /// `*`
    Any,
    /// `prefix:*`
    AnyOf(String),
    /// `name`, `prefix:name`
    Name(String),
    /// `node()`
    Node,
    /// `text()`
    Text,
    /// `comment()`
    Comment,
    /// `processing-instruction('target')`
    ProcessingInstruction(Option<String>),
}
