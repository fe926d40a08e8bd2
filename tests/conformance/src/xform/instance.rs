//! The instance: which questions, groups and repeats there are, and data beside them.

use std::collections::{BTreeMap, HashSet};

use roxmltree::Node;
use rukun_form::session::{Answers, GivenInstance, InstanceKey, Key};
use rukun_form::{
    ChoiceList, Condition, Element, Group, Item, Question, QuestionPath, QuestionType, Repeat, SecondaryInstance,
};

use super::binds::{Bind, Binds};
use super::body::{Body, Control};
use super::itext::Itext;
use super::{attribute, form_path, name_of};

/// The items of the form, and the lists of choices that its controls hold.
pub(super) fn items(
    root: Node<'_, '_>,
    body: &Body<'_>,
    binds: &Binds,
    itext: &Itext,
) -> (Vec<Item>, BTreeMap<String, ChoiceList>) {
    let mut reader = Reader { body, binds, itext, lists: BTreeMap::new() };
    let path = format!("/{}", name_of(root));
    let items = reader.inside(root, &path);
    (items, reader.lists)
}

struct Reader<'a> {
    body: &'a Body<'a>,
    binds: &'a Binds,
    itext: &'a Itext,
    lists: BTreeMap<String, ChoiceList>,
}

impl Reader<'_> {
    fn inside(&mut self, element: Node<'_, '_>, path: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        for child in element.children().filter(Node::is_element) {
            let name = name_of(child);
            if !seen.insert(name.clone()) {
                continue;
            }
            let inside = format!("{path}/{name}");
            let Ok(own) = QuestionPath::parse(form_path(&inside)) else { continue };
            let is_group = child.children().any(|node| node.is_element()) || self.body.groups.contains_key(&inside);
            items.push(if self.body.repeats.contains_key(&inside) {
                Item::Repeat(self.repeat(element, child, own, &inside))
            } else if is_group {
                Item::Group(self.group(child, own, &inside))
            } else {
                Item::Question(self.question(child, own, &inside))
            });
        }
        items
    }

    fn repeat(&mut self, around: Node<'_, '_>, first: Node<'_, '_>, own: QuestionPath, path: &str) -> Repeat {
        let name = name_of(first);
        let same: Vec<_> = around.children().filter(|node| node.is_element() && name_of(*node) == name).collect();
        // Instances that the form begins with are answers; the template says what a new one looks like.
        let template = same.iter().find(|node| attribute(**node, "template").is_some()).copied();
        let items = self.inside(template.unwrap_or(first), path);
        let bind = self.binds.get(path);
        let control = self.body.repeats.get(path);
        Repeat {
            label: control.map(|control| control.label.clone()).unwrap_or_default(),
            relevant: bind.and_then(|bind| bind.relevant.clone()),
            read_only: bind.map(|bind| bind.read_only.clone()).unwrap_or_default(),
            count: control.and_then(|control| control.count.clone()),
            initial: 0,
            ..Repeat::new(own, items)
        }
    }

    fn group(&mut self, element: Node<'_, '_>, own: QuestionPath, path: &str) -> Group {
        let items = self.inside(element, path);
        let bind = self.binds.get(path);
        Group {
            label: self.body.groups.get(path).cloned().unwrap_or_default(),
            relevant: bind.and_then(|bind| bind.relevant.clone()),
            read_only: bind.map(|bind| bind.read_only.clone()).unwrap_or_default(),
            ..Group::new(own, items)
        }
    }

    fn question(&mut self, element: Node<'_, '_>, own: QuestionPath, path: &str) -> Question {
        let bind = self.binds.get(path);
        let control = self.body.controls.get(path);
        let list = control.and_then(|control| control.list.clone()).map(|list| {
            let name = format!("list-of-{}", own.as_str().replace('/', "-"));
            self.lists.insert(name.clone(), list);
            name
        });
        let message = |message: Option<&String>| message.map(|message| self.itext.message(message)).unwrap_or_default();
        let text = element.text().unwrap_or_default();
        Question {
            label: control.map(|control| control.label.clone()).unwrap_or_default(),
            hint: control.map(|control| control.hint.clone()).unwrap_or_default(),
            appearance: control.map(|control| control.appearance.clone()).unwrap_or_default(),
            list,
            itemset: control.and_then(|control| control.itemset.clone()),
            relevant: bind.and_then(|bind| bind.relevant.clone()),
            required: bind.map(|bind| bind.required.clone()).unwrap_or_default(),
            required_message: message(bind.and_then(|bind| bind.required_message.as_ref())),
            read_only: bind.map_or(Condition::Constant(false), |bind| bind.read_only.clone()),
            constraint: bind.and_then(|bind| bind.constraint.clone()),
            constraint_message: message(bind.and_then(|bind| bind.constraint_message.as_ref())),
            calculation: bind.and_then(|bind| bind.calculate.clone()),
            default: (!text.is_empty()).then(|| text.to_owned()),
            ..Question::new(own, type_of(bind, control))
        }
    }
}

