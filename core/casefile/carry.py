"""Decisions and a new run: none is lost, and those whose finding is no longer the same are marked.

A run replaces the findings. A decision stays with its finding's id. It goes stale when what the verdict rests on has
changed or the finding is gone, and says what changed; it is current again once all is as it was decided on. Decisions
follow a document that replaces another one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping

from ..findings.record import RESTS_ON, finding_id
from ..findings.verdicts import to_json
from .changes import Entry

PROGRAM = "overdraft"
"""Who marks a decision: the program, in a run."""

GONE = {"finding": "gone"}
"""``changed`` of a decision whose finding the run does not find any more."""

_FOLLOWING = """SELECT c.finding_id, c.rule, c.clause, c.subject_role, c.subject_id, c.period, d.revision
    FROM decisions d JOIN decided_findings c ON c.finding_id = d.finding_id
    WHERE question(?, c.rule, c.clause, c.subject_role, c.subject_id, c.period) = d.finding_id
    AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.finding_id = d.finding_id) ORDER BY c.finding_id"""

_TAKEN = """SELECT EXISTS (SELECT 1 FROM findings WHERE finding_id = ?1),
    EXISTS (SELECT 1 FROM decisions WHERE finding_id = ?1)"""

_DECIDED = """SELECT d.finding_id AS id, d.stale, d.changed, d.revision, d.evidence_hash AS decided_hash,
    f.finding_id AS found, f.evidence_hash AS found_hash,
    c.outcome AS c_outcome, c.permission AS c_permission, c.measured AS c_measured, c.threshold AS c_threshold,
    c.measure_unit AS c_measure_unit, c.evidence AS c_evidence, c.settings AS c_settings,
    f.outcome AS f_outcome, f.permission AS f_permission, f.measured AS f_measured, f.threshold AS f_threshold,
    f.measure_unit AS f_measure_unit, f.evidence AS f_evidence, f.settings AS f_settings
    FROM decisions d LEFT JOIN decided_findings c ON c.finding_id = d.finding_id
    LEFT JOIN findings f ON f.finding_id = d.finding_id
    WHERE d.state <> 'open' AND (coalesce(c.policy_id, f.policy_id) IN (?1, ?2)
        OR question(?1, c.rule, c.clause, c.subject_role, c.subject_id, c.period) = d.finding_id
        OR question(?2, c.rule, c.clause, c.subject_role, c.subject_id, c.period) = d.finding_id)
    ORDER BY d.finding_id"""
"""A finding decided on names the document under which it was found; one that followed has an id of a later one."""


def carry_decisions(connection: sqlite3.Connection, policy_id: str, succeeds: str) -> list[Entry]:
    """Carry the decisions over to the findings just written, inside the caller's transaction.

    Decisions on findings of other documents are left alone: this run did not judge them.

    Args:
        policy_id: the document of the run; succeeds: the one it replaces, empty for none.

    Returns:
        What the history is to say, one entry for each decision that followed, went stale or is current again.
    """
    connection.create_function("question", 6, _question, deterministic=True)
    entries = list(_follow(connection, policy_id, succeeds)) if succeeds else []
    rows = connection.cursor()
    rows.row_factory = sqlite3.Row
    updates = []
    for row in rows.execute(_DECIDED, (policy_id, succeeds or policy_id)):
        changed = _changed(row)
        stale, text = int(bool(changed)), to_json(changed) if changed else None
        if (row["stale"] or 0, row["changed"]) == (stale, text):
            continue
        updates.append((stale, text, row["id"]))
        entries.append(
            Entry("stale" if stale else "current", row["id"], PROGRAM, after=changed or {"stale": False})
        )
    connection.executemany(
        "UPDATE decisions SET stale = ?, changed = ?, revision = coalesce(revision, 0) + 1 WHERE finding_id = ?",
        updates,
    )
    return entries


def _follow(connection: sqlite3.Connection, policy_id: str, succeeds: str) -> Iterator[Entry]:
    """Decisions on the older document's findings go to the same question under the new one."""
    for old, *parts, _ in connection.execute(_FOLLOWING, (succeeds,)).fetchall():
        new = _question(policy_id, *parts)
        found, taken = connection.execute(_TAKEN, (new,)).fetchone()
        if not found or taken:
            continue
        connection.execute(
            "UPDATE decisions SET finding_id = ?, revision = coalesce(revision, 0) + 1 WHERE finding_id = ?",
            (new, old),
        )
        connection.execute("UPDATE decided_findings SET finding_id = ? WHERE finding_id = ?", (new, old))
        yield Entry("follow", new, PROGRAM, before={"finding_id": old}, after={"finding_id": new})


def _question(policy_id: str, *parts: str | None) -> str:
    """The id of a finding of a document."""
    return finding_id(policy_id, *(part or "" for part in parts))


def _changed(row: sqlite3.Row) -> dict[str, object]:
    """What differs between the finding decided on and the one found now; empty when the decision holds."""
    if row["found"] is None:
        return dict(GONE)
    if row["found_hash"] == row["decided_hash"]:
        return {}
    pairs = {name: (row[f"c_{name}"], row[f"f_{name}"]) for name in RESTS_ON}
    changed = {name: _difference(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}
    return changed or {"evidence_hash": [row["decided_hash"], row["found_hash"]]}


def _difference(old: object, new: object) -> object:
    """Both values; of two JSON objects only the keys that differ."""
    before, after = _object(old), _object(new)
    if before is None or after is None:
        return [old, new]
    keys = sorted({*before, *after})
    return {key: [before.get(key), after.get(key)] for key in keys if before.get(key) != after.get(key)}


def _object(text: object) -> Mapping[str, object] | None:
    if not isinstance(text, str) or not text.startswith("{"):
        return None
    found = json.loads(text)
    return found if isinstance(found, dict) else None
