//! What people see and what happens: labels, choices, counts of repeats, values that are set.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};
use rukun_form::{ActionValue, Event, Form, Item, Label, Part, Question, Text};

use super::{is_entity, plain};

/// Facts of a form, as lines that can be compared.
type Facts = BTreeSet<String>;

/// Compares; says the first differences.
pub(crate) fn compare(form: &Form, xform: &str) -> Result<(), String> {
    let document = Document::parse(xform).map_err(|error| error.to_string())?;
    let (wanted, found) = (of_xform(&document), of_form(form));
    if wanted == found {
        return Ok(());
    }
    let missing: Vec<_> = wanted.difference(&found).take(2).collect();
    let extra: Vec<_> = found.difference(&wanted).take(2).collect();
    Err(format!("{missing:?} missing, {extra:?} too many"))
}

fn of_xform(document: &Document<'_>) -> Facts {
    let mut facts = Facts::new();
    let texts = itext(document.root());
    for node in document.root().descendants().filter(Node::is_element) {
        let attribute = |name: &str| node.attribute(name).map(plain).unwrap_or_default();
        let parent =
            |name: &str| node.parent_element().and_then(|parent| parent.attribute(name)).unwrap_or_default().to_owned();
        match node.tag_name().name() {
            "itemset" if is_select(node.parent_element()) => {
                facts.insert(format!("{} choices {}", parent("ref"), attribute("nodeset")));
            }
            // A select_one_external asks by query; here it is a list like others.
            "input" => {
                if let Some(query) = node.attribute("query") {
                    facts.insert(format!("{} choices {}", attribute("ref"), plain(query)));
                }
            }
            "repeat" => {
                if let Some(count) = node.attribute(("http://openrosa.org/javarosa", "count")) {
                    facts.insert(format!("{} count {}", attribute("nodeset"), plain(count)));
                }
            }
            "setvalue" if !is_entity(&attribute("ref")) && !attribute("ref").contains("/meta/entity/") => {
                for event in node.attribute("event").unwrap_or_default().split(' ') {
                    let whose = if event == "odk-instance-first-load" {
                        String::new()
                    } else {
                        parent("ref") + &parent("nodeset")
                    };
                    facts.insert(format!("{} set {event} {whose} {}", attribute("ref"), attribute("value")));
                }
            }
            "label" | "hint" if node.parent_element().is_some_and(|parent| parent.attribute("ref").is_some()) => {
                for text in shown(node, &texts) {
                    facts.insert(format!("{} {}: {text}", parent("ref"), node.tag_name().name()));
                }
            }
            _ => {}
        }
    }
    facts
}

/// Places have choices to refer to, and ranges have labels: those are parameters here.
fn is_select(control: Option<Node<'_, '_>>) -> bool {
    control.is_some_and(|control| matches!(control.tag_name().name(), "select" | "select1" | "rank"))
}

/// The texts of an XForm by id, in all languages.
fn itext(root: Node<'_, '_>) -> BTreeMap<String, Vec<String>> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in root.descendants().filter(|node| node.tag_name().name() == "text") {
        let is_value = |node: &Node<'_, '_>| node.tag_name().name() == "value" && node.attribute("form").is_none();
        let words = text.children().find(is_value).map(words).unwrap_or_default();
        // pyxform writes `-` for a translation that is not there.
        if !words.is_empty() && words != "-" {
            texts.entry(text.attribute("id").unwrap_or_default().to_owned()).or_default().push(words);
        }
    }
    texts
}

fn shown(node: Node<'_, '_>, texts: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let id = node.attribute("ref").and_then(|text| text.strip_prefix("jr:itext('")?.strip_suffix("')"));
    match id {
        Some(id) => texts.get(id).cloned().unwrap_or_default(),
        None => Some(words(node)).filter(|words| !words.is_empty()).into_iter().collect(),
    }
}

