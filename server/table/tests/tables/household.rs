//! The rules of the household form, one fact each.

use std::collections::BTreeMap;

use crate::support::evaluate_answers;

/// An interview that was held.
const HELD: [(&str, &str); 3] =
    [("kunjungan/visit_result", "selesai"), ("kunjungan/consent", "ya"), ("kunjungan/varian", "pendek")];

fn outcomes(given: &[(&str, &str)]) -> BTreeMap<String, String> {
    let answers: Vec<(&str, &str)> = HELD.iter().chain(given).copied().collect();
    evaluate_answers("kotaku-household", &answers)
}

/// Asserts some of the outcomes of some answers.
fn gives(given: &[(&str, &str)], wanted: &[(&str, &str)]) {
    let outcomes = outcomes(given);
    for (indicator, value) in wanted {
        assert_eq!(outcomes[*indicator], *value, "{indicator} of {given:?}");
    }
}

const REFILL: (&str, &str) = ("air/air_minum", "isi_ulang");

#[test]
fn packaged_water_is_improved_and_layak_only_by_its_second_source() {
    gives(&[REFILL], &[("air_layak", "unknown"), ("jmp_water", "unknown"), ("tangga_air", "unknown")]);
    let well = [REFILL, ("air/air_mck", "sumur_bor"), ("air/air_lokasi", "di_halaman")];
    gives(&well, &[("air_layak", "yes"), ("jmp_water", "basic"), ("tangga_air", "layak_dasar")]);
    let open = [REFILL, ("air/air_mck", "sumur_tak_terlindung"), ("air/air_lokasi", "di_halaman")];
    gives(&open, &[("air_layak", "no"), ("jmp_water", "basic"), ("tangga_air", "tidak_layak")]);
}

#[test]
fn half_an_hour_is_basic_a_range_is_enough_and_no_time_is_unknown() {
    let away = |more: &[(&'static str, &'static str)]| {
        let base =
            [("air/air_minum", "keran_umum"), ("air/air_lokasi", "di_tempat_lain"), ("air/air_ambil", "mengambil")];
        let given: Vec<_> = base.iter().chain(more).copied().collect();
        let outcomes = outcomes(&given);
        (outcomes["jmp_water"].clone(), outcomes["tangga_air"].clone())
    };
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(away(&[("air/air_menit", "30")]), pair("basic", "layak_dasar"));
    assert_eq!(away(&[("air/air_menit", "31")]), pair("limited", "layak_terbatas"));
    let range = |range| away(&[("air/air_menit_tt", "tt"), ("air/air_menit_rentang", range)]);
    assert_eq!(range("le30"), pair("basic", "layak_dasar"));
    assert_eq!(range("31_60"), pair("limited", "layak_terbatas"));
    assert_eq!(range("tt"), pair("improved_time_unknown", "unknown"));
}

#[test]
fn safe_water_needs_a_test_and_never_stands_without_one() {
    let tap = [("air/air_minum", "leding_rumah"), ("air/air_cukup", "tidak_selalu_cukup")];
    gives(&tap, &[("jmp_water", "basic"), ("jmp_water_sm", "unknown"), ("jmp_water_sm_possible", "yes")]);
    let tested = |coli| [tap[0], tap[1], ("air/air_uji", "ya"), ("air/air_ecoli", coli)];
    gives(&tested("0"), &[("jmp_water", "safely_managed"), ("air_aman", "yes"), ("tangga_air", "aman")]);
    gives(&tested("1"), &[("jmp_water", "basic"), ("jmp_water_sm", "no"), ("air_aman", "no")]);
}

#[test]
fn a_well_near_a_pit_is_a_problem_and_one_at_an_unknown_distance_is_unknown() {
    let well = |distance| [("air/air_minum", "sumur_terlindung"), ("air/air_jarak_tinja", distance)];
    gives(&well("ge10"), &[("air_layak_10m", "yes"), ("f3a", "no")]);
    gives(&well("lt10"), &[("air_layak_10m", "no"), ("f3a", "yes")]);
    gives(&well("tt"), &[("air_layak_10m", "unknown"), ("f3a", "unknown")]);
}

fn toilet(user: &'static str, bowl: &'static str, to: &'static str) -> [(&'static str, &'static str); 3] {
    [("sanitasi/bab_fasilitas", user), ("sanitasi/bab_kloset", bowl), ("sanitasi/bab_buang", to)]
}

