"""What acts on decisions have in common: the row after one was reopened, and what the history says of a row."""

from __future__ import annotations

from .changes import Cells
from .layout import layouts

DECISION = tuple(item.name for item in layouts()["decisions"].fields)

_TOLD = ("state", "outcome", "reason_kind", "attachment", "deferred_to", "stale")
"""What the history says of a decision before and after, beside person, time and reason."""


def reopened(before: Cells) -> dict[str, object]:
    """The row of a decision that waits to be made again; what was decided stays in it until then."""
    row = {name: before.get(name) for name in DECISION}
    anew = {"verified_by": None, "verified_on": None, "stale": 0, "changed": None}
    return {**row, **anew, "state": "open", "revision": int(str(before.get("revision") or 0)) + 1}


def told(row: Cells | None) -> dict[str, object]:
    """What the history says of a decision: the state, and whatever else is filled."""
    if row is None:
        return {"state": "open"}
    return {name: row[name] for name in _TOLD if row[name] not in (None, "", 0)}