/// A text with `{path}` where a value stands, without blanks.
fn words(node: Node<'_, '_>) -> String {
    let part = |child: Node<'_, '_>| match child.tag_name().name() {
        // pyxform escapes an `instance()` in a label twice.
        "output" => {
            let value = child.attribute("value").unwrap_or_default();
            format!("{{{}}}", value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        }
        _ => child.text().unwrap_or_default().to_owned(),
    };
    plain(&node.children().map(part).collect::<String>())
}

fn of_form(form: &Form) -> Facts {
    let mut facts = Facts::new();
    let root = format!("/{}", form.root);
    items(&form.items, &root, &mut facts);
    for action in &form.actions {
        let ActionValue::Expression(value) = &action.value else { continue };
        let value = plain(value.as_str());
        let value = if value == "''" { String::new() } else { value };
        for event in &action.on {
            let (event, whose) = match event {
                Event::FirstLoad => ("odk-instance-first-load", String::new()),
                Event::EveryLoad => ("odk-instance-load", String::new()),
                Event::NewRepeat(path) => ("odk-new-repeat", format!("{root}/{path}")),
                Event::Changed(path) => ("xforms-value-changed", format!("{root}/{path}")),
            };
            facts.insert(format!("{root}/{} set {event} {whose} {value}", action.target));
        }
    }
    facts
}

fn items(items_of: &[Item], root: &str, facts: &mut Facts) {
    for item in items_of {
        match item {
            Item::Question(question) => {
                let path = format!("{root}/{}", question.path);
                if is_body(question) {
                    labels(&path, "label", &question.label, facts);
                    labels(&path, "hint", &question.hint, facts);
                    choices(&path, question, facts);
                }
            }
            Item::Group(group) => {
                labels(&format!("{root}/{}", group.path), "label", &group.label, facts);
                items(&group.items, root, facts);
            }
            Item::Repeat(repeat) => {
                let path = format!("{root}/{}", repeat.path);
                labels(&path, "label", &repeat.label, facts);
                if let Some(count) = &repeat.count {
                    facts.insert(format!("{path} count {}", plain(count.as_str())));
                }
                items(&repeat.items, root, facts);
            }
        }
    }
}

/// Whether an XForm's body has the question.
fn is_body(question: &Question) -> bool {
    use rukun_form::QuestionType as T;
    let hidden = matches!(
        question.question_type,
        T::Calculate
            | T::Hidden
            | T::Start
            | T::End
            | T::Today
            | T::DeviceId
            | T::Username
            | T::PhoneNumber
            | T::Email
            | T::InstanceId
            | T::Audit
            | T::StartGeopoint
            | T::BackgroundAudio
    );
    let silent = question.calculation.is_some() && question.label.is_empty() && question.hint.is_empty();
    !hidden && !silent
}

fn labels(path: &str, kind: &str, label: &Label, facts: &mut Facts) {
    for words in label.0.values().map(|text| plain(&text_words(text))) {
        if !words.is_empty() && words != "-" {
            facts.insert(format!("{path} {kind}: {words}"));
        }
    }
}

fn text_words(text: &Text) -> String {
    match text {
        Text::Plain(words) => words.clone(),
        Text::Parts(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Words(words) => words.clone(),
                Part::Value { value } => format!("{{{value}}}"),
            })
            .collect(),
    }
}

fn choices(path: &str, question: &Question, facts: &mut Facts) {
    let nodes = match (&question.list, &question.itemset) {
        (Some(list), _) => format!("instance('{list}')/root/item"),
        (None, Some(itemset)) => itemset.nodes.to_string(),
        (None, None) => return,
    };
    let filter = question.choice_filter.as_ref().map(|filter| format!("[{filter}]")).unwrap_or_default();
    let nodes = format!("{nodes}{filter}");
    let nodes = match (question.parameters.get("randomize").map(String::as_str), question.parameters.get("seed")) {
        (Some("true"), Some(seed)) => format!("randomize({nodes},{seed})"),
        (Some("true"), None) => format!("randomize({nodes})"),
        _ => nodes,
    };
    facts.insert(format!("{path} choices {}", plain(&nodes)));
}
