"""What came of the day: checked against what had to come of it, and shown."""

import hashlib
import uuid
from collections import defaultdict

import household_form
import interviews
import scenario
from proxy import DOWN, UP


class Checks:
    """Statements with what was expected and what was found."""

    def __init__(self):
        self.count = 0
        self.wrong = []

    def equal(self, statement, found, expected):
        """Notes whether what was found is what was expected."""
        self.count += 1
        if found != expected:
            self.wrong.append(f"{statement}: {expected!r} was expected, {found!r} was found")

    def say(self):
        """Says the outcome; whether all is well."""
        if not self.wrong:
            print(f"\nSemua {self.count} pemeriksaan benar / All {self.count} checks hold.", end=" ")
            return True
        print(f"\n{len(self.wrong)} of {self.count} checks do not hold:")
        for wrong in self.wrong:
            print(f"  {wrong}")
        return False


def digests(state):
    """The digest of each village, computed anew from the heads of the documents on a phone."""
    sums = defaultdict(int)
    for document, area, heads in state["heads"]:
        term = hashlib.sha256(b"rukun digest 1" + uuid.UUID(document).bytes + b"\x01")
        for head in sorted(heads):
            term.update(bytes.fromhex(head))
        sums[area] = (sums[area] + int.from_bytes(term.digest()[:16])) % (1 << 128)
    return {area: f"{total:032x}" for area, total in sums.items()}


def made(person=None):
    """How many records each village must have; those of one person only, if one is named."""
    counts = defaultdict(int)
    for recorder, village, rows in scenario.morning():
        if person in (None, recorder):
            counts[village] += len(rows)
    return counts


def check_shared_base(checks, states):
    """At noon the phones must hold the same in every village that they share."""
    for person, state in states.items():
        found = {village: feed["records"] for village, feed in state["feeds"].items()}
        checks.equal(f"{person.name}: records at noon", found, {village: made()[village] for village in person.villages})
        quiet = [state[word] for word in ("waiting", "held", "refused", "damaged")]
        checks.equal(f"{person.name}: nothing waits, is held, refused or damaged", quiet, [0, 0, 0, 0])
        agreed = {village: feed["agrees"] for village, feed in state["feeds"].items()}
        checks.equal(f"{person.name}: agrees with the server", agreed, dict.fromkeys(person.villages, True))
    for village in scenario.VILLAGES:
        sums = {digests(state)[village] for person, state in states.items() if village in person.villages}
        checks.equal(f"{scenario.VILLAGES[village]}: one digest", len(sums), 1)


def expected_conflicts(records, settled):
    """Rival values with their authors, by record and question."""
    names = {person.key: person.name for person in scenario.TEAM}
    conflicts = [(row, meeting) for row, meeting in scenario.afternoon() if meeting.question][settled:]
    return {
        (records[row], meeting.question): {(value, names[key]) for key, value in meeting.values.items()}
        for row, meeting in conflicts
    }


def check_conflicts(checks, states, records, settled):
    """Every phone must show exactly the conflicts that were made, with values and authors."""
    expected = expected_conflicts(records, settled)
    for person, state in states.items():
        found = {}
        for conflict in state["conflicts"]:
            pairs = {(rival["value"], author) for rival in conflict["rivals"] for author in rival["authors"]}
            found[conflict["record"], conflict["question"]] = pairs
        checks.equal(f"{person.name}: conflicts, rival values and authors", found, expected)


def check_merged(checks, device, records):
    """What several people wrote in one household without a conflict must all be there."""
    for row, meeting in scenario.afternoon():
        if meeting.question:
            continue
        shown = device.do("read", record=records[row])
        _, members, _ = interviews.answers(next(each for each in interviews.load() if int(each["row"]) == row))
        joined = sum(edit["kind"] == "member" for edit in meeting.edits.values())
        checks.equal(f"{device.person.name}, row {row}: members", shown["members"], len(members) + joined)
        for edit in meeting.edits.values():
            if edit["kind"] == "answer":
                found = shown["answers"].get(edit["path"])
                checks.equal(f"{device.person.name}, row {row}: {edit['path']}", found, edit["value"])
            elif edit["kind"] == "remark":
                found = edit["words"] in shown["answers"]["penutup/catatan"]
                checks.equal(f"{device.person.name}, row {row}: the remark is there", found, True)


