"""The objections to what was decided on a well, and what became of them, as texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..personal import masked
from .lines import parsed, say
from .words import DASH, Words, is_given

Row = Mapping[str, Any]

RESULT = "objection_result"
"""Kind of the entries that tell what became of an objection."""


@dataclass(frozen=True)
class Objected:
    """One objection.

    Attributes:
        title: its id and the day on which it was filed. state: what became of it; ``waits``: nothing yet.
        text: what is objected. reason: of the result.
    """

    title: str
    state: str
    waits: bool
    text: str
    reason: str


def objections_of(rows: Iterable[Row], history: Iterable[Row], words: Words) -> Iterable[Objected]:
    """Objections in the order in which they were filed.

    Args:
        rows: of the role ``objections``. history: entries about their well, in which the reasons stand.
    """
    reasons = {
        (parsed(entry["after"]) or {}).get("objection_id"): str(entry["reason"] or "")
        for entry in history
        if entry["kind"] == RESULT
    }
    for row in sorted(rows, key=lambda row: (str(row["filed_on"] or ""), str(row["objection_id"]))):
        name, filed = str(row["objection_id"]), row["filed_on"]
        told = masked(name)
        waits = not (is_given(row["decided_on"]) or is_given(row["result"]))
        yield Objected(
            title=say("objected", words.language, id=told, day=str(filed)) if is_given(filed) else told,
            state=say("objection_waits", words.language) if waits else _ended(row, words),
            waits=waits,
            text=masked(str(row["text"] or "")),
            reason="" if waits else masked(reasons.get(name, "")),
        )


def about_results(history: Iterable[Row]) -> list[Row]:
    """Entries about a well that tell what became of an objection, or that such a result was taken back."""
    return [row for row in history if RESULT in (row["kind"], (parsed(row["after"]) or {}).get("undone"))]


def _ended(row: Row, words: Words) -> str:
    result = masked(words.token(RESULT, row["result"]))
    day = str(row["decided_on"]) if is_given(row["decided_on"]) else DASH
    return say("objection_ended", words.language, result=result, day=day)
