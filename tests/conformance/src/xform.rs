//! Reads an XForm into a compiled form, so that recorded sessions of other engines can be replayed on ours.
//!
//! Only test code reads XForms: programmes bring XLSForms. What is read is what the suites use; what an XForm can say and an
//! XLSForm cannot is read as far as the compiled form can hold it.

mod binds;
mod body;
mod instance;
mod itext;

use std::collections::BTreeMap;

use roxmltree::{Document, Node};
use rukun_form::session::Answers;
use rukun_form::{Action, Form, FormId, FormVersion, Label};

use binds::Binds;
use body::Body;

/// What is wrong with an XForm.
pub(crate) type XFormError = Box<dyn std::error::Error>;

/// Reads an XForm: the form, and the repeat instances that it begins with.
pub(crate) fn read(xml: &str) -> Result<(Form, Answers), XFormError> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = Document::parse_with_options(xml.trim_start(), options)?;
    let model = find(document.root(), "model").ok_or("no model")?;
    let primary = model
        .children()
        .filter(|node| node.tag_name().name() == "instance")
        .find_map(|instance| instance.first_element_child())
        .ok_or("no primary instance")?;
    let itext = itext::read(model);
    let binds = Binds::read(model);
    let mut body = Body::new(&itext, &binds);
    let element = document.descendants().find(|node| node.tag_name().name() == "body");
    if let Some(element) = element {
        body.read(element, &format!("/{}", name_of(primary)));
    }
    let mut actions: Vec<Action> = Vec::new();
    for action in model.children().filter(|node| node.is_element()) {
        body.action(action, None, &mut actions);
    }
    actions.append(&mut body.actions);
    let (mut items, lists) = instance::items(primary, &body, &binds, &itext);
    instance::add_meta(primary, &mut items);
    let given = instance::given(primary, &body);
    let title = document.descendants().find(|node| node.tag_name().name() == "title").and_then(|node| node.text());
    let languages = itext.languages.clone();
    let mut form = Form {
        title: Label(BTreeMap::from([(default_language(&languages), title.unwrap_or_default().into())])),
        languages,
        root: name_of(primary),
        items,
        lists,
        instances: instance::secondary(model),
        actions,
        texts: itext.texts.clone(),
        ..Form::new(
            FormId::new(primary.attribute("id").unwrap_or("form")),
            FormVersion::new(primary.attribute("version").unwrap_or("1")),
        )
    };
    if form.languages.is_empty() {
        form.languages.push(default_language(&[]));
    }
    Ok((form, given))
}

fn default_language(languages: &[rukun_form::Language]) -> rukun_form::Language {
    languages.first().cloned().unwrap_or_else(|| rukun_form::Language("default".into()))
}

/// The first element of this name.
fn find<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|node| node.is_element() && node.tag_name().name() == name)
}

/// The name of an element, with its prefix if it has one.
pub(crate) fn name_of(node: Node<'_, '_>) -> String {
    let name = node.tag_name().name();
    let prefix = node.tag_name().namespace().and_then(|namespace| {
        let declared = node.lookup_prefix(namespace);
        // An element without a prefix is in the default namespace, whatever other prefix stands for it.
        let default = node.lookup_namespace_uri(None);
        if default == Some(namespace) { None } else { declared }
    });
    match prefix {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}:{name}"),
        _ => name.to_owned(),
    }
}

/// An attribute, whatever its namespace.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// A path, absolute, without blanks and with `.` and `..` resolved; relative ones start at `context`.
pub(crate) fn resolve(path: &str, context: &str) -> String {
    let path = path.trim();
    let mut names: Vec<&str> = if path.starts_with('/') { Vec::new() } else { context.split('/').collect() };
    for step in path.split('/').map(str::trim) {
        match step {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name if name.starts_with("current()") => {}
            name => names.push(name),
        }
    }
    format!("/{}", names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join("/"))
}

/// The path of a form's node: without the form's root.
pub(crate) fn form_path(absolute: &str) -> &str {
    absolute.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest)
}
