//! Dates and times as texts and as numbers of days.
//!
//! A date without a time is a day of the calendar and nothing else: its number is a whole one, in any zone. A time with an
//! offset is a moment; it becomes the local time of the device first, so that dates and times count on one line.

mod civil;
mod format;
mod read;

use std::fmt::Write;

pub(super) use civil::Civil;
pub(super) use format::format;
pub(super) use read::{looks_like_date, time_of_day};

use super::Dialect;

/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;

/// How days are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    /// Minutes by which the local time is ahead of UTC.
    pub(super) offset: i32,
    /// Whose day 0 they are counted from.
    pub(super) dialect: Dialect,
}

/// A date, or a date and time, in the local time of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Milliseconds since the midnight of 1970-01-01 on the local clock.
    pub(super) local: i64,
    /// Whether it is a date without a time.
    pub(super) plain: bool,
}

impl Days {
    /// The moment that a text tells.
    pub(super) fn read(self, text: &str) -> Option<Moment> {
        read::moment(text, self.offset)
    }

    /// The moment so many milliseconds after 1970-01-01T00:00:00Z.
    pub(super) fn at(self, millis: i64) -> Moment {
        Moment { local: millis.saturating_add(self.ahead()), plain: false }
    }

    /// The number of a moment: days since day 0.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of ten thousand years fit")]
    pub(super) fn number(self, moment: Moment) -> f64 {
        (moment.local - self.shift()) as f64 / DAY as f64
    }

    /// The moment of a number; nothing for what is no day of the years 1 to 9999.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a day fit")]
    #[expect(clippy::cast_possible_truncation, reason = "within the years that are looked at below")]
    pub(super) fn of_number(self, days: f64) -> Option<Moment> {
        let millis = libm::round(days * DAY as f64);
        if millis.is_nan() || millis.abs() > 3.2e14 {
            return None;
        }
        let local = millis as i64 + self.shift();
        Civil::of_days(local.div_euclid(DAY)).has_four_digits().then_some(Moment { local, plain: false })
    }

    /// By how many milliseconds the local clock is ahead of UTC.
    fn ahead(self) -> i64 {
        i64::from(self.offset) * MINUTE
    }

    fn shift(self) -> i64 {
        match self.dialect {
            Dialect::Collect => 0,
            Dialect::WebForms => self.ahead(),
        }
    }
}

impl Moment {
    /// The day it lies in.
    pub(super) fn day(self) -> Self {
        Self { local: self.local.div_euclid(DAY) * DAY, plain: true }
    }

    /// The date on the calendar.
    pub(super) fn civil(self) -> Civil {
        Civil::of_days(self.local.div_euclid(DAY))
    }

    /// Milliseconds since midnight.
    pub(super) const fn time(self) -> i64 {
        self.local.rem_euclid(DAY)
    }

    /// `2026-11-24`
    pub(super) fn date_text(self) -> String {
        let Civil { year, month, day } = self.civil();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `2026-11-24T06:30:00.000+07:00`
    pub(super) fn text(self, offset: i32) -> String {
        let mut text = self.date_text();
        let time = self.time();
        let (hours, minutes) = (time / 3_600_000, time / MINUTE % 60);
        let (sign, ahead) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
        // Writing into a text does not fail.
        let _ = write!(text, "T{hours:02}:{minutes:02}:{:02}.{:03}", time / 1000 % 60, time % 1000);
        let _ = write!(text, "{sign}{:02}:{:02}", ahead / 60, ahead % 60);
        text
    }
}

#[cfg(test)]
mod tests;
