//! Texts that tell dates and times: `2026-11-24`, `2026-11-24T06:30:00.000+07:00`, and what browsers print.

use super::{Civil, DAY, MINUTE, Moment};

/// Whether it may be worth reading: four digits and a hyphen, or a name of a weekday.
pub(in crate::expression) fn looks_like_date(text: &str) -> bool {
    match text.trim_start().as_bytes() {
        [a, b, c, d, b'-', ..] => [a, b, c, d].into_iter().all(u8::is_ascii_digit),
        [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z', b' ', ..] => true,
        _ => false,
    }
}

pub(super) fn moment(text: &str, offset: i32) -> Option<Moment> {
    let text = text.trim();
    let Some((date, rest)) = date(text) else { return browser(text, offset) };
    let midnight = date.days() * DAY;
    if rest.is_empty() {
        return Some(Moment { local: midnight, plain: true });
    }
    let (millis, zone) = time(rest.strip_prefix(['T', ' '])?)?;
    Some(Moment { local: midnight + millis + ahead(zone, offset)?, plain: false })
}

/// The time of day on the local clock, in milliseconds since midnight: `06:30:00.000+07:00`.
pub(in crate::expression) fn time_of_day(text: &str, offset: i32) -> Option<i64> {
    let (millis, zone) = time(text.trim())?;
    Some((millis + ahead(zone, offset)?).rem_euclid(DAY))
}

/// `2026-11-24` and what follows it.
fn date(text: &str) -> Option<(Civil, &str)> {
    let (year, rest) = digits(text, 4..=4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 1..=2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 1..=2)?;
    let date = Civil { year, month, day };
    date.exists().then_some((date, rest))
}

/// `06:30`, `06:30:15`, `06:30:15.123`, and what follows it: the zone.
fn time(text: &str) -> Option<(i64, &str)> {
    let (hours, rest) = digits(text, 1..=2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2..=2)?;
    let (seconds, rest) = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2..=2)?,
        None => (0, rest),
    };
    let (millis, rest) = match rest.strip_prefix('.') {
        Some(fraction) => {
            let (_, after) = digits(fraction, 1..=12)?;
            let shown = fraction.get(..fraction.len() - after.len())?;
            (format!("{shown:0<3}").get(..3)?.parse().ok()?, after)
        }
        None => (0, rest),
    };
    let fits = hours < 24 && minutes < 60 && seconds < 60;
    fits.then_some((((hours * 60 + minutes) * 60 + seconds) * 1000 + millis, rest))
}

/// By how many milliseconds the device's clock is ahead of one in this zone; nothing said is the device's own.
fn ahead(zone: &str, offset: i32) -> Option<i64> {
    let ours = i64::from(offset);
    let theirs = match zone.as_bytes() {
        [] => ours,
        b"Z" => 0,
        [sign @ (b'+' | b'-'), ..] => {
            let (hours, rest) = digits(zone.get(1..)?, 2..=2)?;
            let (minutes, rest) =
                if rest.is_empty() { (0, rest) } else { digits(rest.strip_prefix(':').unwrap_or(rest), 2..=2)? };
            if hours > 14 || minutes > 59 || !rest.is_empty() {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    Some((ours - theirs) * MINUTE)
}

/// `Mon Nov 23 2026 09:38:11 GMT-0700 (Mountain Standard Time)`: how browsers print a moment.
fn browser(text: &str, offset: i32) -> Option<Moment> {
    let mut words = text.split(' ');
    let (_, month, day, year) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = super::format::MONTHS.iter().position(|name| month.len() == 3 && name.starts_with(month))?;
    let date = Civil { year: year.parse().ok()?, month: i64::try_from(month).ok()? + 1, day: day.parse().ok()? };
    let (millis, rest) = time(words.next()?)?;
    let zone = words.next()?.strip_prefix("GMT")?;
    let readable = date.exists() && rest.is_empty();
    let local = date.days() * DAY + millis + ahead(zone, offset)?;
    readable.then_some(Moment { local, plain: false })
}

/// So many digits at the beginning, and what follows them.
fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<(i64, &str)> {
    let length = text.bytes().take(*count.end()).take_while(u8::is_ascii_digit).count();
    if !count.contains(&length) {
        return None;
    }
    Some((text.get(..length)?.parse().ok()?, text.get(length..)?))
}
