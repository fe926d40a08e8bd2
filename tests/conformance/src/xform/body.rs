//! The body: which nodes people see, and how.

use std::collections::HashMap;

use roxmltree::Node;
use rukun_form::{Action, ActionValue, Choice, ChoiceList, Event, Expression, Itemset, Label, QuestionPath};

use super::binds::Binds;
use super::itext::Itext;
use super::{attribute, form_path, name_of};

/// What the body says, by absolute path.
pub(super) struct Body<'a> {
    itext: &'a Itext,
    binds: &'a Binds,
    pub(super) controls: HashMap<String, Control>,
    pub(super) repeats: HashMap<String, RepeatControl>,
    pub(super) groups: HashMap<String, Label>,
    pub(super) actions: Vec<Action>,
}

/// A control.
#[derive(Debug, Default)]
pub(super) struct Control {
    pub(super) kind: String,
    pub(super) media_type: String,
    pub(super) label: Label,
    pub(super) hint: Label,
    pub(super) appearance: Vec<String>,
    pub(super) list: Option<ChoiceList>,
    pub(super) itemset: Option<Itemset>,
}

/// A repeat.
#[derive(Debug, Default)]
pub(super) struct RepeatControl {
    pub(super) count: Option<Expression>,
    pub(super) label: Label,
}

impl<'a> Body<'a> {
    pub(super) fn new(itext: &'a Itext, binds: &'a Binds) -> Self {
        Self {
            itext,
            binds,
            controls: HashMap::new(),
            repeats: HashMap::new(),
            groups: HashMap::new(),
            actions: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, element: Node<'_, '_>, context: &str) {
        for child in element.children().filter(Node::is_element) {
            let path = self.binds.path_of(child, context);
            match child.tag_name().name() {
                "group" => {
                    let inside = path.clone().unwrap_or_else(|| context.to_owned());
                    if let Some(path) = path {
                        let label = self.label_in(child);
                        // The label of a repeat is that of the group around it.
                        self.groups.insert(path, label);
                    }
                    self.read(child, &inside);
                }
                "repeat" => self.repeat(child, path, context),
                "input" | "select" | "select1" | "upload" | "trigger" | "range" | "rank" | "odk:rank" | "secret" => {
                    if let Some(path) = path {
                        self.control(child, path);
                    }
                }
                _ => {}
            }
        }
    }

    fn repeat(&mut self, element: Node<'_, '_>, path: Option<String>, context: &str) {
        let Some(path) = path else { return };
        let count = attribute(element, "count").map(Expression::new);
        let around = element.parent_element().filter(|parent| parent.tag_name().name() == "group");
        let label = around.map(|group| self.label_in(group)).unwrap_or_default();
        let own = self.label_in(element);
        let label = if own.is_empty() { label } else { own };
        self.repeats.insert(path.clone(), RepeatControl { count, label });
        for action in element.children().filter(Node::is_element) {
            let mut actions = Vec::new();
            self.action(action, Some(&path), &mut actions);
            self.actions.append(&mut actions);
        }
        let _ = context;
        self.read(element, &path);
    }

    fn control(&mut self, element: Node<'_, '_>, path: String) {
        let mut list = Vec::new();
        for item in element.children().filter(|node| node.tag_name().name() == "item") {
            let value = child(item, "value").and_then(|value| value.text()).unwrap_or_default().trim().to_owned();
            list.push(Choice { name: value, label: self.label_in(item), ..Choice::default() });
        }
        let itemset = child(element, "itemset").map(|itemset| {
            let reference = |name: &str| {
                let of = child(itemset, name);
                Expression::new(of.and_then(|node| attribute(node, "ref")).unwrap_or(name))
            };
            Itemset {
                nodes: Expression::new(attribute(itemset, "nodeset").unwrap_or_default()),
                value: reference("value"),
                label: reference("label"),
            }
        });
        let hint = child(element, "hint").map(|hint| self.itext.label(hint)).unwrap_or_default();
        let control = Control {
            kind: element.tag_name().name().to_owned(),
            media_type: attribute(element, "mediatype").unwrap_or_default().to_owned(),
            label: self.label_in(element),
            hint,
            appearance: attribute(element, "appearance")
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            list: (!list.is_empty()).then_some(ChoiceList(list)),
            itemset,
        };
        for action in element.children().filter(Node::is_element) {
            let mut actions = Vec::new();
            self.action(action, Some(&path), &mut actions);
            self.actions.append(&mut actions);
        }
        self.controls.insert(path, control);
    }

    fn label_in(&self, element: Node<'_, '_>) -> Label {
        child(element, "label").map(|label| self.itext.label(label)).unwrap_or_default()
    }

    /// Reads an action; `source` is the control or repeat that it stands in.
    pub(super) fn action(&self, element: Node<'_, '_>, source: Option<&str>, actions: &mut Vec<Action>) {
        let name = name_of(element);
        if !matches!(name.as_str(), "setvalue" | "odk:setgeopoint") {
            return;
        }
        let context = source.map_or("", |source| source.rsplit_once('/').map_or("", |(parent, _)| parent));
        let Some(target) = self.binds.path_of(element, context) else { return };
        let (target, which) = unfiltered(&target);
        let path = |absolute: &str| QuestionPath::parse(form_path(absolute)).ok();
        let Some(target) = path(&target) else { return };
        let events = attribute(element, "event").unwrap_or_default().split_whitespace();
        let on: Vec<Event> = events
            .filter_map(|event| match (event, source.and_then(path)) {
                ("odk-instance-first-load", _) => Some(Event::FirstLoad),
                ("odk-instance-load", _) => Some(Event::EveryLoad),
                ("odk-new-repeat", Some(repeat)) => Some(Event::NewRepeat(repeat)),
                ("xforms-value-changed", Some(question)) => Some(Event::Changed(question)),
                _ => None,
            })
            .collect();
        let value = if name == "odk:setgeopoint" {
            ActionValue::Geopoint
        } else {
            let literal = || {
                let text = element.text().unwrap_or_default();
                if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
            };
            let value = attribute(element, "value").map_or_else(literal, str::to_owned);
            let value = if value.is_empty() { "''".to_owned() } else { value };
            // An action that names one instance leaves the others as they are.
            ActionValue::Expression(Expression::new(match which {
                Some(which) => format!("if({which}, {value}, .)"),
                None => value,
            }))
        };
        actions.push(Action { on, target, value });
    }
}

fn child<'a, 'input>(element: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    element.children().find(|node| node.is_element() && node.tag_name().name() == name)
}

/// A path without its predicate, and what the predicate says of the target: `/data/rep[position()=1]/x` is
/// `position(..)=1` for `x`.
fn unfiltered(path: &str) -> (String, Option<String>) {
    let Some((before, rest)) = path.split_once('[') else { return (path.to_owned(), None) };
    let Some((predicate, after)) = rest.split_once(']') else { return (path.to_owned(), None) };
    let up = vec![".."; after.matches('/').count()].join("/");
    let predicate = predicate.trim();
    let which = if predicate.parse::<u32>().is_ok() {
        format!("position({up}) = {predicate}")
    } else {
        predicate.replace("position()", &format!("position({up})"))
    };
    (format!("{before}{after}"), Some(which))
}
