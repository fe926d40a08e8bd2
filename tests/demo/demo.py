"""The demonstration: `make demo`. Three phones survey 600 households of Situbondo with the network off, change the same
households without seeing each other's work, sync over lines that break, and meet.

Every number in the report is known beforehand (scenario.py) and checked; one that is not as it must be ends the demonstration
with status 1.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

import report
import scenario
from progress import Bar
from proxy import DOWN, UP
from server import Server
from team import Broken, Device

ROUNDS_OF_NOON = (
    (scenario.HOLIL, ()),
    (scenario.SITI, ((UP, 20_000), (DOWN, 4_000))),
    (scenario.BUDI, ((DOWN, 30_000),)),
    (scenario.SITI, ()),
    (scenario.HOLIL, ((DOWN, 900),)),
)
ROUNDS_OF_EVENING = (
    (scenario.BUDI, ((UP, 3_000),)),
    (scenario.HOLIL, ()),
    (scenario.SITI, ((DOWN, 1_500),)),
    (scenario.BUDI, ()),
    (scenario.HOLIL, ((UP, 400),)),
)
ROUNDS_AFTER_SETTLING = ((scenario.SITI, ()), (scenario.BUDI, ()), (scenario.HOLIL, ()))


class Demonstration:
    """The day, step by step."""

    def __init__(self, rukun, folder):
        self.server = Server(rukun, folder / "server")
        self.folder = folder
        self.team = {}
        self.records = {}
        """Record ids by row number of the sample."""
        self.checks = report.Checks()

    def enrol(self):
        """Makes the users and enrols a phone for each."""
        with Bar("Mendaftarkan HP / Enrolling phones", len(scenario.TEAM)) as bar:
            for person in scenario.TEAM:
                self.server.admit(person)
                device = Device(person, self.folder / "phones" / person.key, self.server.port)
                self.team[person] = device
                device.do("enrol", ticket=self.server.ticket(person, device.line), label=f"HP {person.name}")
                device.sync()
                bar.step()

    def morning(self):
        """All three record at once, with the network off."""
        for device in self.team.values():
            self.checks.equal(f"{device.person.name}: no sync without a network", device.do("sync"), {"offline": True})
        shares = scenario.morning()
        with Bar("Wawancara tanpa jaringan / Interviews, network off", sum(len(rows) for *_, rows in shares)) as bar:
            while shares:
                now = {}
                for share in list(shares):
                    if share[0] not in now:
                        now[share[0]] = share
                        shares.remove(share)
                for person, village, rows in now.values():
                    self.team[person].tell("record", village=village, rows=rows)
                for person in now:
                    made = self.team[person].heard(bar)["records"]
                    self.records |= {int(row): record for row, record in made.items()}

    def afternoon(self):
        """The same households, changed by several people who do not see each other's work."""
        meetings = scenario.afternoon()
        with Bar("Perubahan bersamaan / Edits at the same time", sum(len(meeting.edits) for _, meeting in meetings)) as bar:
            for person, device in self.team.items():
                for row, meeting in meetings:
                    if edit := meeting.edits.get(person.key):
                        if not device.do("edit", record=self.records[row], edit=edit)["changed"]:
                            raise Broken(f"{person.name}: an edit changed nothing")
                        bar.step()

    def sync(self, words, rounds):
        """The phones go on line one after the other, some on lines that break."""
        with Bar(words, len(rounds)) as bar:
            for person, cuts in rounds:
                device = self.team[person]
                before = device.line.cuts
                for direction, count in cuts:
                    device.line.cut_after(direction, count)
                if device.sync()["offline"]:
                    raise Broken(f"{person.name}: the sync did not get over the cuts")
                self.checks.equal(f"{person.name}: cuts met by a sync", device.line.cuts - before, len(cuts))
                bar.step()

    def settle(self):
        """Siti looks at two conflicts and decides."""
        conflicts = [(row, meeting) for row, meeting in scenario.afternoon() if meeting.question]
        for row, meeting in conflicts[: scenario.SETTLED]:
            edit = scenario.answer(meeting.question, meeting.values[scenario.BUDI.key])
            self.team[scenario.SITI].do("edit", record=self.records[row], edit=edit)

    def states(self):
        """What each phone says of itself."""
        return {person: device.do("state") for person, device in self.team.items()}

    def close(self):
        """Switches the phones off."""
        for device in self.team.values():
            device.close()


def run(day):
    """The whole day; the report's findings."""
    day.server.log_in()
    day.enrol()
    day.morning()
    day.sync("Siang: sinkronisasi, saluran putus / Noon: sync, cut lines", ROUNDS_OF_NOON)
    report.check_shared_base(day.checks, day.states())
    day.afternoon()
    day.sync("Malam: sinkronisasi, urutan lain / Evening: sync, other order", ROUNDS_OF_EVENING)
    report.check_conflicts(day.checks, day.states(), day.records, settled=0)
    day.settle()
    day.sync("Dua bentrok diputuskan / Two conflicts are settled", ROUNDS_AFTER_SETTLING)
    report.check_all(day)
    report.show(day)


def main():
    """Reads the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rukun", required=True, help="the server's binary")
    options.add_argument("--folder", required=True, type=Path, help="where the server and the phones keep their data")
    options.add_argument("--keep", choices=("yes", "no"), default="yes", help="leave the server running")
    given = options.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    started = time.monotonic()
    day = Demonstration(given.rukun, given.folder)
    try:
        run(day)
    except Broken as trouble:
        print(f"\nThe demonstration broke off: {trouble}", file=sys.stderr)
        day.server.stop()
        return 1
    finally:
        day.close()
    good = day.checks.say()
    print(f"{time.monotonic() - started:.0f} s.")
    if given.keep == "yes" and good:
        report.leave_running(day)
    else:
        day.server.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
