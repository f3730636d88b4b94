"""汇总表: wells by county, zone and outcome, each well once."""

from __future__ import annotations

import numpy as np

from ...findings import OUTCOMES
from ...report.words import UNASSIGNED
from ..book import Book
from ..column import Column, integers, reals, texts
from ..table import Group, Table
from .common import later_acts
from .kind import Kind

_OUTSIDE, _UNPLACED = "\uffff1", "\uffff2"
"""Wells in no zone, wells without a place: after every zone."""


def verdict_summary(book: Book) -> Table:
    """A line for each county and zone: its wells, those of regiments among them, how many have which outcome. A well in
    several zones counts in the strictest one."""
    wells = book.wells
    placed = wells["placed"].eq(True).fillna(False).to_numpy(dtype=bool)
    zone = wells["zone_id"].where(wells["zone_id"].fillna("").ne(""), np.where(placed, _OUTSIDE, _UNPLACED))
    county = wells["county_id"].where(wells["county_id"].notna(), UNASSIGNED)
    keys = wells.assign(county=county, zone=zone).groupby(["county", "zone"], sort=True)
    found = sorted(keys, key=lambda item: (item[0][0] == UNASSIGNED, item[0]))
    counties = [key[0] for key, _ in found]
    rows = [rows for _, rows in found]
    columns: list[Column] = [
        texts("county", book.say("maps.column.county"), map(book.words.place, counties)),
        texts("zone", book.say("column.zone"), [_zone(book, key[1]) for key, _ in found]),
        integers("n_wells", book.say("maps.column.n_wells"), map(len, rows), total=True),
        _counted(book.say("column.n_regiment"), "n_regiment", rows, "management", "regiment"),
        *(_counted(book.words.token("outcome", one), one, rows, "outcome", one) for one in OUTCOMES),
        reals(
            "permit_m3",
            book.column("wells", "permit_m3", ()).label,
            [part["permit_m3"].fillna(0).sum() for part in rows],
            0,
            total=True,
        ),
    ]
    return Table(
        "verdict_summary",
        book.say("title.verdict_summary"),
        tuple(columns),
        _groups(book, counties),
        (book.say("note.strictest"), *later_acts(book)),
    )


def _zone(book: Book, zone: str) -> str:
    if zone in (_OUTSIDE, _UNPLACED):
        return book.say("maps.zone.outside" if zone == _OUTSIDE else "note.unplaced")
    place = book.words.place(zone)
    return place if place == zone else f"{place} {zone}"


def _counted(label: str, name: str, rows: list, field: str, value: str) -> Column:
    """How many wells of each line hold a value."""
    counts = (int(part[field].eq(value).fillna(False).sum()) for part in rows)
    return integers(name, label, counts, total=True)


def _groups(book: Book, counties: list[str]) -> tuple[Group, ...]:
    """Sums by county, where there are several, and of all."""
    known = list(dict.fromkeys(counties))
    by_county = [
        Group(book.words.place(one), tuple(row for row, county in enumerate(counties) if county == one))
        for one in known
    ]
    whole = Group(book.say("total.all"), tuple(range(len(counties))))
    return (*(by_county if len(known) > 1 else ()), whole)


KINDS = (Kind("verdict_summary", (), verdict_summary),)
