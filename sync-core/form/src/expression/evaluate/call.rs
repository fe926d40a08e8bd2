//! Calls of functions.

mod chance;
mod dates;
mod digest;
mod geo;
mod lists;
mod names;
mod nodes;
mod numbers;
mod pattern;
mod repeats;
mod texts;

use std::borrow::Cow;

pub(in crate::expression) use pattern::is_pattern;

use super::{Context, Evaluator, Outcome};
use crate::expression::{Builtin, Environment, EvaluationError, Expr, Function, Value};

/// What stands for an argument that is left out.
static NOTHING: Expr = Expr::Literal(String::new());

/// A function's argument; the counts are checked before it is asked for.
fn argument(arguments: &[Expr], place: usize) -> &Expr {
    arguments.get(place).unwrap_or(&NOTHING)
}

impl<'a, E: Environment> Evaluator<'a, E> {
    pub(super) fn call(
        &mut self,
        function: &'a Function,
        arguments: &'a [Expr],
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        match function {
            Function::Known(builtin) if builtin.arguments().allow(arguments.len()) => {
                self.builtin(*builtin, arguments, context)
            }
            Function::Known(builtin) => Err(EvaluationError::WrongArguments {
                function: builtin.name(),
                given: arguments.len(),
                takes: builtin.arguments(),
            }),
            Function::Unknown(name) => Err(EvaluationError::UnknownFunction(name.clone())),
        }
    }

