"""What acts on decisions have in common: the row after one was reopened."""

from __future__ import annotations

from .changes import Cells
from .layout import layouts

DECISION = tuple(item.name for item in layouts()["decisions"].fields)


def reopened(before: Cells) -> dict[str, object]:
    """The row of a decision that waits to be made again; what was decided stays in it until then."""
    row = {name: before.get(name) for name in DECISION}
    anew = {"verified_by": None, "verified_on": None, "stale": 0, "changed": None}
    return {**row, **anew, "state": "open", "revision": int(str(before.get("revision") or 0)) + 1}
