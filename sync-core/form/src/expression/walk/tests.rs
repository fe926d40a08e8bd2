use super::{Filtered, Found};
use crate::expression::{Expr, Needs, parse};

fn needs(text: &str) -> Needs {
    parse(text).unwrap().needs()
}

#[test]
fn each_path_is_met_with_the_predicate_it_stands_in() {
    let expr = parse("instance('v')/root/item[name = current()/../area[. > a]]/label + ../b[(c | d)[e]]").unwrap();
    let mut met = Vec::new();
    expr.walk_paths(&mut |path, predicate| {
        let mut depth = 0;
        let mut next = predicate;
        while let Some(predicate) = next {
            depth += 1;
            next = predicate.outer;
        }
        let filtered = predicate.map(|predicate| match predicate.filtered {
            Filtered::Step(path, place) => format!("{path} at {place}"),
            Filtered::Base(base) => base.to_string(),
            Filtered::StepBehind(base, _, place) => format!("{base} and step {place}"),
        });
        met.push((path.to_string(), depth, filtered.unwrap_or_default()));
    });
    let met: Vec<_> = met.iter().map(|(path, depth, filtered)| (path.as_str(), *depth, filtered.as_str())).collect();
    assert_eq!(
        met,
        [
            ("name", 1, "instance('v') and step 1"),
            (".", 2, "current() and step 1"),
            ("a", 2, "current() and step 1"),
            ("../b[(c | d)[e]]", 0, ""),
            ("c", 1, "../b[(c | d)[e]] at 1"),
            ("d", 1, "../b[(c | d)[e]] at 1"),
            ("e", 2, "c | d"),
        ]
    );
}

#[test]
fn calls_and_bound_paths_are_met_before_what_lies_in_them() {
    let expr = Expr::Negate(Box::new(Expr::Reference(3)));
    let mut met = Vec::new();
    expr.walk(&mut |found, _| met.push(found));
    assert_eq!(met, [Found::Reference(3)]);
    let expr = parse("not(selected(a, 'b'))").unwrap();
    let mut names = Vec::new();
    expr.walk(&mut |found, _| {
        if let Found::Call(function, arguments) = found {
            names.push((function.name(), arguments.len()));
        }
    });
    assert_eq!(names, [("not", 1), ("selected", 2)]);
}

#[test]
fn paths_are_replaced_from_the_inside_out() {
    let expr = parse("a[b = /c] + if(d, 1, (e)[1]/f)").unwrap();
    let mut seen = Vec::new();
    let mapped = expr.map_paths(&mut |path, predicate| {
        seen.push((path.to_string(), predicate.is_some()));
        let is_plain = path.steps.iter().all(|step| step.predicates.is_empty());
        (is_plain && predicate.is_none()).then_some(Expr::Reference(7))
    });
    assert_eq!(mapped.to_string(), "a[b = /c] + if(#7, 1, (#7)[1]/f)".replace("(#7)", "#7"));
    assert_eq!(seen[..3], [("b".to_owned(), true), ("/c".to_owned(), true), ("a[b = /c]".to_owned(), false)]);
    assert_eq!(expr.map_paths(&mut |_, _| None), expr);
}

#[test]
fn what_an_expression_needs_of_the_world_is_known() {
    assert_eq!(needs("../a + 1"), Needs::default());
    assert!(needs("today() > ../born").clock);
    assert!(needs("once(random())").chance && needs("once(random())").own_value);
    assert!(needs("randomize(a)").chance && !needs("randomize(a, 3)").chance);
    assert!(needs(". > 5").own_value && !needs("a[. > 5]").own_value);
    assert!(needs("string-length() > 3").own_value);
    assert!(needs("position(..)").place && !needs("a[position() = 1]").place);
}
