use proptest::prelude::*;

use crate::expression::{Axis, Expr, Function, NodeTest, Operator, Path, Step, parse, review, straighten};

const AXES: [Axis; 6] =
    [Axis::Child, Axis::Parent, Axis::SelfNode, Axis::Attribute, Axis::DescendantOrSelf, Axis::PrecedingSibling];

const OPERATORS: [Operator; 14] = [
    Operator::Or,
    Operator::And,
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::LessOrEqual,
    Operator::Greater,
    Operator::GreaterOrEqual,
    Operator::Add,
    Operator::Subtract,
    Operator::Multiply,
    Operator::Divide,
    Operator::Modulo,
    Operator::Union,
];

fn test() -> impl Strategy<Value = NodeTest> {
    prop_oneof![
        Just(NodeTest::Any),
        Just(NodeTest::Node),
        Just(NodeTest::Text),
        Just(NodeTest::Comment),
        Just(NodeTest::ProcessingInstruction(Some("it's".into()))),
        Just(NodeTest::AnyOf("orx".into())),
        "[a-z_][a-z0-9.-]{0,4}(:[a-z]{1,3})?".prop_map(NodeTest::Name),
        prop::sample::select(vec!["and", "div", "text", "self", "é"]).prop_map(|name| NodeTest::Name(name.into())),
    ]
}

fn steps(predicates: impl Strategy<Value = Vec<Expr>> + Clone, least: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (prop::sample::select(AXES.to_vec()), test(), predicates);
    prop::collection::vec(step.prop_map(|(axis, test, predicates)| Step { axis, test, predicates }), least..4)
}

/// Any tree that a text can have.
fn tree() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        (0u32..100_000, 0u32..4).prop_map(|(n, places)| Expr::Number(f64::from(n) / 10f64.powi(places as i32))),
        Just(Expr::Number(1e21)),
        "[^']{0,6}".prop_map(Expr::Literal),
        "[^\"]{0,6}".prop_map(Expr::Literal),
        Just(Expr::Path(Path { absolute: true, steps: Vec::new() })),
        steps(Just(Vec::new()), 1).prop_map(|steps| Expr::Path(Path { absolute: false, steps })),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let predicates = prop::collection::vec(inner.clone(), 0..3).boxed();
        prop_oneof![
            (any::<bool>(), steps(predicates.clone(), 1))
                .prop_map(|(absolute, steps)| Expr::Path(Path { absolute, steps })),
            (inner.clone(), predicates.clone(), steps(predicates, 0))
                .prop_filter("brackets alone leave no trace", |(_, predicates, steps)| {
                    !predicates.is_empty() || !steps.is_empty()
                })
                .prop_map(|(base, predicates, steps)| Expr::Filter { base: Box::new(base), predicates, steps }),
            (prop::sample::select(OPERATORS.to_vec()), inner.clone(), inner.clone())
                .prop_map(|(operator, left, right)| Expr::Binary(operator, Box::new(left), Box::new(right))),
            inner.clone().prop_map(|inner| Expr::Negate(Box::new(inner))),
            (
                prop::sample::select(vec!["not", "jr:choice-name", "div", "un.known-1"]),
                prop::collection::vec(inner, 0..3)
            )
                .prop_map(|(name, arguments)| Expr::Call(Function::of(name), arguments)),
        ]
    })
}

/// Texts that look like expressions.
fn text() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "and",
        "div",
        "'x'",
        "\"",
        "'",
        "(",
        ")",
        "[",
        "]",
        "/",
        "//",
        "::",
        ":",
        "*",
        "@",
        ".",
        "..",
        "-",
        "|",
        "=",
        "!=",
        "<",
        ",",
        "not(",
        "child",
        "node()",
        "text(",
        "1",
        ".5",
        "$",
        "${q}",
        " ",
        "‘",
        "\u{a0}",
        "é",
        "\u{10FFFF}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_printed_tree_reads_as_itself(tree in tree()) {
        let printed = tree.to_string();
        prop_assert_eq!(parse(&printed), Ok(tree), "{}", printed);
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_in_it(text in prop_oneof![text(), any::<String>()]) {
        match review(&text) {
            Ok((tree, _)) => prop_assert_eq!(parse(&tree.to_string()), Ok(tree)),
            Err(error) => {
                prop_assert!(text.is_char_boundary(error.place));
                prop_assert!(text[error.place..].starts_with(&error.found));
                prop_assert_eq!(text[..error.place].chars().count() + 1, error.character);
            }
        }
    }

    #[test]
    fn straightening_changes_nothing_that_can_be_read(tree in tree()) {
        let printed = tree.to_string();
        prop_assert_eq!(straighten(&printed), printed.as_str());
    }
}

#[test]
fn what_no_text_has_prints_readably() {
    assert_eq!(Expr::Reference(7).to_string(), "#7");
    assert_eq!(Expr::Literal("a'b\"c".into()).to_string(), "concat(\"a'b\", '\"', \"c\")");
}

#[test]
fn quotes_and_blanks_of_word_processors_become_those_of_xpath() {
    assert_eq!(straighten(". = ‘ya’\u{A0}or . = “tidak”"), ". = 'ya' or . = \"tidak\"");
    assert_eq!(straighten("'it’s – “so”'"), "'it’s – “so”'");
    assert_eq!(straighten("’it’s’"), "'it’s'");
    assert_eq!(straighten("3 – 2"), "3 - 2");
}
