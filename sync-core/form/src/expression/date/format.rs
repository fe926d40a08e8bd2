//! Dates and times in the words of a format: `%d %b %Y`. The names are English in all languages of a form, because the same
//! answers must give the same text on every device.

use std::fmt::Write;

use super::Moment;

/// The months.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The days of the week, the first being that of 1970-01-01.
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// The moment, written so. What is no known sign stays as it is.
pub(in crate::expression) fn format(moment: Moment, pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len() * 2);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some(sign) => write_sign(moment, sign, &mut text),
            None => text.push('%'),
        }
    }
    text
}

fn write_sign(moment: Moment, sign: char, text: &mut String) {
    let (date, time) = (moment.civil(), moment.time());
    let (hours, minutes, seconds) = (time / 3_600_000, time / 60_000 % 60, time / 1000 % 60);
    let month = name(&MONTHS, date.month - 1);
    let weekday = name(&WEEKDAYS, date.days());
    // Writing into a text does not fail.
    let _ = match sign {
        'Y' => write!(text, "{:04}", date.year),
        'y' => write!(text, "{:02}", date.year % 100),
        'm' => write!(text, "{:02}", date.month),
        'n' => write!(text, "{}", date.month),
        'b' => write!(text, "{}", month.get(..3).unwrap_or(month)),
        'B' => write!(text, "{month}"),
        'd' => write!(text, "{:02}", date.day),
        'e' => write!(text, "{}", date.day),
        'H' => write!(text, "{hours:02}"),
        'h' => write!(text, "{hours}"),
        'M' => write!(text, "{minutes:02}"),
        'S' => write!(text, "{seconds:02}"),
        '3' => write!(text, "{:03}", time % 1000),
        'a' => write!(text, "{}", weekday.get(..3).unwrap_or(weekday)),
        'A' => write!(text, "{weekday}"),
        '%' => write!(text, "%"),
        other => write!(text, "%{other}"),
    };
}

fn name(names: &[&'static str], place: i64) -> &'static str {
    let place = usize::try_from(place.rem_euclid(names.len() as i64)).unwrap_or(0);
    names.get(place).copied().unwrap_or("")
}
