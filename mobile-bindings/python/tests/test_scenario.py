"""The scenario that the bindings of every language play: two phones, one household, no network in between."""

import asyncio

import pytest
import rukun
from http_client import PlatformHttp

SOURCE, NAME, ADDRESS, REMARKS = "air/air_minum", "responden/kk_nama", "lokasi/alamat", "penutup/catatan"


def test_two_phones_record_offline_see_their_conflict_and_settle_it(phone):
    siti, budi = phone("Siti"), phone("Budi")
    household = siti.record(responden__kk_nama="Pak Harun", air__air_minum="sumur", penutup__catatan="Rumah biru.")
    assert siti.store.standing().waiting == 1
    siti.sync()
    budi.sync()
    assert budi.read(household, NAME) == "Pak Harun"

    # Neither has a network; both go back to the household.
    siti.answer(household, SOURCE, "ledeng")
    siti.answer(household, ADDRESS, "Gang Melati 3")
    budi.answer(household, SOURCE, "hujan")
    budi.answer(household, "responden/jml_jiwa", 5)
    siti.sync()
    budi.sync()
    siti.sync()

    for side in (siti, budi):
        # What they answered differently is shown with both values and names; the rest merged.
        assert side.rivals(household, SOURCE) == {("ledeng", "Siti"), ("hujan", "Budi")}
        assert side.read(household, ADDRESS) == "Gang Melati 3"
        assert side.read(household, "responden/jml_jiwa") == 5
        assert [line.id for line in side.store.records(rukun.RecordFilter(in_conflict=True))] == [household]

    budi.answer(household, SOURCE, "ledeng")
    budi.sync()
    siti.sync()
    for side in (siti, budi):
        assert side.rivals(household, SOURCE) == set()
        assert side.read(household, SOURCE) == "ledeng"
        standing = side.store.standing()
        assert (standing.in_conflict, standing.waiting, standing.held, standing.refused) == (0, 0, 0, 0)
        assert side.agrees()
    assert siti.heads() == budi.heads()


def test_history_tells_who_answered_what_and_when(phone):
    siti, budi = phone("Siti"), phone("Budi")
    household = siti.record(air__air_minum="sumur")
    siti.sync()
    budi.sync()
    budi.answer(household, SOURCE, "ledeng")
    budi.sync()
    siti.sync()
    steps = siti.store.record_history(household)[SOURCE]
    assert [(step.written.user_name, step.value.value, step.written.here) for step in steps] == [
        ("Siti", "sumur", True),
        ("Budi", "ledeng", False),
    ]
    assert all(step.written.time.tzinfo is not None for step in steps)
    assert steps[1].written.device_label == "HP Budi"


def test_a_save_on_an_old_screen_overwrites_nothing(phone):
    siti, budi = phone("Siti"), phone("Budi")
    household = siti.record(air__air_minum="sumur")
    siti.sync()
    budi.sync()
    screen = budi.store.open_record(household)
    siti.answer(household, SOURCE, "ledeng")
    siti.sync()
    budi.sync()
    budi.answer(household, SOURCE, "hujan", shown=screen)
    assert budi.rivals(household, SOURCE) == {("ledeng", "Siti"), ("hujan", "Budi")}


def test_long_texts_merge_by_character_and_members_add_up(phone):
    siti, budi = phone("Siti"), phone("Budi")
    household = siti.record(penutup__catatan="Rumah biru.")
    siti.sync()
    budi.sync()
    for side, text, member in ((siti, "Dekat sungai. Rumah biru.", "Ani"), (budi, "Rumah biru. Banjir.", "Joko")):
        instance = side.store.new_id()
        edits = [
            rukun.Edit.SET_LONG_TEXT(key=REMARKS, text=text),
            rukun.Edit.ADD_INSTANCE(instance=instance, path="art", parent=None, order=1.0),
            rukun.Edit.SET_ANSWER(key=rukun.key_inside(instance, "art/art_nama"), value=rukun.Answer.TEXT(value=member)),
            rukun.Edit.ADD_COMMENT(id=side.store.new_id(), question=None, text=f"dari {side.name}"),
        ]
        assert side.store.save_record(household, edits, side.store.open_record(household).heads)
    siti.sync()
    budi.sync()
    siti.sync()
    shown = siti.store.open_record(household)
    assert shown.answers[REMARKS].value.value == "Dekat sungai. Rumah biru. Banjir."
    names = [shown.answers[rukun.key_inside(one.id, "art/art_nama")].value.value for one in shown.instances]
    assert sorted(names) == ["Ani", "Joko"]
    assert {(comment.text, comment.written.user_name) for comment in shown.comments} == {
        ("dari Siti", "Siti"),
        ("dari Budi", "Budi"),
    }


