"""Decisions against the history: what stands in ``decisions`` is what persons decided, and rests on what they saw.

The history is guarded and chained, the table of decisions is not: whoever edits it by hand says something in the name
of the person who signed. So each row is compared with the last that the history says of it, and the finding decided on
with the hash of what it rested on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing

from ..findings.record import rests_on
from ..findings.verdicts import to_json
from ..personal import masked
from . import container
from .chain import Chain, Problem

SEPARATOR = "/"
"""Between the names of a merged case and of one that had been merged into that before."""

TOLD = ("state", "outcome", "reason_kind", "attachment", "deferred_to", "stale", "evidence_hash")
"""What the history says of a decision before and after, beside person, time and reason."""

_SIGNED = ("decided_by", "reason", "verified_by")
_DECIDING = ("accept", "override", "defer")
_ACTS = (*_DECIDING, "verify", "reopen", "undo", "redo")

Row = Mapping[str, object]
Story = dict[str, object]


def told(row: Row | None) -> dict[str, object]:
    """What the history says of a decision: the state, and whatever else is filled."""
    if row is None:
        return {"state": "open"}
    return {name: row[name] for name in TOLD if row.get(name) not in (None, "", 0)}


def examine_decisions(connection: sqlite3.Connection, chains: Mapping[str, Chain]) -> Iterator[Problem]:
    """Decisions that are not as the history says, and findings decided on that are not what was seen.

    Args:
        chains: the history of the case under the empty name, and those of cases merged into it under theirs.
    """
    if not container.has_table(connection, "decisions"):
        return
    stories = _stories("", chains)
    rows = _rows(connection, "SELECT * FROM decisions ORDER BY finding_id")
    for row in rows:
        versions = stories.pop(str(row["finding_id"]), [])
        if not any(_agrees(row, version) for version in versions):
            expected = to_json(versions[0]) if versions else ""
            yield _problem("decision_changed", row, to_json(_shown(row)), expected)
    for name, versions in stories.items():
        yield _problem("decision_changed", {"finding_id": name}, "", to_json(versions[0]))
    if container.has_table(connection, "decided_findings"):
        kept = {item["finding_id"]: item for item in _rows(connection, "SELECT * FROM decided_findings")}
        decided = (row for row in rows if row["state"] != "open")
        yield from (found for row in decided for found in _basis(row, kept.get(row["finding_id"])))


def _basis(row: Row, finding: Row | None) -> Iterator[Problem]:
    """Is the finding still there that the decision rests on?"""
    expected = str(row.get("evidence_hash") or "")
    found = "" if finding is None else str(finding["evidence_hash"] or "")
    if finding is None or found != expected or not rests_on(finding, found):
        yield _problem("basis_changed", row, found, expected)


def _problem(kind: str, row: Row, found: str, expected: str) -> Problem:
    return Problem(kind, None, str(row["finding_id"]), masked(found), masked(expected))


def _stories(name: str, chains: Mapping[str, Chain]) -> dict[str, list[Story]]:
    """The last that the history of a case says of each decision.

    Of a decision that several merged cases held, each history tells its own: the row is that of one of them.
    """
    stories: dict[str, list[Story]] = {}
    for inner in chains:
        if inner and inner.rpartition(SEPARATOR)[0] == name:
            for finding, versions in _stories(inner, chains).items():
                stories.setdefault(finding, []).extend(versions)
    for _, entry in chains[name].entries:
        _tell(stories, entry.row)
    return stories


def _tell(stories: dict[str, list[Story]], row: Row) -> None:
    """Take one entry of the history in."""
    kind, subject, after = row["kind"], str(row["subject"]), parsed(row["after"])
    if kind == "follow":
        stories[subject] = stories.pop(str(parsed(row["before"]).get("finding_id")), [])
    elif kind in ("stale", "current"):
        for version in stories.get(subject, ()):
            version["stale"] = 1
            if kind == "current":
                del version["stale"]
    elif kind in _ACTS and "state" in after:
        before = stories.get(subject, [])
        signed = {name: before[0][name] for name in _SIGNED if len(before) == 1 and name in before[0]}
        if kind in _DECIDING:
            signed = {"decided_by": row["who"], "reason": row["reason"], "verified_by": None}
        elif kind == "verify":
            signed["verified_by"] = row["who"]
        elif kind == "reopen":
            signed["verified_by"] = None
        else:  # whose decision it is again, the entries before tell, and not which of them
            signed = {}
        stories[subject] = [{name: after[name] for name in TOLD if name in after} | signed]


def _agrees(row: Row, version: Story) -> bool:
    said = {name: version[name] for name in TOLD if name in version}
    shown = {name: value for name, value in told(row).items() if name in said or name != "evidence_hash"}
    return shown == said and all(
        (row.get(name) or "") == (version[name] or "") for name in _SIGNED if name in version
    )


def _shown(row: Row) -> dict[str, object]:
    return told(row) | {name: row[name] for name in _SIGNED if row.get(name)}


def _rows(connection: sqlite3.Connection, statement: str) -> list[dict[str, object]]:
    with closing(connection.cursor()) as cursor:
        found = cursor.execute(statement).fetchall()
        names = [item[0] for item in cursor.description]
    return [dict(zip(names, cells, strict=True)) for cells in found]


def parsed(text: object) -> dict:
    """The object in a cell of the history; whoever forged the entry may have written anything."""
    try:
        read = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
