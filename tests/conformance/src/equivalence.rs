//! Whether a compiled form and the XForm that pyxform made say the same: which nodes there are, of which types, and what is
//! computed.

mod body;

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};
use rukun_form::{Condition, Expression, Form, Item, Question, QuestionType};

pub(crate) use body::compare as compare_body;

/// What is compared of a node.
#[derive(Debug, Default, PartialEq, Eq)]
struct Bind {
    r#type: Option<String>,
    calculate: Option<String>,
    relevant: Option<String>,
    constraint: Option<String>,
    required: Option<String>,
}

/// Nodes by path.
type Binds = BTreeMap<String, Bind>;

/// Compares; says the first differences.
pub(crate) fn compare(form: &Form, xform: &str) -> Result<(), String> {
    let document = Document::parse(xform).map_err(|error| error.to_string())?;
    let model = find(document.root(), "model").ok_or("the XForm has no model")?;
    let instance = find(model, "instance").and_then(|instance| instance.first_element_child());
    let root = instance.ok_or("the XForm has no instance")?;
    let mut wanted_nodes = BTreeSet::new();
    nodes(root, &format!("/{}", root.tag_name().name()), &mut wanted_nodes);
    let mut found = Binds::new();
    let mut found_nodes = BTreeSet::from([format!("/{}", form.root)]);
    items(&form.items, &form.root, &mut found, &mut found_nodes);
    if wanted_nodes != found_nodes {
        let missing: Vec<_> = wanted_nodes.difference(&found_nodes).take(3).collect();
        let extra: Vec<_> = found_nodes.difference(&wanted_nodes).take(3).collect();
        return Err(format!("nodes: {missing:?} missing, {extra:?} too many"));
    }
    let wanted = binds(model);
    for path in found.keys().chain(wanted.keys()).collect::<BTreeSet<_>>() {
        let (found, wanted) = (found.get(path), wanted.get(path));
        let none = Bind::default();
        if found.unwrap_or(&none) != wanted.unwrap_or(&none) {
            return Err(format!("{path}: {found:?} instead of {wanted:?}"));
        }
    }
    Ok(())
}

fn find<'a, 'b>(node: Node<'a, 'b>, name: &str) -> Option<Node<'a, 'b>> {
    node.descendants().find(|inner| inner.tag_name().name() == name)
}

/// Entities are no nodes of ours.
fn is_entity(path: &str) -> bool {
    path.ends_with("/meta/entity") || path.contains("/meta/entity/")
}

fn nodes(node: Node<'_, '_>, path: &str, found: &mut BTreeSet<String>) {
    found.insert(path.to_owned());
    for child in node.children().filter(Node::is_element) {
        let name = child.tag_name();
        let prefix = child.lookup_prefix(name.namespace().unwrap_or_default()).filter(|prefix| !prefix.is_empty());
        let name = prefix.map_or_else(|| name.name().to_owned(), |prefix| format!("{prefix}:{}", name.name()));
        let path = format!("{path}/{name}");
        // A `meta` that holds nothing but an entity is the entity's.
        let only_entity = name == "meta"
            && child
                .children()
                .filter(Node::is_element)
                .all(|inner| inner.has_tag_name("entity") || inner.tag_name().name() == "entity");
        if !is_entity(&path) && !only_entity {
            nodes(child, &path, found);
        }
    }
}

/// Without blanks: pyxform writes some around each path.
fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

fn binds(model: Node<'_, '_>) -> Binds {
    let mut binds = Binds::new();
    for bind in model.children().filter(|node| node.tag_name().name() == "bind") {
        let path = bind.attribute("nodeset").unwrap_or_default().to_owned();
        let attribute = |name: &str| bind.attribute(name).map(plain);
        let bind = Bind {
            r#type: attribute("type"),
            calculate: attribute("calculate"),
            relevant: attribute("relevant"),
            constraint: attribute("constraint"),
            required: attribute("required").filter(|required| required != "false()"),
        };
        if !is_entity(&path) {
            binds.insert(path, bind);
        }
    }
    binds
}

fn items(items_of: &[Item], parent: &str, binds: &mut Binds, found: &mut BTreeSet<String>) {
    let root = parent.split('/').next().unwrap_or_default();
    for item in items_of {
        let (path, relevant) = match item {
            Item::Question(question) => {
                let path = format!("/{root}/{}", question.path);
                found.insert(path.clone());
                binds.insert(path, bind(question));
                continue;
            }
            Item::Group(group) => {
                items(&group.items, root, binds, found);
                (&group.path, &group.relevant)
            }
            Item::Repeat(repeat) => {
                items(&repeat.items, root, binds, found);
                (&repeat.path, &repeat.relevant)
            }
        };
        let path = format!("/{root}/{path}");
        found.insert(path.clone());
        if let Some(relevant) = expression(relevant.as_ref()) {
            binds.insert(path, Bind { relevant: Some(relevant), ..Bind::default() });
        }
    }
}

fn expression(expression: Option<&Expression>) -> Option<String> {
    expression.map(|expression| plain(expression.as_str()))
}

fn bind(question: &Question) -> Bind {
    Bind {
        r#type: Some(type_name(question).to_owned()),
        calculate: expression(question.calculation.as_ref()),
        relevant: expression(question.relevant.as_ref()),
        constraint: expression(question.constraint.as_ref()),
        required: match &question.required {
            Condition::Constant(false) => None,
            Condition::Constant(true) => Some("true()".to_owned()),
            Condition::When(expression) => Some(plain(expression.as_str())),
        },
    }
}

fn type_name(question: &Question) -> &'static str {
    let is_fraction = |value: &String| value.parse::<f64>().is_ok_and(|number| number.fract() != 0.0);
    match question.question_type {
        QuestionType::Integer => "int",
        QuestionType::Range if question.parameters.values().any(is_fraction) => "decimal",
        QuestionType::Range => "int",
        QuestionType::Decimal => "decimal",
        QuestionType::Rank => "odk:rank",
        QuestionType::Date | QuestionType::Today => "date",
        QuestionType::Time => "time",
        QuestionType::DateTime | QuestionType::Start | QuestionType::End => "dateTime",
        QuestionType::Geopoint | QuestionType::StartGeopoint => "geopoint",
        QuestionType::Geotrace => "geotrace",
        QuestionType::Geoshape => "geoshape",
        QuestionType::Barcode => "barcode",
        QuestionType::Image
        | QuestionType::Audio
        | QuestionType::BackgroundAudio
        | QuestionType::Video
        | QuestionType::File
        | QuestionType::Audit => "binary",
        QuestionType::Text
        | QuestionType::SelectOne
        | QuestionType::SelectMultiple
        | QuestionType::Acknowledge
        | QuestionType::Note
        | QuestionType::Calculate
        | QuestionType::Hidden
        | QuestionType::DeviceId
        | QuestionType::Username
        | QuestionType::PhoneNumber
        | QuestionType::Email
        | QuestionType::InstanceId => "string",
    }
}
