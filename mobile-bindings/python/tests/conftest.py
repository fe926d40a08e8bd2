"""A real server and phones for the tests."""

import os

import pytest
from phone import Phone
from server import Server, binary


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """`rukun serve` on embedded SQLite, with a supervisor's work done: users in villages of Situbondo."""
    if binary() is None:
        missing = "the server's binary is not built: set RUKUN or run mobile-bindings/python/test"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture
def phone(server, tmp_path):
    """Makes phones: `phone("Siti")` enrols one for a new user of that name."""
    phones = []

    def enrolled(name, role="facilitator", village=None):
        made = Phone(tmp_path / f"{len(phones)}", server, name)
        phones.append(made)
        made.enrol(role, village or server.village)
        return made

    yield enrolled
    for made in phones:
        made.store.shut()
