"""Filling the household form through a form session: what a screen shows, asks and says."""

import rukun
from phone import FORM

WIB = 420
INDONESIAN, ENGLISH = "Bahasa Indonesia (id)", "English (en)"
VARIANT, RESULT, CONSENT = "kunjungan/varian", "kunjungan/visit_result", "kunjungan/consent"
RW, PERSONS, MEN, WOMEN = "lokasi/rw", "responden/jml_jiwa", "responden/jml_l", "responden/jml_p"
FIRST = {
    rukun.QuestionType.INTEGER: "1",
    rukun.QuestionType.DATE: "2026-01-01",
    rukun.QuestionType.TEXT: "001",
}


def begin(phone):
    form = next(form for form in phone.store.forms() if form.id == FORM)
    new = rukun.NewFormSession(form=form.id, version=form.version, area=phone.village)
    return phone.store.begin_form(new, WIB)


def interview(session, variant="pendek"):
    """Answers what opens the interview."""
    session.answer(VARIANT, variant)
    session.answer(RESULT, "selesai")
    session.answer(CONSENT, "ya")


def asked(session):
    """Keys of the questions that the pages ask just now."""
    return [seen.key for page in session.pages() for seen in page.questions if seen.kind == rukun.SeenKind.QUESTION]


def finding(session, key):
    return next((finding for finding in session.findings() if finding.key == key), None)


def complete(session):
    """Answers whatever is missing until the record is complete; gives the keys that it answered."""
    answered = []
    for _ in range(40):
        outcome = session.save(complete=True)
        if outcome.is_saved():
            return answered
        for missing in outcome.findings:
            assert missing.kind == rukun.FindingKind.REQUIRED, missing
            seen = session.seen(missing.key)
            session.answer(missing.key, seen.choices[0].name if seen.choices else FIRST[seen.question_type])
            answered.append(missing.key)
    raise AssertionError("it is never complete")


def test_questions_appear_and_go_with_the_answers_that_ask_for_them(phone):
    session = begin(phone("Siti"))
    assert VARIANT in asked(session) and PERSONS not in asked(session)
    session.changes()
    interview(session)
    seen = {seen.key: seen for seen in session.changes().seen}
    assert seen[PERSONS].relevant and seen[PERSONS].required
    assert PERSONS in asked(session)

    session.answer(PERSONS, "4")
    session.answer(CONSENT, "tidak")
    assert PERSONS not in asked(session) and session.seen(PERSONS).value == ""
    session.answer(CONSENT, "ya")
    assert session.seen(PERSONS).value == "4", "what was typed before the skip is still there"


def test_an_answer_that_breaks_a_rule_is_kept_marked_and_blocks_only_completion(phone):
    siti = phone("Siti")
    session = begin(siti)
    interview(session)
    session.answer(RW, "14")
    wrong = finding(session, RW)
    assert wrong.kind == rukun.FindingKind.CONSTRAINT and "tiga angka" in wrong.message
    assert session.seen(RW).value == "14"
    outcome = session.save(complete=True)
    assert not outcome.is_saved() and RW in [finding.key for finding in outcome.findings]

    assert session.save(complete=False).is_saved()
    again = siti.store.open_form(session.id(), WIB)
    assert again.seen(RW).value == "14" and finding(again, RW).kind == rukun.FindingKind.CONSTRAINT
    again.answer(RW, "014")
    assert finding(again, RW) is None
    answered = complete(again)
    assert "air/air_minum" in answered
    assert siti.store.open_record(session.id()).state == rukun.RecordState.COMPLETE
    assert siti.read(session.id(), RW) == "014"


def test_the_language_changes_every_word_and_no_answer(phone):
    session = begin(phone("Siti"))
    interview(session)
    session.answer(RW, "1")
    assert session.languages() == [INDONESIAN, ENGLISH]
    assert session.seen(VARIANT).label == "Formulir yang dipakai"
    session.set_language(ENGLISH)
    assert session.seen(VARIANT).label == "Form used"
    assert [choice.label for choice in session.seen(CONSENT).choices] == ["Yes", "No"]
    assert "three digits" in finding(session, RW).message
    assert session.seen(RW).value == "1"


def test_members_are_added_filled_and_taken_out(phone):
    siti = phone("Siti")
    session = begin(siti)
    interview(session, "panjang")
    page = next(page for page in session.pages() if page.add == "art")
    ani = session.add_instance("art", page.add_in)
    name, age, school = (rukun.key_inside(ani, f"art/{question}") for question in ("art_nama", "art_umur", "art_sekolah"))
    session.answer(name, "Ani")
    session.answer(age, "4")
    assert school not in asked(session)
    session.answer(age, "9")
    assert school in asked(session)
    session.save(complete=False)
    assert siti.read(session.id(), name) == "Ani"

    session.remove_instance(ani)
    session.save(complete=False)
    assert name not in asked(siti.store.open_form(session.id(), WIB))


def test_two_right_answers_that_do_not_fit_together_are_marked_as_of_the_merge(phone):
    siti, budi = phone("Siti"), phone("Budi")
    session = begin(siti)
    interview(session)
    session.answer(PERSONS, "4")
    session.save(complete=False)
    siti.sync()
    budi.sync()

    hers, his = (side.store.open_form(session.id(), WIB) for side in (siti, budi))
    hers.answer(MEN, "3")
    his.answer(WOMEN, "2")
    for screen in (hers, his):
        assert not [finding for finding in screen.findings() if finding.key in (MEN, WOMEN)]
        screen.save(complete=False)
    siti.sync()
    budi.sync()
    siti.sync()

    hers.changes()
    hers.refresh()
    assert {seen.key for seen in hers.changes().seen} >= {WOMEN}
    for screen in (hers, budi.store.open_form(session.id(), WIB)):
        found = finding(screen, WOMEN)
        assert (found.kind, found.from_merge) == (rukun.FindingKind.CONSTRAINT, True)
    hers.answer(WOMEN, "1")
    hers.save(complete=False)
    assert finding(hers, WOMEN) is None


def test_what_is_typed_while_a_sync_brings_more_stays_typed(phone):
    siti, budi = phone("Siti"), phone("Budi")
    session = begin(siti)
    interview(session)
    session.save(complete=False)
    siti.sync()
    budi.sync()
    screen = siti.store.open_form(session.id(), WIB)
    screen.answer("lokasi/alamat", "Gang Melati 3")
    budi.answer(session.id(), PERSONS, 5)
    budi.sync()
    siti.sync()
    screen.refresh()
    assert screen.seen(PERSONS).value == "5"
    assert screen.seen("lokasi/alamat").value == "Gang Melati 3"
    screen.save(complete=False)
    assert siti.read(session.id(), "lokasi/alamat") == "Gang Melati 3"


def test_a_conflict_is_on_the_question_with_both_values_and_an_answer_settles_it(phone):
    siti, budi = phone("Siti"), phone("Budi")
    session = begin(siti)
    interview(session)
    session.save(complete=False)
    siti.sync()
    budi.sync()
    for side, count in ((siti, "4"), (budi, "5")):
        screen = side.store.open_form(session.id(), WIB)
        screen.answer(PERSONS, count)
        screen.save(complete=False)
    siti.sync()
    budi.sync()
    screen = budi.store.open_form(session.id(), WIB)
    assert sorted(screen.seen(PERSONS).conflict) == ["4", "5"]
    screen.answer(PERSONS, "5")
    screen.save(complete=False)
    assert screen.seen(PERSONS).conflict == []
    budi.sync()
    siti.sync()
    assert siti.store.open_form(session.id(), WIB).seen(PERSONS).conflict == []
