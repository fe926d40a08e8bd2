use std::borrow::Cow;

use proptest::prelude::*;

use super::super::{evaluate, evaluate_to_text};
use super::HOUSEHOLD;
use super::world::World;
use crate::expression::{Builtin, EvaluationError, Expr, MAX_DEPTH, MAX_OPERATORS, Operator, parse};

#[test]
fn the_deepest_and_longest_expressions_are_computed_on_a_small_stack() {
    let compute = || {
        let world = World::read(HOUSEHOLD);
        let long = "1 + ".repeat(MAX_OPERATORS) + "1";
        let deep = "-(".repeat(MAX_DEPTH / 2 - 1) + "1" + &")".repeat(MAX_DEPTH / 2 - 1);
        let wide = "name | ".repeat(MAX_OPERATORS) + "name";
        for text in [long, deep, wide] {
            assert!(evaluate(&parse(&text).unwrap(), &world, 0).is_ok());
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(compute).unwrap().join().unwrap();
}

#[test]
fn a_tree_that_no_text_can_have_is_refused() {
    let mut expr = Expr::Number(1.0);
    for _ in 0..=2 * MAX_DEPTH + 1 {
        expr = Expr::Binary(Operator::Add, Box::new(Expr::Number(1.0)), Box::new(expr));
    }
    assert_eq!(evaluate(&expr, &World::read(HOUSEHOLD), 0), Err(EvaluationError::TooDeep));
}

#[test]
fn what_would_take_for_ever_is_given_up() {
    let text = "//*[".repeat(20) + "false()" + &"]".repeat(20);
    assert_eq!(evaluate(&parse(&text).unwrap(), &World::read(HOUSEHOLD), 0), Err(EvaluationError::TooMuch));
}

/// Calls of any function with any arguments of a few kinds.
fn call() -> impl Strategy<Value = String> {
    let argument = prop::sample::select(vec![
        "''",
        "'x'",
        "-1",
        "0",
        "2.5",
        "1 div 0",
        "number('')",
        "true()",
        "/data",
        "/data/member/age",
        "/data/missing",
        "'2026-11-24'",
        "'2026-11-24T10:00:00Z'",
        "'1 2 3'",
        "1000000000000",
        "'MD5'",
        "'%Y %q %'",
        "'villages'",
        "'ä é 🥰'",
    ]);
    let function = prop::sample::select(Builtin::ALL.to_vec());
    (function, prop::collection::vec(argument, 0..7)).prop_map(|(function, mut arguments)| {
        while !arguments.is_empty() && !function.arguments().allow(arguments.len()) {
            arguments.pop();
        }
        format!("{}({})", function.name(), arguments.join(", "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn every_call_ends_in_a_value_or_an_error(one in call(), other in call(), operator in "[-+*=<]") {
        let world = World::read(HOUSEHOLD);
        let expr = parse(&format!("{one} {operator} {other}")).unwrap();
        let first = evaluate_to_text(&expr, &world, 1).map(Cow::into_owned);
        prop_assert_eq!(first, evaluate_to_text(&expr, &world, 1).map(Cow::into_owned));
    }
}
