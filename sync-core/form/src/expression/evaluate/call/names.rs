//! Functions of names, languages and translated texts.

use std::borrow::Cow;

use super::{Context, Evaluator, Outcome, argument};
use crate::expression::{Builtin, Environment, EvaluationError, Expr, Value};

impl<'a, E: Environment> Evaluator<'a, E> {
    pub(super) fn name(
        &mut self,
        builtin: Builtin,
        arguments: &'a [Expr],
        context: Context<E::Node>,
    ) -> Outcome<'a, E> {
        let node = match arguments.first() {
            Some(first) => {
                let nodes = self.nodes(first, context)?;
                let node = nodes.first().copied();
                self.give_back(nodes);
                node
            }
            None => Some(context.node),
        };
        let name = node.map_or("", |node| self.environment.name(node));
        Ok(Value::Text(Cow::Borrowed(if builtin == Builtin::Name {
            name
        } else if builtin == Builtin::LocalName {
            name.rsplit(':').next().unwrap_or(name)
        } else {
            ""
        })))
    }

    /// Whether the nearest `xml:lang` is this language or a kind of it.
    pub(super) fn lang(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let wanted = self.text(first, context)?.to_ascii_lowercase();
        let mut next = Some(context.node);
        while let Some(node) = next {
            let tree = self.environment;
            if let Some(attribute) = tree.attributes(node).find(|&attribute| tree.name(attribute) == "xml:lang") {
                let language = tree.string_value(attribute).to_ascii_lowercase();
                let rest = language.strip_prefix(&wanted);
                return Ok(Value::Boolean(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))));
            }
            next = tree.parent(node);
        }
        Ok(Value::Boolean(false))
    }

    pub(super) fn choice_name(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let name = self.text(argument(arguments, 0), context)?;
        let path = self.text(argument(arguments, 1), context)?;
        if name.is_empty() {
            return Ok(Value::empty());
        }
        let label = self.environment.choice_label(&name, &path, context.node);
        Ok(Value::Text(Cow::Owned(label.unwrap_or_default())))
    }

    pub(super) fn itext(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let id = self.text(first, context)?;
        let text = self.environment.translation(&id).ok_or_else(|| EvaluationError::NoText(id.into_owned()))?;
        Ok(Value::Text(Cow::Owned(text)))
    }
}
