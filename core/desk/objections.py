"""Objections to what was decided on a well: kept in their own role, and the decisions are open again."""

from __future__ import annotations

from ..casefile import Change, Entry
from ..casefile.attest import told
from ..casefile.decisions import DECISION, reopened
from ..errors import OverdraftError
from ..register.identity import ROW_ID
from .acts import By, Objection, Recorded
from .checks import day_of, id_of, label, text_of, the_row
from .view import Row, View

NO_KIND = ""
"""Objections are of one kind."""


def objection(view: View, act: Objection, by: By) -> Recorded:
    """Record an objection and reopen every decision on a finding about the well, in one step.

    Raises:
        OverdraftError: unknown well or day, nothing objected, a personal number, an id that is taken.
    """
    well = the_row(view, "wells", "well_id", id_of(act.well_id, label("objections", "well_id")))
    day = day_of(act.filed_on, label("objections", "filed_on"), by.today)
    text = text_of(act.text, label("objections", "text"))
    if text is None:
        raise OverdraftError("desk.objection_empty")
    name = act.objection_id.strip() or view.next_id("objections", "objection_id", f"OB-{by.today:%Y%m%d}")
    if view.find("objections", objection_id=id_of(name, label("objections", "objection_id"))):
        raise OverdraftError("desk.objection_twice", found=name)
    values: Row = {
        "well_id": well["well_id"],
        "filed_on": day,
        "text": text,
        "decided_on": None,
        "result": None,
    }
    reason = f"{name} {text}"
    changes = [Change("objections", {"objection_id": name}, None, values)]
    entries = []
    for before in _decisions(view, str(well.get(ROW_ID) or well["well_id"])):
        after = reopened(before)
        finding = str(before["finding_id"])
        kept = {name: before[name] for name in DECISION if name != "finding_id"}
        changes.append(Change("decisions", {"finding_id": finding}, kept, after))
        entries.append(Entry("reopen", finding, by.who, by.login, told(before), told(after), reason))
    after = {"objection_id": name, "filed_on": day, "reopened": [entry.subject for entry in entries]}
    return Recorded(
        kind="objection",
        subject_role="wells",
        subject_id=str(well["well_id"]),
        token=NO_KIND,
        day=day,
        changes=tuple(changes),
        entry=Entry("objection", str(well["well_id"]), by.who, by.login, after=after, reason=text),
        more=tuple(entries),
    )


def _decisions(view: View, well: str) -> list[Row]:
    """Decisions that stand on findings about a well, found by the last run or not any more."""
    names = {
        str(row["finding_id"])
        for table in ("findings", "decided_findings")
        for row in view.find(table, subject_role="wells", subject_id=well)
    }
    found = [row for name in sorted(names) for row in view.find("decisions", finding_id=name)]
    standing = (row for row in found if row["state"] not in (None, "open"))
    return [{**row, "stale": None if row["stale"] is None else int(bool(row["stale"]))} for row in standing]
