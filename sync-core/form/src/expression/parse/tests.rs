use crate::expression::{MAX_DEPTH, MAX_OPERATORS, SyntaxProblem, parse};

fn printed(text: &str) -> String {
    parse(text).unwrap().to_string()
}

fn wrong(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn a_star_multiplies_behind_an_operand_and_names_anything_elsewhere() {
    assert_eq!(printed("*****"), "* * * * *");
    assert_eq!(printed("2*.5"), "2 * 0.5");
    assert_eq!(printed("a/*[* = 1]"), "a/*[* = 1]");
}

#[test]
fn words_are_operators_behind_an_operand_and_names_elsewhere() {
    assert_eq!(printed("3mod4"), "3 mod 4");
    assert_eq!(printed("6andpath"), "6 and path");
    assert_eq!(printed("and and and"), "and and and");
    assert_eq!(printed("div div mod mod or"), "div div mod mod or");
}

#[test]
fn a_hyphen_or_point_belongs_to_the_name_before_it() {
    assert_eq!(printed("a-b"), "a-b");
    assert_eq!(printed("a - b"), "a - b");
    assert_eq!(printed("a -b.c"), "a - b.c");
    assert_eq!(printed("jr:choice-name(a, 'b')"), "jr:choice-name(a, 'b')");
}

#[test]
fn operators_bind_as_xpath_says() {
    assert_eq!(printed("1 + 2 * 3 - 4"), "1 + 2 * 3 - 4");
    assert_eq!(printed("(1 + 2) * (3 - 4)"), "(1 + 2) * (3 - 4)");
    assert_eq!(printed("a or b and c = d < e"), "a or b and c = d < e");
    assert_eq!(printed("(a or b) and c"), "(a or b) and c");
    assert_eq!(printed("1 - (2 - 3)"), "1 - (2 - 3)");
    assert_eq!(printed("-a | b"), "-a | b");
    assert_eq!(printed("-(a + b)"), "-(a + b)");
    assert_eq!(printed("0--0"), "0 - -0");
}

#[test]
fn paths_print_in_their_short_form() {
    assert_eq!(printed("child::a/parent::node()/self::node()/attribute::b"), "a/.././@b");
    assert_eq!(printed("/descendant-or-self::node()/a"), "//a");
    assert_eq!(printed("a/.//../z"), "a/.//../z");
    assert_eq!(printed(" / "), "/");
    assert_eq!(printed("(/) * 2"), "(/) * 2");
    assert_eq!(
        printed("instance('x')/root/item[name = current()/../a]"),
        "instance('x')/root/item[name = current()/../a]"
    );
    assert_eq!(printed("(a|b)[1]//c"), "(a | b)[1]//c");
    assert_eq!(printed("orx:*/processing-instruction(\"a\")"), "orx:*/processing-instruction('a')");
}

#[test]
fn an_error_says_where_and_what_to_write() {
    assert_eq!(
        wrong("${a} = 1"),
        "at character 1, \"$\": a reference ${name} has no place here, or the name in it is not that of a question"
    );
    assert_eq!(wrong("5 == 5"), "at character 4, \"=\": XPath has no such operator; write = once");
    assert_eq!(wrong("a && b"), "at character 3, \"&\": XPath has no such operator; write and");
    assert_eq!(wrong("a <> b"), "at character 4, \">\": XPath has no such operator; write !=");
    assert_eq!(wrong(". = ‘ya’"), "at character 5, \"‘\": this is a typographic quote; write a straight one, ' or \"");
    assert_eq!(
        wrong("if(a, 1, 2"),
        "at the end: expected an operator, a comma or the closing bracket ) of the function"
    );
    assert_eq!(
        wrong("'ya"),
        "at character 1, \"'\": this quote is never closed; a text ends with the quote it began with"
    );
    assert_eq!(wrong("a and"), "at the end: expected a question, a value or a function");
    assert_eq!(wrong("sideways::a"), "at character 1, \"sideways\": there is no such axis");
    assert_eq!(
        wrong("a\u{A0}= 1"),
        "at character 2, \"\u{A0}\": this only looks like a blank or a minus; type it again"
    );
}

#[test]
fn no_text_is_too_deep_or_too_long_for_the_stack() {
    let problem = |text: &str| parse(text).unwrap_err().problem;
    assert_eq!(problem(&"(".repeat(100_000)), SyntaxProblem::TooDeep);
    assert_eq!(problem(&"-".repeat(100_000)), SyntaxProblem::TooDeep);
    assert_eq!(problem(&"a[".repeat(60_000)), SyntaxProblem::TooDeep);
    assert_eq!(problem(&"not(".repeat(30_000)), SyntaxProblem::TooDeep);
    assert_eq!(problem(&"9".repeat(400)), SyntaxProblem::NumberTooLarge);
    assert_eq!(problem(&"1+".repeat(60_000)), SyntaxProblem::TooLong);
    assert_eq!(problem(&" ".repeat(200_000)), SyntaxProblem::TooLong);
    let longest = "1 + ".repeat(MAX_OPERATORS) + "1";
    assert_eq!(printed(&longest), longest);
    let deepest = "not(".repeat(MAX_DEPTH - 1) + "a" + &")".repeat(MAX_DEPTH - 1);
    assert_eq!(printed(&deepest), deepest);
}
