"""Pledging wells to a renewal and taking the pledge back: each one transaction with its entries in the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from ..casefile import CaseStore, Cells, Change, ConflictError, Entry
from ..errors import OverdraftError
from ..personal import is_personal_number

LEAST_REASON = 10
"""Characters that the reason for breaking a pair must have at least."""

_CELLS = ("renewal_id", "retired_id", "role", "state", "pledged_on", "released_on", "approval_no")


def save_pairs(
    store: CaseStore,
    renewal_id: str,
    wells: Mapping[str, str],
    *,
    who: str,
    login: str = "",
    day: date,
    seen: Iterable[str] = (),
) -> None:
    """Pledge wells to a renewal: rows of ``pairs``, reserved, all or none.

    Args:
        wells: id → role (``replaced``, ``reduced``).
        seen: wells that the person has seen to be pledged to the renewal.

    Raises:
        OverdraftError: nobody signs, or no well is given.
        ConflictError: a well backs a renewal by now, or the renewal has other wells than were seen.
    """
    _signed(who)
    if not wells:
        raise OverdraftError("pairs.nothing")
    known = [*_rows(store, "retired_id", wells), *_rows(store, "renewal_id", [renewal_id])]
    changes = {name: _pledge(renewal_id, name, role, day, known) for name, role in wells.items()}
    standing = [(str(row["retired_id"]), row) for row in known if _stands(row)]
    taken = dict(standing)
    now = {name: row for name, row in standing if row["renewal_id"] == renewal_id}
    other = sorted(set(now) ^ set(seen))
    conflicts: list[tuple[Change, Cells | None]] = [
        (change, taken[name]) for name, change in changes.items() if name in taken
    ]
    conflicts += [(_seen(renewal_id, name), now.get(name)) for name in other if name not in changes]
    if conflicts:
        raise ConflictError(conflicts)
    entry = Entry(
        "pair",
        renewal_id,
        who.strip(),
        login,
        before={"wells": sorted(now)},
        after={"wells": sorted({*now, *wells}), "state": "reserved", "pledged_on": str(day)},
    )
    store.apply(changes.values(), [entry])


def break_pairs(
    store: CaseStore,
    renewal_id: str,
    wells: Iterable[str],
    reason: str,
    *,
    who: str,
    login: str = "",
    day: date,
) -> None:
    """Take wells back from a renewal, which then needs others: their rows are released on ``day``.

    Raises:
        OverdraftError: nobody signs, no well is given, the reason is too short or holds a personal number.
        ConflictError: a well is not pledged to the renewal any more.
    """
    _signed(who)
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise OverdraftError("pairs.reason_short", found=len(reason), least=LEAST_REASON)
    if is_personal_number(reason):
        raise OverdraftError("pairs.personal_number")
    wanted = list(dict.fromkeys(wells))
    if not wanted:
        raise OverdraftError("pairs.nothing")
    rows = [row for row in _rows(store, "renewal_id", [renewal_id]) if _stands(row)]
    standing = {str(row["retired_id"]) for row in rows}
    gone = sorted(set(wanted) - standing)
    if gone:
        raise ConflictError([(_seen(renewal_id, name), None) for name in gone])
    kept = sorted(standing - set(wanted))
    released = {"state": "released", "released_on": str(day)}
    changes = [
        Change("pairs", {name: row[name] for name in ("renewal_id", "retired_id")}, row, released)
        for row in rows
        if row["retired_id"] in wanted
    ]
    entry = Entry(
        "break_pair",
        renewal_id,
        who.strip(),
        login,
        before={"wells": sorted(standing)},
        after={"wells": kept, **released},
        reason=reason,
    )
    store.apply(changes, [entry])


def _signed(who: str) -> None:
    if not who.strip():
        raise OverdraftError("pairs.no_person")
    if is_personal_number(who):
        raise OverdraftError("pairs.personal_number")


def _pledge(renewal_id: str, name: str, role: str, day: date, known: list[dict[str, object]]) -> Change:
    """The row of one pledge.

    It is found by well and state, so that a pledge which somebody else makes at the same moment is in its way. A row
    of today that was released again is taken up anew, for a pair stands in the register once a day.
    """
    after: dict[str, object] = {
        "renewal_id": renewal_id,
        "retired_id": name,
        "role": role,
        "state": "reserved",
    }
    after |= {"pledged_on": str(day), "released_on": None, "approval_no": None}
    own = [row for row in known if row["retired_id"] == name]
    for row in own:
        if row["renewal_id"] == renewal_id and row["pledged_on"] == str(day) and not _stands(row):
            key = {column: row[column] for column in ("renewal_id", "retired_id", "pledged_on")}
            return Change("pairs", key, row, after)
    if any(
        row["state"] == "reserved" for row in own
    ):  # released by its day alone: the state does not tell it
        return Change(
            "pairs", {"renewal_id": renewal_id, "retired_id": name, "pledged_on": str(day)}, None, after
        )
    return Change("pairs", {"retired_id": name, "state": "reserved"}, None, after)


def _seen(renewal_id: str, name: str) -> Change:
    """A pair that was seen, or was not there."""
    return Change("pairs", {"renewal_id": renewal_id, "retired_id": name}, {}, None)


def _rows(store: CaseStore, column: str, values: Iterable[str]) -> list[dict[str, object]]:
    (rows,) = store.cells_of([("pairs", column, values)])
    return [{name: row[name] for name in _CELLS} for row in rows]


def _stands(row: Cells) -> bool:
    """Is the pair pledged and not released?"""
    return row["state"] != "released" and row["released_on"] is None