def check_server(day):
    """The server must hold what the phones hold."""
    feeds = {feed["area"]: feed["records"] for feed in day.server.pages("feeds")}
    found = {village: feeds.get(village, 0) for village in scenario.VILLAGES}
    day.checks.equal("records on the server", found, dict(made()))
    expected = {place: {value for value, _ in pairs} for place, pairs in expected_conflicts(day.records, scenario.SETTLED).items()}
    conflicts = {(line["record"], line["about"]): set(line["values"]) for line in day.server.pages("conflicts")}
    day.checks.equal("conflicts on the server", conflicts, expected)
    day.checks.equal("held on the server", day.server.pages("held"), [])


def check_all(day):
    """Everything, at the end of the day."""
    states = day.states()
    check_shared_base(day.checks, states)
    check_conflicts(day.checks, states, day.records, scenario.SETTLED)
    for device in day.team.values():
        check_merged(day.checks, device, day.records)
    check_server(day)


def heading(words):
    """A heading."""
    print(f"\n{words}\n{'-' * len(words)}")


def show(day):
    """The report."""
    states = day.states()
    heading("HP / Phones")
    print(f"  {'':<38}{'direkam':>9}{'di HP':>8}{'kirim':>11}{'terima':>11}{'putus':>7}")
    print(f"  {'':<38}{'made':>9}{'on it':>8}{'up, B':>11}{'down, B':>11}{'cuts':>7}")
    for person, device in day.team.items():
        who = f"{person.name}, {person.title}"
        own, line = sum(made(person).values()), device.line
        sent, got = f"{line.bytes[UP]:,}", f"{line.bytes[DOWN]:,}"
        print(f"  {who:<38}{own:>9}{states[person]['records']:>8}{sent:>11}{got:>11}{line.cuts:>7}")
    show_merged()
    show_conflicts(states[scenario.SITI])
    show_agreement(states)


def show_merged():
    """What merged by itself."""
    heading(f"Digabung tanpa tanya / Merged silently: {scenario.SILENT} rumah tangga / households")
    for count, words in (
        (scenario.OTHER_QUESTIONS, "tiga orang, tiga pertanyaan berbeda / three people, three different questions"),
        (scenario.SAME_ANSWER, "tiga orang, jawaban yang sama / three people, the same answer"),
        (scenario.REMARKS, "dua orang menulis di catatan yang sama / two people write in the same remarks"),
        (scenario.MEMBERS, "dua orang menambah anggota / two people add a household member each"),
    ):
        print(f"  {count:>4}  {words}")


def show_conflicts(state):
    """The conflicts that wait for somebody to decide."""
    total, settled = scenario.CONFLICTS, scenario.SETTLED
    heading(f"Bentrok / Real conflicts: {total}; {settled} diputuskan / settled, {total - settled} menunggu / waiting")
    for conflict in sorted(state["conflicts"], key=lambda conflict: (conflict["question"], conflict["title"])):
        question = conflict["question"]
        print(f"  {conflict['title'][:60]}: {household_form.label(question)}")
        for rival in conflict["rivals"]:
            print(f"      {household_form.words(question, rival['value']):<34} {', '.join(rival['authors'])}")


def show_agreement(states):
    """What the server holds, and the digest of each village on each phone that has it."""
    heading(f"Server: {sum(made().values())} data, tidak ada yang tertahan / records, none held; sama di HP / the same on")
    for village, name in scenario.VILLAGES.items():
        sums = {digests(state)[village] for person, state in states.items() if village in person.villages}
        phones = ", ".join(person.key.capitalize() for person in states if village in person.villages)
        print(f"  {name:<16} {village}  {made()[village]:>4} data  digest {' / '.join(sorted(sums))}  {phones}")


def leave_running(day):
    """Where the server is, and how to end it."""
    print(f"""
Server tetap berjalan / The server goes on running:
  {day.server.url}   login {day.server.login}   kata sandi / password {day.server.password}
  log: {day.server.log}
  hentikan / stop it: kill {day.server.process.pid}""")
