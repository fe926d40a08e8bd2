//! Directions through a tree (XPath 1.0, section 2.2).

use crate::expression::{Axis, NodeKind, NodeTest, Tree};

/// Adds the nodes that lie in this direction and pass the test, the nearest first; gives how many were looked at.
pub(super) fn nodes<T: Tree>(tree: &T, from: T::Node, axis: Axis, test: &NodeTest, found: &mut Vec<T::Node>) -> usize {
    let mut visited = 0;
    let mut add = |node| {
        visited += 1;
        if passes(tree, node, axis, test) {
            found.push(node);
        }
    };
    match axis {
        Axis::Child => tree.children(from).for_each(&mut add),
        Axis::SelfNode => add(from),
        Axis::Parent => tree.parent(from).into_iter().for_each(&mut add),
        Axis::Attribute => tree.attributes(from).for_each(&mut add),
        Axis::Descendant => below(tree, from, &mut add),
        Axis::DescendantOrSelf => {
            add(from);
            below(tree, from, &mut add);
        }
        Axis::Ancestor => above(tree, from, &mut add),
        Axis::AncestorOrSelf => {
            add(from);
            above(tree, from, &mut add);
        }
        Axis::FollowingSibling => siblings_after(tree, from, &mut add),
        Axis::PrecedingSibling => siblings_before(tree, from, &mut add),
        Axis::Following => each_up(tree, from, |node| {
            siblings_after(tree, node, &mut |sibling| {
                add(sibling);
                below(tree, sibling, &mut add);
            });
        }),
        Axis::Preceding => each_up(tree, from, |node| {
            siblings_before(tree, node, &mut |sibling| {
                below_backwards(tree, sibling, &mut add);
                add(sibling);
            });
        }),
        // Forms have no namespaces of their own: names carry their prefix.
        Axis::Namespace => {}
    }
    visited
}

fn passes<T: Tree>(tree: &T, node: T::Node, axis: Axis, test: &NodeTest) -> bool {
    let principal = if axis == Axis::Attribute { NodeKind::Attribute } else { NodeKind::Element };
    match test {
        NodeTest::Name(name) => tree.name(node) == name && tree.kind(node) == principal,
        NodeTest::Any => tree.kind(node) == principal,
        NodeTest::AnyOf(prefix) => {
            tree.kind(node) == principal
                && tree.name(node).strip_prefix(prefix.as_str()).is_some_and(|rest| rest.starts_with(':'))
        }
        NodeTest::Node => true,
        NodeTest::Text => tree.kind(node) == NodeKind::Text,
        NodeTest::Comment => tree.kind(node) == NodeKind::Comment,
        NodeTest::ProcessingInstruction(target) => {
            tree.kind(node) == NodeKind::ProcessingInstruction
                && target.as_ref().is_none_or(|target| tree.name(node) == target)
        }
    }
}

/// All that lies in a node, in document order. The depth of the stack is that of the tree: of a form, a few groups.
fn below<T: Tree>(tree: &T, node: T::Node, add: &mut impl FnMut(T::Node)) {
    let mut open: Vec<T::Node> = tree.children(node).rev().collect();
    while let Some(node) = open.pop() {
        add(node);
        open.extend(tree.children(node).rev());
    }
}

/// All that lies in a node, the last first.
fn below_backwards<T: Tree>(tree: &T, node: T::Node, add: &mut impl FnMut(T::Node)) {
    let mut found = Vec::new();
    below(tree, node, &mut |node| found.push(node));
    found.into_iter().rev().for_each(add);
}

fn above<T: Tree>(tree: &T, node: T::Node, add: &mut impl FnMut(T::Node)) {
    let mut next = tree.parent(node);
    while let Some(node) = next {
        add(node);
        next = tree.parent(node);
    }
}

/// The node itself and all above it.
fn each_up<T: Tree>(tree: &T, node: T::Node, mut visit: impl FnMut(T::Node)) {
    visit(node);
    above(tree, node, &mut visit);
}

fn siblings_after<T: Tree>(tree: &T, node: T::Node, add: &mut impl FnMut(T::Node)) {
    let Some(parent) = parent_of_sibling(tree, node) else { return };
    tree.children(parent).skip_while(|&other| other != node).skip(1).for_each(add);
}

fn siblings_before<T: Tree>(tree: &T, node: T::Node, add: &mut impl FnMut(T::Node)) {
    let Some(parent) = parent_of_sibling(tree, node) else { return };
    tree.children(parent).rev().skip_while(|&other| other != node).skip(1).for_each(add);
}

/// Attributes have no siblings.
fn parent_of_sibling<T: Tree>(tree: &T, node: T::Node) -> Option<T::Node> {
    if tree.kind(node) == NodeKind::Attribute { None } else { tree.parent(node) }
}
