"""One phone: a process of its own around the Python bindings. It is told what to do in JSON, a line each, and answers in JSON.

`python phone.py FOLDER` keeps everything in FOLDER, as an app would.
"""

import asyncio
import json
import sys

import household_form
import interviews
import rukun


class Phone:
    """What a person does with the phone."""

    def __init__(self, folder):
        self.store = rukun.Store.open(folder)

    def enrol(self, ticket, label):
        """Becomes a device."""
        return {"user": asyncio.run(self.store.enrol(ticket, label)).user_name}

    def sync(self):
        """Sends and fetches. Without a network nothing is lost, and the next sync goes on."""
        try:
            progress = asyncio.run(self.store.sync())
        except rukun.RukunError.Offline:
            return {"offline": True}
        return {"offline": False, "calls": progress.calls, "accepted": progress.accepted, "received": progress.received}

    def record(self, village, rows):
        """Records interviews: a record each, complete, with its household members. Gives ids by row number."""
        form = next(form for form in self.store.forms() if form.id == household_form.ID)
        ids = {}
        for row in rows:
            answers, members, remarks = interviews.answers(row)
            first = {path: stored(value) for path, value in answers.items()}
            first["penutup/catatan"] = stored(remarks)
            record = self.store.create_record(
                rukun.NewRecord(form=form.id, version=form.version, area=village, answers=first, complete=True)
            )
            edits = [edit for place, member in enumerate(members) for edit in self.added(member, place)]
            self.store.save_record(record, edits, self.store.open_record(record).heads)
            ids[row["row"]] = record
            say({"progress": len(ids)})
        return {"records": ids}

    def edit(self, record, edit):
        """Edits a record as its screen shows it."""
        shown = self.store.open_record(record)
        match edit["kind"]:
            case "answer":
                edits = [rukun.Edit.SET_ANSWER(edit["path"], stored(edit["value"]))]
            case "remark":
                text = shown.answers["penutup/catatan"].value.value
                text = text + edit["words"] if edit["place"] == "behind" else edit["words"] + text
                edits = [rukun.Edit.SET_LONG_TEXT("penutup/catatan", text)]
            case "member":
                edits = self.added(edit["answers"], len(shown.instances))
        return {"changed": self.store.save_record(record, edits, shown.heads)}

    def added(self, member, place):
        """The edits that add a household member."""
        instance = self.store.new_id()
        answers = [rukun.Edit.SET_ANSWER(rukun.key_inside(instance, path), stored(value)) for path, value in member.items()]
        return [rukun.Edit.ADD_INSTANCE(instance, "art", None, float(place)), *answers]

    def read(self, record):
        """A record's answers, remarks and members, as a screen would show them."""
        shown = self.store.open_record(record)
        return {
            "answers": {key: plain(answered.value) for key, answered in shown.answers.items()},
            "members": len(shown.instances),
        }

    def state(self):
        """Where the phone stands: what a report says of it."""
        standing = self.store.standing()
        return {
            "records": standing.records,
            "waiting": standing.waiting,
            "held": standing.held,
            "refused": standing.refused,
            "damaged": standing.damaged,
            "feeds": {feed.area: {"records": feed.records, "agrees": feed.agrees} for feed in standing.feeds},
            "heads": [[line.id, line.area, line.heads] for line in self.store.document_heads()],
            "conflicts": self.conflicts(),
        }

    def conflicts(self):
        """Every question that waits for somebody to decide."""
        lines = self.store.records(rukun.RecordFilter(in_conflict=True), 0, 10_000)
        found = []
        for line in lines:
            for key, answered in self.store.open_record(line.id).answers.items():
                if answered.conflict:
                    rivals = [rival(candidate) for candidate in answered.conflict]
                    found.append({"record": line.id, "title": line.title, "question": key, "rivals": rivals})
        return found


def rival(candidate):
    """One of the values of a conflict, with who wrote it."""
    return {"value": plain(candidate.value), "authors": sorted(moment.user_name or "?" for moment in candidate.writers)}


def stored(value):
    """A plain value as an answer."""
    if value is None:
        return None
    return rukun.Answer.INTEGER(value) if isinstance(value, int) else rukun.Answer.TEXT(value)


def plain(answer):
    """An answer as a plain value."""
    return None if answer is None else answer.value


def say(answer):
    """Answers whoever gave the order."""
    print(json.dumps(answer), flush=True)


def main():
    """Takes orders until there are no more."""
    phone = Phone(sys.argv[1])
    say({"ready": True})
    for line in sys.stdin:
        order = json.loads(line)
        try:
            say({"done": getattr(phone, order.pop("do"))(**order)})
        except rukun.RukunError as error:
            # Its words hold no answers.
            say({"failed": f"{type(error).__name__}: {error}"})
    phone.store.shut()


if __name__ == "__main__":
    main()
