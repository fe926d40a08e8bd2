//! Nothing that can stand in a workbook makes the compiler panic, and what it takes can be read back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use rukun_form::Form;
use rukun_xlsform::{Mode, Options, Severity, Sheet, Workbook, compile};

/// Texts that a cell may hold: what forms have in them, and anything.
fn cell() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        "text",
        "integer",
        "note",
        "calculate",
        "range",
        "geopoint",
        "audit",
        "image",
        "begin group",
        "end group",
        "begin repeat",
        "end repeat",
        "begin loop over l",
        "end loop",
        "select_one l",
        "select_multiple l or_other",
        "select_one ${a}",
        "select_one_from_file f.csv",
        "select_one_external l",
        "rank l",
        "csv-external",
        "a",
        "b",
        "l",
        "meta",
        "data",
        "${a}",
        "${b} + 1",
        "${last-saved#a}",
        "${",
        "${a b}",
        ". > 1",
        "../a",
        "/data/a",
        "today()",
        "indexed-repeat(${a}, ${b}, 1)",
        "instance('l')/root/item[name = ${a}]/label",
        "pulldata('f', 'a', 'b', ${a})",
        "start=1 end=5 step=2",
        "randomize=true seed=${a}",
        "rows=x",
        "yes",
        "true()",
        "table-list",
        "label",
        "search('f')",
        "A ${a} label",
        "%(label)s %(name)s",
        "l#a",
        "‘curly’",
        "\u{a0}",
        "é\u{301}",
        "1.0",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn headers(known: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop_oneof![9 => prop::sample::select(known).prop_map(str::to_owned), 1 => "\\PC{0,8}"], 1..9)
}

fn sheet(name: &'static str, known: &'static [&'static str]) -> impl Strategy<Value = Sheet> {
    let rows = prop::collection::vec(prop::collection::vec(cell(), 0..9), 0..9);
    (headers(known), rows, any::<bool>()).prop_map(move |(headers, mut rows, has_margins)| {
        rows.insert(0, headers);
        Sheet { name: name.to_owned(), rows, has_margins }
    })
}

fn workbook() -> impl Strategy<Value = Workbook> {
    let survey: &[&str] = &[
        "type",
        "name",
        "label",
        "label::en",
        "hint",
        "relevant",
        "calculation",
        "constraint",
        "required",
        "appearance",
        "parameters",
        "choice_filter",
        "default",
        "trigger",
        "repeat_count",
        "save_to",
        "image",
        "big-image",
        "disabled",
        "media::image::en",
        "bind::relevant",
        "read_only",
    ];
    let choices: &[&str] = &["list_name", "name", "label", "label::en", "image", "a", "b c"];
    let settings: &[&str] = &["form_id", "version", "name", "instance_name", "default_language", "omit_instanceID"];
    let entities: &[&str] = &["list_name", "label", "entity_id", "create_if", "update_if"];
    let sheets = (
        sheet("survey", survey),
        prop::option::of(sheet("choices", choices)),
        prop::option::of(sheet("settings", settings)),
        prop::option::of(sheet("entities", entities)),
        prop::option::of(sheet("external_choices", choices)),
    );
    sheets.prop_map(|(survey, choices, settings, entities, external)| Workbook {
        sheets: std::iter::once(survey).chain(choices).chain(settings).chain(entities).chain(external).collect(),
        attachments: [("f.csv".to_owned(), b"name,label\na,A\n".to_vec())].into(),
        stem: None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_workbook_is_compiled_or_told_what_is_wrong(workbook in workbook(), lenient: bool) {
        let mode = if lenient { Mode::Lenient } else { Mode::Strict };
        let compiled = compile(&workbook, &Options { mode, root: None });
        let errors = compiled.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        prop_assert_eq!(compiled.form.is_none(), errors > 0);
        if let Some(form) = compiled.form {
            let json = serde_json::to_vec(&form).unwrap();
            prop_assert_eq!(Form::from_json(&json).unwrap(), form);
        }
    }

    #[test]
    fn any_markdown_is_read(text in "[|a-z \\n#\\\\$-]{0,80}") {
        let compiled = compile(&Workbook::from_markdown(&text), &Options::default());
        prop_assert_eq!(compiled.form.is_some(), compiled.problems.iter().all(|problem| problem.severity != Severity::Error));
    }
}
