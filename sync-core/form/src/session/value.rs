//! Values as they are kept: the text forms of XLSForm's types.

use super::reader::{Reader, Spot};
use crate::expression::{Tree, Value, number_to_text};
use crate::model::{AnswerShape, QuestionType};

/// The text that a computed value is kept as. What is no number is no value.
pub(super) fn text_of(value: &Value<'_, Spot>, reader: &Reader<'_>) -> String {
    match value {
        Value::Number(number) if number.is_nan() => String::new(),
        Value::Number(number) => number_to_text(*number).into_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Text(text) => text.clone().into_owned(),
        Value::Nodes(nodes) => nodes.first().map(|node| reader.string_value(*node).into_owned()).unwrap_or_default(),
    }
}

/// A text as a question of this type keeps it. What does not fit is kept as it is typed, and marked.
pub(super) fn fitted(text: &str, question_type: QuestionType) -> String {
    match question_type.shape() {
        AnswerShape::Whole => whole(text).unwrap_or_else(|| text.to_owned()),
        AnswerShape::Number => decimal(text).unwrap_or_else(|| text.to_owned()),
        AnswerShape::Choices | AnswerShape::Ranking => text.split_whitespace().collect::<Vec<_>>().join(" "),
        AnswerShape::Day => text.split_once('T').map_or(text, |(day, _)| day).to_owned(),
        AnswerShape::Point | AnswerShape::Points | AnswerShape::Words => text.to_owned(),
    }
}

/// Whether a text is what a question of this type can hold.
pub(super) fn fits(text: &str, question_type: QuestionType) -> bool {
    match question_type.shape() {
        AnswerShape::Whole => text.parse::<i64>().is_ok(),
        AnswerShape::Number => is_number(text),
        AnswerShape::Day => is_date(text),
        AnswerShape::Point => is_point(text),
        AnswerShape::Points => text.split(';').map(str::trim).filter(|point| !point.is_empty()).all(is_point),
        AnswerShape::Choices | AnswerShape::Ranking | AnswerShape::Words => true,
    }
}

fn is_number(text: &str) -> bool {
    // Words that Rust reads as numbers (`inf`, `1e5`) are none that a person types.
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.')) && text.parse::<f64>().is_ok()
}

fn whole(text: &str) -> Option<String> {
    let text = text.trim();
    if !is_number(text) {
        return None;
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(number.to_string());
    }
    let number = text.parse::<f64>().ok()?.trunc();
    // Adding zero turns -0 into 0.
    Some((number + 0.0).to_string())
}

fn decimal(text: &str) -> Option<String> {
    let text = text.trim();
    is_number(text).then(|| text.parse::<f64>().ok().map(|number| (number + 0.0).to_string())).flatten()
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut part = |digits: usize, most: u32| {
        parts.next().is_some_and(|part| {
            part.len() == digits && part.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number))
        })
    };
    part(4, 9999) && part(2, 12) && part(2, 31)
}

fn is_point(text: &str) -> bool {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let within = |part: Option<&&str>, most: f64| {
        part.and_then(|part| part.parse::<f64>().ok()).is_some_and(|number| number.abs() <= most)
    };
    (2..=4).contains(&parts.len()) && within(parts.first(), 90.0) && within(parts.get(1), 180.0)
}
