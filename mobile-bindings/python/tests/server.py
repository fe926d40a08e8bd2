"""The real server, administered by its own command line."""

import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess

FORM = pathlib.Path(__file__).parents[3] / "server/forms/kotaku-household.json"
LISTENING = re.compile(r"listening on http://[\d.]+:(\d+)")
_numbers = itertools.count(1)


def binary():
    """The `rukun` binary: what RUKUN names, or one on the path."""
    named = os.environ.get("RUKUN")
    return named if named and pathlib.Path(named).exists() else shutil.which("rukun")


class Server:
    """A server with a programme of its own. `village` is one where nobody has recorded anything yet."""

    village = "35.12.06.2004"

    def __init__(self, folder):
        self.folder = folder
        self.port = "0"
        self.start()
        self.command("form", "publish", str(FORM))

    def start(self):
        """Starts it; a second time on the same port."""
        self.process = subprocess.Popen(
            [binary(), "serve", *self._flags(), "--address", "127.0.0.1", "--port", self.port],
            stdout=subprocess.PIPE,
            stderr=(self.folder / "log").open("ab"),
            text=True,
        )
        for line in self.process.stdout:
            if found := LISTENING.search(line):
                self.port = found.group(1)
                return
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self):
        """Ends it, and waits until its port is free."""
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def _flags(self):
        return ["--data", str(self.folder / "data")]

    def command(self, *words):
        """Runs `rukun WORDS`; gives what it prints as JSON."""
        url = f"http://127.0.0.1:{self.port}"
        run = subprocess.run(
            [binary(), "--json", *self._flags(), "--public-url", url, *words], capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    def user(self, name, role, village):
        """Makes a user with a role in a village; gives the login."""
        login = f"{name.lower()}{next(_numbers)}"
        self.command("user", "add", login, name)
        self.command("assign", login, village, role)
        return login

    def ticket(self, login):
        """The text of an enrolment code."""
        return self.command("device", "enrol-code", login)["ticket"]

    def revoke(self, device):
        """Revokes a device."""
        self.command("device", "revoke", device)
