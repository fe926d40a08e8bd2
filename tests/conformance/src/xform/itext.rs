//! Texts of an XForm: `itext`, labels, and values in them.

use std::collections::BTreeMap;

use roxmltree::Node;
use rukun_form::{Expression, Label, Language, Part, Text};

use super::attribute;

/// The texts by id.
#[derive(Debug, Default)]
pub(super) struct Itext {
    /// Languages, the default one first.
    pub(super) languages: Vec<Language>,
    pub(super) texts: BTreeMap<String, Label>,
}

pub(super) fn read(model: Node<'_, '_>) -> Itext {
    let mut itext = Itext::default();
    for translation in model.descendants().filter(|node| node.tag_name().name() == "translation") {
        let language = Language(translation.attribute("lang").unwrap_or("default").to_owned());
        let place = if attribute(translation, "default").is_some() { 0 } else { itext.languages.len() };
        itext.languages.insert(place, language.clone());
        for text in translation.children().filter(|node| node.tag_name().name() == "text") {
            let plain =
                text.children().find(|node| node.tag_name().name() == "value" && attribute(*node, "form").is_none());
            if let (Some(id), Some(value)) = (text.attribute("id"), plain) {
                itext.texts.entry(id.to_owned()).or_default().0.insert(language.clone(), text_of(value));
            }
        }
    }
    itext
}

impl Itext {
    /// The label that an element is: a reference to a text, or its own words.
    pub(super) fn label(&self, element: Node<'_, '_>) -> Label {
        match attribute(element, "ref") {
            Some(reference) => self.referred(reference),
            None => self.own(text_of(element)),
        }
    }

    /// The label that an expression refers to: `jr:itext('id')`, or a path.
    pub(super) fn referred(&self, reference: &str) -> Label {
        match itext_id(reference) {
            Some(id) => self.texts.get(id).cloned().unwrap_or_default(),
            None => self.own(Text::Parts(vec![Part::Value { value: Expression::new(reference) }])),
        }
    }

    /// Words that are the same in all languages.
    pub(super) fn own(&self, text: Text) -> Label {
        let languages =
            if self.languages.is_empty() { vec![Language("default".into())] } else { self.languages.clone() };
        Label(languages.into_iter().map(|language| (language, text.clone())).collect())
    }

    /// A message: words, or a reference to a text.
    pub(super) fn message(&self, message: &str) -> Label {
        match itext_id(message) {
            Some(_) => self.referred(message),
            None => self.own(Text::from(message)),
        }
    }
}

fn itext_id(reference: &str) -> Option<&str> {
    let inner = reference.trim().strip_prefix("jr:itext(")?.strip_suffix(')')?.trim();
    inner.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])
}

/// The words of an element, with values where it has `output`.
fn text_of(element: Node<'_, '_>) -> Text {
    let mut parts = Vec::new();
    for child in element.children() {
        if let (Some(words), true) = (child.text(), child.is_text()) {
            parts.push(Part::Words(words.to_owned()));
        } else if child.tag_name().name() == "output" {
            let value = attribute(child, "value").or_else(|| attribute(child, "ref")).unwrap_or_default();
            parts.push(Part::Value { value: Expression::new(value) });
        } else if child.is_element() {
            let words: String = child.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
            parts.push(Part::Words(words));
        }
    }
    match parts.as_slice() {
        [] => Text::from(""),
        [Part::Words(words)] => Text::from(words.as_str()),
        _ => Text::Parts(parts),
    }
}
