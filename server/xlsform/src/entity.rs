//! The entities sheet: what a form registers or updates.

mod place;

use std::collections::{BTreeSet, HashMap};

use rukun_form::{Entity, EntityProperty, Expression};

use crate::assemble::{Assembler, Role};
use crate::code::Code;
use crate::draft::Kind;
use crate::header;
use crate::name::is_name;
use crate::problem::Log;
use crate::reference::references;
use crate::resolve::Scope;
use crate::table::{Cell, Row, Table};
use crate::tree::{ROOT, Tree};
use crate::workbook::Sheet;

use place::{Mention, Mentions};

/// A row of the entities sheet.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// The list of entities.
    pub(crate) list: String,
    /// Its row.
    pub(crate) row: Row,
}

/// A question whose answer becomes a property.
#[derive(Debug)]
struct Saved {
    list: String,
    property: String,
    node: usize,
}

/// Reads the entities sheet.
pub(crate) fn read(sheet: Option<&Sheet>, log: &mut Log) -> (Option<Table>, Vec<Declaration>) {
    let Some(sheet) = sheet else { return (None, Vec::new()) };
    let table = Table::read(sheet, &header::ENTITIES, false, log);
    let mut declarations: Vec<Declaration> = Vec::new();
    for row in table.rows.iter().filter(|row| !row.cells.is_empty() || is_within(&table, row.number)) {
        check_columns(row, log);
        check_modes(row, log);
        let list = row.text(&["dataset"]).unwrap_or_default().to_owned();
        check_list_name(row, &list, log);
        if declarations.iter().any(|other| other.list == list) {
            log.report(
                Code::DuplicateEntity,
                row.place_of(&["dataset"]),
                &list,
                format!("the list `{list}` is declared twice"),
            );
        } else {
            declarations.push(Declaration { list, row: row.clone() });
        }
    }
    (Some(table), declarations)
}

/// Whether rows follow this one: an empty row among others is a declaration without a name.
fn is_within(table: &Table, number: usize) -> bool {
    table.rows.iter().any(|row| row.number > number && !row.cells.is_empty())
}

fn check_columns(row: &Row, log: &mut Log) {
    for cell in &row.cells {
        let known = matches!(cell.column.words.as_slice(), [word] if header::ENTITIES.columns.contains(&word.as_str()));
        if !known {
            let message = format!("`{}` is no column of the entities sheet", cell.column.header);
            log.report(Code::HeaderOfEntities, cell.place(), &cell.column.header, message);
        }
    }
}

/// Which of id, label and conditions go together.
fn check_modes(row: &Row, log: &mut Log) {
    let has = |name: &str| row.text(&[name]).is_some_and(|text| !text.is_empty());
    let (id, create, update, label) = (has("entity_id"), has("create_if"), has("update_if"), has("label"));
    if !id && update {
        log.report(
            Code::EntityWithoutId,
            row.place_of(&["entity_id"]),
            "",
            "an entity is updated, and no entity_id says which",
        );
    }
    if id && create && !update {
        log.report(
            Code::EntityWithoutUpdate,
            row.place_of(&["update_if"]),
            "",
            "an entity is created or updated, and no update_if says when",
        );
    }
    if !id && !label {
        log.report(Code::EntityWithoutLabel, row.place_of(&["label"]), "", "an entity is created, and has no label");
    }
}

fn check_list_name(row: &Row, list: &str, log: &mut Log) {
    let place = row.place_of(&["dataset"]);
    if list.is_empty() {
        log.report(Code::EntityWithoutName, place, "", "the entity has no list_name");
    } else if list.starts_with("__") {
        log.report(Code::EntityUnderscores, place, list, format!("`{list}` begins with two underscores"));
    } else if list.contains('.') {
        log.report(Code::EntityPoint, place, list, format!("`{list}` has a point"));
    } else if !is_name(list) {
        log.report(Code::BadName, place, list, format!("`{list}` cannot be a name"));
    }
}