    /// The table of who computes what: a line for each function.
    fn builtin(&mut self, builtin: Builtin, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let first = argument(arguments, 0);
        match builtin {
            Builtin::True => Ok(Value::Boolean(true)),
            Builtin::False => Ok(Value::Boolean(false)),
            Builtin::Boolean => Ok(Value::Boolean(self.boolean(first, context)?)),
            Builtin::Not => Ok(Value::Boolean(!self.boolean(first, context)?)),
            Builtin::If => {
                let branch = if self.boolean(first, context)? { 1 } else { 2 };
                self.value(argument(arguments, branch), context)
            }
            Builtin::Coalesce => self.coalesce(arguments, context),
            Builtin::Once => self.once(first, context),
            Builtin::BooleanFromString => {
                let text = self.text(first, context)?;
                Ok(Value::Boolean(text == "true" || text == "1"))
            }
            Builtin::String => Ok(Value::Text(self.text_or_context(arguments, context)?)),
            Builtin::Number => self.whole_days(arguments, context),
            Builtin::Concat => self.join("", arguments, context),
            Builtin::Join => {
                let separator = self.text(first, context)?;
                self.join(&separator, arguments.get(1..).unwrap_or_default(), context)
            }
            Builtin::Contains
            | Builtin::StartsWith
            | Builtin::EndsWith
            | Builtin::SubstringBefore
            | Builtin::SubstringAfter => self.part(builtin, arguments, context),
            Builtin::NormalizeSpace => self.normalize_space(arguments, context),
            Builtin::Trim => self.trim(first, context),
            Builtin::StringLength => self.string_length(arguments, context),
            Builtin::Substring => self.substring(arguments, context),
            Builtin::Substr => self.substr(arguments, context),
            Builtin::Translate => self.translate(arguments, context),
            Builtin::Regex => self.regex(arguments, context),
            Builtin::Digest => self.digest(arguments, context),
            Builtin::Base64Decode => self.base64_decode(first, context),
            Builtin::Abs => self.of_number(f64::abs, first, context),
            Builtin::Acos => self.of_number(libm::acos, first, context),
            Builtin::Asin => self.of_number(libm::asin, first, context),
            Builtin::Atan => self.of_number(libm::atan, first, context),
            Builtin::Ceiling => self.of_number(libm::ceil, first, context),
            Builtin::Cos => self.of_number(libm::cos, first, context),
            Builtin::Exp => self.of_number(libm::exp, first, context),
            Builtin::Exp10 => self.of_number(numbers::exp10, first, context),
            Builtin::Floor => self.of_number(libm::floor, first, context),
            Builtin::Int => self.of_number(libm::trunc, first, context),
            Builtin::Log => self.of_number(libm::log, first, context),
            Builtin::Log10 => self.of_number(libm::log10, first, context),
            Builtin::Sin => self.of_number(libm::sin, first, context),
            Builtin::Sqrt => self.of_number(libm::sqrt, first, context),
            Builtin::Tan => self.of_number(libm::tan, first, context),
            Builtin::Atan2 => self.of_numbers(libm::atan2, arguments, context),
            Builtin::Pow => self.of_numbers(libm::pow, arguments, context),
            Builtin::Pi => Ok(Value::Number(std::f64::consts::PI)),
            Builtin::Round => self.round(arguments, context),
            Builtin::Min | Builtin::Max => self.extreme(builtin == Builtin::Max, arguments, context),
            Builtin::Sum => self.sum(first, context),
            Builtin::Count => self.count(first, context),
            Builtin::CountNonEmpty => self.count_non_empty(first, context),
            Builtin::Position => self.position(arguments, context),
            Builtin::Last => Ok(Value::Number(nodes::count_of(context.size))),
            Builtin::Current => Ok(Value::Nodes(vec![self.current])),
            Builtin::Instance => self.instance(first, context),
            Builtin::Pulldata => self.pulldata(arguments, context),
            Builtin::IndexedRepeat => self.indexed_repeat(arguments, context),
            Builtin::Id => self.id(first, context),
            Builtin::Lang => self.lang(first, context),
            Builtin::Name | Builtin::LocalName | Builtin::NamespaceUri => self.name(builtin, arguments, context),
            Builtin::ChoiceName => self.choice_name(arguments, context),
            Builtin::Itext => self.itext(first, context),
            Builtin::Selected => self.selected(arguments, context),
            Builtin::SelectedAt => self.selected_at(arguments, context),
            Builtin::CountSelected => self.count_selected(first, context),
            Builtin::Checklist => self.checklist(arguments, context),
            Builtin::WeightedChecklist => self.weighted_checklist(arguments, context),
            Builtin::Today => Ok(Value::Text(Cow::Owned(self.now().date_text()))),
            Builtin::Now => Ok(self.moment_text(self.now())),
            Builtin::Date => self.date(true, first, context),
            Builtin::DateTime => self.date(false, first, context),
            Builtin::DecimalDateTime => self.decimal_date_time(first, context),
            Builtin::DecimalTime => self.decimal_time(first, context),
            Builtin::FormatDate | Builtin::FormatDateTime => self.format_date(arguments, context),
            Builtin::AddDate => self.add_date(arguments, context),
            Builtin::DifferenceInDays
            | Builtin::DifferenceInWeeks
            | Builtin::DifferenceInMonths
            | Builtin::ChtDifferenceInMonths
            | Builtin::DifferenceInYears => self.difference(builtin, arguments, context),
            Builtin::ParseTimestampToDate => self.parse_timestamp(first, context),
            Builtin::Area => self.area(first, context),
            Builtin::Distance => self.distance(arguments, context),
            Builtin::Geofence => self.geofence(arguments, context),
            Builtin::Random => Ok(Value::Number(self.environment.random())),
            Builtin::Uuid => self.uuid(arguments, context),
            Builtin::Randomize => self.randomize(arguments, context),
        }
    }

    /// The first argument as a text; without one, the text of the context.
    fn text_or_context(
        &mut self,
        arguments: &'a [Expr],
        context: Context<E::Node>,
    ) -> Result<Cow<'a, str>, EvaluationError> {
        match arguments.first() {
            Some(first) => self.text(first, context),
            None => Ok(self.environment.string_value(context.node)),
        }
    }

    /// The first value that says something: neither an empty text nor NaN. The last, if none does.
    fn coalesce(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let (last, before) = arguments.split_last().unwrap_or((&NOTHING, &[]));
        for argument in before {
            let value = self.value(argument, context)?;
            let says_something = match &value {
                Value::Boolean(_) => true,
                Value::Number(number) => !number.is_nan(),
                Value::Text(text) => !text.is_empty(),
                Value::Nodes(nodes) => {
                    nodes.first().is_some_and(|&node| !self.environment.string_value(node).is_empty())
                }
            };
            if says_something {
                return Ok(value);
            }
        }
        self.value(last, context)
    }

    /// What the question has already; else what is computed.
    fn once(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let kept = self.environment.string_value(self.current);
        if kept.is_empty() { self.value(first, context) } else { Ok(Value::Text(kept)) }
    }
}
