//! Which group or repeat an entity belongs to. Each group holds at most one, all that is saved to an entity lies in one repeat,
//! and an entity lies as deep as what is saved to it.

use std::collections::HashMap;

use super::Declaration;
use crate::code::Code;
use crate::problem::Log;
use crate::table::Cell;
use crate::tree::{ROOT, Tree};

/// A way from the root to a group: nodes.
type Way = Vec<usize>;

/// A place where an entity is spoken of.
#[derive(Debug)]
pub(super) struct Mention {
    /// The group that it stands in.
    pub(super) path: Way,
    /// The question.
    pub(super) node: usize,
    /// The cell that saves the answer; none when the entity's own row refers to the question.
    pub(super) saved: Option<Cell>,
}

/// By entity list, in the order of the form.
pub(super) type Mentions = HashMap<String, Vec<Mention>>;

/// What an entity asks for.
struct Request<'a> {
    list: &'a str,
    row: usize,
    /// The innermost repeat of what it speaks of, or the root.
    scope: Way,
    /// Where it should lie.
    wanted: Way,
    /// Groups of what is saved to it.
    lineages: Vec<Way>,
}

/// The way from the root to a group.
pub(super) fn path_to(tree: &Tree, group: usize) -> Way {
    let mut way: Way = std::iter::once(group).chain(tree.ancestors(group)).collect();
    way.reverse();
    way
}

fn boundary(tree: &Tree, way: &[usize]) -> Way {
    let end = way.iter().rposition(|node| *node == ROOT || tree.is_repeat(*node)).unwrap_or(0);
    way[..=end.min(way.len().saturating_sub(1))].to_vec()
}

/// How many repeats a way goes through.
fn repeats(tree: &Tree, way: &[usize]) -> usize {
    way.iter().filter(|node| tree.is_repeat(**node)).count()
}

/// How many groups a way goes through behind its innermost repeat.
fn groups(tree: &Tree, way: &[usize]) -> usize {
    way.len() - boundary(tree, way).len()
}

/// Finds the group of each entity.
pub(super) fn allocate<'a>(
    tree: &Tree,
    declarations: &'a [Declaration],
    mentions: &Mentions,
    log: &mut Log,
) -> HashMap<&'a str, usize> {
    let mut requests = Vec::new();
    for declaration in declarations {
        match mentions.get(&declaration.list) {
            Some(mentions) => requests.push(request(tree, declaration, mentions, log)),
            None => requests.push(Request {
                list: &declaration.list,
                row: declaration.row.number,
                scope: vec![ROOT],
                wanted: vec![ROOT],
                lineages: Vec::new(),
            }),
        }
    }
    if let [only] = requests.as_slice()
        && only.scope == [ROOT]
    {
        return HashMap::from([(only.list, ROOT)]);
    }
    settle(requests, declarations, log)
}

/// What an entity asks for; what is said of it in repeats that exclude each other is reported.
fn request<'a>(tree: &Tree, declaration: &'a Declaration, mentions: &[Mention], log: &mut Log) -> Request<'a> {
    let mut deepest: Option<&Mention> = None;
    let mut in_scope: Option<&Mention> = None;
    let mut saved_in_scope: Option<&Mention> = None;
    for mention in mentions {
        let is_deeper =
            deepest.is_none_or(|other| repeats(tree, &mention.path) > repeats(tree, &boundary(tree, &other.path)));
        if is_deeper {
            deepest = Some(mention);
            in_scope = Some(mention);
            saved_in_scope = if mention.saved.is_some() { Some(mention) } else { saved_in_scope };
        }
        let in_deepest = deepest.is_some_and(|other| boundary(tree, &other.path) == boundary(tree, &mention.path));
        let outgrows = |other: Option<&Mention>| {
            other.is_none_or(|other| in_deepest && groups(tree, &mention.path) > groups(tree, &other.path))
        };
        if outgrows(in_scope) {
            in_scope = Some(mention);
        }
        if mention.saved.is_some() && outgrows(saved_in_scope) {
            saved_in_scope = Some(mention);
        }
    }
    let scope = deepest.map_or_else(|| vec![ROOT], |mention| boundary(tree, &mention.path));
    let mut lineages: Vec<Way> = Vec::new();
    for mention in mentions.iter().filter(|mention| mention.saved.is_some()) {
        if !lineages.contains(&mention.path) {
            lineages.push(mention.path.clone());
        }
    }
    let wanted = match (lineages.as_slice(), saved_in_scope) {
        ([], _) => in_scope.map_or_else(|| vec![ROOT], |mention| mention.path.clone()),
        ([only], _) => only.clone(),
        (several, saved) => {
            let shared = shared(several);
            let of_saved = saved.map_or_else(|| vec![ROOT], |mention| boundary(tree, &mention.path));
            let depth = |way: &Way| (repeats(tree, way), groups(tree, way));
            if depth(&shared) > depth(&of_saved) { shared } else { of_saved }
        }
    };
    check_scopes(tree, declaration, mentions, &scope, &wanted, log);
    Request { list: &declaration.list, row: declaration.row.number, scope, wanted, lineages }
}

