//! Functions of texts. Characters are Unicode's, whatever the platform counts.

use std::borrow::Cow;

use super::nodes::count_of;
use super::{Context, Evaluator, Outcome, argument};
use crate::expression::value::whole;
use crate::expression::{Builtin, Environment, Expr, Value};

/// The blanks of XML.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

impl<'a, E: Environment> Evaluator<'a, E> {
    /// All texts, of all nodes if they are nodes, with the separator between them.
    pub(super) fn join(&mut self, separator: &str, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let (mut joined, mut begun) = (String::new(), false);
        let mut add = |text: &str| {
            joined.push_str(if begun { separator } else { "" });
            joined.push_str(text);
            begun = true;
        };
        for argument in arguments {
            self.each_text(argument, context, &mut add)?;
        }
        Ok(Value::Text(Cow::Owned(joined)))
    }

    /// What has to do with a part of a text.
    pub(super) fn part(
        &mut self,
        builtin: Builtin,
        arguments: &'a [Expr],
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        let text = self.text(argument(arguments, 0), context)?;
        let part = self.text(argument(arguments, 1), context)?;
        let part = part.as_ref();
        Ok(if builtin == Builtin::Contains {
            Value::Boolean(text.contains(part))
        } else if builtin == Builtin::StartsWith {
            Value::Boolean(text.starts_with(part))
        } else if builtin == Builtin::EndsWith {
            Value::Boolean(text.ends_with(part))
        } else if builtin == Builtin::SubstringBefore {
            Value::Text(cut(text, |text| text.split_once(part).map_or("", |(before, _)| before)))
        } else {
            Value::Text(cut(text, |text| text.split_once(part).map_or("", |(_, after)| after)))
        })
    }

    pub(super) fn trim(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(first, context)?;
        Ok(Value::Text(cut(text, |text| text.trim_matches(BLANKS))))
    }

    pub(super) fn normalize_space(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text_or_context(arguments, context)?;
        let words = text.split(BLANKS).filter(|word| !word.is_empty());
        Ok(Value::Text(Cow::Owned(words.collect::<Vec<_>>().join(" "))))
    }

    pub(super) fn string_length(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text_or_context(arguments, context)?;
        Ok(Value::Number(count_of(text.chars().count())))
    }

    /// XPath's: the first character is 1, and what is not whole is rounded.
    pub(super) fn substring(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(argument(arguments, 0), context)?;
        let from = libm::floor(self.number(argument(arguments, 1), context)? + 0.5);
        let until = match arguments.get(2) {
            Some(length) => from + libm::floor(self.number(length, context)? + 0.5),
            None => f64::INFINITY,
        };
        // NaN is neither before nor behind anything.
        let inside = |place: usize| from <= count_of(place) && count_of(place) < until;
        let characters = text.chars().zip(1..).filter(|&(_, place)| inside(place));
        Ok(Value::Text(Cow::Owned(characters.map(|(character, _)| character).collect())))
    }

    /// ODK's: the first character is 0, and below it one counts from the end.
    pub(super) fn substr(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(argument(arguments, 0), context)?;
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let place = |number: f64| {
            let place = whole(number).unwrap_or(0);
            usize::try_from(if place < 0 { length.saturating_add(place) } else { place }).unwrap_or(0)
        };
        let from = place(self.number(argument(arguments, 1), context)?);
        let until = match arguments.get(2) {
            Some(until) => place(self.number(until, context)?),
            None => usize::MAX,
        };
        let characters = text.chars().skip(from).take(until.saturating_sub(from));
        Ok(Value::Text(Cow::Owned(characters.collect())))
    }

    pub(super) fn translate(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(argument(arguments, 0), context)?;
        let from = self.text(argument(arguments, 1), context)?;
        let to = self.text(argument(arguments, 2), context)?;
        let replace = |character: char| match from.chars().position(|other| other == character) {
            Some(place) => to.chars().nth(place),
            None => Some(character),
        };
        Ok(Value::Text(Cow::Owned(text.chars().filter_map(replace).collect())))
    }
}

/// A part of a text, borrowed from where the text is.
fn cut<'a>(text: Cow<'a, str>, part: impl for<'t> Fn(&'t str) -> &'t str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(part(text)),
        Cow::Owned(text) => Cow::Owned(part(&text).to_owned()),
    }
}
