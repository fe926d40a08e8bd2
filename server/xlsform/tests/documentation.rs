//! `docs/forms.md` tells of every code what the code tells.

use rukun_xlsform::{Code, Gravity};

fn row(code: Code) -> String {
    let severity = match code.gravity() {
        Gravity::Error => "error",
        Gravity::Lenient => "lenient",
        Gravity::Warning => "warning",
    };
    format!("| `{code}` | {severity} | {} | {} |", code.rule(), code.advice())
}

#[test]
fn every_code_is_documented_as_it_is() {
    let documented = include_str!("../../../docs/forms.md");
    let missing: Vec<String> =
        Code::ALL.iter().map(|code| row(*code)).filter(|row| !documented.lines().any(|line| line == row)).collect();
    assert!(missing.is_empty(), "docs/forms.md lacks:\n{}", missing.join("\n"));
}

#[test]
fn no_code_is_documented_that_is_not() {
    let is_code = |text: &str| text.contains('_') && !text.contains(|c: char| c.is_lowercase() || c == '.' || c == ' ');
    let first = |line: &'static str| line.strip_prefix("| `").and_then(|rest| rest.split('`').next());
    for code in include_str!("../../../docs/forms.md").lines().filter_map(first).filter(|text| is_code(text)) {
        assert!(Code::ALL.iter().any(|known| known.as_str() == code), "{code}");
    }
}
