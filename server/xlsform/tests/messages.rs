//! What a form's author is told, and where.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use rukun_xlsform::{Code, Compiled, Mode, Options, Severity, Workbook, compile};

fn compiled(markdown: &str, mode: Mode) -> Compiled {
    compile(&Workbook::from_markdown(markdown), &Options { mode, root: None })
}

/// Code and place of each error.
fn errors(markdown: &str, mode: Mode) -> Vec<(Code, String)> {
    let errors = compiled(markdown, mode).problems.into_iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| (problem.code, problem.place.to_string())).collect()
}

#[test]
fn a_form_with_six_faults_is_told_of_six_each_with_its_cell() {
    let form = "
        | survey |
        | | type             | name | label       | relevant         | constraint  |
        | | text             | a    | A           |                  | . > (1      |
        | | select_one nuts  | b    | B           |                  |             |
        | | integer          | a    | Again       |                  |             |
        | | integer          | 1c   | C           |                  |             |
        | | text             | d    | Hello ${x}  | selectd(${b}, 1) |             |
        | choices |
        | | list_name | name | label |
        | | fruits    | fig  | Fig   |";
    assert_eq!(
        errors(form, Mode::Strict),
        [
            (Code::BadExpression, "survey!E2 (constraint)".to_owned()),
            (Code::UnknownList, "survey!A3 (type)".to_owned()),
            (Code::DuplicateName, "survey!B4 (name)".to_owned()),
            (Code::BadName, "survey!B5 (name)".to_owned()),
            (Code::UnknownReference, "survey!C6 (label)".to_owned()),
            (Code::BadCall, "survey!D6 (relevant)".to_owned()),
        ]
    );
}

#[test]
fn a_problem_is_printed_with_place_text_and_advice() {
    let form = "| survey |\n| | type | name | label |\n| | integr | a | A |";
    let compiled = compiled(form, Mode::Strict);
    let problem = compiled.problems.iter().find(|problem| problem.severity == Severity::Error).unwrap();
    assert_eq!(
        problem.to_string(),
        "error[TYPE_002] survey!A2 (type): `integr` is no type of question\n    | integr\n    = Check the spelling of the \
         type. Lenient mode takes the question as text."
    );
}

#[test]
fn a_circle_names_its_chain() {
    let form = "
        | survey |
        | | type      | name | label | calculation | relevant     |
        | | calculate | a    |       | ${b} + 1    |              |
        | | calculate | b    |       | ${c} * 2    |              |
        | | integer   | c    | C     |             | ${a} > 3     |";
    let compiled = compiled(form, Mode::Strict);
    let circle = compiled.problems.iter().find(|problem| problem.code == Code::Circle).unwrap();
    assert!(circle.message.ends_with("a → b → c → a"), "{}", circle.message);
}

#[test]
fn a_constraint_may_ask_for_its_own_answer_and_a_calculation_may_not() {
    let own = |column: &str| format!("| survey |\n| | type | name | label | {column} |\n| | integer | a | A | . > 0 |");
    assert_eq!(errors(&own("constraint"), Mode::Strict), []);
    for column in ["calculation", "relevant"] {
        assert_eq!(errors(&own(column), Mode::Strict)[0].0, Code::Circle, "{column}");
    }
}

#[test]
fn an_answer_of_another_instance_closes_no_circle() {
    let form = "
        | survey |
        | | type         | name  | label | calculation |
        | | begin repeat | day   | Day   |             |
        | | integer      | spent | Spent |             |
        | | calculate    | total |       | ${spent} + if(position(..) > 1, indexed-repeat(${total}, ${day}, position(..) - 1), 0) |
        | | end repeat   |       |       |             |";
    assert_eq!(errors(form, Mode::Strict), []);
}

#[test]
fn lenient_mode_warns_of_what_strict_mode_refuses() {
    let form = "
        | survey |
        | | type         | name | label     | image | media::image |
        | | Text         | a    | A         | a.png |              |
        | | db:person    | b    | B ${gone} |       |              |
        | | begin group  | meta | M         |       |              |
        | | SELECT_ONE f | c    | C         |       |              |
        | | end group    |      |           |       |              |
        | choices |
        | | list_name | name | label |
        | | f         | fig  | Fig   |
        | | f         | fig  | Figs  |";
    assert_eq!(errors(form, Mode::Lenient), []);
    let strict: Vec<Code> = errors(form, Mode::Strict).into_iter().map(|(code, _)| code).collect();
    for code in
        [Code::UnknownType, Code::UnknownReference, Code::NamedMeta, Code::HeaderSynonyms, Code::DuplicateChoice]
    {
        assert!(strict.contains(&code), "{code} in {strict:?}");
    }
    let form = compiled(form, Mode::Lenient).form.unwrap();
    assert_eq!(form.question("a").unwrap().media.len(), 1);
    assert!(form.question("meta/c").is_some() && form.question("meta/instanceID").is_some());
}

#[test]
fn a_misspelt_sheet_is_pointed_out() {
    let compiled = compiled("| surveys |\n| | type | name |\n| choices |\n| | name |", Mode::Strict);
    assert_eq!(compiled.problems[0].code, Code::NoSurvey);
    assert!(compiled.problems[0].message.contains("`surveys`"));
}

#[test]
fn an_unknown_column_is_ignored_and_noted() {
    let compiled =
        compiled("| survey |\n| | type | name | label | note by Ani |\n| | text | a | A | ask! |", Mode::Strict);
    assert!(compiled.form.is_some());
    assert!(
        compiled.problems.iter().any(|problem| problem.code == Code::HeaderIgnored && problem.text == "note by Ani")
    );
}

#[test]
fn groups_without_end_within_each_other_are_refused_and_nothing_runs_out_of_stack() {
    let mut form = "| survey |\n| | type | name | label |\n".to_owned();
    (0..50_000).for_each(|_| form.push_str("| | begin group | g | G |\n"));
    form.push_str("| | text | a | A |\n");
    (0..50_000).for_each(|_| form.push_str("| | end group | | |\n"));
    let errors = errors(&form, Mode::Strict);
    assert!(errors.contains(&(Code::TooDeep, "survey!A26 (type)".to_owned())), "{errors:?}");
}

#[test]
fn an_unended_group_is_reported_where_it_begins() {
    let form = "| survey |\n| | type | name | label |\n| | begin group | g | G |\n| | text | a | A |";
    assert_eq!(errors(form, Mode::Strict), [(Code::UnmatchedBegin, "survey!A2 (type)".to_owned())]);
}

#[test]
fn what_is_missing_is_reported_in_the_cell_where_it_should_be() {
    let form = "
        | survey |
        | | type             | name | label::id | calculation | trigger |
        | | text             |      | A         |             |         |
        | | calculate        | b    |           |             |         |
        | | integer          | c    |           |             |         |
        | | select_one l     | d    | D         |             |         |
        | choices |
        | | list_name | name | label |
        | | l         |      | X     |
        | entities |
        | | list_name | label |
        | | trees     |       |";
    assert_eq!(
        errors(form, Mode::Strict),
        [
            (Code::NoName, "survey!B2 (name)".to_owned()),
            (Code::NoCalculation, "survey!D3 (calculation)".to_owned()),
            (Code::NoLabel, "survey!C4 (label::id)".to_owned()),
            (Code::ChoiceWithoutName, "choices!B2 (name)".to_owned()),
            (Code::EntityWithoutLabel, "entities!B2 (label)".to_owned()),
        ]
    );
}
