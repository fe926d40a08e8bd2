"""The server of the demonstration: the real one, on embedded SQLite in a fresh folder, administered by its own command line
and read by its own REST interface."""

import http.cookiejar
import json
import re
import secrets
import subprocess
import urllib.error
import urllib.request

from team import Broken

LISTENING = re.compile(r"listening on (http://[\d.]+:(\d+))")
LOG_IN = re.compile(r"Log in as `([^`]+)` with the one-time password `([^`]+)`")


class Server:
    """`rukun serve`, started and ready."""

    def __init__(self, rukun, folder):
        self.rukun, self.folder = rukun, folder
        folder.mkdir(parents=True)
        self.log = folder / "server.log"
        # In a session of its own: it outlives the demonstration if it is to be kept.
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [rukun, "serve", *self._flags(), "--address", "127.0.0.1", "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.login, self.password = self._wait_for(LOG_IN)
        self.url, port = self._wait_for(LISTENING)
        self.port = int(port)
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def _flags(self):
        return ["--data", str(self.folder / "data"), "--programme", "Demonstrasi KOTAKU Situbondo"]

    def _wait_for(self, pattern):
        for line in self.process.stdout:
            if found := pattern.search(line):
                return found.groups()
        raise Broken(f"the server ended with status {self.process.wait()}; see {self.log}")

    def command(self, *words):
        """Runs `rukun WORDS` on the server's data; gives what it prints as JSON."""
        command = [self.rukun, "--json", *self._flags(), *words]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            raise Broken(f"rukun {words[0]} {words[1]}: {run.stderr.strip()}")
        return json.loads(run.stdout)

    def admit(self, person):
        """Makes a user with assignments."""
        self.command("user", "add", person.key, person.name)
        for village in person.villages:
            self.command("assign", person.key, village, person.role)

    def ticket(self, person, line):
        """An enrolment code whose address is the person's own line."""
        url = f"http://127.0.0.1:{line.port}"
        return self.command("--public-url", url, "device", "enrol-code", person.key)["ticket"]

    def log_in(self):
        """Logs in at the REST interface and changes the one-time password."""
        self._call("/api/v1/session", {"login": self.login, "password": self.password})
        one_time, self.password = self.password, secrets.token_urlsafe(9)
        self._call("/api/v1/session/password", {"old": one_time, "new": self.password})

    def cookie(self):
        """The session, as a header says it."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    def pages(self, path):
        """All entries of a list."""
        items, after = [], ""
        while after is not None:
            mark = "&" if "?" in path else "?"
            page = self._call(f"/api/v1/{path}{mark}limit=200" + (f"&after={after}" if after else ""))
            items += page["items"]
            after = page.get("next")
        return items

    def read(self, path):
        """One thing."""
        return self._call(f"/api/v1/{path}")

    def _call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refused:
            raise Broken(f"{path.partition('?')[0]}: {refused.code} {refused.read().decode()}") from refused
        return json.loads(text) if text else None

    def stop(self):
        """Ends the server as an operator would."""
        self.process.terminate()
        self.process.wait()