fn type_of(bind: Option<&Bind>, control: Option<&Control>) -> QuestionType {
    if let Some((preload, parameters)) = bind.and_then(|bind| bind.preload.as_ref()) {
        match (preload.as_str(), parameters.as_str()) {
            ("timestamp", "start") => return QuestionType::Start,
            ("timestamp", "end") => return QuestionType::End,
            ("date", "today") => return QuestionType::Today,
            ("uid", _) => return QuestionType::InstanceId,
            ("property", "deviceid") => return QuestionType::DeviceId,
            ("property", "username") => return QuestionType::Username,
            ("property", "phonenumber") => return QuestionType::PhoneNumber,
            ("property", "email") => return QuestionType::Email,
            _ => {}
        }
    }
    let data_type = bind.map_or("", |bind| bind.data_type.as_str());
    match control.map(|control| (control.kind.as_str(), control.media_type.as_str())) {
        Some(("select1", _)) => return QuestionType::SelectOne,
        Some(("select", _)) => return QuestionType::SelectMultiple,
        Some(("rank", _)) => return QuestionType::Rank,
        Some(("trigger", _)) => return QuestionType::Acknowledge,
        Some(("upload", media)) if media.starts_with("image") => return QuestionType::Image,
        Some(("upload", media)) if media.starts_with("audio") => return QuestionType::Audio,
        Some(("upload", media)) if media.starts_with("video") => return QuestionType::Video,
        Some(("upload", _)) => return QuestionType::File,
        _ => {}
    }
    match data_type {
        "int" | "integer" | "long" => QuestionType::Integer,
        "decimal" | "double" | "float" => QuestionType::Decimal,
        "date" => QuestionType::Date,
        "time" => QuestionType::Time,
        "dateTime" => QuestionType::DateTime,
        "geopoint" => QuestionType::Geopoint,
        "geotrace" => QuestionType::Geotrace,
        "geoshape" => QuestionType::Geoshape,
        "barcode" => QuestionType::Barcode,
        _ if control.is_some() => QuestionType::Text,
        _ => QuestionType::Hidden,
    }
}

/// The repeat instances that the form begins with, and the values in them.
pub(super) fn given(root: Node<'_, '_>, body: &Body<'_>) -> Answers {
    let mut answers = Answers::default();
    add_given(root, &format!("/{}", name_of(root)), None, body, &mut answers);
    answers
}

fn add_given(element: Node<'_, '_>, path: &str, instance: Option<InstanceKey>, body: &Body<'_>, answers: &mut Answers) {
    for child in element.children().filter(Node::is_element) {
        let inside = format!("{path}/{}", name_of(child));
        let repeat = form_path(&inside).to_owned();
        if !body.repeats.contains_key(&inside) {
            let leaf = !child.children().any(|node| node.is_element());
            if let (Some(instance), true) = (instance, leaf) {
                let value = child.text().unwrap_or_default().to_owned();
                answers.values.push((Key::inside(instance, repeat), value));
            }
            add_given(child, &inside, instance, body, answers);
        } else if attribute(child, "template").is_none() {
            let mut id = [1; 16];
            id[8..].copy_from_slice(&(answers.instances.len() as u64).to_be_bytes());
            let id = InstanceKey(id);
            answers.instances.push(GivenInstance { id, repeat, parent: instance });
            add_given(child, &inside, Some(id), body, answers);
        }
    }
}

/// The meta block with the record's id, that every `XForm` has whether it is written or not.
pub(super) fn add_meta(root: Node<'_, '_>, items: &mut Vec<Item>) {
    let written = root.children().find(|node| node.is_element() && node.tag_name().name() == "meta");
    let prefix =
        root.lookup_prefix("http://openrosa.org/xforms").map(|prefix| format!("{prefix}:")).unwrap_or_default();
    let group = written.map_or_else(|| format!("{prefix}meta"), name_of);
    let of_group = group.split_once(':').map(|(prefix, _)| format!("{prefix}:")).unwrap_or_default();
    let Ok(path) = QuestionPath::parse(&group) else { return };
    let Ok(id) = QuestionPath::parse(&format!("{group}/{of_group}instanceID")) else { return };
    let question = Item::Question(Question::new(id.clone(), QuestionType::InstanceId));
    let meta = items.iter_mut().find_map(|item| match item {
        Item::Group(meta) if meta.path == path => Some(meta),
        Item::Group(_) | Item::Question(_) | Item::Repeat(_) => None,
    });
    match meta {
        Some(meta) => {
            let there = |item: &Item| matches!(item, Item::Question(question) if question.path == id);
            if !meta.items.iter().any(there) {
                meta.items.push(question);
            }
        }
        None => items.push(Item::Group(Group::new(path, vec![question]))),
    }
}

/// The secondary instances by id.
pub(super) fn secondary(model: Node<'_, '_>) -> BTreeMap<String, SecondaryInstance> {
    let instances = model.children().filter(|node| node.tag_name().name() == "instance");
    instances
        .skip(1)
        .filter_map(|instance| {
            let id = instance.attribute("id")?.to_owned();
            let secondary = match (instance.first_element_child(), attribute(instance, "src")) {
                (Some(root), _) => SecondaryInstance::Tree(element(root)),
                (None, source) => SecondaryInstance::Missing { file: source.unwrap_or_default().to_owned() },
            };
            Some((id, secondary))
        })
        .collect()
}

fn element(node: Node<'_, '_>) -> Element {
    let children: Vec<Element> = node.children().filter(Node::is_element).map(element).collect();
    let text = if children.is_empty() { node.text().unwrap_or_default().to_owned() } else { String::new() };
    let attributes =
        node.attributes().map(|attribute| (attribute.name().to_owned(), attribute.value().to_owned())).collect();
    Element { name: name_of(node), attributes, text, children }
}
