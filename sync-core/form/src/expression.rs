//! Expressions: XPath 1.0 as ODK uses it, with the ODK functions.
//!
//! [`parse`] reads the text of a cell into an [`Expr`] or says where it cannot; [`check`] finds calls that no function answers,
//! and [`review`] does both. [`evaluate`] computes the tree over anything that is a [`Tree`] and knows what an [`Environment`]
//! knows: the answers of a record, a secondary instance, an XML document in a test. It never panics, its depth and effort are
//! bounded, and it takes the time, the offset and all chance from its environment, so that every machine comes to the same value,
//! to the last bit. What differs between engines is listed in `docs/expressions.md`.
//!
//! ```
//! use rukun_form::expression::{parse, review};
//!
//! let (tree, findings) = review("slected(../toilet, 'flush') and ../age>=18").unwrap();
//! assert_eq!(tree.to_string(), "slected(../toilet, 'flush') and ../age >= 18");
//! assert_eq!(findings[0].to_string(), "there is no function slected(); do you mean selected()?");
//!
//! let error = parse("../age == 18").unwrap_err();
//! assert_eq!(error.to_string(), "at character 9, \"=\": XPath has no such operator; write = once");
//! ```

mod check;
mod date;
mod evaluate;
mod evaluation_error;
mod function;
mod parse;
mod print;
mod scan;
mod straighten;
mod syntax_error;
mod tree;
mod value;
mod walk;
mod world;

pub use check::{Finding, Problem, check, review};
pub use evaluate::{MAX_EFFORT, evaluate, evaluate_to_boolean, evaluate_to_number, evaluate_to_text};
pub use evaluation_error::EvaluationError;
pub use function::{Arguments, Builtin, Function, Standard};
pub use parse::{MAX_DEPTH, MAX_LENGTH, MAX_OPERATORS, parse};
pub use straighten::straighten;
pub use syntax_error::{SyntaxError, SyntaxProblem};
pub use tree::{Axis, Expr, NodeTest, Operator, Path, Step};
pub use value::{Value, number_to_text};
pub use walk::{Filtered, Found, Needs, Predicate};
pub use world::{Clock, Dialect, Environment, NodeKind, Tree};
