"""Documents that units owe: plans and their revision, yearly and quarterly reports."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.paperwork import PERIODIC_GRACE_MONTHS, first_days, yearly_papers
from ..facts.yearbook import unit_names, units_of
from ..registry import Parameter, Rule, words
from ..scene import Scene

KINDS = words("document_kind")


def document(scene: Scene, binding: Binding) -> Verdicts:
    """Each unit of a level has the documents that the clause asks for, in time (TLF-1.2q, 3.1d, 4.1, 4.5a, KYS-R6c,
    YJS-3.1.2f, 3.2.1b).

    Documents of a unit are those with ``subject_role`` units and its id. Of ``kind`` and of each of ``kinds`` one must
    be there. The checks, each with a name of its own:

    * ``duties.document``: it exists; with ``by``, it was drafted, issued or approved up to that day. A later day of
      issue or approval alone does not tell when it was drafted. Without ``by`` there is no day to miss: what is not
      there is a fail.
    * ``.approved`` (``approved_by``): approved on that day at the latest. ``.filed`` (``filed``): it was filed.
    * ``.revised`` (``revise_years`` = [earliest, latest]): the next revision is due from the earliest to the latest
      number of years after the last one (at first: after the approval), both days included: before ``not_due``, then
      ``in_window``, then ``overdue``.
    * ``yearly``, ``quarterly``: one document each year, or one for each quarter; with both, ``kind`` is quarterly
      and ``yearly_kind`` yearly. ``of_city``: those of the city itself count for each of its units as well.
    """
    if binding.value("yearly") or binding.value("quarterly"):
        return _periodic(scene, binding)
    units = units_of(scene, binding.value("level"))
    parts = [_exists(scene, binding, units)]
    kind = binding.value("kind")
    if binding.value("approved_by") is not None:
        parts.append(_approved(scene, binding, units, kind))
    if binding.value("filed"):
        parts.append(_filed(scene, binding, units, kind))
    if binding.value("revise_years"):
        parts.append(_revised(scene, binding, units, kind))
    return concat(parts)


def _exists(scene: Scene, binding: Binding, units: np.ndarray) -> Verdicts:
    kinds = tuple(
        dict.fromkeys(
            (*((binding.value("kind"),) if binding.value("kind") else ()), *(binding.value("kinds") or ()))
        )
    )
    if not kinds:
        return binding.cannot("duties.document.no_kind")
    by = binding.value("by")
    due = np.datetime64(by, "D") if by is not None else None
    late, lacking, undated = (np.zeros(len(units), dtype=np.int64) for _ in range(3))
    days = []
    for kind in kinds:
        found = first_days(scene, kind, units)
        here = found["exists"].to_numpy(dtype=bool)
        drafted = found["drafted_on"].to_numpy("datetime64[D]")
        any_day = found["first_on"].to_numpy("datetime64[D]")
        days.append(any_day)
        lacking += ~here
        if due is not None:
            in_time = here & ~np.isnat(any_day) & (any_day <= due)
            late += here & ~in_time & ~np.isnat(drafted)
            undated += here & ~in_time & np.isnat(drafted)
    early = due is not None and scene.today <= due
    key = np.select(
        [late > 0, (lacking > 0) & early, (lacking > 0) & (due is not None), lacking > 0, undated > 0],
        [
            "duties.document.late",
            "duties.document.not_due",
            "duties.document.overdue",
            "duties.document.lacking",
            "duties.document.no_day",
        ],
        "duties.document.there",
    ).astype(object)
    return binding.say(
        scene.unit_subjects(units),
        outcome=np.select(
            [late > 0, (lacking > 0) & early, lacking > 0, undated > 0],
            ["fail", "not_evaluated", "fail", "not_evaluated"],
            "pass",
        ).astype(object),
        action=np.select(
            [late > 0, lacking > 0, undated > 0], ["explain", "supply_data", "supply_data"], "none"
        ).astype(object),
        period_state=np.select(
            [(lacking > 0) & early, (lacking > 0) & (due is not None)],
            ["not_due", "overdue"],
            "closed" if due is not None else "",
        ).astype(object),
        key=key,
        values={"unit": unit_names(scene, units), "due": by, "lacking": lacking, "asked": len(kinds)},
        evidence={
            "kinds": [list(kinds)] * len(units),
            "since": [[_text(day) for day in row] for row in zip(*days, strict=True)],
        },
        measured=(len(kinds) - lacking).astype("float64"),
        threshold=float(len(kinds)),
        measure_unit="count",
    )


def _approved(scene: Scene, binding: Binding, units: np.ndarray, kind: str) -> Verdicts:
    due = np.datetime64(binding.value("approved_by"), "D")
    found = first_days(scene, kind, units)
    on = found["approved_on"].to_numpy("datetime64[D]")
    none = np.isnat(on)
    early = bool(scene.today <= due)
    return binding.say(
        scene.unit_subjects(units),
        check="approved",
        outcome=np.select(
            [~none & (on <= due), ~none, np.full(len(units), early)],
            ["pass", "fail", "not_evaluated"],
            "fail",
        ).astype(object),
        action=np.where(none, "supply_data", np.where(on <= due, "none", "explain")).astype(object),
        period_state=np.where(none, "not_due" if early else "overdue", "closed").astype(object),
        key=np.select(
            [~none & (on <= due), ~none, np.full(len(units), early)],
            ["duties.approved.in_time", "duties.approved.late", "duties.approved.not_due"],
            "duties.approved.overdue",
        ).astype(object),
        values={"unit": unit_names(scene, units), "due": str(due), "approved": on},
        evidence={"document": found["document_id"].to_numpy(), "approved_on": on},
    )


def _filed(scene: Scene, binding: Binding, units: np.ndarray, kind: str) -> Verdicts:
    found = first_days(scene, kind, units)
    filed, approved = (found[name].to_numpy("datetime64[D]") for name in ("filed_on", "approved_on"))
    waits = np.isnat(filed) & np.isnat(approved)
    return binding.say(
        scene.unit_subjects(units),
        check="filed",
        outcome=np.select([~np.isnat(filed), waits], ["pass", "not_evaluated"], "fail").astype(object),
        action=np.where(np.isnat(filed), "supply_data", "none").astype(object),
        key=np.select(
            [~np.isnat(filed), waits], ["duties.filed.done", "duties.filed.not_approved"], "duties.filed.open"
        ).astype(object),
        values={"unit": unit_names(scene, units)},
        evidence={"document": found["document_id"].to_numpy(), "filed_on": filed, "approved_on": approved},
    )


def _revised(scene: Scene, binding: Binding, units: np.ndarray, kind: str) -> Verdicts:
    earliest, latest = (int(years) for years in binding.value("revise_years"))
    found = first_days(scene, kind, units)
    base = pd.to_datetime(found["renewed_on"])
    opens = (base + pd.DateOffset(years=earliest)).to_numpy("datetime64[D]")
    closes = (base + pd.DateOffset(years=latest)).to_numpy("datetime64[D]")
    none = base.isna().to_numpy()
    state = np.select(
        [none, scene.today < opens, scene.today <= closes], ["", "not_due", "in_window"], "overdue"
    ).astype(object)
    return binding.say(
        scene.unit_subjects(units),
        check="revised",
        outcome=np.where(state == "overdue", "fail", "not_evaluated").astype(object),
        action=np.select([none, state == "overdue"], ["supply_data", "explain"], "none").astype(object),
        period_state=state,
        key=np.select(
            [none, state == "not_due", state == "in_window"],
            ["duties.revised.no_base", "duties.revised.not_due", "duties.revised.in_window"],
            "duties.revised.overdue",
        ).astype(object),
        values={"unit": unit_names(scene, units), "from": opens, "to": closes},
        evidence={
            "document": found["document_id"].to_numpy(),
            "last_on": base.to_numpy("datetime64[D]"),
            "from": opens,
            "to": closes,
        },
    )


def _periodic(scene: Scene, binding: Binding) -> Verdicts:
    """One row per unit and year: the quarterly documents of a year are four, issued in four different quarters.

    A year is judged once the quarter after it is over, in which its last report is written: until then it is open.
    """
    kind, quarterly, yearly = (binding.value(name) for name in ("kind", "quarterly", "yearly"))
    parts = []
    if quarterly:
        parts.append(_counted(scene, binding, kind, 4, "quarterly" if yearly else ""))
    if yearly:
        parts.append(
            _counted(
                scene,
                binding,
                binding.value("yearly_kind") if quarterly else kind,
                1,
                "yearly" if quarterly else "",
            )
        )
    return concat(parts)


def _counted(scene: Scene, binding: Binding, kind: str, wanted: int, check: str) -> Verdicts:
    units = units_of(scene, binding.value("level"))
    table = yearly_papers(scene, kind, units, binding, quarterly=wanted == 4)
    if not len(table):
        return binding.cannot("duties.periodic.no_year")
    ends = pd.to_datetime(table["year"].astype(str) + "-12-31") + pd.DateOffset(months=PERIODIC_GRACE_MONTHS)
    running = (pd.Timestamp(scene.as_of) <= ends).to_numpy()
    count = table["count"].to_numpy()
    enough = count >= wanted
    undated = table["undated"].to_numpy() > 0
    return binding.say(
        scene.unit_subjects(table["unit_id"]),
        check=check,
        outcome=np.select([enough, running | undated], ["pass", "not_evaluated"], "fail").astype(object),
        action=np.where(enough, "none", "supply_data").astype(object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=np.where(running & ~enough, "open", "closed").astype(object),
        key=np.select(
            [enough, running, undated],
            ["duties.periodic.enough", "duties.periodic.open", "duties.periodic.no_day"],
            "duties.periodic.lacking",
        ).astype(object),
        values={
            "unit": unit_names(scene, table["unit_id"]),
            "year": table["year"].to_numpy(),
            "found": count,
            "wanted": wanted,
        },
        evidence={"kind": kind, "undated": table["undated"].to_numpy()},
        measured=count.astype("float64"),
        threshold=float(wanted),
        measure_unit="count",
        unsure=("duties.report_in_next_quarter",),
    )


def _text(day: np.datetime64) -> str | None:
    return None if np.isnat(day) else str(day)


RULES = (
    Rule(
        "duties.document",
        document,
        subjects=("units",),
        needs=("documents",),
        parameters=(
            Parameter("kind", "text", one_of=KINDS),
            Parameter("kinds", "texts", one_of=KINDS),
            Parameter("level", "text", default="county"),
            Parameter("by", "date"),
            Parameter("approved_by", "date"),
            Parameter("filed", "bool", default=False),
            Parameter("revise_years", "numbers"),
            Parameter("yearly", "bool", default=False),
            Parameter("quarterly", "bool", default=False),
            Parameter("yearly_kind", "text", default="annual_report", one_of=KINDS),
            Parameter("years", "numbers"),
            Parameter("of_city", "bool", default=False),
        ),
    ),
)
