//! What a case's expression may ask: its document, its clock, its language.

use std::borrow::Cow;
use std::cell::Cell;

use rukun_form::expression::{Clock, Dialect, Environment, NodeKind, Tree, evaluate_to_number, parse};

use super::case::Case;
use crate::document::{Document, NodeId};

/// A document with a clock.
pub(crate) struct World<'d> {
    pub(crate) document: &'d Document,
    clock: Clock,
    language: Option<&'d str>,
    dialect: Dialect,
    chance: Cell<u64>,
}

impl<'d> World<'d> {
    /// The world of a case.
    pub(crate) fn new(document: &'d Document, case: &'d Case, dialect: Dialect) -> Self {
        let language = case.lang.as_deref();
        Self { document, clock: clock_of(case), language, dialect, chance: Cell::new(1) }
    }
}

impl World<'_> {
    /// Whether two texts tell the same moment here.
    pub(crate) fn is_same_moment(&self, one: &str, other: &str) -> bool {
        let moment = |text: &str| {
            let expression = parse(&format!("decimal-date-time('{text}')")).ok()?;
            evaluate_to_number(&expression, self, 0).ok().filter(|number| !number.is_nan())
        };
        moment(one).is_some_and(|one| moment(other).is_some_and(|other| (one - other).abs() < 1e-9))
    }
}

/// The moment a case was made at, or any.
fn clock_of(case: &Case) -> Clock {
    let stated = case.clock.as_deref().and_then(read_clock);
    let offset = match (case.tz.as_deref(), stated) {
        (Some("GMT" | "UTC"), None) => 0,
        (_, Some(clock)) => clock.offset,
        // The zone in which the suites were recorded.
        (_, None) => -420,
    };
    Clock { millis: stated.map_or(1_774_000_000_000, |clock| clock.millis), offset }
}

/// Reads `2026-03-15T09:26:53.589-07:00`, by means of the engine itself.
fn read_clock(text: &str) -> Option<Clock> {
    let ahead = text.get(text.len().checked_sub(6)?..)?;
    let (hours, minutes) = ahead.get(1..)?.split_once(':')?;
    let minutes = hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?;
    let offset = if ahead.starts_with('-') { -minutes } else { minutes };
    let document = Document::read("<root/>").ok()?;
    let clock = Clock { millis: 0, offset };
    let world = World { document: &document, clock, language: None, dialect: Dialect::WebForms, chance: Cell::new(1) };
    let expression = parse(&format!("decimal-date-time('{text}')")).ok()?;
    let days = evaluate_to_number(&expression, &world, 0).ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "the milliseconds of a clock")]
    Some(Clock { millis: (days * 86_400_000.0).round() as i64, offset })
}

impl Tree for World<'_> {
    type Node = NodeId;

    fn kind(&self, node: NodeId) -> NodeKind {
        self.document.kind(node)
    }

    fn name(&self, node: NodeId) -> &str {
        self.document.name(node)
    }

    fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.document.parent(node)
    }

    fn children(&self, node: NodeId) -> impl DoubleEndedIterator<Item = NodeId> {
        self.document.children(node)
    }

    fn attributes(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.document.attributes(node)
    }

    fn string_value(&self, node: NodeId) -> Cow<'_, str> {
        self.document.string_value(node)
    }
}

impl Environment for World<'_> {
    fn instance(&self, name: &str) -> Option<NodeId> {
        self.document.elements("instance").find(|&instance| self.document.attribute(instance, "id") == Some(name))
    }

    fn reference(&self, _: u32, _: NodeId, _: &mut Vec<NodeId>) {}

    fn clock(&self) -> Clock {
        self.clock
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn random(&self) -> f64 {
        let next = self.chance.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.chance.set(next);
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        ((next >> 11) as f64 / (1_u64 << 53) as f64)
    }

    fn translation(&self, id: &str) -> Option<String> {
        let document = self.document;
        let in_language = |&translation: &NodeId| match self.language {
            Some(language) => document.attribute(translation, "lang") == Some(language),
            None => document.attribute(translation, "default").is_some(),
        };
        let translation =
            document.elements("translation").find(in_language).or_else(|| document.elements("translation").next())?;
        let text = document.children(translation).find(|&text| document.attribute(text, "id") == Some(id))?;
        let is_plain =
            |&value: &NodeId| document.kind(value) == NodeKind::Element && document.attribute(value, "form").is_none();
        Some(document.string_value(document.children(text).find(is_plain)?).into_owned())
    }

    fn choice_label(&self, _: &str, _: &str, _: NodeId) -> Option<String> {
        None
    }
}
