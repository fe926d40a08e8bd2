//! What one cell of a table says.

use std::borrow::Cow;

use rukun_form::QuestionType;

use super::MappedColumn;

/// What one cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading<'a> {
    /// It is empty, or the map says that its value means nothing.
    Nothing,
    /// An answer.
    Answer(Cow<'a, str>),
    /// Something that neither the map nor the question knows.
    Unread,
}

impl MappedColumn {
    /// What a cell says. A value that the map lists means what the map says. One that it does not list is taken as it stands,
    /// if the question can hold it; but where the map lists values for a select, it must list all.
    pub(crate) fn reading<'a>(&'a self, cell: &'a str) -> Reading<'a> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Reading::Nothing;
        }
        if let Some(meaning) = self.values.get(cell) {
            return if meaning.is_empty() { Reading::Nothing } else { Reading::Answer(Cow::Borrowed(meaning)) };
        }
        let selects = matches!(self.question_type, QuestionType::SelectOne | QuestionType::SelectMultiple);
        if selects && !self.values.is_empty() {
            return Reading::Unread;
        }
        self.as_it_stands(cell).map_or(Reading::Unread, Reading::Answer)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other types hold any text; the session finds what is wrong"
    )]
    fn as_it_stands<'a>(&self, cell: &'a str) -> Option<Cow<'a, str>> {
        match self.question_type {
            QuestionType::Integer => whole(cell),
            QuestionType::Decimal | QuestionType::Range => {
                cell.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| {
                    // Spreadsheets write `1e3` and `+5`, which no question holds.
                    if is_plain(cell) { Cow::Borrowed(cell) } else { Cow::Owned(n.to_string()) }
                })
            }
            QuestionType::SelectOne => self.offers(cell).then_some(Cow::Borrowed(cell)),
            QuestionType::SelectMultiple | QuestionType::Rank => {
                cell.split_whitespace().all(|name| self.offers(name)).then_some(Cow::Borrowed(cell))
            }
            _ => Some(Cow::Borrowed(cell)),
        }
    }

    fn offers(&self, name: &str) -> bool {
        self.choices.as_ref().is_none_or(|choices| choices.iter().any(|choice| choice == name))
    }
}

fn is_plain(number: &str) -> bool {
    number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
}

/// A whole number, also where a spreadsheet made a decimal of it: `60.0`.
fn whole(cell: &str) -> Option<Cow<'_, str>> {
    if cell.parse::<i64>().is_ok() && !cell.starts_with('+') {
        return Some(Cow::Borrowed(cell));
    }
    let number = cell.parse::<f64>().ok()?;
    (number.fract() == 0.0 && number.abs() < 1e15).then(|| Cow::Owned((number + 0.0).to_string()))
}
