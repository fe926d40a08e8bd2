//! The calendar: days since 1970-01-01 and year, month and day, in the Gregorian calendar, for all times.

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::expression) struct Civil {
    /// The year.
    pub(in crate::expression) year: i64,
    /// 1 to 12.
    pub(in crate::expression) month: i64,
    /// 1 to 31.
    pub(in crate::expression) day: i64,
}

impl Civil {
    /// The day so many days after 1970-01-01. The year is counted from March, so that the leap day ends it.
    pub(in crate::expression) const fn of_days(days: i64) -> Self {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let in_era = days.rem_euclid(146_097);
        let year_of_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * in_year + 2) / 153;
        let day = in_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Self { year: year_of_era + era * 400 + (month <= 2) as i64, month, day }
    }

    /// How many days it lies after 1970-01-01.
    pub(in crate::expression) const fn days(self) -> i64 {
        let year = self.year - (self.month <= 2) as i64;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let from_march = if self.month > 2 { self.month - 3 } else { self.month + 9 };
        let in_year = (153 * from_march + 2) / 5 + self.day - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + in_year - 719_468
    }

    /// How many days its month has.
    pub(in crate::expression) const fn days_of_month(self) -> i64 {
        match self.month {
            2 if self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Whether there is such a day.
    pub(in crate::expression) const fn exists(self) -> bool {
        self.has_four_digits()
            && self.month >= 1
            && self.month <= 12
            && self.day >= 1
            && self.day <= self.days_of_month()
    }

    /// Whether its year is written with four digits.
    pub(in crate::expression) const fn has_four_digits(self) -> bool {
        self.year >= 1 && self.year <= 9999
    }

    /// The same day so many months later; the last of the month where that month is shorter.
    pub(in crate::expression) const fn plus_months(self, months: i64) -> Self {
        let all = self.year * 12 + self.month - 1 + months;
        let month = Self { year: all.div_euclid(12), month: all.rem_euclid(12) + 1, day: 1 };
        let last = month.days_of_month();
        Self { day: if self.day < last { self.day } else { last }, ..month }
    }
}
