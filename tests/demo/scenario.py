"""Who surveys where, and what they do: the whole day as data, so that what must come out is known beforehand.

Three people work in three villages of Situbondo. In the morning each records households with the network off; at noon they
sync; in the afternoon they change the same households of Semiring without seeing each other's work; in the evening they sync
again, in another order, on bad lines.
"""

from dataclasses import dataclass

import interviews
import people

KILENSARI, SEMIRING, TANJUNG_PECINAN = "35.12.06.2004", "35.12.09.2004", "35.12.09.2005"
VILLAGES = {KILENSARI: "Kilensari", SEMIRING: "Semiring", TANJUNG_PECINAN: "Tanjung Pecinan"}


@dataclass(frozen=True)
class Person:
    """One of the three."""

    key: str
    name: str
    role: str
    title: str
    villages: tuple


SITI = Person("siti", "Siti Rahmawati", "facilitator", "fasilitator", (KILENSARI, SEMIRING))
BUDI = Person("budi", "Budi Santoso", "facilitator", "fasilitator", (SEMIRING, TANJUNG_PECINAN))
HOLIL = Person("holil", "Mohammad Holil", "volunteer", "relawan BKM", (SEMIRING,))
TEAM = (SITI, BUDI, HOLIL)

# How many of the interviews each records, and where. Together they are the sample.
SHARES = (
    (SITI, KILENSARI, 0.30),
    (BUDI, TANJUNG_PECINAN, 0.30),
    (SITI, SEMIRING, 0.15),
    (BUDI, SEMIRING, 0.15),
    (HOLIL, SEMIRING, 0.10),
)

# Households of Semiring that are changed in the afternoon, by what happens to them.
OTHER_QUESTIONS, SAME_QUESTION, THREE_ANSWERS, CLEARED, SAME_ANSWER, REMARKS, MEMBERS = 40, 8, 3, 1, 5, 10, 6
CONFLICTS = SAME_QUESTION + THREE_ANSWERS + CLEARED
SILENT = OTHER_QUESTIONS + SAME_ANSWER + REMARKS + MEMBERS
SETTLED = 2


def morning(limit=None):
    """(person, village, interview rows) for each share."""
    rows = interviews.load(limit)
    shares, start = [], 0
    for place, (person, village, part) in enumerate(SHARES):
        end = len(rows) if place == len(SHARES) - 1 else start + round(len(rows) * part)
        shares.append((person, village, rows[start:end]))
        start = end
    return shares


def answer(path, value):
    """An edit: answers a question, or clears it with None."""
    return {"kind": "answer", "path": path, "value": value}


def remark(place, words):
    """An edit: adds words before or behind the remarks."""
    return {"kind": "remark", "place": place, "words": words}


def member(name, relation, age, is_man):
    """An edit: adds a household member."""
    return {"kind": "member", "answers": people.member(relation, name, is_man, age)}


@dataclass(frozen=True)
class Meeting:
    """One household that several people change without seeing each other."""

    edits: dict
    """What each person does, by key."""
    question: str = ""
    """The question in conflict, if there is one."""

    @property
    def values(self):
        """The rival values by person, where the same question is answered differently."""
        return {person: edit["value"] for person, edit in self.edits.items()} if self.question else {}


def afternoon():
    """(row number, meeting) for each household of the afternoon."""
    semiring = [row for _, village, rows in morning() if village == SEMIRING for row in rows]
    # Every third, so that each meets households that the others recorded.
    chosen = semiring[::3]
    kinds = (
        [other_questions] * OTHER_QUESTIONS
        + [same_question] * SAME_QUESTION
        + [three_answers] * THREE_ANSWERS
        + [answered_and_cleared] * CLEARED
        + [same_answer] * SAME_ANSWER
        + [remarks] * REMARKS
        + [members] * MEMBERS
    )
    return [(int(row["row"]), kind(interviews.answers(row)[0])) for row, kind in zip(chosen, kinds, strict=False)]


def other_questions(_):
    """Each answers another question."""
    income, litres = answer("responden/status_mbr", "mbr"), answer("air/air_liter", 180)
    return Meeting({SITI.key: income, BUDI.key: litres, HOLIL.key: answer("sampah/sp_wadah", "tercampur_tutup")})


def same_question(base):
    """Two correct the same answer, each in another way."""
    question = "air/air_cukup"
    one, other = sorted({"tidak_selalu_cukup", "ya_pernah", "tt"} - {base[question]})
    return Meeting({SITI.key: answer(question, one), BUDI.key: answer(question, other)}, question)


def three_answers(_):
    """Three answer a question that nobody had answered."""
    question = "sanitasi/septik_kedap"
    return Meeting({person.key: answer(question, value) for person, value in zip(TEAM, ("ya", "tidak", "tt"))}, question)


def answered_and_cleared(_):
    """Two correct an answer, one takes it away."""
    question = "lokasi/alamat"
    values = ("Jl. Pantai Baru No. 7", None, "Gang Nelayan No. 7")
    return Meeting({person.key: answer(question, value) for person, value in zip(TEAM, values)}, question)


def same_answer(_):
    """Three give the same answer."""
    return Meeting({person.key: answer("responden/jml_kk", 2) for person in TEAM})


def remarks(_):
    """Two write in the same long text."""
    behind, before = remark("behind", " Sumur kering di musim kemarau."), remark("before", "Rumah di tepi sungai. ")
    return Meeting({SITI.key: behind, BUDI.key: before})


def members(_):
    """Two add a household member each."""
    born, come = member("Aisyah", "anak", 0, False), member("Slamet", "orang_tua", 68, True)
    return Meeting({SITI.key: born, HOLIL.key: come})
