//! An expression with other paths.

use super::{Filtered, Predicate};
use crate::expression::{Expr, Path, Step};

impl Expr {
    /// The expression with each path replaced by what `replace` makes of it: nothing to leave it. What lies in the predicates of a
    /// path is replaced before the path itself is shown; the predicate that a path stands in is shown as it was.
    #[must_use]
    pub fn map_paths<'e>(&'e self, replace: &mut dyn FnMut(&Path, Option<&Predicate<'_, 'e>>) -> Option<Expr>) -> Expr {
        map(self, None, replace)
    }
}

type Replace<'r, 'e> = &'r mut dyn FnMut(&Path, Option<&Predicate<'_, 'e>>) -> Option<Expr>;

fn map<'e>(expr: &'e Expr, outer: Option<&Predicate<'_, 'e>>, replace: Replace<'_, 'e>) -> Expr {
    match expr {
        Expr::Number(_) | Expr::Literal(_) | Expr::Reference(_) => expr.clone(),
        Expr::Path(path) => {
            let steps = map_steps(&path.steps, outer, |place| Filtered::Step(path, place), replace);
            let path = Path { absolute: path.absolute, steps };
            replace(&path, outer).unwrap_or(Expr::Path(path))
        }
        Expr::Filter { base, predicates, steps } => {
            let inside = Predicate { filtered: Filtered::Base(base), outer };
            Expr::Filter {
                predicates: predicates.iter().map(|predicate| map(predicate, Some(&inside), replace)).collect(),
                steps: map_steps(steps, outer, |place| Filtered::StepBehind(base, steps, place), replace),
                base: Box::new(map(base, outer, replace)),
            }
        }
        Expr::Binary(operator, left, right) => {
            let left = map(left, outer, replace);
            Expr::Binary(*operator, Box::new(left), Box::new(map(right, outer, replace)))
        }
        Expr::Negate(inner) => Expr::Negate(Box::new(map(inner, outer, replace))),
        Expr::Call(function, arguments) => {
            let arguments = arguments.iter().map(|argument| map(argument, outer, replace)).collect();
            Expr::Call(function.clone(), arguments)
        }
    }
}

fn map_steps<'e>(
    steps: &'e [Step],
    outer: Option<&Predicate<'_, 'e>>,
    filtered: impl Fn(usize) -> Filtered<'e>,
    replace: Replace<'_, 'e>,
) -> Vec<Step> {
    let mut mapped = Vec::with_capacity(steps.len());
    for (place, step) in steps.iter().enumerate() {
        let inside = Predicate { filtered: filtered(place), outer };
        let predicates = step.predicates.iter().map(|predicate| map(predicate, Some(&inside), replace)).collect();
        mapped.push(Step { axis: step.axis, test: step.test.clone(), predicates });
    }
    mapped
}