def test_an_app_finds_forms_areas_and_records(phone):
    siti = phone("Siti")
    line = next(form for form in siti.store.forms() if form.id == "kotaku-household")
    assert line.here and not line.retired
    form = siti.store.form(line.id, line.version)
    source = next(question for question in form.questions if question.path == SOURCE)
    assert source.question_type == rukun.QuestionType.SELECT_ONE and source.choices
    assert next(question for question in form.questions if question.path == "art/art_nama").repeat == "art"
    assert next(question for question in form.questions if question.path == REMARKS).long_text
    assert '"kotaku-household"' in form.json
    feed = next(feed for feed in siti.store.standing().feeds if feed.area == siti.village)
    assert feed.right == rukun.Right.WRITE and feed.name
    household = siti.record(responden__kk_nama="Bu Sulastri Wahyuni")
    found = siti.store.records(rukun.RecordFilter(words="sulas wah"))
    assert [line.id for line in found] == [household]
    assert siti.store.records(rukun.RecordFilter(words="sulas", state=rukun.RecordState.COMPLETE)) == []


def test_a_photo_is_kept_and_named_by_its_answer(phone):
    siti = phone("Siti")
    answer = siti.store.attach(b"\xff\xd8 a photo", "image/jpeg", "rumah depan.jpg")
    household = siti.record()
    edit = rukun.Edit.SET_ANSWER(key="lokasi/foto_depan", value=answer)
    siti.store.save_record(household, [edit], siti.store.open_record(household).heads)
    file = rukun.file_of(siti.store.open_record(household).answers["lokasi/foto_depan"].value)
    assert (file.media_type, file.name, file.size) == ("image/jpeg", "rumah depan.jpg", 10)
    assert siti.store.file(file.hash) == b"\xff\xd8 a photo"
    assert siti.store.document_bytes(household)[:4] == b"\x85\x6f\x4a\x83"


def test_a_sync_tells_how_far_it_is_and_what_it_cost(phone):
    class Watch(rukun.SyncObserver):
        def __init__(self):
            self.seen = []

        def progress(self, progress):
            self.seen.append(progress)

    siti, watch = phone("Siti"), Watch()
    siti.record(air__air_minum="sumur")
    done = siti.sync(observer=watch)
    assert done.done and done.accepted == 1 and done.to_send == 0
    assert watch.seen and watch.seen[-1].accepted == 1
    assert 0 < done.bytes_up < 5_000 and 0 < done.bytes_down < 5_000


def test_a_cancelled_sync_loses_nothing(phone):
    siti, cancellation = phone("Siti"), rukun.Cancellation()
    siti.record(air__air_minum="sumur")
    cancellation.cancel()
    with pytest.raises(rukun.RukunError.Cancelled):
        siti.sync(cancellation=cancellation)
    assert siti.store.standing().waiting == 1
    siti.sync()
    assert siti.store.standing().waiting == 0


def test_cancelling_the_task_that_awaits_a_sync_ends_it(phone):
    class Silent(rukun.HttpClient):
        async def call(self, request):
            called.set()
            await asyncio.Event().wait()

    async def begin_and_cancel():
        task = asyncio.create_task(siti.store.sync(http=Silent()))
        await called.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    siti, called = phone("Siti"), asyncio.Event()
    siti.record(air__air_minum="sumur")
    asyncio.run(begin_and_cancel())
    assert siti.store.standing().waiting == 1
    assert siti.sync().accepted == 1


def test_the_platforms_own_http_serves_as_well(phone):
    siti, http = phone("Siti"), PlatformHttp()
    siti.record(air__air_minum="sumur")
    done = siti.sync(http=http)
    assert done.accepted == 1 and done.calls == http.calls
    assert siti.store.standing().waiting == 0


def test_a_bundle_carries_records_past_the_network(phone):
    siti, budi = phone("Siti"), phone("Budi")
    siti.sync()
    household = siti.record(air__air_minum="sumur")
    bundle = siti.store.export_waiting()
    assert siti.store.standing().waiting == 1
    brought = budi.store.import_bundle(bundle)
    assert (brought.taken, brought.refused, brought.incomplete) == (1, 0, False)
    assert budi.read(household, SOURCE) == "sumur"
    budi.sync()
    assert siti.sync().accepted == 1
    assert siti.heads() == budi.heads()
    assert siti.store.check().damaged == []
