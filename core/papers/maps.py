"""What printed maps are about: their rows in the case, their titles, and what they say of themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..comparing import compare_runs, read_run
from ..findings import OUTCOMES
from ..register.facts import land_history
from ..report.figures import count
from ..review.summary import summarise
from .book import Book
from .map_part import in_force, part_told, place_of
from .privacy import COARSE, PUBLIC

SHEETS = ("zones", "verdicts", "pairs", "retirement", "change")
ATLASES = {"county_atlas": "county", "township_atlas": "township"}
"""Atlases and the level of the units that each has a page for."""

MAPS = ("zones", "county_atlas", "township_atlas", "verdicts", "pairs", "retirement", "change")
"""Every map, in the order in which they are made."""

NEEDS = (
    *("irrigation", "pair_lines", "ledger", "ledger_balance", "retirement_balance", "events", "pairs"),
    *("evidence", "targets", "findings"),
)
"""Tables that the maps are drawn from, beside wells, units and zones."""

CHANGES = ("worse", "better", "changed", "entered", "left", "same")


def placed(book: Book) -> pd.DataFrame:
    """The wells in scope that have a place."""
    return placed_in(book.wells)


def placed_in(wells: pd.DataFrame) -> pd.DataFrame:
    """The wells among some that have a place."""
    return wells[wells["placed"].eq(True).fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)


def subtitle(book: Book, kind: str) -> str:
    """Document and day, and the part that is shown where the title does not say it."""
    policy = book.run.policy
    title = policy.title if book.language == "zh" else policy.title_en or policy.title
    day = book.run.as_of.isoformat()
    told = book.say("maps.subtitle", number=policy.number, title=title, as_of=day)
    shown = part_told(book, kind)
    return f"{shown}{'　' if book.language == 'zh' else ' · '}{told}" if shown else told


def about(book: Book, crs: str, profile: str) -> list[str]:
    """Projection, sources and what the reader must know of the map."""
    run = book.run
    lines = [
        book.say("maps.crs", crs=crs),
        book.say("maps.run", as_of=run.as_of.isoformat(), version=run.policy.version, run=run.run_id),
    ]
    absent = len(book.wells) - len(placed(book))
    if absent:
        lines.append(book.say("maps.absent", n=count(absent)))
    since = summarise(book.path).since
    if since:
        lines.append(book.say("maps.since", n=count(since)))
    if profile == PUBLIC:
        lines.append(book.say("maps.coarse", digits=COARSE))
    return lines


def land(book: Book) -> pd.DataFrame:
    """The irrigation areas with ``state`` (retired or not), ``retired_day`` and ``restored_day`` on the day of the run,
    as their events have it, else the register. Where a period is asked for, only a retirement in it has a day, and only
    land retired in it is restored."""
    frame = book["irrigation"]
    if not len(frame):
        return frame
    history = land_history(book.register)
    known = history[history["day"].isna() | (history["day"] <= pd.Timestamp(book.run.as_of))]
    # irrigated, with a day of retirement and nothing else: unclear, and not counted by the balance either
    unclear = known["snapshot"] & (known["kind"] == "retired")
    unclear &= frame["status"].fillna("").to_numpy()[known["row"]] != "retired"
    known = known[~unclear | known["row"].isin(known.loc[known["kind"] == "restored", "row"])]
    days = {}
    for kind in ("retired", "restored"):
        last = known[known["kind"] == kind].drop_duplicates("row", keep="last").set_index("row")
        days[kind] = last["day"].reindex(range(len(frame)))
        days[f"is_{kind}"] = pd.Series(np.arange(len(frame))).isin(last.index)
    back = days["is_restored"] & ~(days["restored"] < days["retired"])
    of_period = book.in_period(known[known["kind"] == "retired"], "day").drop_duplicates("row", keep="last")
    shown = of_period.set_index("row")["day"].reindex(range(len(frame)))
    asked = shown.notna() if book.scope.begin or book.scope.end else True
    return frame.reset_index(drop=True).assign(
        state=np.where(days["is_retired"] & ~back, "retired", frame["status"].fillna("").to_numpy()),
        retired_day=shown.to_numpy(),
        restored_day=days["restored"].where(back & asked).to_numpy(),
    )


def pair_lines(book: Book) -> pd.DataFrame:
    """Lines of the pairs in scope: of a renewal in scope, or where it is not drilled of a well given up that is. Of a
    period those that were pledged in it, as the ledger of the run has it."""
    lines, scope = book["pair_lines"], book.scope
    if scope.county or scope.zone or scope.authority:
        drilled = lines["renewal_id"].isin(book.well.index)
        anchor = lines["renewal_id"].where(drilled, lines["retired_id"])
        lines = lines[anchor.isin(set(book.wells["well_id"].dropna())).to_numpy(dtype=bool)]
    if scope.begin or scope.end:
        ledger = book["ledger"]
        pairs = ledger[ledger["kind"].eq("pair").fillna(False).to_numpy(dtype=bool)]
        told = [json.loads(text) if isinstance(text, str) else {} for text in pairs["reason_values"]]
        pairs = pairs.assign(pledged_on=[value.get("pledged_on") for value in told])
        pledged = book.in_period(pairs, "pledged_on")
        own = set(zip(pledged["renewal_id"], pledged["well_id"], strict=True))
        ends = zip(lines["renewal_id"], lines["retired_id"], strict=True)
        lines = lines[np.array([pair in own for pair in ends], dtype=bool)]
    return lines.reset_index(drop=True)


@dataclass(frozen=True)
class Change:
    """What became of the wells since an earlier run.

    Attributes:
        kinds: by row id of a well, one of :data:`CHANGES`; wells that did not change are not in it.
        before: day of the earlier run. gone: rows of the wells in scope that left, as the earlier case has them.
    """

    kinds: Mapping[str, str]
    before: str
    gone: pd.DataFrame


def changes(book: Book, earlier: Book) -> Change:
    """Compare two runs by their wells.

    Raises:
        OverdraftError: one of them holds no run.
    """
    rows = compare_runs(read_run(earlier.path), read_run(book.path)).wells
    kinds = {}
    columns = ["subject_id", "change", "outcome_before", "outcome_after"]
    for subject, change, before, after in rows[columns].itertuples(index=False):
        if change == "changed" and before != after:
            change = "worse" if OUTCOMES.index(after) < OUTCOMES.index(before) else "better"
        kinds[str(subject)] = change
    gone = replace(earlier, scope=book.scope).wells  # which the earlier case need not know
    gone = gone[gone["row_id"].map(kinds.get).eq("left").to_numpy(dtype=bool)]
    return Change(kinds, earlier.run.as_of.isoformat(), gone.reset_index(drop=True))


# --- units and titles


def units_of(book: Book, kind: str) -> pd.DataFrame:
    """The units that an atlas has a page for, by id, one row each: those of the county in scope; of a zone or an
    authority those that have wells of it."""
    units = in_force(book, "units", "unit_id")
    if not len(units):
        return units
    units = units[(units["level"] == ATLASES[kind]).to_numpy(dtype=bool)]
    if book.scope.county:
        units = units[units["unit_id"].map(book.county_of).eq(book.scope.county).to_numpy(dtype=bool)]
    if book.scope.zone or book.scope.authority:
        homes = set(book.wells[f"{ATLASES[kind]}_id"].dropna())
        units = units[units["unit_id"].isin(homes).to_numpy(dtype=bool)]
    units = units[["unit_id", "geometry"]].sort_values("unit_id", kind="stable", ignore_index=True)
    if not units["unit_id"].duplicated().any():
        return units
    return units.set_geometry(units.geometry.make_valid()).dissolve("unit_id", as_index=False)


def title_of(book: Book, kind: str, change: Change | None = None) -> str:
    """The title of a sheet, and of an atlas as a whole."""
    values = {"before": change.before if change else "…", "after": book.run.as_of.isoformat()}
    if kind in ATLASES:
        values["parent"] = ""
    return book.say(f"maps.title.{kind}", place=place_of(book), **values).strip(", ")


def unit_title(book: Book, kind: str, unit_id: str) -> str:
    """The title of a page of an atlas."""
    parent = book.words.place(book.county_of(unit_id)) if book.county_of(unit_id) else ""
    return book.say(f"maps.title.{kind}", place=book.words.place(unit_id), parent=parent)
