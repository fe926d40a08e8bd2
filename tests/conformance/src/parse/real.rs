//! All expressions of real forms: each is read, or refused at a place in it.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::Path;

use rukun_form::expression::review;

use crate::outcome::Outcome;

/// Attributes of an `XForm` that hold expressions.
const ATTRIBUTES: [&str; 8] =
    ["calculate", "relevant", "constraint", "required", "readonly", "value", "nodeset", "ref"];

/// Reads all expressions of the forms in a folder.
pub(super) fn run(folder: &Path, outcome: &mut Outcome) -> Result<(), Box<dyn std::error::Error>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    for file in &files {
        let text = std::fs::read_to_string(file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let Ok(document) = roxmltree::Document::parse(&text) else {
            println!("{name} is no XML");
            continue;
        };
        for expression in expressions(&document) {
            count(&name, &expression, outcome);
        }
    }
    Ok(())
}

fn expressions(document: &roxmltree::Document<'_>) -> BTreeSet<String> {
    let is_expression = |node: &roxmltree::Node<'_, '_>, name: &str| {
        let element = node.tag_name().name();
        let of_action = matches!(element, "setvalue" | "setgeopoint" | "output");
        match name {
            // An item's value and label are names of columns, and a control's ref may be a path or a translated text.
            "value" => of_action,
            "ref" => of_action || matches!(element, "input" | "select" | "select1" | "upload" | "trigger" | "group"),
            "nodeset" => matches!(element, "itemset" | "bind" | "repeat"),
            _ => element == "bind",
        }
    };
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    elements
        .flat_map(|node| node.attributes().map(move |attribute| (node, attribute)))
        .filter(|(node, attribute)| ATTRIBUTES.contains(&attribute.name()) && is_expression(node, attribute.name()))
        .map(|(_, attribute)| attribute.value().to_owned())
        .collect()
}

fn count(form: &str, expression: &str, outcome: &mut Outcome) {
    let read = catch_unwind(|| review(expression));
    let located = match &read {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) if expression.is_char_boundary(error.place) => Ok(()),
        Ok(Err(error)) => Err(format!("{expression}: {error}, at a place that is none")),
        Err(_) => Err(format!("{expression}: panicked")),
    };
    outcome.tier("real expressions", Some(1.0)).count(form, located);
    match read {
        Ok(Ok((_, findings))) => {
            outcome.tier("real expressions, read", None).count(form, Ok(()));
            let known = match findings.first() {
                Some(finding) => Err(format!("{expression}: {finding}")),
                None => Ok(()),
            };
            outcome.tier("real expressions, functions known", None).count(form, known);
        }
        Ok(Err(error)) => {
            outcome.tier("real expressions, read", None).count(form, Err(format!("{expression}: {error}")));
        }
        Err(_) => {}
    }
}
