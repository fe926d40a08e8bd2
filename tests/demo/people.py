"""Invented people. No name, address or household here belongs to anybody: all are drawn from common Indonesian names by a
seeded generator, the same each time."""

import random

MEN = (
    "Abdul Ahmad Ali Arif Budi Dedi Edi Fauzi Hasan Heri Holil Imam Joko Kholik Lukman Mahfud Misbah Moh Nurul Rahmat Ridwan "
    "Rusdi Saiful Samsul Slamet Sugeng Sutrisno Taufik Usman Wahyu Yusuf Zainal"
).split()
WOMEN = (
    "Aisyah Aminah Dewi Endang Fatimah Halimah Hasanah Hosniyah Ida Indah Juhairiyah Khotimah Lestari Maryam Misnawati Nur "
    "Rahma Ratna Rukmini Sari Sitti Sri Sulastri Sumiati Suryani Tutik Umi Wati Yuni Zubaidah"
).split()
FAMILY = (
    "Afandi Basri Efendi Fadli Gunawan Hadi Hidayat Hosen Irawan Junaidi Kurniawan Maulana Mulyadi Nugroho Prasetyo Purnomo "
    "Rahman Santoso Setiawan Subagio Sucipto Suharto Supriyadi Susanto Syafii Utomo Wibowo Wijaya"
).split()
STREETS = "Melati Mawar Kenanga Cempaka Anggrek Diponegoro Sudirman Kartini Pantai Nelayan Pasar Masjid".split()


def household(number):
    """The invented part of household `number`: who lives there and where. Answers by the form's paths."""
    chance = random.Random(f"rukun household {number}")
    head_is_man = chance.random() < 0.82
    family = chance.choice(FAMILY)
    head = f"{chance.choice(MEN if head_is_man else WOMEN)} {family}"
    members = [("kepala", head, head_is_man, chance.randint(24, 71))]
    if head_is_man:
        members.append(("pasangan", f"{chance.choice(WOMEN)}", False, chance.randint(21, 66)))
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3))):
        boy = chance.random() < 0.5
        members.append(("anak", f"{chance.choice(MEN if boy else WOMEN)} {family}", boy, chance.randint(0, 19)))
    return {
        "lokasi/rw": f"{chance.randint(1, 6):03}",
        "lokasi/rt": f"{chance.randint(1, 12):03}",
        "lokasi/alamat": f"Jl. {chance.choice(STREETS)} No. {chance.randint(1, 140)}",
        "lokasi/no_bangunan": chance.randint(1, 60),
        "responden/kk_nama": head,
        "responden/kk_jk": sex(head_is_man),
        "responden/jml_kk": 1,
        "responden/jml_jiwa": len(members),
        "bangunan/bg_akses_jalan": chance.choice(("ya", "ya", "ya", "tidak")),
        "bangunan/bg_muka_jalan": chance.choice(("ya", "ya", "tidak")),
    }, [member(*each) for each in members]


def member(relation, name, is_man, age):
    """One household member, by the paths of the repeat."""
    return {"art/art_nama": name, "art/art_hub": relation, "art/art_jk": sex(is_man), "art/art_umur": age}


def sex(is_man):
    """The choice's name."""
    return "laki_laki" if is_man else "perempuan"
