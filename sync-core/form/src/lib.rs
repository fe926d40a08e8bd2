//! Questionnaires: what a compiled form is, what its expressions mean, and the session that fills one.
//!
//! A programme writes its questionnaire as an XLSForm; the compiler (`rukun-xlsform`) makes a [`Form`] of it, once, off the
//! phone. Everything that then happens to the form happens here, in the same way on a phone, on the server, in Python and in a
//! browser: no clock, no locale, no platform's mathematics, no I/O.
//!
//! - [`Form`] and the types around it are the form as data, as it is published and stored.
//! - [`plan`] makes a form ready to be filled: expressions read, paths bound, the order of computing known.
//! - [`session`] fills one: answers in, and out comes what people see and what changed.
//! - [`expression`] reads an expression into a tree and computes it over any [`Tree`](expression::Tree).

pub mod expression;
mod model;
pub mod plan;
pub mod session;

pub use model::{
    Action, ActionValue, AnswerShape, Choice, ChoiceList, Condition, Element, Entity, EntityProperty, Event,
    Expression, Form, FormId, FormVersion, Group, Item, Itemset, Label, Language, Part, PathError, Question,
    QuestionPath, QuestionType, Repeat, SecondaryInstance, Table, Text,
};
