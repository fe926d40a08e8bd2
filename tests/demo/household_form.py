"""The household form, as far as the demonstration reads it."""

import json
from pathlib import Path

ID = "kotaku-household"
FILE = Path(__file__).resolve().parents[2] / "server" / "forms" / f"{ID}.json"
FORM = json.loads(FILE.read_text(encoding="utf-8"))
LANGUAGE = FORM["languages"][0]


def questions_of(items):
    """All questions by path."""
    found = {}
    for item in items:
        found |= {item["path"]: item} if item["kind"] == "question" else questions_of(item["items"])
    return found


QUESTIONS = questions_of(FORM["items"])
CHOICES = {name: {choice["name"]: choice["label"][LANGUAGE] for choice in choices} for name, choices in FORM["lists"].items()}


def label(path):
    """What a question asks, in the form's first language."""
    return QUESTIONS[path]["label"][LANGUAGE]


def words(path, value):
    """A value as people read it."""
    if value is None:
        return "(dikosongkan / cleared)"
    return CHOICES.get(QUESTIONS[path].get("list"), {}).get(value, str(value))
