//! From the XLSForm that a programme writes to the [`Form`](rukun_form::Form) that its phones fill.
//!
//! A [`Workbook`] is read from Excel, from a folder of CSV files, or from markdown tables; whatever it came from, it is sheets of
//! text with the files that lie beside it. [`compile`] makes the form of it: types and their many spellings, groups, repeats and
//! loops, choices and where they come from, translations, expressions with every `${name}` replaced by a path, and the actions
//! that defaults and triggers are. Every expression is read and checked here, so that a phone never meets one it cannot compute.
//!
//! Whatever is wrong is a [`Problem`]: a [`Code`], a [`Place`] (sheet, row, column), the text, what is the matter and what to do
//! about it. All problems of a form are found at once. In strict [`Mode`] a form is refused when pyxform, the reference
//! compiler, refuses it; lenient mode takes what real forms get away with, and warns.
//!
//! ```
//! use rukun_xlsform::{Options, Workbook, compile};
//!
//! let workbook = Workbook::from_markdown(
//!     "| survey | | | |
//!      | | type | name | label |
//!      | | integer | age | How old are you? |
//!      | | note | kid | Ask the parents of ${agee}. |",
//! );
//! let compiled = compile(&workbook, &Options::default());
//! assert!(compiled.form.is_none());
//! assert_eq!(compiled.problems.last().unwrap().place.to_string(), "survey!C3 (label)");
//! ```

mod assemble;
mod attachment;
mod between;
mod check;
mod choices;
mod circle;
mod code;
mod compile;
mod draft;
mod entity;
mod expressions;
mod header;
mod name;
mod parameters;
mod place;
mod problem;
mod question_type;
mod reference;
mod resolve;
mod search;
mod settings;
mod sheets;
mod survey;
mod table;
mod text;
mod tree;
mod typography;
mod workbook;

pub use between::{Level, path_between};
pub use code::{Code, Gravity};
pub use compile::{Compiled, Options, compile};
pub use place::Place;
pub use problem::{Mode, Problem, Severity};
pub use workbook::{MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Sheet, Workbook, WorkbookError, write_excel};
