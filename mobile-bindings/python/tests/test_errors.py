"""What goes wrong, and what an app is told to act on."""

import asyncio
import subprocess
import sys

import pytest
import rukun
from phone import Phone

NOWHERE = "rukun:1:" + "07" * 16 + ":" + "09" * 32 + ":ABCDEFGHJKMNPQRSTVWXYZ2345:http://127.0.0.1:9"


@pytest.fixture
def store(tmp_path):
    """A store that is not enrolled."""
    store = rukun.Store.open(str(tmp_path / "store"))
    yield store
    store.shut()


class Keys(rukun.KeyStore):
    """A platform's key store."""

    def __init__(self):
        self.secret = None

    def load(self):
        return self.secret

    def keep(self, secret):
        self.secret = secret


def test_before_enrolment_everything_but_looking_is_unauthorised(store):
    assert store.identity() is None
    assert store.records(rukun.RecordFilter()) == []
    new = rukun.NewRecord(form="kotaku-household", version="1", area="35.12.06.2004")
    with pytest.raises(rukun.RukunError.Unauthorised) as refused:
        store.create_record(new)
    assert refused.value.code == "not_enrolled"
    with pytest.raises(rukun.RukunError.Unauthorised):
        asyncio.run(store.sync())


def test_a_text_that_is_no_ticket_is_invalid(store):
    for text in ("", "https://example.org/", NOWHERE[:60]):
        with pytest.raises(rukun.RukunError.Invalid):
            asyncio.run(store.enrol(text, "HP"))
    assert rukun.read_ticket(NOWHERE).server_url == "http://127.0.0.1:9"


def test_without_a_server_enrolment_is_offline(store):
    with pytest.raises(rukun.RukunError.Offline):
        asyncio.run(store.enrol(NOWHERE, "HP"))


def test_a_store_that_is_open_elsewhere_is_in_use(tmp_path, store):
    program = """
import sys, rukun
try:
    rukun.Store.open(sys.argv[1])
except rukun.RukunError.Storage as error:
    sys.exit(0 if error.trouble == rukun.StorageTrouble.IN_USE else 2)
sys.exit(1)
"""
    folder = str(tmp_path / "store")
    assert subprocess.run([sys.executable, "-c", program, folder]).returncode == 0
    store.shut()
    assert subprocess.run([sys.executable, "-c", program, folder]).returncode == 1
    with pytest.raises(rukun.RukunError.Invalid):
        store.standing()


def test_a_key_store_that_forgets_opens_nothing_and_is_given_no_other_key(tmp_path):
    folder, keys = str(tmp_path / "store"), Keys()
    rukun.Store.open(folder, keys).shut()
    secret, keys.secret = keys.secret, None
    with pytest.raises(rukun.RukunError.Storage) as refused:
        rukun.Store.open(folder, keys)
    assert refused.value.trouble == rukun.StorageTrouble.KEY_MISSING
    assert keys.secret is None
    keys.secret = bytes(32)
    with pytest.raises(rukun.RukunError.Storage):
        rukun.Store.open(folder, keys)
    keys.secret = secret
    rukun.Store.open(folder, keys).shut()


def test_an_unknown_record_is_not_found_and_a_malformed_id_invalid(store):
    with pytest.raises(rukun.RukunError.NotFound):
        store.open_record("00000000-0000-7000-8000-000000000000")
    with pytest.raises(rukun.RukunError.Invalid):
        store.open_record("household 7")


def test_a_code_serves_one_device(server, tmp_path):
    ticket = server.ticket(server.user("Siti", "facilitator", server.village))
    first, second = (rukun.Store.open(str(tmp_path / name)) for name in ("first", "second"))
    identity = asyncio.run(first.enrol(ticket, "HP"))
    assert asyncio.run(first.enrol(ticket, "HP")) == identity
    with pytest.raises(rukun.RukunError.Rejected) as refused:
        asyncio.run(second.enrol(ticket, "HP"))
    assert refused.value.code == "code_used"


def test_a_server_that_is_not_the_tickets_is_not_believed(server, store):
    good = server.ticket(server.user("Siti", "facilitator", server.village))
    parts = good.split(":", 5)
    parts[3] = "00" * 32
    with pytest.raises(rukun.RukunError.Rejected) as refused:
        asyncio.run(store.enrol(":".join(parts), "HP"))
    assert refused.value.code == "not_the_server"
    assert store.identity() is None


def test_what_was_typed_on_a_revoked_device_is_held_for_a_supervisor(server, phone):
    siti = phone("Siti")
    household = siti.record(air__air_minum="sumur")
    server.revoke(siti.identity.device)
    assert siti.sync().held == 1
    assert siti.read(household, "air/air_minum") == "sumur"
    held = rukun.Fate.HELD(reason=rukun.HeldReason.DEVICE_REVOKED)
    assert [waiting.fate for waiting in siti.store.waiting()] == [held]


def test_a_stopped_server_is_offline_and_the_next_sync_goes_on(server, phone):
    siti = phone("Siti")
    server.stop()
    try:
        siti.record(air__air_minum="sumur")
        with pytest.raises(rukun.RukunError.Offline):
            siti.sync()
        assert siti.store.standing().waiting == 1
    finally:
        server.start()
    siti.sync()
    assert siti.store.standing().waiting == 0


@pytest.fixture
def small_disk(tmp_path):
    """A disk of four megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "rukun", disk], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here: that takes root")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_told_and_what_was_saved_stays(server, small_disk):
    siti = Phone(small_disk / "store", server, "Siti")
    siti.enrol("facilitator", server.village)
    household = siti.record(air__air_minum="sumur")
    with (small_disk / "film").open("wb", buffering=0) as film:
        while fills(film):
            pass
    with pytest.raises(rukun.RukunError.Storage) as refused:
        siti.answer(household, "air/air_minum", "ledeng")
    assert refused.value.trouble == rukun.StorageTrouble.DISK_FULL
    with pytest.raises(rukun.RukunError.Storage) as refused:
        siti.store.attach(bytes(9_000), "image/jpeg", "rumah.jpg")
    assert refused.value.trouble == rukun.StorageTrouble.DISK_FULL
    (small_disk / "film").unlink()
    assert siti.read(household, "air/air_minum") == "sumur"
    siti.answer(household, "air/air_minum", "ledeng")
    assert siti.read(household, "air/air_minum") == "ledeng"
    siti.store.shut()


def fills(file):
    """Writes some more; false when the disk is full."""
    try:
        return file.write(bytes(4096)) > 0
    except OSError:
        return False
