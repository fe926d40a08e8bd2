//! Tables of answers that exist already, read through a questionnaire: last year's survey, another programme's data.
//!
//! A [`ColumnMap`] says which column answers which question and what its values mean. [`Evaluator`] fills the questionnaire for
//! each row, as a session on a phone would, and writes what comes out: every computed value, every indicator, and what the
//! form's rules say is wrong. What neither the map nor the form knows is counted in [`Unread`] and told.
//!
//! Nothing here knows of stores, servers or forms by name.

mod answers;
mod column_map;
mod evaluator;
mod in_order;
mod unread;

pub use answers::{Columns, TableError};
pub use column_map::{ColumnMap, MapError, MapFault, MapFaultKind};
pub use evaluator::{Evaluator, Progress, Summary};
pub use unread::{Reason, Unread, UnreadValue};
