//! Going through an expression: its paths, what they lie in, and what it needs of the world.

mod needs;
mod rewrite;

use super::{Expr, Path, Step};

pub use needs::Needs;

/// The predicate that a path stands in, and what that one stands in. Outside of predicates there is none: a relative path then
/// begins at the node that the expression belongs to, and in a predicate at the node that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Predicate<'s, 'e> {
    /// What gives the nodes that the predicate looks at.
    pub filtered: Filtered<'e>,
    /// The predicate around it.
    pub outer: Option<&'s Predicate<'s, 'e>>,
}

/// What gives the nodes that a predicate looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Filtered<'e> {
    /// A path as far as this step, the first being 0.
    Step(&'e Path, usize),
    /// An expression itself, `(a | b)[…]`.
    Base(&'e Expr),
    /// The steps behind an expression as far as this one: `instance('x')/root/item[…]`.
    StepBehind(&'e Expr, &'e [Step], usize),
}

/// What is met on the way through an expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found<'e> {
    /// A path.
    Path(&'e Path),
    /// A path that is bound already.
    Reference(u32),
    /// A call, before its arguments.
    Call(&'e super::Function, &'e [Expr]),
}

impl Expr {
    /// Visits all paths and calls, from the outside inwards and from left to right, with the predicate each stands in.
    pub fn walk<'e>(&'e self, visit: &mut dyn FnMut(Found<'e>, Option<&Predicate<'_, 'e>>)) {
        walk(self, None, visit);
    }

    /// Visits all paths that are not bound, with the predicate each stands in.
    pub fn walk_paths<'e>(&'e self, visit: &mut dyn FnMut(&'e Path, Option<&Predicate<'_, 'e>>)) {
        self.walk(&mut |found, predicate| {
            if let Found::Path(path) = found {
                visit(path, predicate);
            }
        });
    }
}

type Visit<'v, 'e> = &'v mut dyn FnMut(Found<'e>, Option<&Predicate<'_, 'e>>);

fn walk<'e>(expr: &'e Expr, outer: Option<&Predicate<'_, 'e>>, visit: Visit<'_, 'e>) {
    match expr {
        Expr::Number(_) | Expr::Literal(_) => {}
        Expr::Reference(reference) => visit(Found::Reference(*reference), outer),
        Expr::Path(path) => {
            visit(Found::Path(path), outer);
            walk_steps(&path.steps, outer, |place| Filtered::Step(path, place), visit);
        }
        Expr::Filter { base, predicates, steps } => {
            walk(base, outer, visit);
            let inside = Predicate { filtered: Filtered::Base(base), outer };
            predicates.iter().for_each(|predicate| walk(predicate, Some(&inside), visit));
            walk_steps(steps, outer, |place| Filtered::StepBehind(base, steps, place), visit);
        }
        Expr::Binary(_, left, right) => {
            walk(left, outer, visit);
            walk(right, outer, visit);
        }
        Expr::Negate(inner) => walk(inner, outer, visit),
        Expr::Call(function, arguments) => {
            visit(Found::Call(function, arguments), outer);
            arguments.iter().for_each(|argument| walk(argument, outer, visit));
        }
    }
}

fn walk_steps<'e>(
    steps: &'e [Step],
    outer: Option<&Predicate<'_, 'e>>,
    filtered: impl Fn(usize) -> Filtered<'e>,
    visit: Visit<'_, 'e>,
) {
    for (place, step) in steps.iter().enumerate() {
        let inside = Predicate { filtered: filtered(place), outer };
        step.predicates.iter().for_each(|predicate| walk(predicate, Some(&inside), visit));
    }
}

#[cfg(test)]
mod tests;
