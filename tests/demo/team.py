"""The phones as the demonstration sees them: a process, a line and a person each."""

import json
import subprocess
import sys
from pathlib import Path

from proxy import Line


class Broken(Exception):
    """A phone or the server did not do what it was told."""


class Device:
    """A person's phone behind its own line."""

    def __init__(self, person, folder, server_port):
        self.person = person
        self.line = Line(server_port)
        self.syncs = 0
        folder.mkdir(parents=True)
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("phone.py")), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._hear()

    def tell(self, order, **words):
        """Gives an order; [`heard`](Device.heard) waits for the answer. Several phones may work at once."""
        self.process.stdin.write(json.dumps({"do": order, **words}) + "\n")
        self.process.stdin.flush()

    def heard(self, progress=None):
        """The answer to the order."""
        while True:
            answer = self._hear()
            if "progress" in answer:
                if progress:
                    progress.step()
            elif "failed" in answer:
                raise Broken(f"{self.person.name}: {answer['failed']}")
            else:
                return answer["done"]

    def do(self, order, **words):
        """Gives an order and waits for the answer."""
        self.tell(order, **words)
        return self.heard()

    def sync(self):
        """Goes on line, syncs, goes off line."""
        self.line.on()
        result = self.do("sync")
        self.line.off()
        self.syncs += 1
        return result

    def close(self):
        """Switches the phone off."""
        self.process.stdin.close()
        self.process.wait()

    def _hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise Broken(f"{self.person.name}: the phone's process ended with status {self.process.wait()}")
        return json.loads(line)
