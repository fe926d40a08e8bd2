//! Which choices a question offers.

use std::sync::Arc;

use super::Session;
use super::instance_tree::Place;
use super::reader::{Reader, Spot};
use super::value::text_of;
use crate::expression::{Expr, Value, evaluate};
use crate::model::{Part, QuestionType, Text};
use crate::plan::NodeIndex;

/// A choice as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// What is stored.
    pub name: String,
    /// What people read, in the language in use.
    pub label: String,
    /// File names of pictures and sounds that stand for it, by kind.
    pub media: Vec<(String, String)>,
}

impl Session {
    /// The choices at a place, after its filter, in order.
    pub(super) fn offered(&self, place: Place) -> Vec<Offered> {
        self.look(place, |reader, spot| offered(reader, place, spot)).unwrap_or_default()
    }

    /// Finds out what of the value at a place is offered, where that depends on other answers. What is not reads as nothing
    /// and stays: it is back when its place is. Says whether others see another value than before.
    pub(super) fn mask(&mut self, place: Place) -> bool {
        let plan = Arc::clone(&self.plan);
        let node = plan.at(place.node);
        if node.bound.choices.as_ref().is_none_or(|choices| !choices.depends) || !self.shown(place) {
            return false;
        }
        let before = self.seen(place).to_owned();
        let chosen = self.stored(place).to_owned();
        let offered = if chosen.is_empty() {
            None
        } else {
            let names = self.look(place, |reader, spot| names(reader, place, spot)).unwrap_or_default();
            let kept = match node.question_type() {
                Some(QuestionType::SelectMultiple | QuestionType::Rank) => {
                    let kept = chosen.split_whitespace().filter(|one| names.iter().any(|name| name == one));
                    kept.collect::<Vec<_>>().join(" ")
                }
                _ if names.contains(&chosen) => chosen.clone(),
                _ => String::new(),
            };
            (kept != chosen).then_some(kept)
        };
        if let Some(cell) = self.tree.cell_mut(&plan, place) {
            cell.offered = offered;
        }
        self.looked.insert(place);
        self.seen(place) != before
    }
}

/// The nodes of the choices that are no list as it stands.
fn nodes(reader: &Reader<'_>, place: Place, spot: Spot) -> Option<Vec<Spot>> {
    let bound = reader.plan.at(place.node).bound.choices.as_ref()?;
    match evaluate(&bound.nodes, reader, spot) {
        Ok(Value::Nodes(nodes)) => Some(nodes),
        Ok(Value::Boolean(_) | Value::Number(_) | Value::Text(_)) | Err(_) => Some(Vec::new()),
    }
}

fn text(reader: &Reader<'_>, expr: &Expr, spot: Spot) -> String {
    evaluate(expr, reader, spot).map(|value| text_of(&value, reader)).unwrap_or_default()
}

fn names(reader: &Reader<'_>, place: Place, spot: Spot) -> Vec<String> {
    let node = reader.plan.at(place.node);
    if let (Some(nodes), Some(bound)) = (nodes(reader, place, spot), &node.bound.choices) {
        return nodes.into_iter().map(|item| text(reader, &bound.value, item)).collect();
    }
    let list = node.asked().and_then(|asked| reader.plan.form.lists.get(asked.list.as_ref()?));
    list.into_iter().flat_map(|list| &list.0).map(|choice| choice.name.clone()).collect()
}

fn offered(reader: &Reader<'_>, place: Place, spot: Spot) -> Vec<Offered> {
    let node = reader.plan.at(place.node);
    let Some(asked) = node.asked() else { return Vec::new() };
    let list = asked.list.as_ref().and_then(|list| reader.plan.form.lists.get(list));
    let of_list = |name: &str| list.and_then(|list| list.get(name));
    if let (Some(nodes), Some(bound)) = (nodes(reader, place, spot), &node.bound.choices) {
        let choice = |item: Spot| {
            let name = text(reader, &bound.value, item);
            let listed = of_list(&name);
            // A list's label may hold values, which its tree does not compute.
            let label = match listed {
                Some(choice) => shown(reader, place, spot, &choice.label),
                None => text(reader, &bound.label, item),
            };
            let media = listed.map_or_else(Vec::new, |choice| media(reader, place, spot, &choice.media));
            Offered { name, label, media }
        };
        return nodes.into_iter().map(choice).collect();
    }
    let choice = |choice: &crate::model::Choice| Offered {
        name: choice.name.clone(),
        label: shown(reader, place, spot, &choice.label),
        media: media(reader, place, spot, &choice.media),
    };
    list.into_iter().flat_map(|list| &list.0).map(choice).collect()
}

pub(super) fn media(
    reader: &Reader<'_>,
    place: Place,
    spot: Spot,
    media: &std::collections::BTreeMap<String, crate::model::Label>,
) -> Vec<(String, String)> {
    let shown = media.iter().map(|(kind, label)| (kind.clone(), shown(reader, place, spot, label)));
    shown.filter(|(_, file)| !file.is_empty()).collect()
}

/// A label in the language in use, its values computed.
pub(super) fn shown(reader: &Reader<'_>, place: Place, spot: Spot, label: &crate::model::Label) -> String {
    shown_in(reader, place.node, spot, label)
}

/// A label whose values are bound to a node.
pub(super) fn shown_in(reader: &Reader<'_>, node: NodeIndex, spot: Spot, label: &crate::model::Label) -> String {
    match reader.plan.text(label, reader.language) {
        None => String::new(),
        Some(Text::Plain(words)) => words.clone(),
        Some(Text::Parts(parts)) => parts
            .iter()
            .map(|part| match part {
                Part::Words(words) => words.clone(),
                Part::Value { value } => {
                    let bound = reader.plan.text_values.get(&(node, value.as_str().to_owned()));
                    bound.map(|expr| text(reader, expr, spot)).unwrap_or_default()
                }
            })
            .collect(),
    }
}

/// What people read for a choice of a question: `jr:choice-name`.
pub(super) fn label_of(reader: &Reader<'_>, name: &str, place: Place) -> Option<String> {
    let spot = reader.spot(place)?;
    let name = name.trim();
    let asked = reader.plan.at(place.node).asked()?;
    let listed = asked.list.as_ref().and_then(|list| reader.plan.form.lists.get(list)?.get(name));
    if let Some(choice) = listed {
        return Some(shown(reader, place, spot, &choice.label));
    }
    let bound = reader.plan.at(place.node).bound.choices.as_ref()?;
    // The label does not depend on whether the choice is offered just now.
    let here = Reader { origin: place, ..*reader };
    let nodes = nodes(&here, place, spot)?;
    let item = nodes.into_iter().find(|item| text(&here, &bound.value, *item) == name)?;
    Some(text(&here, &bound.label, item))
}

impl Session {
    /// What people read for the value of a select, several parted by commas; the value itself for all else.
    #[must_use]
    pub fn reading(&self, key: &super::Key) -> Option<String> {
        let plan = Arc::clone(&self.plan);
        let place = self.question_place(key).ok()?;
        let value = self.seen(place);
        let selects = matches!(
            plan.at(place.node).question_type(),
            Some(QuestionType::SelectOne | QuestionType::SelectMultiple | QuestionType::Rank)
        );
        if !selects {
            return Some(value.to_owned());
        }
        self.look(place, |reader, _| {
            let label = |name: &str| label_of(reader, name, place).unwrap_or_else(|| name.to_owned());
            value.split_whitespace().map(label).collect::<Vec<_>>().join(", ")
        })
    }
}
