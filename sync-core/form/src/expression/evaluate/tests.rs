//! What no public suite has a case of, and what differs between engines.

mod dates;
mod limits;
mod nodes;
mod values;
mod world;

use world::World;

use super::{evaluate, evaluate_to_text};
use crate::expression::parse;

/// The household that the tests ask about.
const HOUSEHOLD: &str = "
data
  name=Sari
  toilet=flush pit
  empty=
  due=2026-11-24
  member
    age=40
    asset
      kind=boat
    asset
      kind=net
  member
    age=
    asset
      kind=well
  member
    age=7
";

fn value_in(world: &World, text: &str, context: &str) -> String {
    let expr = parse(text).unwrap();
    evaluate_to_text(&expr, world, world.find(context))
        .map_or_else(|error| format!("error: {error}"), std::borrow::Cow::into_owned)
}

fn at(text: &str, context: &str) -> String {
    value_in(&World::read(HOUSEHOLD), text, context)
}

fn value(text: &str) -> String {
    at(text, "data")
}

fn is_error(text: &str) -> bool {
    let (world, expr) = (World::read(HOUSEHOLD), parse(text).unwrap());
    evaluate(&expr, &world, world.find("data")).is_err()
}