#[test]
fn a_pit_is_layak_in_a_rural_village_only() {
    let pit = |village| {
        let [user, bowl, to] = toilet("sendiri", "leher_angsa", "cubluk_lubang_tanah");
        [user, bowl, to, ("lokasi/desa_jenis", village)]
    };
    gives(&pit("perdesaan"), &[("san_layak", "yes"), ("tangga_san", "layak_sendiri"), ("f5a", "yes")]);
    gives(&pit("perkotaan"), &[("san_layak", "no"), ("tangga_san", "belum_layak"), ("jmp_san", "basic")]);
    gives(&pit("tt"), &[("san_layak", "unknown"), ("tangga_san", "unknown"), ("jmp_san", "basic")]);
}

#[test]
fn a_closet_over_a_river_is_no_sanitation() {
    let river = toilet("sendiri", "leher_angsa", "kolam_sawah_sungai_laut");
    gives(&river, &[("tangga_san", "babs_tertutup"), ("jmp_san", "unimproved"), ("san_layak", "no"), ("f5a", "yes")]);
    let none = [("sanitasi/bab_fasilitas", "ada_tidak_dipakai")];
    gives(&none, &[("tangga_san", "babs_terbuka"), ("jmp_san", "open_defecation"), ("f5a", "yes"), ("f5b", "yes")]);
}

#[test]
fn sharing_parts_the_ladders_and_sharing_unknown_is_unknown() {
    let septic = |user| toilet(user, "leher_angsa", "tangki_septik");
    gives(&septic("bersama_tertentu"), &[("jmp_san", "limited"), ("tangga_san", "layak_bersama")]);
    gives(&septic("mck_umum"), &[("jmp_san", "limited"), ("tangga_san", "belum_layak"), ("san_layak", "no")]);
    gives(
        &septic("tt"),
        &[("jmp_san", "improved_share_unknown"), ("jmp_san_basic", "unknown"), ("san_layak", "unknown")],
    );
}

#[test]
fn a_tank_is_safe_when_it_was_emptied_to_a_plant_in_five_years() {
    let emptied = |when, by| {
        let [user, bowl, to] = toilet("sendiri", "leher_angsa", "tangki_septik");
        [user, bowl, to, ("sanitasi/septik_sedot", when), ("sanitasi/septik_sedot_oleh", by)]
    };
    gives(&emptied("ya_le5", "truk_iplt"), &[("san_aman", "yes"), ("tangga_san", "aman"), ("jmp_san_sm", "yes")]);
    gives(&emptied("ya_gt5", "truk_iplt"), &[("san_aman", "no"), ("jmp_san_sm", "yes")]);
    gives(&emptied("ya_le5", "truk_tt"), &[("san_aman", "unknown"), ("jmp_san_sm", "unknown")]);
    let sewer = toilet("sendiri", "leher_angsa", "perpipaan_kota");
    gives(&sewer, &[("jmp_san_sm", "unknown"), ("jmp_san_needs_operator_data", "yes"), ("san_aman", "yes")]);
}

#[test]
fn ash_is_no_soap_and_a_place_that_may_not_be_seen_is_unknown() {
    let place = ("higiene/hc_lihat", "berpindah");
    let with = |soap| [place, ("higiene/hc_air", "ada"), ("higiene/hc_sabun", soap)];
    gives(&with("abu_lumpur_pasir sabun"), &[("jmp_hyg", "basic")]);
    gives(&with("abu_lumpur_pasir"), &[("jmp_hyg", "limited")]);
    gives(&[place, ("higiene/hc_air", "ada")], &[("jmp_hyg", "unknown"), ("jmp_hyg_basic", "unknown")]);
    gives(&[("higiene/hc_lihat", "tidak_diizinkan")], &[("jmp_hyg", "unknown")]);
}

#[test]
fn nothing_answered_is_unknown_throughout_and_no_interview_is_nothing() {
    let indicators = [
        "jmp_water",
        "jmp_san",
        "jmp_hyg",
        "air_layak",
        "air_layak_10m",
        "air_aman",
        "air_cukup60",
        "tangga_air",
        "san_layak",
        "san_aman",
        "tangga_san",
        "ald_ok",
        "m2_cukup",
        "rumah_layak",
        "f1a",
        "f1c",
        "f3a",
        "f3b",
        "f5a",
        "f5b",
        "f6a",
        "f6b",
        "f7a",
        "f7b",
        "flood",
    ];
    let (held, absent) = (outcomes(&[]), outcomes(&[("kunjungan/visit_result", "tidak_ada_orang")]));
    for indicator in indicators {
        assert_eq!(held[indicator], "unknown", "{indicator}");
        assert_eq!(absent[indicator], "", "{indicator}");
    }
}
