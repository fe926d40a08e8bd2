"""A phone in a person's hands: the bindings, and what a screen would do with them."""

import asyncio

import rukun

FORM = "kotaku-household"


class Phone:
    """One store of one user."""

    def __init__(self, folder, server, name):
        self.folder, self.server, self.name = str(folder), server, name
        self.store = rukun.Store.open(self.folder)

    def enrol(self, role, village):
        """Becomes a device of a new user and fetches what there is."""
        self.village = village
        ticket = self.server.ticket(self.server.user(self.name, role, village))
        self.identity = asyncio.run(self.store.enrol(ticket, f"HP {self.name}"))
        self.sync()

    def sync(self, **how):
        """Syncs, as the app does in the background."""
        return asyncio.run(self.store.sync(**how))

    def record(self, **answers):
        """Records a household."""
        form = next(form for form in self.store.forms() if form.id == FORM)
        first = {path.replace("__", "/"): stored(value) for path, value in answers.items()}
        new = rukun.NewRecord(form=form.id, version=form.version, area=self.village, answers=first)
        return self.store.create_record(new)

    def answer(self, record, key, value, shown=None):
        """Answers a question on the screen that shows `shown`, or the record as it is now."""
        heads = (shown or self.store.open_record(record)).heads
        return self.store.save_record(record, [rukun.Edit.SET_ANSWER(key=key, value=stored(value))], heads)

    def read(self, record, key):
        """What the screen shows as the answer."""
        answered = self.store.open_record(record).answers.get(key)
        return None if answered is None else plain(answered.value)

    def rivals(self, record, key):
        """The rival values of a conflict with the names of who wrote them."""
        conflict = self.store.open_record(record).answers[key].conflict
        return {(plain(rival.value), moment.user_name) for rival in conflict for moment in rival.writers}

    def heads(self):
        """The heads of every document here."""
        return [(line.id, line.area, line.heads) for line in self.store.document_heads()]

    def agrees(self):
        """Whether the server says that it has exactly these records."""
        return all(feed.agrees for feed in self.store.standing().feeds)


def stored(value):
    """A plain value as an answer."""
    if value is None:
        return None
    return rukun.Answer.INTEGER(value=value) if isinstance(value, int) else rukun.Answer.TEXT(value=value)


def plain(answer):
    """An answer as a plain value."""
    return None if answer is None else answer.value
