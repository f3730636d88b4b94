"""Acts about applications: take in, decide, withdraw, link the well that was drilled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
from shapely.geometry.base import BaseGeometry

from ..casefile import Change, Entry
from ..errors import OverdraftError
from ..schema import register_schema
from .acts import By, Decision, Event, Intake, Link, Recorded, Withdrawal
from .checks import day_of, id_of, label, one_of, text_of, the_row, well_fields, word
from .events import event, label_of_reason
from .view import Fact, Row, View, keyed

OF_A_WELL = ("deepen", "relocate", "extend", "change")
"""Kinds that concern a well that stands."""

DRILLED = ("new", "renewal", "relocate")
"""Kinds that end in a well that is commissioned."""

DEAD = ("refused", "withdrawn")
_NOT_TAKEN_OVER = (
    "application_id",
    "kind",
    "applied_on",
    "approval_no",
    "decision",
    "decided_on",
    "traded_m3",
)
_NEVER = ("well_id", "result_well_id", "status", "origin", "replaces", "built_on", "commissioned_on")


def intake(view: View, act: Intake, by: By) -> Recorded:
    """Take in an application and reserve the wells pledged to it.

    Raises:
        OverdraftError: unknown kind, well or field, an id that is taken, no place, a well pledged twice.
    """
    kinds = tuple(register_schema().enums["application_kind"])
    kind = one_of("application_kind", act.kind, kinds, label("applications", "kind"))
    applied = day_of(act.applied_on, label("applications", "applied_on"), by.today)
    application_id = _new_id(view, act, applied)
    cells = well_fields({k: v for k, v in act.fields.items() if k not in _NEVER}, "applications")
    well = (
        the_row(view, "wells", "well_id", id_of(act.well_id, label("applications", "well_id")))
        if (kind in OF_A_WELL or act.well_id)
        else None
    )
    replaces = act.replaces.strip()
    if replaces:
        the_row(view, "wells", "well_id", replaces)
    if kind != "renewal" and (replaces or act.retired_ids):
        raise OverdraftError("desk.pledge_without_renewal", kind=word("application_kind", kind))
    retired = list(dict.fromkeys(name.strip() for name in (*([replaces] * bool(replaces)), *act.retired_ids)))
    for name in retired:
        _free_to_pledge(view, name)
    values = {
        **cells,
        "kind": kind,
        "applied_on": applied,
        "decision": "pending",
        "well_id": well["well_id"] if well else None,
        "origin": {"renewal": "renewal", "new": "new"}.get(kind),
        "replaces": replaces or None,
        "geom": place_of(view, act.place, act.crs, well, "applications"),
    }
    pairs = [
        Change(
            "pairs",
            {"renewal_id": application_id, "retired_id": name},
            None,
            {
                "role": "replaced" if name == replaces else "reduced",
                "state": "reserved",
                "pledged_on": applied,
            },
        )
        for name in retired
    ]
    after: Row = {"application_id": application_id, "kind": kind, "applied_on": applied, "reserved": retired}
    if act.permission:
        after["permission"] = act.permission
    return Recorded(
        kind="application",
        subject_role="applications",
        subject_id=application_id,
        token=kind,
        day=applied,
        application_id=application_id,
        changes=(Change("applications", {"application_id": application_id}, None, values), *pairs),
        entry=Entry("application", application_id, by.who, by.login, after=after),
    )


def decision(view: View, act: Decision, by: By) -> Recorded:
    """Approve or refuse an application; a refusal releases the wells pledged to it.

    Raises:
        OverdraftError: decided before, a day before the application's, an approval without a number.
    """
    row = _application(view, act.application_id)
    name = str(row["application_id"])
    decided = one_of(
        "application_decision", act.decision, ("approved", "refused"), label("applications", "decision")
    )
    if row["decision"] not in (None, "pending"):
        found = word("application_decision", str(row["decision"]))
        raise OverdraftError("desk.decided_already", found=name, decision=found, day=row["decided_on"])
    day = day_of(act.decided_on, label("applications", "decided_on"), by.today)
    _not_before(row, day)
    number = text_of(act.approval_no, label("applications", "approval_no")) or row["approval_no"]
    if decided == "approved" and not number:
        raise OverdraftError("desk.approval_needed", found=name)
    after: Row = {"decision": decided, "decided_on": day}
    if decided == "approved":
        after["approval_no"] = number
    pairs = _pairs(view, name)
    changed = (
        _released(pairs, day) if decided == "refused" else [_changed(p, approval_no=number) for p in pairs]
    )
    return _of_application(row, "decision", decided, day, after, changed, by, act.reason)


def withdrawal(view: View, act: Withdrawal, by: By) -> Recorded:
    """The applicant withdraws; the wells pledged to the application are free again.

    Raises:
        OverdraftError: refused or withdrawn before, or its well is linked already.
    """
    row = _application(view, act.application_id)
    name = str(row["application_id"])
    if row["decision"] in DEAD:
        found = word("application_decision", str(row["decision"]))
        raise OverdraftError("desk.decided_already", found=name, decision=found, day=row["decided_on"])
    if row["result_well_id"]:
        raise OverdraftError("desk.linked_already", found=name, well=row["result_well_id"])
    day = day_of(act.withdrawn_on, label("applications", "decided_on"), by.today)
    _not_before(row, day)
    after: Row = {"decision": "withdrawn", "decided_on": day}
    changed = _released(_pairs(view, name), day)
    return _of_application(row, "withdrawal", "withdrawn", day, after, changed, by, act.reason)


def link(view: View, act: Link, by: By, case: Path) -> Recorded:
    """The well of an approved application stands: the pledges go over to it, and it is commissioned.

    Raises:
        OverdraftError: not approved, linked before, an id of another application's well or of one pledged to it, a day
            before the approval or before the well was built.
        DoubtError: the well has been commissioned or closed on record.
    """
    row = _application(view, act.application_id)
    name, kind = str(row["application_id"]), str(row["kind"])
    if row["decision"] != "approved":
        found = word("application_decision", str(row["decision"] or "pending"))
        raise OverdraftError("desk.not_approved", found=name, decision=found)
    if row["result_well_id"]:
        raise OverdraftError("desk.linked_already", found=name, well=row["result_well_id"])
    day = day_of(act.commissioned_on, label("wells", "commissioned_on"), by.today)
    if row["decided_on"] and day < str(row["decided_on"]):
        raise OverdraftError("desk.before_approval", found=name, day=day, allowed=row["decided_on"])
    well_id = id_of(act.well_id, label("wells", "well_id"))
    if view.find("applications", result_well_id=well_id):
        raise OverdraftError("desk.well_of_another", found=well_id)
    pledged = _pairs(view, name)
    if any(pair["retired_id"] == well_id for pair in pledged):
        raise OverdraftError("desk.renews_itself", found=well_id, by=name)
    well = _linked_well(view, act, row, well_id, kind, day, by)
    pairs = [_changed(pair, renewal_id=well_id, state="used") for pair in pledged]
    done = _of_application(row, "link", kind, day, {"result_well_id": well_id}, [*well, *pairs], by, "")
    if kind not in DRILLED:
        return done
    view = _Seeing(view, well)
    happened = Event(
        well_id, "commissioned", day, doc_no=act.doc_no or str(row["approval_no"] or ""), anyway=act.anyway
    )
    told = event(view, happened, by, case)
    entry = replace(done.entry, after={**(done.entry.after or {}), "event_id": told.event_id})
    return replace(done, changes=(*done.changes, *told.changes), event_id=told.event_id, entry=entry)


class _Seeing(View):
    """A view in which the well that is being linked stands already."""

    def __init__(self, view: View, changes: Iterable[Change]) -> None:
        self._view, self.files = view, view.files  # it asks the other view and needs no tables of its own
        self._new = [dict(c.key) | dict(c.after or {}) for c in changes if c.before is None]

    def find(self, table: str, **where: object) -> list[Row]:
        own = [row for row in self._new if all(row.get(k) == v for k, v in where.items())]
        return own if table == "wells" and own else self._view.find(table, **where)

    def facts(self, role: str, subject: str) -> list[Fact]:
        return (
            [] if any(row.get("well_id") == subject for row in self._new) else self._view.facts(role, subject)
        )

    def next_id(self, table: str, column: str, prefix: str) -> str:
        return self._view.next_id(table, column, prefix)


def _linked_well(
    view: View, act: Link, application: Row, well_id: str, kind: str, day: str, by: By
) -> list[Change]:
    """The row of the well: a new one from the application, or what the application changes in the old one."""
    fields = register_schema().roles["wells"].fields
    applied = {
        name: application.get(name)
        for name in fields
        if name not in (*_NEVER, *_NOT_TAKEN_OVER) and application.get(name) is not None
    }
    given = {k: v for k, v in act.fields.items() if k not in _NEVER}
    cells = {**applied, **well_fields(given, "wells")}
    built = day_of(act.built_on, label("wells", "built_on"), by.today) if act.built_on else day
    if built > day:
        raise OverdraftError("desk.built_later", found=well_id, day=built, allowed=day)
    rows = view.find("wells", well_id=well_id)
    if len(rows) > 1:
        the_row(view, "wells", "well_id", well_id)
    if kind not in DRILLED or (application["well_id"] == well_id and kind == "relocate"):
        old = the_row(view, "wells", "well_id", well_id)
        kept: Row = {
            name: cells[name]
            for name in ("depth_m", "permit_m3", "permit_to", "use", "aquifer")
            if name in cells
        }
        if kind == "relocate" and (act.place or application["geom"]) is not None:
            kept["geom"] = _drilled_at(view, act, application)
        return [Change("wells", {"well_id": well_id}, {n: old[n] for n in kept}, kept)] if kept else []
    born = {
        "origin": "renewal" if kind == "renewal" else "new",
        "replaces": application["replaces"],
        "status": "active",
        "status_on": day,
    }
    if rows:
        old = rows[0]
        told = {**cells, "built_on": built} if act.built_on else cells
        new = {**{n: v for n, v in told.items() if old.get(n) is None}, **born}
        if act.place is not None:
            new["geom"] = place_of(view, act.place, act.crs, None, "wells")
        return [Change("wells", {"well_id": well_id}, {n: old[n] for n in new}, new)]
    values = {**cells, **born, "built_on": built, "geom": _drilled_at(view, act, application)}
    return [Change("wells", {"well_id": well_id}, None, values)]


def _drilled_at(view: View, act: Link, application: Row) -> BaseGeometry:
    """Where the well was drilled: where it was applied for, if the act says nothing else."""
    given = act.place is not None
    place, crs = (act.place, act.crs) if given else (application["geom"], view.crs("applications"))
    return place_of(view, place, crs, None, "wells")


def _new_id(view: View, act: Intake, applied: str) -> str:
    if not act.application_id.strip():
        return view.next_id("applications", "application_id", f"AP-{applied[:4]}")
    name = id_of(act.application_id, label("applications", "application_id"))
    if view.find("applications", application_id=name) or view.find("wells", well_id=name):
        raise OverdraftError("desk.id_taken", found=name)
    return name


def _free_to_pledge(view: View, name: str) -> None:
    """A well that no living renewal holds.

    Raises:
        OverdraftError: it is not in the register, or pledged already.
    """
    id_of(name, label("pairs", "retired_id"))
    the_row(view, "wells", "well_id", name)
    held = [str(row["renewal_id"]) for row in view.find("pairs", retired_id=name) if _alive(row)]
    held += [
        str(row["application_id"])
        for row in view.find("applications", replaces=name)
        if row["decision"] not in DEAD and row["kind"] == "renewal"
    ]
    held += [str(row["well_id"]) for row in view.find("wells", replaces=name) if row["origin"] == "renewal"]
    if held:
        raise OverdraftError("desk.pledged_already", found=name, by=sorted(set(held)))


def _alive(pair: Row) -> bool:
    return pair["state"] != "released" and not pair["released_on"]


def _pairs(view: View, renewal: str) -> list[Row]:
    return [row for row in view.find("pairs", renewal_id=renewal) if _alive(row)]


def _changed(pair: Row, **after: object) -> Change:
    key, empty = keyed({name: pair[name] for name in ("renewal_id", "retired_id", "pledged_on")})
    old = {name: pair[name] for name in after if name not in key}
    return Change("pairs", key, {**empty, **old}, after)


def _released(pairs: list[Row], day: str) -> list[Change]:
    return [_changed(pair, state="released", released_on=day) for pair in pairs]


def _application(view: View, name: str) -> Row:
    return the_row(
        view, "applications", "application_id", id_of(name, label("applications", "application_id"))
    )


def _not_before(row: Row, day: str) -> None:
    if row["applied_on"] and day < str(row["applied_on"]):
        raise OverdraftError(
            "desk.before_application", found=row["application_id"], day=day, allowed=row["applied_on"]
        )


def _of_application(
    row: Row, kind: str, token: str, day: str, after: Row, others: list[Change], by: By, reason: str
) -> Recorded:
    """A change of an application row with what follows from it."""
    name = str(row["application_id"])
    before = {column: row[column] for column in ("decision", "result_well_id", *after)}
    pairs = sorted(str(change.key["retired_id"]) for change in others if change.table == "pairs")
    told = {**after, "pairs": pairs} if pairs else dict(after)
    return Recorded(
        kind=kind,
        subject_role="applications",
        subject_id=name,
        token=token,
        day=day,
        application_id=name,
        changes=(Change("applications", {"application_id": name}, before, after), *others),
        entry=Entry(
            kind,
            name,
            by.who,
            by.login,
            before={column: row[column] for column in after},
            after=told,
            reason=text_of(reason, label_of_reason()),
        ),
    )


def place_of(
    view: View, place: BaseGeometry | None, crs: object, well: Row | None, table: str
) -> BaseGeometry:
    """The point in the system of the layer.

    Raises:
        OverdraftError: there is none, or none on the earth.
    """
    if place is None and well is not None:
        place, crs = well["geom"], view.crs("wells")
    own = view.crs(table)
    if _is_place(place) and crs and own is not None:
        place = gpd.GeoSeries([place], crs=crs).to_crs(own).iloc[0]
    if not _is_place(place):
        raise OverdraftError("desk.place_needed")
    return place


def _is_place(place: BaseGeometry | None) -> bool:
    """One point with two finite coordinates."""
    return (
        place is not None
        and place.geom_type == "Point"
        and not place.is_empty
        and bool(np.isfinite([place.x, place.y]).all())
    )
