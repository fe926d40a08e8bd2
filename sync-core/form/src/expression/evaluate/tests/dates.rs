use super::super::evaluate_to_text;
use super::world::World;
use super::{HOUSEHOLD, value};
use crate::expression::parse;

#[test]
fn today_is_the_day_on_the_device() {
    assert_eq!(value("today()"), "2026-11-25");
    assert_eq!(value("now()"), "2026-11-25T01:30:15.250+07:00");
    let mut world = World::read(HOUSEHOLD);
    world.offset = -180;
    let expr = parse("concat(today(), ' ', now())").unwrap();
    assert_eq!(evaluate_to_text(&expr, &world, 0).unwrap(), "2026-11-24 2026-11-24T15:30:15.250-03:00");
}

#[test]
fn dates_compare_and_count_as_days() {
    assert_eq!(value("/data/due < today()"), "true");
    assert_eq!(value("today() - /data/due"), "1");
    assert_eq!(value("date(today() + 10)"), "2026-12-05");
    assert_eq!(value("'2020-01-02' < '2020-01-10'"), "true");
    assert_eq!(value("now() > today()"), "true");
    assert_eq!(value("'2026-11-24' = '2026-11-24T00:00:00.000+07:00'"), "true");
    assert_eq!(value("number('2026-11-24T12:00:00.000+07:00') - number('2026-11-24')"), "0");
    assert_eq!(value("decimal-date-time('2026-11-24T12:00:00.000+07:00') - number('2026-11-24')"), "0.5");
    assert_eq!(value("int((today() - date('1986-11-25')) div 365.25)"), "40");
}

#[test]
fn a_date_loses_its_time_and_nonsense_is_no_date() {
    assert_eq!(value("date('2026-11-24T20:00:00Z')"), "2026-11-25");
    assert_eq!(value("date-time('2026-11-24')"), "2026-11-24T00:00:00.000+07:00");
    assert_eq!(value("date('tomorrow')"), "");
    assert_eq!(value("date-time(decimal-date-time('2026-11-24T06:30:00.000+07:00'))"), "2026-11-24T06:30:00.000+07:00");
    assert_eq!(value("format-date('2026-11-24', '%e %b %Y')"), "24 Nov 2026");
    assert_eq!(value("format-date('', '%e %b %Y')"), "");
    assert_eq!(value("decimal-time('06:00:00.000+07:00')"), "0.25");
}

#[test]
fn differences_in_months_are_whole_months() {
    for (from, to, months) in [
        ("2026-01-31", "2026-02-28", "1"),
        ("2026-01-31", "2026-03-30", "1"),
        ("2026-01-15", "2026-02-14", "0"),
        ("2026-01-15", "2026-02-15", "1"),
        ("2026-02-15", "2026-01-15", "-1"),
        ("2020-02-29", "2021-02-28", "12"),
        ("2026-01-15T10:00:00", "2026-02-15T09:00:00", "0"),
        ("", "2026-02-15", ""),
    ] {
        assert_eq!(value(&format!("difference-in-months('{from}', '{to}')")), months, "{from} to {to}");
    }
    assert_eq!(value("cht:difference-in-days('2026-01-01', '2026-03-01')"), "59");
    assert_eq!(value("cht:difference-in-weeks('2026-01-01', '2026-01-20')"), "2");
    assert_eq!(value("cht:difference-in-years('2000-03-01', '2026-02-28')"), "25");
}

#[test]
fn add_date_stays_a_date_until_hours_are_added() {
    assert_eq!(value("add-date('2026-01-31', 0, 1)"), "2026-02-28");
    assert_eq!(value("add-date('2024-02-29', 1)"), "2025-02-28");
    assert_eq!(value("add-date('2026-11-24', 0, 0, 10)"), "2026-12-04");
    assert_eq!(value("add-date('2026-11-24', 0, 0, 0, 5, 30)"), "2026-11-24T05:30:00.000+07:00");
    assert_eq!(value("add-date('2026-11-24', '', '', -1)"), "2026-11-23");
    assert_eq!(value("add-date('no date', 1)"), "");
    assert_eq!(value("add-date('2026-11-24', 9999999)"), "");
    assert_eq!(value("parse-timestamp-to-date(1795545015250)"), "2026-11-25");
}
