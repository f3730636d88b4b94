"""Reading a history for signs of tampering: which entry was edited, deleted, inserted or moved.

Each entry names the hash of the one before it and its own number goes into its hash. So the entries can be put back
into the order in which they were written, whatever numbers and places they have now, and what does not fit is named.
Whoever rewrites every entry from some point on leaves nothing to be seen here: that shows only against a head hash
kept elsewhere. The history is tamper-evident, no more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .history import FIELDS, entry_hash

_WINDOW = 1000
"""How far behind a gap the number of an entry that carries a wrong one is looked for."""


@dataclass(frozen=True)
class Problem:
    """One sign of tampering or damage.

    Attributes:
        kind: of the enumeration ``integrity_kind``.
        entry: number of an entry of the history; None for other things.
        subject: what it is about: a run, a table, a file, a merged case.
    """

    kind: str
    entry: int | None = None
    subject: str = ""
    found: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry as it stands in the file."""

    row: dict[str, object]
    previous: object
    hash: object

    @property
    def number(self) -> int:
        """The number it carries; 0 when that is none."""
        return self.row["seq"] if isinstance(self.row["seq"], int) else 0

    def fits(self, number: int, previous: object = None) -> bool:
        """Is its hash that of its content under this number, and behind this hash (its own without one)?"""
        before = self.previous if previous is None else previous
        if not isinstance(before, str) or not before.isascii():
            return False
        try:
            return self.hash == entry_hash(before, {**self.row, "seq": number})
        except UnicodeEncodeError:  # text that is no text
            return False


