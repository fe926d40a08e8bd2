//! The forms that come with the server: what is committed is what their folders compile to, and it is whole.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rukun_form::{Form, Item, Label, Language, Question, QuestionType};
use rukun_xlsform::{Options, Workbook, compile};

const NAMES: [&str; 3] = ["jmp-core", "kotaku-household", "kotaku-rt"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../forms")
}

/// The form as its folder of CSV files says.
fn compiled(file: &str) -> Form {
    let workbook = Workbook::read(&folder().join(file)).expect("a form");
    let compiled = compile(&workbook, &Options::default());
    assert!(compiled.problems.is_empty(), "{file}: {:?}", compiled.problems);
    compiled.form.expect("a form without errors")
}

fn forms() -> Vec<Form> {
    NAMES.map(compiled).into()
}

/// Questions that somebody reads.
fn read(form: &Form) -> Vec<&Question> {
    let unread = |question: &&Question| {
        question.calculation.is_some()
            || matches!(
                question.question_type,
                QuestionType::Start
                    | QuestionType::End
                    | QuestionType::Today
                    | QuestionType::DeviceId
                    | QuestionType::Username
                    | QuestionType::InstanceId
            )
    };
    form.questions().into_iter().map(|(question, _)| question).filter(|question| !unread(question)).collect()
}

#[test]
fn no_form_is_forgotten_here() {
    let entries = std::fs::read_dir(folder()).expect("the folder of forms").map(|entry| entry.expect("entry").path());
    let folders: BTreeSet<String> =
        entries.filter(|path| path.is_dir()).filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    assert_eq!(folders, NAMES.map(str::to_owned).into());
}

#[test]
fn the_committed_json_is_what_the_folder_compiles_to() {
    for name in NAMES {
        let bytes = std::fs::read(folder().join(format!("{name}.json"))).expect("the compiled form");
        let form = Form::from_json(&bytes).expect("a compiled form");
        assert_eq!(form.id.as_str(), name);
        assert!(form == compiled(name), "{name}.json is not what {name}/ says: run `make forms`");
    }
}

#[test]
fn the_committed_workbook_is_what_the_folder_says() {
    for name in NAMES {
        assert!(compiled(&format!("{name}.xlsx")) == compiled(name), "{name}.xlsx is not {name}/: run `make forms`");
    }
}

#[test]
fn paths_are_unique_and_name_the_groups_around_them() {
    for form in forms() {
        let mut seen = BTreeSet::new();
        walk(&form.items, "", &mut |path, parent| {
            assert!(seen.insert(path.to_owned()), "{path} twice");
            let (before, _) = path.rsplit_once('/').unwrap_or(("", path));
            assert_eq!(before, parent, "{path}");
        });
    }
}

fn walk(items: &[Item], parent: &str, visit: &mut impl FnMut(&str, &str)) {
    for item in items {
        match item {
            Item::Question(question) => visit(question.path.as_str(), parent),
            Item::Group(group) => {
                visit(group.path.as_str(), parent);
                walk(&group.items, group.path.as_str(), visit);
            }
            Item::Repeat(repeat) => {
                visit(repeat.path.as_str(), parent);
                walk(&repeat.items, repeat.path.as_str(), visit);
            }
        }
    }
}

#[test]
fn selects_have_their_list_and_every_list_is_used() {
    for form in forms() {
        let mut used = BTreeSet::new();
        for (question, _) in form.questions() {
            let selects = matches!(question.question_type, QuestionType::SelectOne | QuestionType::SelectMultiple);
            assert_eq!(question.list.is_some(), selects, "{}", question.path);
            used.extend(question.list.clone());
        }
        assert_eq!(used, form.lists.keys().cloned().collect(), "{}", form.id);
    }
}

#[test]
fn everything_people_read_is_written_in_every_language() {
    for form in forms() {
        let mut wanted: Vec<&Language> = form.languages.iter().collect();
        wanted.sort();
        assert_eq!(wanted.len(), 2);
        let whole = |label: &Label, what: &str| {
            assert_eq!(label.0.keys().collect::<Vec<_>>(), wanted, "{}: {what}", form.id);
        };
        assert!(!form.title.is_empty());
        for question in read(&form) {
            let path = question.path.as_str();
            whole(&question.label, path);
            for label in [&question.hint, &question.constraint_message, &question.required_message] {
                if !label.is_empty() {
                    whole(label, path);
                }
            }
        }
        for (list, choices) in &form.lists {
            choices.0.iter().for_each(|choice| whole(&choice.label, &format!("{list}/{}", choice.name)));
        }
    }
}

#[test]
fn every_rule_for_an_answer_says_what_to_do() {
    for form in forms() {
        for question in read(&form) {
            let path = question.path.as_str();
            assert!(question.constraint.is_none() || !question.constraint_message.is_empty(), "{path}");
            assert!(question.required.is_never() || !question.required_message.is_empty(), "{path}");
        }
    }
}

#[test]
fn indicators_are_computed_and_have_a_name_each() {
    for form in forms() {
        let mut names = BTreeSet::new();
        for (question, in_repeat) in form.questions() {
            if let Some(indicator) = &question.indicator {
                assert_eq!(question.question_type, QuestionType::Calculate, "{}", question.path);
                assert!(!in_repeat && names.insert(indicator.clone()), "{indicator} of {}", form.id);
            }
        }
        assert!(!names.is_empty());
    }
}

#[test]
fn every_indicator_is_explained() {
    let page = std::fs::read_to_string(folder().join("../../docs/indicators.md")).expect("the page of indicators");
    for form in forms() {
        for indicator in form.questions().into_iter().filter_map(|(question, _)| question.indicator.as_deref()) {
            // Those of the slum parameters are explained together, as `…_pct`.
            let name = indicator.strip_suffix("_pct").or_else(|| indicator.strip_suffix("_nilai")).unwrap_or(indicator);
            let together = indicator.starts_with("rata_");
            assert!(together || page.contains(&format!("`{name}`")), "{indicator} of {}", form.id);
        }
    }
}

#[test]
fn records_can_be_found_by_words() {
    for form in forms() {
        assert!(form.questions().iter().any(|(question, _)| question.search), "{}", form.id);
    }
}

#[test]
fn names_numbers_and_places_of_people_are_personal() {
    let form = compiled("kotaku-household");
    let personal: BTreeSet<&str> = form
        .questions()
        .into_iter()
        .filter(|(question, _)| question.personal)
        .map(|(question, _)| question.path.name())
        .collect();
    for name in ["kk_nama", "kk_nik", "resp_nama", "resp_hp", "art_nama", "alamat", "gps", "pdam_no", "tanda_tangan"] {
        assert!(personal.contains(name), "{name}");
    }
    for (question, _) in form.questions() {
        let shows = matches!(question.question_type, QuestionType::Image | QuestionType::Geopoint);
        assert!(!shows || question.personal, "{}", question.path);
    }
}
