use crate::expression::{Builtin, Standard};

/// The page for authors of forms.
const PAGE: &str = include_str!("../../../../../docs/expressions.md");

#[test]
fn the_page_for_authors_lists_every_function_and_no_other() {
    let line = |builtin: &Builtin| {
        let standard = match builtin.standard() {
            Standard::XPath => "XPath 1.0",
            Standard::Odk => "ODK",
            Standard::Vendor => "vendor",
        };
        format!("| `{}({})` | {standard} | {} |", builtin.name(), builtin.parameters(), builtin.gives())
    };
    let expected: Vec<String> = Builtin::ALL.iter().map(line).collect();
    let section = PAGE.split("## Functions").nth(1).unwrap().split("\n## ").next().unwrap();
    let listed: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(listed, expected);
}

#[test]
fn arguments_are_said_in_words() {
    assert_eq!(Builtin::Pi.arguments().to_string(), "no arguments");
    assert_eq!(Builtin::Substr.arguments().to_string(), "2 to 3 arguments");
    assert_eq!(Builtin::WeightedChecklist.arguments().to_string(), "4 or more arguments, by twos");
}
