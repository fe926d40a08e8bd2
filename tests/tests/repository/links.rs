//! Links in Markdown.

use std::path::Path;

use crate::files::{root, text_of};

/// The links of a document that lead to no file, or to no heading of one.
pub(crate) fn broken_in(path: &str) -> Vec<String> {
    let text = text_of(path).unwrap_or_default();
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let leads_away = |link: &&str| link.contains("://") || link.starts_with("mailto:");
    let links = links_in(&text);
    let broken = links.into_iter().filter(|link| !leads_away(link)).filter(|link| {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = if file.is_empty() { Path::new(path).to_path_buf() } else { folder.join(file) };
        !root().join(&target).exists() || !(heading.is_empty() || has_heading(&target, heading))
    });
    broken.map(|link| format!("{path}: {link}")).collect()
}

fn links_in(text: &str) -> Vec<&str> {
    let targets = text.match_indices("](").filter_map(|(place, opening)| {
        let target = text[place + opening.len()..].split_once(')')?.0;
        (!target.contains(char::is_whitespace)).then_some(target)
    });
    targets.collect()
}

fn has_heading(path: &Path, anchor: &str) -> bool {
    let text = text_of(&path.to_string_lossy()).unwrap_or_default();
    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor_of(line) == anchor)
}

/// A heading's anchor, as code hosts make it.
fn anchor_of(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn links_and_anchors_are_read_as_code_hosts_read_them() {
    assert_eq!(links_in("see [a](b.md#c) and [d](e f)"), ["b.md#c"]);
    assert_eq!(anchor_of("## Cut here, and then?"), "cut-here-and-then");
}