/// The beginning that all ways have in common.
fn shared(ways: &[Way]) -> Way {
    let Some(first) = ways.first() else { return Vec::new() };
    let same = |at: &usize| ways.iter().all(|way| way.get(*at) == first.get(*at));
    first[..(0..first.len()).take_while(same).count()].to_vec()
}

fn check_scopes(
    tree: &Tree,
    declaration: &Declaration,
    mentions: &[Mention],
    scope: &[usize],
    wanted: &[usize],
    log: &mut Log,
) {
    let list = &declaration.list;
    for mention in mentions {
        let own = boundary(tree, &mention.path);
        let name = &tree.nodes[mention.node].name;
        let excluded = !scope.starts_with(&own);
        match &mention.saved {
            Some(cell) if excluded || boundary(tree, wanted) != own => {
                let message = format!("`{name}` lies in another repeat than the rest of the entity `{list}`");
                log.report(Code::SaveToScope, cell.place(), &cell.text, message);
            }
            None if excluded => {
                let message = format!(
                    "`{name}`, which the entity `{list}` refers to, lies in another repeat than the rest of it"
                );
                log.report(Code::EntityScope, declaration.row.place_of(&["label"]), name, message);
            }
            Some(_) | None => {}
        }
    }
}

/// Gives each entity a group: the one it asks for, or the next one above within its repeat.
fn settle<'a>(mut requests: Vec<Request<'a>>, declarations: &[Declaration], log: &mut Log) -> HashMap<&'a str, usize> {
    let mut places = HashMap::new();
    let mut taken: HashMap<Way, &str> = HashMap::new();
    requests.sort_by_key(|request| request.row);
    for request in &requests {
        let mut conflict = None;
        let ways = (request.scope.len()..=request.wanted.len()).rev().map(|depth| request.wanted[..depth].to_vec());
        for way in ways {
            conflict = taken.get(&way).copied();
            if conflict.is_none() {
                places.insert(request.list, way.last().copied().unwrap_or(ROOT));
                taken.insert(way.clone(), request.list);
                for lineage in &request.lineages {
                    for depth in way.len()..=lineage.len() {
                        taken.insert(lineage[..depth].to_vec(), request.list);
                    }
                }
                break;
            }
            // What is saved must lie in its entity, so that the search ends where another has its answers.
            if let Some(other) = request.lineages.iter().find_map(|lineage| taken.get(lineage)) {
                conflict = Some(*other);
                break;
            }
        }
        if let Some(other) = conflict {
            let row = declarations.iter().find(|declaration| declaration.list == other);
            let row = row.map_or(0, |declaration| declaration.row.number);
            let place = declarations.iter().find(|declaration| declaration.list == request.list);
            let place =
                place.map_or_else(crate::place::Place::workbook, |declaration| declaration.row.place_of(&["dataset"]));
            let message = format!("`{}` finds no group of its own: that of row {row} has it", request.list);
            log.report(Code::EntityPlace, place, request.list, message);
        }
    }
    places
}