/// Finds where each entity lies, and makes the form's entities.
pub(crate) fn assemble(assembler: &mut Assembler<'_>, declarations: &[Declaration]) -> Vec<Entity> {
    let tree = assembler.tree;
    let saved = saved(tree, declarations, assembler.log);
    let mentions = mentions(tree, declarations, &saved);
    let places = place::allocate(tree, declarations, &mentions, assembler.log);
    let mut entities = Vec::new();
    for declaration in declarations {
        let container = places.get(declaration.list.as_str()).copied().unwrap_or(ROOT);
        let repeat = if tree.is_repeat(container) { Some(container) } else { tree.repeat_around(container) };
        let scope = Scope { is_container: true, ..Scope::within(repeat.unwrap_or(ROOT)) };
        let mut expression = |column: &str| -> Option<Expression> {
            let cell = declaration.row.cell(&[column])?;
            Some(assembler.checked(ROOT, cell, scope, Role::Other))
        };
        let (label, id) = (expression("label"), expression("entity_id"));
        let (create_if, update_if) = (expression("create_if"), expression("update_if"));
        let own = saved.iter().filter(|saved| saved.list == declaration.list);
        let properties: Vec<EntityProperty> = own
            .filter_map(|saved| {
                assembler.path(saved.node).map(|question| EntityProperty { name: saved.property.clone(), question })
            })
            .collect();
        let repeat = repeat.and_then(|repeat| assembler.path(repeat));
        let list = declaration.list.clone();
        entities.push(Entity { list, repeat, label, id, create_if, update_if, properties });
    }
    entities
}

/// The questions that are saved to properties.
fn saved(tree: &Tree, declarations: &[Declaration], log: &mut Log) -> Vec<Saved> {
    let mut saved: Vec<Saved> = Vec::new();
    for (number, node) in tree.nodes.iter().enumerate() {
        let Some(cell) = node.row.cell(&["bind", "entities:saveto"]) else { continue };
        if !matches!(node.kind, Kind::Question(_) | Kind::External(_)) {
            continue;
        }
        let Some((list, property)) = parts(cell, declarations, log) else { continue };
        check_property(&property, cell, log);
        if let Some(other) = saved.iter().find(|other| other.list == list && other.property == property) {
            let row = tree.nodes[other.node].row.number;
            let message = format!("`{property}` is saved in row {row} already");
            log.report(Code::DuplicateProperty, cell.place(), &property, message);
        }
        saved.push(Saved { list, property, node: number });
    }
    saved
}

/// List and property of a `save_to`: `list#property`, or the property alone when there is one list.
fn parts(cell: &Cell, declarations: &[Declaration], log: &mut Log) -> Option<(String, String)> {
    let text = cell.text.as_str();
    let mut report = |code: Code, message: String| log.report(code, cell.place(), text, message);
    let Some(first) = declarations.first() else {
        report(Code::SaveToWithoutEntities, "there is no entity to save this answer to".to_owned());
        return None;
    };
    let (list, property) = match text.split('#').collect::<Vec<_>>().as_slice() {
        [property] if declarations.len() > 1 => {
            report(Code::SaveToWithoutList, format!("`{property}` does not say which of the entities it is saved to"));
            return None;
        }
        [property] => (first.list.as_str(), *property),
        [list, property] => (*list, *property),
        _ => {
            report(Code::SaveToMarks, format!("`{text}` has more than one #"));
            return None;
        }
    };
    if declarations.iter().all(|declaration| declaration.list != list) {
        report(Code::UnknownEntity, format!("there is no entity list `{list}`"));
        return None;
    }
    Some((list.to_owned(), property.to_owned()))
}

fn check_property(property: &str, cell: &Cell, log: &mut Log) {
    if matches!(property.to_lowercase().as_str(), "name" | "label") {
        log.report(Code::EntityReserved, cell.place(), property, format!("a property cannot be called `{property}`"));
    } else if property.starts_with("__") {
        log.report(
            Code::EntityUnderscores,
            cell.place(),
            property,
            format!("`{property}` begins with two underscores"),
        );
    } else if !is_name(property) {
        log.report(Code::BadName, cell.place(), property, format!("`{property}` cannot be a name"));
    }
}

/// Where each entity is spoken of: by `save_to`, and by references in its row.
fn mentions(tree: &Tree, declarations: &[Declaration], saved: &[Saved]) -> Mentions {
    let mut mentions = Mentions::new();
    let named: HashMap<&str, BTreeSet<&str>> = declarations
        .iter()
        .map(|declaration| {
            let columns = ["entity_id", "create_if", "update_if", "label"];
            let texts = columns.into_iter().filter_map(|column| declaration.row.text(&[column]));
            (declaration.list.as_str(), texts.flat_map(references).map(|reference| reference.name).collect())
        })
        .collect();
    for (number, node) in tree.nodes.iter().enumerate().skip(1) {
        let path = || place::path_to(tree, node.parent);
        for saved in saved.iter().filter(|saved| saved.node == number) {
            let cell = node.row.cell(&["bind", "entities:saveto"]).cloned();
            mentions.entry(saved.list.clone()).or_default().push(Mention { path: path(), node: number, saved: cell });
        }
        for declaration in declarations {
            if named.get(declaration.list.as_str()).is_some_and(|names| names.contains(node.name.as_str())) {
                let mention = Mention { path: path(), node: number, saved: None };
                mentions.entry(declaration.list.clone()).or_default().push(mention);
            }
        }
    }
    mentions
}
