#!/usr/bin/env python3
"""Chooses the interviews of `sample.csv` from the whole washmalawi table: `choose.py washmalawi.csv > sample.csv`.

The same table always gives the same sample. Rows are grouped by water source, toilet and handwashing place; each group gives
a share that grows with the square root of its size, and at least one row, so that rare answers are there. Within a group the
rows with the smallest hash are taken. Household coordinates are left out; nothing else of a chosen row is changed.
"""

import csv
import hashlib
import math
import sys
from collections import defaultdict

SIZE = 600
GROUPED_BY = ("water_source_type", "toilet_facility_type", "handwash_available")
LEFT_OUT = ("latitude", "longitude")


def draw(row):
    """A number that depends on the row's content alone, as good as random."""
    return hashlib.sha256("\x1f".join(f"{name}={value}" for name, value in sorted(row.items())).encode()).digest()


def shares(sizes):
    """How many rows each group gives: together SIZE, none more than it has."""
    given = dict.fromkeys(sizes, 1)
    while sum(given.values()) < SIZE:
        open_groups = [group for group in sizes if given[group] < sizes[group]]
        # The group that is furthest behind its due; ties go by name, so that the order of the table does not matter.
        given[max(open_groups, key=lambda group: (math.sqrt(sizes[group]) / given[group], group))] += 1
    return given


def main(table):
    with open(table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups, seen = defaultdict(list), set()
    for number, row in enumerate(rows, 1):
        if draw(row) not in seen:
            seen.add(draw(row))
            groups[tuple(row[name] for name in GROUPED_BY)].append((draw(row), number, row))
    given = shares({group: len(members) for group, members in groups.items()})
    chosen = [member for group, members in groups.items() for member in sorted(members)[: given[group]]]
    columns = [name for name in rows[0] if name not in LEFT_OUT]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["row", *columns])
    for _, number, row in sorted(chosen, key=lambda member: member[1]):
        writer.writerow([number, *(row[name] for name in columns)])


if __name__ == "__main__":
    main(sys.argv[1])
