//! The JMP ladders over the interviews of washmalawi (CC BY 4.0).

use std::collections::BTreeMap;

use crate::support::{Evaluated, evaluate, large, repository};

fn jmp(table: &[u8]) -> Evaluated {
    evaluate("jmp-core", "columns.washmalawi.csv", table)
}

fn counts(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn all_of_washmalawi_gives_the_published_counts() {
    let (Some(table), Some(wanted)) =
        (large("washmalawi/washmalawi.csv"), large("washmalawi/expected_jmp_counts.json"))
    else {
        return;
    };
    let wanted: BTreeMap<String, BTreeMap<String, u64>> = serde_json::from_slice(&wanted).expect("counts");
    let began = std::time::Instant::now();
    let evaluated = jmp(&table);
    eprintln!("{} rows in {:?}", evaluated.rows.len(), began.elapsed());
    assert_eq!(evaluated.summary.rows, 23_112);
    assert!(evaluated.summary.unread.is_empty(), "{:?}", evaluated.summary.unread);
    for (ladder, indicator) in [("water", "jmp_water"), ("sanitation", "jmp_san"), ("hygiene", "jmp_hyg")] {
        assert_eq!(evaluated.counts(indicator), wanted[ladder], "{ladder}");
    }
}

#[test]
fn what_cannot_be_told_is_never_counted_as_no() {
    let table = std::fs::read(repository().join("tests/data/washmalawi/sample.csv")).expect("the sample");
    let evaluated = jmp(&table);
    assert_eq!(evaluated.rows.len(), 600);
    for row in &evaluated.rows {
        let unknown = ["improved_time_unknown", "undefined", "unknown"].contains(&&*row["jmp_water"]);
        assert_eq!(row["jmp_water_basic"] == "unknown", unknown, "row {}", row["row"]);
        let unknown = ["improved_share_unknown", "undefined", "unknown"].contains(&&*row["jmp_san"]);
        assert_eq!(row["jmp_san_basic"] == "unknown", unknown, "row {}", row["row"]);
    }
}

#[test]
fn half_an_hour_is_basic_and_a_minute_more_is_limited() {
    let head = "water_source_type,water_source_location,time_not_known,water_collection_time_mins,\
                water_insufficiency_30days,water_insufficiency_30days_not_known,toilet_facility_type,\
                toilet_facility_shared,handwash_available,handwashing_water_presence,handwashing_soap_presence";
    let row =
        |source: &str, place: &str, known: &str, minutes: &str| format!("\n{source},{place},{known},{minutes},,,,,,,");
    let rows = [
        row("Protected spring", "Elsewhere", "", "30.0"),
        row("Protected spring", "Elsewhere", "", "31.0"),
        row("Protected spring", "Elsewhere", "True", "0.0"),
        row("Protected spring", "Elsewhere", "", ""),
        row("Protected spring", "Elsewhere", "", "998"),
        row("Protected spring", "In own dwelling or yard or plot", "", "90"),
        row("Protected spring", "", "", "10"),
        row("Unprotected spring", "Elsewhere", "", "5"),
        row("Other (please specify)", "Elsewhere", "", "5"),
        row("", "Elsewhere", "", "5"),
        row("Moon", "Elsewhere", "", "5"),
    ];
    let evaluated = jmp(format!("{head}{}", rows.concat()).as_bytes());
    let ladder: Vec<&str> = evaluated.rows.iter().map(|row| &*row["jmp_water"]).collect();
    assert_eq!(
        ladder,
        [
            "basic",
            "limited",
            "improved_time_unknown",
            "improved_time_unknown",
            "improved_time_unknown",
            "basic",
            "unknown",
            "unimproved",
            "undefined",
            "unknown",
            "unknown",
        ]
    );
    assert_eq!(evaluated.counts("jmp_san"), counts(&[("unknown", 11)]));
    assert_eq!(evaluated.counts("jmp_hyg"), counts(&[("unknown", 11)]));
    let unread: Vec<_> = evaluated.summary.unread.values().map(|one| (one.column, one.value, one.rows)).collect();
    assert_eq!(unread, [("water_source_type", Some("Moon"), 1)]);
    assert!(evaluated.rows[4]["findings"].contains("water/water_minutes: "), "998 is no number of minutes");
}
