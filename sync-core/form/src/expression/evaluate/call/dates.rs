//! Functions of dates and times.

use std::borrow::Cow;

use super::{Context, Evaluator, Outcome, argument};
use crate::expression::date::{Civil, DAY, Moment, format, looks_like_date, time_of_day};
use crate::expression::value::{read_number, whole};
use crate::expression::{Builtin, Dialect, Environment, EvaluationError, Expr, Value};

impl<'a, E: Environment> Evaluator<'a, E> {
    /// Now, on the device's clock.
    pub(super) fn now(&self) -> Moment {
        self.days().at(self.environment.clock().millis)
    }

    /// A moment as a text: a date without a time as one.
    pub(super) fn moment_text(&self, moment: Moment) -> Value<'a, E::Node> {
        let text = if moment.plain { moment.date_text() } else { moment.text(self.environment.clock().offset) };
        Value::Text(Cow::Owned(text))
    }

    /// The moment that an expression tells, as a text or as a number of days.
    fn moment(&mut self, expr: &'a Expr, context: Context<E::Node>) -> Result<Option<Moment>, EvaluationError> {
        Ok(match self.value(expr, context)? {
            Value::Boolean(_) => None,
            Value::Number(days) => self.days().of_number(days),
            value @ (Value::Text(_) | Value::Nodes(_)) => {
                let text = self.text_of(value);
                match read_number(&text) {
                    Some(days) => self.days().of_number(days),
                    None => self.days().read(&text),
                }
            }
        })
    }

    /// `number()`: of a date or a time, the whole days alone.
    pub(super) fn whole_days(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let value = match arguments.first() {
            Some(first) => self.value(first, context)?,
            None => Value::Text(self.environment.string_value(context.node)),
        };
        let value = match value {
            Value::Nodes(nodes) => Value::Text(self.text_of(Value::Nodes(nodes))),
            value @ (Value::Boolean(_) | Value::Number(_) | Value::Text(_)) => value,
        };
        let is_date = matches!(&value, Value::Text(text) if looks_like_date(text));
        let number = self.number_of(value);
        Ok(Value::Number(if is_date { libm::floor(number) } else { number }))
    }

    /// `date()` drops the time, `date-time()` adds one. Counted from UTC, as Enketo counts, both are what the moment is: a date
    /// at the device's midnight, and else a date and time.
    pub(super) fn date(&mut self, plain: bool, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let Some(moment) = self.moment(first, context)? else { return Ok(Value::empty()) };
        let plain = match self.environment.dialect() {
            Dialect::Collect => plain,
            Dialect::WebForms => moment.time() == 0,
        };
        Ok(self.moment_text(if plain { moment.day() } else { Moment { plain, ..moment } }))
    }

    pub(super) fn decimal_date_time(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(first, context)?;
        if let Some(days) = read_number(&text) {
            return Ok(Value::Number(days));
        }
        match self.days().read(&text) {
            Some(moment) => Ok(Value::Number(self.days().number(moment))),
            None if text.is_empty() || self.environment.dialect() == Dialect::WebForms => Ok(Value::Number(f64::NAN)),
            None => Err(EvaluationError::Unreadable { function: "decimal-date-time", text: text.into_owned() }),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a day fit")]
    pub(super) fn decimal_time(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(first, context)?;
        let time = time_of_day(&text, self.environment.clock().offset);
        Ok(Value::Number(time.map_or(f64::NAN, |millis| millis as f64 / DAY as f64)))
    }

    pub(super) fn format_date(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let moment = self.moment(argument(arguments, 0), context)?;
        let pattern = self.text(argument(arguments, 1), context)?;
        Ok(moment.map_or(Value::empty(), |moment| Value::Text(Cow::Owned(format(moment, &pattern)))))
    }

    /// CHT's: a date, and years, months, days, hours and minutes to add. What is left out or no number adds nothing.
    pub(super) fn add_date(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let Some(moment) = self.moment(argument(arguments, 0), context)? else { return Ok(Value::empty()) };
        let mut added = [0_i64; 5];
        for (amount, argument) in added.iter_mut().zip(arguments.iter().skip(1)) {
            *amount = whole(self.number(argument, context)?).unwrap_or(0).clamp(-10_000_000, 10_000_000);
        }
        let [years, months, days, hours, minutes] = added;
        let date = moment.civil().plus_months(years * 12 + months);
        let midnight = (date.days() + days) * DAY;
        let local = midnight + moment.time() + (hours * 60 + minutes) * 60_000;
        let later = Moment { local, plain: moment.plain && hours == 0 && minutes == 0 };
        Ok(if later.civil().has_four_digits() { self.moment_text(later) } else { Value::empty() })
    }

    /// CHT's: whole days, weeks, months or years from one date to another; below 0 if the other is the earlier.
    pub(super) fn difference(
        &mut self,
        builtin: Builtin,
        arguments: &'a [Expr],
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        let from = self.moment(argument(arguments, 0), context)?;
        let to = self.moment(argument(arguments, 1), context)?;
        let (Some(from), Some(to)) = (from, to) else { return Ok(Value::empty()) };
        let days = (to.local - from.local) / DAY;
        let amount = if builtin == Builtin::DifferenceInDays {
            days
        } else if builtin == Builtin::DifferenceInWeeks {
            days / 7
        } else if builtin == Builtin::DifferenceInYears {
            months_between(from, to) / 12
        } else {
            months_between(from, to)
        };
        #[expect(clippy::cast_precision_loss, reason = "days of ten thousand years fit")]
        Ok(Value::Number(amount as f64))
    }

    /// CHT's: the date of a moment in milliseconds since 1970.
    pub(super) fn parse_timestamp(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let millis = whole(self.number(first, context)?).filter(|millis| millis.abs() < 250_000_000_000_000);
        Ok(millis.map_or(Value::empty(), |millis| self.moment_text(self.days().at(millis).day())))
    }
}

/// Whole months from one moment to another, towards 0.
fn months_between(from: Moment, to: Moment) -> i64 {
    if from.local > to.local {
        return -months_between(to, from);
    }
    let (begin, end) = (from.civil(), to.civil());
    let months = (end.year - begin.year) * 12 + end.month - begin.month;
    let reached: Civil = begin.plus_months(months);
    if (reached.days(), from.time()) > (end.days(), to.time()) { months - 1 } else { months }
}
