//! What every committed file must keep to, whoever wrote it.

mod files;
mod links;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use files::{committed, root, text_of};

/// Files of one subject stay readable; a longer one has two.
const LONGEST_RUST_FILE: usize = 500;

fn rust_files() -> impl Iterator<Item = String> {
    committed().into_iter().filter(|path| Path::new(path).extension().is_some_and(|extension| extension == "rs"))
}

#[test]
fn no_rust_file_is_longer_than_500_lines() {
    let lines = |path: &String| text_of(path).map_or(0, |text| text.lines().count());
    let long: Vec<(String, usize)> =
        rust_files().map(|path| (lines(&path), path)).map(|(lines, path)| (path, lines)).collect();
    assert!(long.len() > 50, "the listing of Rust files is not whole");
    let long: Vec<_> = long.iter().filter(|(_, lines)| *lines > LONGEST_RUST_FILE).collect();
    assert!(long.is_empty(), "longer than {LONGEST_RUST_FILE} lines: {long:?}");
}

#[test]
fn the_top_level_is_what_the_readme_explains() {
    let readme = text_of("README.md").expect("the README");
    let tops: BTreeSet<String> = committed()
        .iter()
        .filter_map(|path| path.split_once('/').map(|(top, _)| format!("{top}/")))
        .filter(|top| top != ".cargo/")
        .collect();
    let unexplained: Vec<&String> = tops.iter().filter(|top| !readme.contains(top.as_str())).collect();
    assert!(unexplained.is_empty(), "the README does not say what these are for: {unexplained:?}");
}

#[test]
fn no_committed_file_names_a_package_registry() {
    // In pieces, or this file would name them.
    let hosts = [
        ["registry", "npmjs", "org"],
        ["files", "pythonhosted", "org"],
        ["www", "pypi", "org"],
        ["index", "crates", "io"],
        ["static", "crates", "io"],
        ["repo1", "maven", "org"],
        ["repo", "maven", "apache"],
        ["deb", "debian", "org"],
        ["proxy", "golang", "org"],
    ]
    .map(|parts| parts.join("."));
    let named = offences(|text| hosts.iter().find(|host| text.contains(host.as_str())).cloned());
    assert!(named.is_empty(), "which registry to use is the machine's affair: {named:?}");
}

#[test]
fn no_committed_file_names_a_folder_of_one_machine() {
    let folders = ["work", "root", "Users", "home/user"].map(|folder| format!("/{folder}/"));
    let named = offences(|text| folders.iter().find(|folder| names_folder(text, folder)).cloned());
    assert!(named.is_empty(), "paths that exist on one machine only: {named:?}");
}

/// Whether `folder` stands at the beginning of a path and not inside one.
fn names_folder(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(place, _)| {
        let before = text[..place].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || "\"'`=:(<>[,;".contains(c))
    })
}

#[test]
fn a_folder_inside_a_path_is_no_folder_of_a_machine() {
    assert!(names_folder("cd /plan/x", "/plan/"));
    assert!(!names_folder("see field/plan/x", "/plan/"));
}

/// Every committed text in which `find` finds something, with what it found.
fn offences(find: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    // Cargo writes its index's name into the lock file by itself.
    let written_by_hand = committed().into_iter().filter(|path| path != "Cargo.lock");
    written_by_hand.filter_map(|path| Some((find(&text_of(&path)?)?, path))).map(|(what, path)| (path, what)).collect()
}

#[test]
fn both_dialects_have_the_same_migrations() {
    let names = |dialect: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(dialect);
        let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let markdown = committed().into_iter().filter(|path| Path::new(path).extension().is_some_and(|e| e == "md"));
    let broken: Vec<String> = markdown.flat_map(|path| links::broken_in(&path)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_task_that_a_document_names_is_in_the_makefile() {
    let makefile = text_of("Makefile").expect("the Makefile");
    let targets: BTreeSet<&str> = makefile
        .lines()
        .filter(|line| !line.starts_with([' ', '\t', '#', '.']))
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    let markdown = committed().into_iter().filter(|path| Path::new(path).extension().is_some_and(|e| e == "md"));
    for path in markdown {
        let text = text_of(&path).unwrap_or_default();
        for (place, _) in text.match_indices("`make ") {
            let rest = &text[place + "`make ".len()..];
            let task: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            assert!(targets.contains(task.as_str()), "{path} names `make {task}`");
        }
    }
}
