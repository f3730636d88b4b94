"""The list of findings to review, filtered, sorted and grouped by SQL; a window sees only a few rows at a time.

The list is a narrow table in memory, read from the case file in one go, so that filters, sorts and groups take no time
and no connection to the file stays open. What was decided is put into it; another writer shows in :func:`changes_at`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..casefile.container import has_table
from ..casefile.layout import LAST_RUN
from ..casefile.opening import reading
from ..casefile.sql import sql
from ..database_uri import uri
from ..findings import OUTCOMES
from ..messages import catalogue
from . import listing_sql
from .steps import Decisions

GROUPS = ("rule", "clause", "county", "zone", "outcome")
"""What the list can be grouped by."""

SORTS = (
    "state",
    "subject_id",
    "name",
    "place",
    "county",
    "zone",
    "use",
    "outcome",
    "permission",
    "action",
    "rule",
    "clause",
    "period",
    "decided_by",
    "deferred_to",
)
"""Columns that the list can be sorted by. Outcomes and permissions stand worst first, states open first."""

_SHOWN = ("outcome", "decided_by", "deferred_to")
"""What the list shows of a decision beside its state; empty where the decision has none."""

Box = tuple[float, float, float, float]
"""Least x, least y, greatest x, greatest y."""


@dataclass(frozen=True)
class Filter:
    """Which findings are listed; None takes all.

    Attributes:
        text: part of the subject's id or name, of the rule or the clause; case does not matter for Latin letters.
        county, zone: ids. state: a state of decisions, or ``stale``. Empty texts find what has no value.
        subject: the findings on one subject only.
    """

    text: str | None = None
    county: str | None = None
    zone: str | None = None
    outcome: str | None = None
    rule: str | None = None
    clause: str | None = None
    state: str | None = None
    use: str | None = None
    permission: str | None = None
    action: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Group:
    """Rows that share a value: where they begin in the order, and how many they are."""

    value: str
    label: str
    start: int
    rows: int


@dataclass(frozen=True)
class Order:
    """Numbers of the rows found, in their order, and the groups they fall into (none where nothing is grouped)."""

    rows: np.ndarray
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Counts:
    """Findings by where they stand. Stale ones are counted under their state as well."""

    open: int = 0
    reviewed: int = 0
    verified: int = 0
    stale: int = 0
    states: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Key:
    """By what rows are sorted and grouped: a number for each row, and what the numbers stand for, in their order."""

    codes: np.ndarray
    values: list[Any]


class Listing:
    """The findings of a case file and those decided ones that no run finds any more.

    Attributes:
        run: the last run; empty without one. changes_seen: the number of the last entry of the history.

    Raises:
        OverdraftError: the file is missing, locked or no case file.
    """

    def __init__(self, path: Path, language: str = "en") -> None:
        self.path = Path(path)
        # Filled in the background, then used on the main thread; never by both at once
        self._rows = sqlite3.connect(":memory:", uri=True, isolation_level=None, check_same_thread=False)
        for statement in listing_sql.CREATE:
            self._rows.execute(statement)
        with reading(self.path, newer=True, quick=True) as case:
            self.changes_seen = _changes(case)
            (self.run,) = case.execute(listing_sql.RUN, (LAST_RUN,)).fetchone()
            self._fill()
        self._keys: dict[str, _Key] = {}
        self._size = int(self._rows.execute("SELECT count(*) FROM list").fetchone()[0])
        rules = [rule for (rule,) in self._rows.execute(listing_sql.RULES)]
        labels = sorted((rule_label(rule, language), rule) for rule in rules)
        self._rows.executemany(listing_sql.RULE, ((rule, label) for label, rule in labels))
        self._names = tuple(item[0] for item in self._rows.execute(listing_sql.WINDOW, ("[]",)).description)

    def _fill(self) -> None:
        """Read the case file, which stays attached only meanwhile."""
        self._rows.execute("ATTACH ? AS filed", (uri(self.path, "ro"),))
        self._rows.execute("BEGIN")
        for statement in listing_sql.FILL:
            self._rows.execute(statement)
        self._rows.execute("COMMIT")
        self._rows.execute("DETACH filed")

    def __len__(self) -> int:
        return self._size

    def close(self) -> None:
        """Give the memory back."""
        self._rows.close()

    def order(self, wanted: Filter, sort: str = "", down: bool = False, group: str = "") -> Order:
        """The rows of a filter in their order, with their groups.

        Args:
            sort: of :data:`SORTS`, empty for the order of the finding ids. group: of :data:`GROUPS`, or empty.
        """
        rows = self._filtered(wanted)
        keys: list[np.ndarray] = []
        groups: tuple[Group, ...] = ()
        if sort:
            key = self._key(sort).codes[rows - 1]
            keys.append(-key if down else key)
        if group:
            keys.append(self._key(group).codes[rows - 1])
            groups = self._groups(group, np.bincount(keys[-1]))
        return Order(rows[np.lexsort(keys)] if keys else rows, groups)

    def _filtered(self, wanted: Filter) -> np.ndarray:
        """The numbers of the rows of a filter, in the order of the list."""
        if wanted == Filter() and not self._boxed:
            return np.arange(1, len(self) + 1, dtype=np.int64)
        bound = asdict(wanted) | {"in_view": self._boxed, "text": (wanted.text or "").strip() or None}
        found = self._rows.execute(listing_sql.ROWS, bound).fetchall()
        return np.fromiter((row for (row,) in found), dtype=np.int64, count=len(found))

    def _key(self, column: str) -> _Key:
        """By what the rows are sorted and grouped; read when first needed."""
        if column not in self._keys:
            values = [value for (value,) in self._rows.execute(listing_sql.KEYS[column])]
            known = sorted(set(values))
            codes = {value: code for code, value in enumerate(known)}
            self._keys[column] = _Key(np.array([codes[value] for value in values], dtype=np.int32), known)
        return self._keys[column]

    def _groups(self, group: str, counted: np.ndarray) -> tuple[Group, ...]:
        """The groups in the order in which they come, from the number of rows by code."""
        known = self._rows.execute(listing_sql.GROUPS[group]) if group in listing_sql.GROUPS else ()
        names = {number: (value, label) for number, value, label in known}
        groups, start = [], 0
        for value, rows in zip(self._key(group).values, counted.tolist(), strict=False):
            if rows:
                alone = str(OUTCOMES[value] if group == "outcome" else value)
                one, label = names.get(value, ("", "")) if group in listing_sql.GROUPS else (alone, alone)
                groups.append(Group(one, label, start, rows))
                start += rows
        return tuple(groups)

    _boxed = False

    def look_at(self, boxes: Mapping[str, Box] | None) -> None:
        """List only subjects whose layer has them in its box, given in the layer's system; None lists all again."""
        self._boxed = boxes is not None
        self._rows.execute("DELETE FROM in_view")
        if not boxes:
            return
        self._rows.execute("BEGIN")
        with reading(self.path, newer=True, quick=True) as case:
            for role, (left, bottom, right, top) in boxes.items():
                index = f"rtree_{role}_geom"
                if has_table(case, index):
                    found = case.execute(sql(listing_sql.BOX, index=index), (right, left, top, bottom))
                    self._rows.executemany(listing_sql.IN_VIEW, ((role, fid) for (fid,) in found))
        self._rows.execute("COMMIT")

    def window(self, rows: Iterable[int]) -> list[SimpleNamespace]:
        """These rows with all their columns, in the order asked for."""
        found = self._rows.execute(listing_sql.WINDOW, (_json(rows),))
        return [SimpleNamespace(**dict(zip(self._names, cells, strict=True))) for cells in found]

    def ids(self, rows: Sequence[int] | np.ndarray) -> list[str]:
        """The finding ids of rows, in their order."""
        return [name for name, _ in self._rows.execute(listing_sql.NAMED, (_json(rows),))]

    def revisions(self, rows: Sequence[int] | np.ndarray) -> dict[str, int]:
        """Finding → the revision of its decision as listed; 0 where there is none."""
        return dict(self._rows.execute(listing_sql.NAMED, (_json(rows),)))

    def row_of(self, finding: str) -> int | None:
        """The row of a finding; None where it is not listed."""
        return next((row for row, *_ in self._standing([finding])), None)

    def _standing(self, findings: Iterable[str]) -> list[tuple[int, str, str, int, int]]:
        """Where findings stand: row, finding, state, whether it is stale, whether no run finds it any more."""
        self._rows.execute(listing_sql.INDEX)  # made when first needed: the list is seen sooner
        return self._rows.execute(listing_sql.STANDING, (json.dumps(list(findings)),)).fetchall()

    def subjects(self, role: str, fids: Iterable[int]) -> set[int]:
        """The rows about these features of a layer."""
        wanted = set(fids)
        found = self._rows.execute(listing_sql.ON_FEATURES, (role,))
        return {row for row, fid in found if fid in wanted}

    def values(self, column: str) -> list[tuple[str, str, int]]:
        """The distinct values of a column of the filter: value, what is shown for it, number of rows."""
        return self._rows.execute(listing_sql.VALUES[column]).fetchall()

    def counts(self) -> Counts:
        """How many are open, reviewed, verified and stale; and by state."""
        states: dict[str, int] = {}
        stale = 0
        for (state, is_stale), count in self._counted.items():
            states[state] = states.get(state, 0) + count
            stale += count if is_stale else 0
        reviewed = sum(states.get(name, 0) for name in ("accepted", "overridden", "deferred"))
        return Counts(states.get("open", 0), reviewed, states.get("verified", 0), stale, states)

    @cached_property
    def _counted(self) -> Counter[tuple[str, int]]:
        """State and whether stale → number of findings."""
        found = self._rows.execute(listing_sql.COUNTS)
        return Counter({(state, stale): count for state, stale, count in found})

    @cached_property
    def open(self) -> np.ndarray:
        """By the number of the row: does it wait for a decision?"""
        waits = np.zeros(len(self) + 1, dtype=bool)
        waits[[row for (row,) in self._rows.execute(listing_sql.OPEN)]] = True
        return waits

    def ready(self) -> None:
        """Make now what the first decision would have to make."""
        self._rows.execute(listing_sql.INDEX)
        self.open, self._counted  # noqa: B018 - both are kept

    def decided(self, now: Decisions) -> np.ndarray:
        """Put in decisions as they stand now; the rows of the list keep their places.

        Returns:
            Their numbers, as far as they are listed.
        """
        columns = (now.column(name) for name in ("state", "stale", *_SHOWN, "revision"))
        shown = dict(zip(now.column("finding_id"), zip(*columns, strict=True), strict=True))
        counted, waits = self._counted, self.open
        same: dict[tuple, list[int]] = {}  # a bulk act leaves most of its findings alike
        for row, finding, state, stale, gone in self._standing(map(str, shown)):
            cells = shown[finding]
            same.setdefault(cells, []).append(row)
            counted[state, stale] -= 1
            counted[cells[0], int(bool(cells[1]))] += 1
            waits[row] = cells[0] == "open" and not gone
        self._rows.execute("BEGIN")
        for (state, stale, *texts, revision), rows in same.items():
            cells = (state, int(bool(stale)), *(text or "" for text in texts), revision)
            self._rows.execute(listing_sql.DECIDED, (*cells, _json(rows)))
        self._rows.execute("COMMIT")
        for column in listing_sql.CHANGING:
            self._keys.pop(column, None)
        return np.array([row for rows in same.values() for row in rows], dtype=np.int64)


def _json(rows: Iterable[int] | np.ndarray) -> str:
    return json.dumps(np.asarray(rows).tolist())


def changes_at(path: Path) -> int:
    """The number of the last entry of a case's history: it grows with whatever is decided, recorded or run."""
    with reading(Path(path), newer=True, quick=True) as case:
        return _changes(case)


def rule_label(rule: str, language: str) -> str:
    """What a rule is about; its own name where no words are kept for it."""
    text = catalogue().get(f"report.rule.{rule}")
    return text[language] if text else rule


def _changes(case: sqlite3.Connection) -> int:
    return int(case.execute("SELECT coalesce(max(seq), 0) FROM history").fetchone()[0])
