//! Tables for people, JSON for programs, on standard output.

use std::io::Write;

use serde::Serialize;
use sync_core::time::Timestamp;

use super::CliError;
use crate::programme::FirstLogIn;

pub(super) fn line(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

pub(super) fn json(value: &impl Serialize) -> Result<(), CliError> {
    line(&serde_json::to_string_pretty(value)?)
}

/// Columns as wide as their widest entry.
pub(super) fn table(heads: &[&str], rows: Vec<Vec<String>>) -> Result<(), CliError> {
    let mut widths: Vec<usize> = heads.iter().map(|head| head.chars().count()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let heads: Vec<String> = heads.iter().map(|head| head.to_uppercase()).collect();
    let padded = |cells: &[String]| {
        let cells: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    line(&padded(&heads))?;
    rows.iter().try_for_each(|row| line(&padded(row)))
}

/// `2026-11-24 20:55` in UTC.
pub(super) fn time(time: Timestamp) -> String {
    let seconds = time.shown().seconds();
    let (day, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", rest / 3600, rest / 60 % 60)
}

/// A time that may not have come; `-` then.
pub(super) fn maybe_time(value: Option<Timestamp>) -> String {
    value.map_or_else(|| "-".to_owned(), time)
}

/// The Gregorian date of a day counted from 1970-01-01 (Howard Hinnant, `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// What the operator must be told once.
pub(super) fn first_log_in(first: &FirstLogIn) -> String {
    let FirstLogIn { login, password } = first;
    format!(
        "Log in as `{login}` with the one-time password `{password}`: shown once, to be changed at the first log-in."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_utc() {
        for (millis, shown) in [
            (0, "1970-01-01 00:00"),
            (951_782_399_000, "2000-02-28 23:59"),
            (951_782_400_000, "2000-02-29 00:00"),
            (1_795_554_900_000, "2026-11-24 21:15"),
            (-5, "1970-01-01 00:00"),
        ] {
            assert_eq!(time(Timestamp::from_millis(millis)), shown);
        }
    }
}
