use crate::expression::{Builtin, parse, review};

fn findings(text: &str) -> Vec<(Option<usize>, String)> {
    review(text).unwrap().1.iter().map(|finding| (finding.place, finding.to_string())).collect()
}

#[test]
fn an_unknown_function_is_found_with_the_name_it_may_mean() {
    assert_eq!(
        findings("selected(a, 'x') and a[slected(., 'b')] = Round(1)"),
        [
            (Some(23), "there is no function slected(); do you mean selected()?".to_owned()),
            (Some(42), "there is no function Round(); do you mean round()?".to_owned()),
        ]
    );
    assert_eq!(findings("xyzzy(1)"), [(Some(0), "there is no function xyzzy()".to_owned())]);
}

#[test]
fn arguments_too_few_or_too_many_are_found() {
    let problem = |text| findings(text).into_iter().map(|(_, problem)| problem).collect::<Vec<_>>().join("; ");
    assert_eq!(problem("if(a, b)"), "if() takes 3 arguments, and here it has 2");
    assert_eq!(problem("today(1)"), "today() takes no arguments, and here it has 1");
    assert_eq!(problem("not()"), "not() takes 1 argument, and here it has 0");
    assert_eq!(problem("coalesce()"), "coalesce() takes 1 or more arguments, and here it has 0");
    assert_eq!(problem("round(1, 2, 3)"), "round() takes 1 to 2 arguments, and here it has 3");
    assert_eq!(
        problem("indexed-repeat(a, b, 1, c)"),
        "indexed-repeat() takes 3 to 7 arguments, by twos, and here it has 4"
    );
    assert_eq!(problem("concat() = join('-', a, b, c)"), "");
}

#[test]
fn a_pattern_that_cannot_be_used_is_found() {
    assert_eq!(findings("regex(., '(?=.*x)a')"), [(Some(0), "the pattern \"(?=.*x)a\" cannot be used".to_owned())]);
    assert_eq!(findings("regex(., '[0-9]{3}') and regex(., a)"), []);
}

#[test]
fn every_function_is_found_by_its_name_and_named_once() {
    for builtin in Builtin::ALL {
        assert_eq!(Builtin::named(builtin.name()), Some(*builtin));
        assert!(parse(&format!("{}({})", builtin.name(), "a, ".repeat(3) + "a")).is_ok());
    }
}
