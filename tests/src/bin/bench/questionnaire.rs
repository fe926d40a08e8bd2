//! The questionnaire of the records as a form, and a record's JSON as answers to it.

use std::collections::BTreeMap;

use serde_json::Value;
use sync_core::form::{
    Choice, ChoiceList, Form, FormId, FormVersion, Group, Item, Label, Language, Question, QuestionPath, QuestionType,
};
use sync_core::record::{Answer, QuestionKey};

use crate::records::{Answers, Kind, PARTS, name};

/// The form's id.
pub(crate) const FORM: &str = "bench";
/// The form's version.
pub(crate) const VERSION: &str = "1";
/// Places of the questions by whose answers a record is found: whom it is about, and where they live.
const SEARCHED: [usize; 3] = [7, 15, 23];

/// The form.
pub(crate) fn form() -> Form {
    let label = |text: &str| Label(BTreeMap::from([(Language("English (en)".into()), text.into())]));
    let question = |place: usize| {
        let kind = Kind::of(place);
        Item::Question(Question {
            label: label(&name(place)),
            list: (kind == Kind::Choice).then(|| "often".into()),
            search: SEARCHED.contains(&place),
            ..Question::new(path(&name(place)), question_type(kind))
        })
    };
    let part = |(number, part): (usize, &&str)| {
        let items = (number * 10..number * 10 + 10).map(question).collect();
        Item::Group(Group { label: label(part), ..Group::new(path(part), items) })
    };
    let choices = ["yes", "no", "dk", "often", "never"];
    let choice = |name: &str| Choice { name: name.into(), label: label(name), ..Choice::default() };
    Form {
        title: label("Eighty questions"),
        languages: vec![Language("English (en)".into())],
        items: PARTS.iter().enumerate().map(part).collect(),
        lists: BTreeMap::from([("often".into(), ChoiceList(choices.map(choice).into()))]),
        ..Form::new(FormId::new(FORM), FormVersion::new(VERSION))
    }
}

const fn question_type(kind: Kind) -> QuestionType {
    match kind {
        Kind::Identifier | Kind::Digit | Kind::Words => QuestionType::Text,
        Kind::Integer(_) => QuestionType::Integer,
        Kind::Choice => QuestionType::SelectOne,
        Kind::Decimal => QuestionType::Decimal,
        Kind::Point => QuestionType::Geopoint,
    }
}

/// The path of a question in the form: `household_q01` is `household/q01`.
fn path(name: &str) -> QuestionPath {
    QuestionPath::parse(&name.replacen('_', "/", 1)).expect("the questionnaire's names are paths")
}

/// The key of a question.
pub(crate) fn key(name: &str) -> QuestionKey {
    QuestionKey::of(path(name))
}

/// A record's JSON as answers.
pub(crate) fn answers(record: &Answers) -> Vec<(QuestionKey, Answer)> {
    let decimal =
        |name: &str| (0..80).any(|place| Kind::of(place) == Kind::Decimal && crate::records::name(place) == name);
    let read = |(name, value): (&String, &Value)| Some((key(name), answer(value, decimal(name))?));
    record.iter().filter_map(read).collect()
}

/// An answer as it is stored: a point is one text.
pub(crate) fn answer(value: &Value, decimal: bool) -> Option<Answer> {
    match value {
        Value::Number(number) if decimal => Answer::decimal(number.as_f64()?),
        Value::Number(number) => number.as_i64().map(Answer::Integer).or_else(|| Answer::decimal(number.as_f64()?)),
        Value::String(text) => Answer::text(text),
        Value::Object(point) => {
            let part = |name: &str| point.get(name).and_then(Value::as_f64);
            Answer::geopoint(part("lat")?, part("lon")?, part("alt")?, part("acc")?)
        }
        Value::Null | Value::Bool(_) | Value::Array(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_of_a_record_answers_a_question_of_the_form() {
        let form = form();
        let answers = answers(&crate::records::generate(3));
        assert_eq!(answers.len(), 80);
        for (key, _) in answers {
            assert!(form.question(key.path.as_str()).is_some(), "{key}");
        }
    }
}
