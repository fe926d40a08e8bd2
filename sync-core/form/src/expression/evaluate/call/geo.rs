//! Functions of places: geopoints `latitude longitude altitude accuracy`, and lines and shapes of them with `;` between.

use super::{Context, Evaluator, Outcome, argument};
use crate::expression::value::read_number;
use crate::expression::{Dialect, Environment, EvaluationError, Expr, Value};

/// The radius of the earth that ODK clients compute with, in metres.
const RADIUS: f64 = 6_378_100.0;

/// A place on the earth, in degrees.
#[derive(Clone, Copy, PartialEq)]
struct Point {
    latitude: f64,
    longitude: f64,
}

impl<'a, E: Environment> Evaluator<'a, E> {
    /// Of a shape, or of the places of nodes in their order. Nothing has no area, and what is no shape has none that is a number.
    pub(super) fn area(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let mut corners = Vec::new();
        let readable = self.line(first, context, &mut corners)?;
        let is_nothing = corners.is_empty() && self.text(first, context)?.trim().is_empty();
        Ok(Value::Number(if readable || is_nothing || self.environment.dialect() == Dialect::WebForms {
            to_centimetres(area(&corners))
        } else {
            f64::NAN
        }))
    }

    pub(super) fn distance(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let mut line = Vec::new();
        for argument in arguments {
            if !self.line(argument, context, &mut line)? {
                return Ok(Value::Number(f64::NAN));
            }
        }
        let metres = line.iter().zip(line.iter().skip(1)).map(|(from, to)| distance(*from, *to)).sum();
        Ok(Value::Number(to_centimetres(metres)))
    }

    /// Adds the points of a text, or of the texts of nodes; says whether all could be read.
    fn line(
        &mut self,
        expr: &'a Expr,
        context: Context<E::Node>,
        line: &mut Vec<Point>,
    ) -> Result<bool, EvaluationError> {
        let mut readable = true;
        self.each_text(expr, context, |text| match points(text) {
            Some(points) => line.extend(points),
            None => readable = false,
        })?;
        Ok(readable)
    }

    pub(super) fn geofence(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let place = self.text(argument(arguments, 0), context)?;
        let shape = self.text(argument(arguments, 1), context)?;
        let unreadable = |text: &str| EvaluationError::Unreadable { function: "geofence", text: text.to_owned() };
        let (corners, point) = (points(&shape), points(&place).and_then(|points| points.first().copied()));
        match (corners, point) {
            (Some(corners), Some(point)) => Ok(Value::Boolean(contains(&corners, point))),
            (Some(_), None) if place.is_empty() => Ok(Value::Boolean(false)),
            _ if self.environment.dialect() == Dialect::WebForms => Ok(Value::Boolean(false)),
            (None, _) => Err(unreadable(&shape)),
            (Some(_), None) => Err(unreadable(&place)),
        }
    }
}

/// The points of a line or shape; nothing if there are none, or one is not on the earth.
fn points(text: &str) -> Option<Vec<Point>> {
    let parts = text.trim().trim_end_matches(';').split(';');
    parts
        .map(|part| {
            let mut numbers = part.split_ascii_whitespace().map(read_number);
            let point = Point { latitude: numbers.next()??, longitude: numbers.next()?? };
            (point.latitude.abs() <= 90.0 && point.longitude.abs() <= 180.0).then_some(point)
        })
        .collect()
}

/// Along the great circle, by the law of cosines.
fn distance(from: Point, to: Point) -> f64 {
    let (one, other) = (from.latitude.to_radians(), to.latitude.to_radians());
    let turn = (to.longitude - from.longitude).to_radians();
    let cosine = libm::sin(one) * libm::sin(other) + libm::cos(one) * libm::cos(other) * libm::cos(turn);
    // Rounding may lead beyond 1 where both are the same place.
    libm::acos(cosine.clamp(-1.0, 1.0)) * RADIUS
}

/// On the sphere, between the edges and the equator (Chamberlain and Duquette, 2007): good for plots and villages. The last
/// point is joined to the first.
fn area(points: &[Point]) -> f64 {
    let strip = |(from, to): (&Point, &Point)| {
        let heights = libm::sin(from.latitude.to_radians()) + libm::sin(to.latitude.to_radians());
        (to.longitude - from.longitude).to_radians() * (2.0 + heights)
    };
    let strips: f64 = points.iter().zip(points.iter().cycle().skip(1)).map(strip).sum();
    strips.abs() * RADIUS * RADIUS / 2.0
}

/// Whether a line from the place eastwards crosses the edge an odd number of times. A shape that is not closed has no inside.
fn contains(shape: &[Point], place: Point) -> bool {
    if shape.len() < 4 || shape.first() != shape.last() {
        return false;
    }
    let crosses = |from: &Point, to: &Point| {
        (from.latitude > place.latitude) != (to.latitude > place.latitude)
            && place.longitude
                < (to.longitude - from.longitude) * (place.latitude - from.latitude) / (to.latitude - from.latitude)
                    + from.longitude
    };
    shape.iter().zip(shape.iter().skip(1)).filter(|(from, to)| crosses(from, to)).count() % 2 == 1
}

fn to_centimetres(metres: f64) -> f64 {
    libm::round(metres * 100.0) / 100.0
}
