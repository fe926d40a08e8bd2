//! Expressions of a form, read and checked before any phone meets them.

use rukun_form::expression::{Expr, review};

use crate::code::Code;
use crate::problem::Log;
use crate::table::Cell;

/// Reads an expression. What cannot be read is reported at its cell.
pub(crate) fn check(cell: &Cell, text: &str, log: &mut Log) -> Option<Expr> {
    match review(text) {
        Ok((expr, findings)) => {
            for finding in findings {
                log.report(Code::BadCall, cell.place(), &cell.text, finding.to_string());
            }
            Some(expr)
        }
        Err(error) => {
            log.report(Code::BadExpression, cell.place(), &cell.text, error.to_string());
            None
        }
    }
}
