"""Real interviews as answers of the household form: the columns of tests/data/washmalawi/sample.csv, question by question."""

import csv
from datetime import datetime
from pathlib import Path

import people

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "washmalawi" / "sample.csv"

SOURCES = {
    "Borehole or tubewell": "sumur_bor",
    "Unprotected dug well": "sumur_tak_terlindung",
    "Protected dug well": "sumur_terlindung",
    "Surface water": "permukaan",
    "Unprotected spring": "mata_air_tak_terlindung",
    "Protected spring": "mata_air_terlindung",
    "Rainwater collection": "air_hujan",
    "Tanker-truck": "tangki",
    "Cart with small tank / drum": "gerobak",
    "Water kiosk": "kios_air",
    "Other (please specify)": "lainnya",
}
TOILETS = {
    "Pit latrine without slab/ Open pit": "cemplung_tanpa_slab",
    "Pit latrine with slab": "cemplung_slab",
    "Ventilated Improved Pit (VIP) Latrine": "cemplung_ventilasi",
    "Hanging toilet, hanging latrine": "gantung",
    "Flush/ Pour flush toilet": "leher_angsa",
    "Composting Toilet": "kompos",
    "Bucket": "ember",
    "Other": "lainnya",
}
SHARED = {"No": "sendiri", "Yes": "bersama_tertentu", "Dont Know": "tt", "Don't Know": "tt", "": "tt"}
# The source does not say when waste was removed, and the form has no other place for "yes".
EMPTIED = {"No - there is no removal of waste": "belum", "Dont Know": "tt", "Don't Know": "tt"}
HANDWASHING = {
    # The source does not part a fixed place from a mobile one; the JMP ladder treats them alike.
    "Observed - Fixed facility or mobile object in dwelling / yard / plot": "tetap_di_halaman",
    "Not observed - no handwashing place in dwelling / yard / plot": "tidak_ada",
    "Not observed - no permission to see": "tidak_diizinkan",
    "Not observed - Other reason (please specify)": "lainnya",
}


def load(limit=None):
    """The sample's rows."""
    with open(SAMPLE, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))[:limit]


def answers(row):
    """(answers by path, household members, remarks): the whole record of one row."""
    invented, members = people.household(int(row["row"]))
    given = {**visit(row), **invented, **water(row), **sanitation(row), **hygiene(row)}
    place = f"{row['traditional_authority']}, {row['district']}"
    remarks = f"Data contoh: washmalawi (CC BY 4.0), baris {row['row']}, {place}."
    return {path: value for path, value in given.items() if value is not None}, members, remarks


def visit(row):
    """When, and that the interview was held."""
    day = datetime.strptime(row["date_submitted"], "%d/%m/%Y").date()
    return {
        "kunjungan/varian": "panjang",
        "kunjungan/form_wave": "awal",
        "kunjungan/tanggal": day.isoformat(),
        "kunjungan/visit_result": "selesai",
        "kunjungan/consent": "ya",
        "anggota/art_lengkap": "ya",
    }


def water(row):
    """The water questions. In the source a time that is not known stands as zero minutes."""
    on_premises = row["water_source_location"] != "Elsewhere"
    unknown = row["time_not_known"] == "True"
    return {
        "air/air_minum": source(row, on_premises),
        "air/air_lokasi": "di_halaman" if on_premises else "di_tempat_lain",
        "air/air_ambil": None if on_premises else "mengambil",
        "air/air_menit": None if on_premises or unknown else round(float(row["water_collection_time_mins"])),
        "air/air_menit_tt": None if on_premises else "tt" if unknown else "tahu",
        "air/air_menit_rentang": "tt" if unknown and not on_premises else None,
        "air/air_cukup": {"No, always sufficient": "tidak_selalu_cukup", "Yes, at least once": "ya_pernah"}.get(
            row["water_insufficiency_30days"], "tt"
        ),
    }


def source(row, on_premises):
    """The water source; piped water is told apart by where it ends."""
    if row["water_source_type"] == "Piped supply":
        return "leding_halaman" if on_premises else "keran_umum"
    return SOURCES[row["water_source_type"]]


def sanitation(row):
    """The toilet questions."""
    if row["toilet_facility_type"] == "No Facilities or bush or field":
        return {"sanitasi/bab_fasilitas": "tidak_ada"}
    toilet = TOILETS[row["toilet_facility_type"]]
    pit = toilet.startswith("cemplung")
    return {
        "sanitasi/bab_fasilitas": SHARED[row["toilet_facility_shared"]],
        "sanitasi/bab_kloset": toilet,
        "sanitasi/bab_buang": "cubluk_lubang_tanah" if pit else "tt",
        "sanitasi/septik_sedot": EMPTIED.get(row["waste_removed"]) if pit else None,
    }


def hygiene(row):
    """What was seen at the handwashing place."""
    soap = row["handwashing_soap_presence"]
    return {
        "higiene/hc_lihat": HANDWASHING[row["handwash_available"]],
        "higiene/hc_air": {"Water is available": "ada", "Water is not available": "tidak_ada"}.get(
            row["handwashing_water_presence"]
        ),
        "higiene/hc_sabun": {"Soap or detergent present": "sabun", "Soap or detergent not present": "tidak_ada"}.get(soap),
    }