@dataclass
class Chain:
    """A history put back into its order.

    Attributes:
        entries: those that belong to it, as they follow each other, with the number that each has by its place.
        problems: what does not fit.
    """

    entries: list[tuple[int, Entry]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def head(self) -> str:
        """The hash of the last entry; empty without one."""
        return str(self.entries[-1][1].hash) if self.entries else ""

    def after(self, head: str) -> int | None:
        """How many entries came after the one with this hash; None when no sound entry has it."""
        for place, (number, entry) in enumerate(self.entries):
            if entry.hash == head and entry.fits(number):
                return len(self.entries) - place - 1
        return None


def read_entries(connection: sqlite3.Connection, case_name: str | None = None) -> list[Entry]:
    """The history of the file, or that of a case merged into it, by number. Text that is no UTF-8 comes along."""
    usual = connection.text_factory
    connection.text_factory = _text
    try:
        if case_name is None:
            rows = connection.execute(
                "SELECT seq, at, who, login, kind, subject, before, after, reason, prev_hash, hash FROM history"
                " ORDER BY typeof(seq) <> 'integer', seq, rowid"
            ).fetchall()
        else:
            rows = connection.execute(
                "SELECT seq, at, who, login, kind, subject, before, after, reason, prev_hash, hash"
                " FROM merged_histories WHERE case_name = ? ORDER BY typeof(seq) <> 'integer', seq, rowid",
                (case_name,),
            ).fetchall()
    finally:
        connection.text_factory = usual
    return [Entry(dict(zip(FIELDS, row, strict=False)), row[-2], row[-1]) for row in rows]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def examine(entries: Sequence[Entry]) -> Chain:
    """Put a history back into its order and name what does not fit.

    Args:
        entries: by the number that they carry.
    """
    chain, left = Chain(), dict(enumerate(entries))
    followers: dict[object, list[int]] = {}
    for place, entry in enumerate(entries):
        followers.setdefault(entry.previous, []).append(place)
    missing: list[range] = []
    rewritten: set[int] = set()
    previous, number = "", 0
    while left:
        options = [place for place in followers.get(previous, ()) if place in left]
        if options:
            place = _likeliest(options, entries, followers, number + 1)
            number += 1
        else:
            found = _next_segment(left, entries, number)
            if found is None:
                break
            place, start = found
            if start > number + 1:
                missing.append(range(number + 1, start))
            elif number:
                rewritten.add(number)  # the next entry remembers another hash of it
            number = start
        entry = left.pop(place)
        chain.entries.append((number, entry))
        previous = str(entry.hash)
    _name_edited(chain, rewritten)
    n_inserted = _name_strangers(chain, left.values(), missing)
    _name_moved(chain, explained=bool(n_inserted or missing))
    chain.problems.sort(key=lambda item: item.entry or 0)
    return chain


def _likeliest(options: Iterable[int], entries: Sequence[Entry], followers: dict, number: int) -> int:
    """Of several entries behind the same one, that which fits best: by its hash, by what follows, by its number."""

    def rank(place: int) -> tuple:
        entry = entries[place]
        return (not entry.fits(number), entry.hash not in followers, entry.number != number, place)

    return min(options, key=rank)


def _next_segment(left: dict[int, Entry], entries: Sequence[Entry], number: int) -> tuple[int, int] | None:
    """Where the history goes on behind a break: the place and the true number of its next sound entry."""
    for place in sorted(left):
        entry = entries[place]
        if entry.number > number and entry.fits(entry.number):
            return place, entry.number
    for place in sorted(left):
        for candidate in range(number + 1, number + 1 + min(_WINDOW, len(left) + 1)):
            if entries[place].fits(candidate):
                return place, candidate
    return None


def _name_edited(chain: Chain, rewritten: set[int]) -> None:
    for place, (number, entry) in enumerate(chain.entries):
        if entry.fits(number) and number not in rewritten:
            continue
        following = chain.entries[place + 1][1].previous if number in rewritten else None
        expected = _expected(entry, number) if following is None else str(following)
        chain.problems.append(Problem("edited", number, found=str(entry.hash), expected=expected))


def _name_strangers(chain: Chain, strangers: Iterable[Entry], missing: list[range]) -> int:
    """Entries that belong nowhere: inserted, or edited in what links them. Numbers that nobody has: deleted."""
    hashes = {number: str(entry.hash) for number, entry in chain.entries}
    gone = {number for numbers in missing if len(numbers) <= _WINDOW for number in numbers}
    n_inserted = 0
    for entry in strangers:
        before = "" if entry.number == 1 else hashes.get(entry.number - 1)
        unlinked = before is not None and entry.fits(entry.number, before)
        if entry.number in gone or (unlinked and entry.number not in hashes):
            gone.discard(entry.number)
            chain.problems.append(
                Problem(
                    "edited", entry.number, found=str(entry.hash), expected=_expected(entry, entry.number)
                )
            )
        else:
            n_inserted += 1
            chain.problems.append(Problem("inserted", entry.number, found=str(entry.hash)))
    for numbers in missing:
        whole = [(numbers[0], numbers[-1])]  # a forged number may be anything: not gone through one by one
        lacking = (number for number in numbers if number in gone)
        for first, last in whole if len(numbers) > _WINDOW else _runs(lacking):
            told = str(first) if first == last else f"{first}–{last}"
            chain.problems.append(Problem("deleted", first, expected=told))
    return n_inserted


def _name_moved(chain: Chain, explained: bool) -> None:
    """Entries that stand elsewhere than they were written. Behind an inserted one all that follow are shifted."""
    carried = [entry.number for _, entry in chain.entries]
    largest, smallest = [0], [carried[-1] + 1 if carried else 0]
    for number in carried:
        largest.append(max(largest[-1], number))
    for number in reversed(carried):
        smallest.append(min(smallest[-1], number))
    smallest.reverse()
    for place, (number, entry) in enumerate(chain.entries):
        if entry.number == number or not entry.fits(number):
            continue
        out_of_order = entry.number <= largest[place] or entry.number >= smallest[place + 1]
        if out_of_order or not explained:
            chain.problems.append(Problem("moved", number, found=str(entry.row["seq"]), expected=str(number)))


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers in order as first and last of each unbroken stretch."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _expected(entry: Entry, number: int) -> str:
    """The hash that its content as it stands now would have."""
    if not isinstance(entry.previous, str) or not entry.previous.isascii():
        return ""
    try:
        return entry_hash(entry.previous, {**entry.row, "seq": number})
    except UnicodeEncodeError:
        return ""
