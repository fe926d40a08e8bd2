use proptest::prelude::*;

use super::{Civil, DAY, Days, Moment, format};
use crate::expression::Dialect;

const WIB: Days = Days { offset: 420, dialect: Dialect::Collect };

#[test]
fn a_date_has_the_same_whole_number_in_every_zone() {
    for offset in [-720, -420, 0, 420, 540, 840] {
        let days = Days { offset, dialect: Dialect::Collect };
        assert_eq!(days.number(days.read("1970-01-02").unwrap()), 1.0);
        assert_eq!(days.number(days.read("2008-09-05").unwrap()), 14127.0);
    }
}

#[test]
fn a_time_is_read_in_the_zone_it_names_and_told_on_the_local_clock() {
    assert_eq!(WIB.read("2026-11-23T23:30:00Z").unwrap().text(420), "2026-11-24T06:30:00.000+07:00");
    assert_eq!(WIB.read("2026-11-24T06:30").unwrap().text(420), "2026-11-24T06:30:00.000+07:00");
    assert_eq!(WIB.read("2026-11-24 08:30:00.5+09").unwrap().text(420), "2026-11-24T06:30:00.500+07:00");
    assert_eq!(
        WIB.read("Mon Nov 23 2026 09:38:11 GMT-0700 (Mountain Standard Time)").unwrap().text(420),
        "2026-11-23T23:38:11.000+07:00"
    );
}

#[test]
fn what_is_no_date_is_not_read() {
    for text in
        ["", "2026", "2026-13-01", "2026-02-29", "2026-1-1x", "26-01-01", "2026-01-01T24:00", "2026-01-01T10:00+15"]
    {
        assert_eq!(WIB.read(text), None, "{text}");
    }
}

#[test]
fn a_format_writes_english_names_and_keeps_what_it_does_not_know() {
    let moment = WIB.read("2026-03-05T04:07:09.012+07:00").unwrap();
    assert_eq!(format(moment, "%Y %y %m %n %b %B %d %e"), "2026 26 03 3 Mar March 05 5");
    assert_eq!(format(moment, "%H %h %M %S %3 %a %A %% %q %"), "04 4 07 09 012 Thu Thursday % %q %");
}

#[test]
fn months_later_is_the_same_day_or_the_last_of_the_month() {
    let last = Civil { year: 2026, month: 1, day: 31 };
    assert_eq!(last.plus_months(1), Civil { year: 2026, month: 2, day: 28 });
    assert_eq!(last.plus_months(-11), Civil { year: 2025, month: 2, day: 28 });
    assert_eq!(last.plus_months(25), Civil { year: 2028, month: 2, day: 29 });
}

proptest! {
    #[test]
    fn days_and_dates_are_one_to_one(days in -719_162_i64..2_932_896) {
        let date = Civil::of_days(days);
        prop_assert!(date.exists());
        prop_assert_eq!(date.days(), days);
        prop_assert!(Civil::of_days(days + 1) > date);
    }

    #[test]
    fn a_moment_reads_back_from_its_text_and_its_number(
        local in -60_000 * DAY..100_000 * DAY, offset in -720..840_i32, utc in any::<bool>()
    ) {
        let days = Days { offset, dialect: if utc { Dialect::WebForms } else { Dialect::Collect } };
        let moment = Moment { local, plain: false };
        prop_assert_eq!(days.read(&moment.text(offset)), Some(moment));
        prop_assert_eq!(days.of_number(days.number(moment)), Some(moment));
    }
}
