//! The built-in forms are whole: what a screen, a projection or an export will ask them is there.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sync_core::form::{Form, Item, Label, Language, QuestionType};

fn forms() -> Vec<(PathBuf, Form)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../server/forms");
    let files =
        std::fs::read_dir(folder).expect("the folder of built-in forms").map(|entry| entry.expect("entry").path());
    let json = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    json.map(|path| {
        let bytes = std::fs::read(&path).expect("a form");
        let form = Form::from_json(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, form)
    })
    .collect()
}

#[test]
fn every_form_is_named_like_its_file() {
    let forms = forms();
    assert!(!forms.is_empty());
    for (path, form) in forms {
        assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(form.id.as_str()));
    }
}

#[test]
fn paths_are_unique_and_name_the_groups_around_them() {
    for (_, form) in forms() {
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
    for (_, form) in forms() {
        let mut used = BTreeSet::new();
        for (question, _) in form.questions() {
            let selects = matches!(question.question_type, QuestionType::SelectOne | QuestionType::SelectMultiple);
            assert_eq!(question.list.is_some(), selects, "{}", question.path);
            if let Some(list) = &question.list {
                assert!(form.lists.contains_key(list), "{} has no list `{list}`", question.path);
                used.insert(list.clone());
            }
        }
        assert_eq!(used, form.lists.keys().cloned().collect());
    }
}

#[test]
fn choice_names_are_unique_and_fit_a_select_multiple() {
    for (_, form) in forms() {
        for (list, choices) in &form.lists {
            let names: BTreeSet<&str> = choices.0.iter().map(|choice| choice.name.as_str()).collect();
            assert_eq!(names.len(), choices.0.len(), "{list} uses a name twice");
            assert!(names.iter().all(|name| !name.is_empty() && !name.contains(char::is_whitespace)), "{list}");
        }
    }
}

#[test]
fn everything_people_read_is_written_in_every_language() {
    for (_, form) in forms() {
        let whole = |label: &Label, what: &str| {
            let languages: Vec<&Language> = label.0.keys().collect();
            let mut wanted: Vec<&Language> = form.languages.iter().collect();
            wanted.sort();
            assert_eq!(languages, wanted, "{what}");
        };
        whole(&form.title, "title");
        for (question, _) in form.questions() {
            whole(&question.label, question.path.as_str());
            if !question.hint.is_empty() {
                whole(&question.hint, question.path.as_str());
            }
        }
        for (list, choices) in &form.lists {
            choices.0.iter().for_each(|choice| whole(&choice.label, &format!("{list}/{}", choice.name)));
        }
    }
}

#[test]
fn records_of_every_form_can_be_found_by_words() {
    for (_, form) in forms() {
        assert!(form.questions().iter().any(|(question, _)| question.search), "{}", form.id);
    }
}
