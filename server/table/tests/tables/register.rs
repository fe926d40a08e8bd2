//! The slum score over rows of the public register of East Java.

use crate::support::{Evaluated, evaluate, large};

fn score(table: &[u8]) -> Evaluated {
    evaluate("kotaku-rt", "columns.register.csv", table)
}

#[test]
fn the_register_is_reproduced_to_every_point_total_and_level() {
    let Some(table) = large("rt_slum_score/rt_kumuh.csv") else { return };
    let evaluated = score(&table);
    let mut reader = csv::Reader::from_reader(&*table);
    let header = reader.headers().expect("header").clone();
    let mut points = 0;
    for (row, published) in evaluated.rows.iter().zip(reader.records()) {
        let published = published.expect("row");
        for (column, cell) in header.iter().zip(&published) {
            if column.ends_with("_nilai") {
                assert_eq!(row[column], cell, "{column} of row {}", row["row"]);
                points += 1;
            } else if column.ends_with("_pct") {
                let (ours, theirs): (f64, f64) = (row[column].parse().expect("ours"), cell.parse().expect("theirs"));
                assert!((ours - theirs).abs() < 0.2, "{column} of row {}: {ours}, not {theirs}", row["row"]);
            } else if column == "total_recomputed" {
                assert_eq!(row["total"], cell, "row {}", row["row"]);
            } else if column == "tingkat_rule" {
                assert_eq!(row["tingkat"].replace('_', " ").to_uppercase(), cell, "row {}", row["row"]);
            }
        }
    }
    assert_eq!((evaluated.rows.len(), points), (8, 8 * 16));
    let found: Vec<&str> =
        evaluated.rows.iter().map(|row| &*row["findings"]).filter(|found| !found.is_empty()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("drainase/dr_genangan_vol: "), "{found:?}");
}

/// A register's row with nothing in it but what the tests put there.
fn row(given: &[(&str, &str)]) -> Evaluated {
    let columns = include_str!("../../../forms/kotaku-rt/columns.register.csv");
    let names: Vec<&str> = columns.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let cell = |name: &&str| given.iter().find(|(one, _)| one == name).map_or("0", |(_, cell)| cell);
    let cells: Vec<&str> = names.iter().map(cell).collect();
    score(format!("{}\n{}\n", names.join(","), cells.join(",")).as_bytes())
}

const BASE: [(&str, &str); 6] =
    [("luas_ha", "0.57"), ("bangunan", "100"), ("jiwa", "300"), ("kk", "100"), ("jalan_m", "1000"), ("rt", "RT 1")];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Evaluated {
    row(&more.iter().copied().chain(BASE).collect::<Vec<_>>())
}

#[test]
fn impossible_volumes_are_scored_as_they_stand_and_found() {
    let evaluated = with(&[("bg_kepadatan_vol", "1.00"), ("dr_genangan_vol", "-2.7")]);
    let row = &evaluated.rows[0];
    assert_eq!((&*row["bg_kepadatan_pct"], &*row["bg_kepadatan_nilai"]), ("175.44", "5"));
    assert_eq!(row["dr_genangan_nilai"], "0");
    for path in ["bangunan/bg_kepadatan_vol: ", "drainase/dr_genangan_vol: "] {
        assert!(row["findings"].contains(path), "{}", row["findings"]);
    }
}

#[test]
fn bands_are_compared_without_rounding() {
    for (volume, points) in
        [("249", "0"), ("250", "1"), ("509.9", "1"), ("510", "3"), ("759.1", "3"), ("759.9", "3"), ("760", "5")]
    {
        assert_eq!(with(&[("jl_kualitas_vol", volume)]).rows[0]["jl_kualitas_nilai"], points, "{volume} of 1000 m");
    }
    let hectares = with(&[("luas_ha", "0.75"), ("bg_kepadatan_vol", "0.57")]);
    assert_eq!(hectares.rows[0]["bg_kepadatan_nilai"], "5", "0.57 of 0.75 is 76 %");
}

#[test]
fn a_denominator_of_nothing_gives_no_percent_and_no_points() {
    let evaluated = with(&[("drain_m", "0"), ("dr_konstruksi_vol", "5")]);
    let row = &evaluated.rows[0];
    assert_eq!((&*row["dr_konstruksi_pct"], &*row["dr_konstruksi_nilai"]), ("0", "0"));
    assert!(row["findings"].contains("drainase/dr_konstruksi_vol: "));
}

#[test]
fn a_score_with_a_missing_volume_is_no_score() {
    let evaluated = with(&[("am_akses_vol", "")]);
    let row = &evaluated.rows[0];
    assert_eq!((&*row["total"], &*row["tingkat"], &*row["parameter_kosong"]), ("", "unknown", "1"));
    assert_eq!((&*row["kumuh"], &*row["luas_kumuh_ha"]), ("unknown", ""));
}
