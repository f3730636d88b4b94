"""计划下达表: what each unit, user and well is allotted of the cap of the year, and cap and use of each unit."""

from __future__ import annotations

import pandas as pd

from ...report.words import UNASSIGNED, is_given
from ..book import Book
from ..column import Column, integers, reals, texts
from ..table import Group, Table
from .common import by_id, later_acts, no_filter, of_years, regiments, unit_names
from .kind import Kind
from .wells import by_management

_PARTS = ("user", "well")
"""Levels whose ids name no place."""

_BALANCED = ("cap_m3", "use_m3", "margin_m3")
_PROGRESS = ("pace_m3", "projected_m3")
_ALLOTTED = ("allocated_m3", "unallocated_m3", "permitted_m3")


def plan_allocation(book: Book) -> Table:
    """The split of the run, level by level; each level is a sum of its own, for one holds the other."""
    rows = _allotted(book)
    columns = (
        book.column("quota_allocation", "level", rows["level"]),
        texts("unit", book.say("column.unit"), book.places(rows["unit_id"])),
        texts("parent", book.say("column.parent"), _parents(book, rows)),
        texts("key", book.column("quota_allocation", "key", []).label, _keys(book, rows)),
        texts("place", book.say("column.place"), book.places(rows["place_id"])),
        _name(book, rows),
        book.column("wells", "management", rows["management"]),
        book.column("quota_allocation", "year", rows["year"]),
        book.column("quota_allocation", "basis", rows["basis"]),
        integers("n_leaves", book.column("quota_allocation", "n_leaves", []).label, rows["n_leaves"]),
        *(book.column("quota_allocation", name, rows[name]) for name in ("lower_m3", "upper_m3")),
        book.column("quota_allocation", "amount_m3", rows["amount_m3"], total=True),
        book.column("quota_allocation", "bound", rows["bound"]),
        book.column("quota_allocation", "status", rows["status"]),
        book.column("quota_allocation", "gap_m3", rows["gap_m3"]),
        book.column("quota_allocation", "reason", rows["reason"]),
    )
    return Table(
        "plan_allocation",
        book.say("title.plan_allocation"),
        columns,
        _levels(book, rows),
        _notes(book, rows),
    )


def _allotted(book: Book) -> pd.DataFrame:
    """Rows of the split in scope, from the top down; zone and authority leave wells alone."""
    wells = by_id(book["wells"], "row_id")
    rows, scope = book["quota_allocation"].reset_index(drop=True), book.scope
    rows = rows.assign(place_id=_lowest_units(rows))
    is_well = rows["level"].eq("well").fillna(False)
    if scope.county:
        rows = rows[rows["unit_id"].map(book.county_of).eq(scope.county).to_numpy(dtype=bool)]
    if scope.zone or scope.authority:
        rows = rows[is_well.reindex(rows.index) & rows["key"].isin(set(book.wells["row_id"]))]
    rows = of_years(book, rows, "year")
    is_well = rows["level"].eq("well").fillna(False)
    management = rows["key"].map(wells["management"]) if len(rows) else rows["key"]
    rows = rows.assign(management=management.where(is_well))
    return rows.sort_values("path", kind="stable", ignore_index=True)


def _parents(book: Book, rows: pd.DataFrame) -> list[str | None]:
    """Whose part each row is: the name of a unit, the id of a user."""
    return [
        None if not is_given(key) else _id(book, level, key) if level in _PARTS else book.words.place(key)
        for level, key in zip(rows["parent_level"], rows["parent_id"], strict=True)
    ]


def _keys(book: Book, rows: pd.DataFrame) -> list[str]:
    """Ids; where there is none, that there is no unit or no user."""
    return [_id(book, level, key) for level, key in zip(rows["level"], rows["key"], strict=True)]


def _id(book: Book, level: str, key: str) -> str:
    if key != UNASSIGNED:
        return str(key)
    return book.say("no_user") if level == "user" else book.words.place(key)


def _lowest_units(rows: pd.DataFrame) -> list[str]:
    """The unit that each row is, or the lowest that it is part of."""
    units = rows[~rows["level"].isin(_PARTS)]
    known = dict(zip(units["path"], units["key"], strict=True))
    found = []
    for path in rows["path"].astype(str):
        while path and path not in known:
            path = path.rpartition("/")[0]
        found.append(known.get(path, ""))
    return found


def _name(book: Book, rows: pd.DataFrame) -> Column:
    """Names of wells, which somebody typed; a name that is only the id again is none."""
    named = rows["level"].eq("well").fillna(False) & rows["name"].ne(rows["key"]).fillna(False)
    return book.column("quota_allocation", "name", rows["name"].where(named))


def _levels(book: Book, rows: pd.DataFrame) -> tuple[Group, ...]:
    """A sum for each level, from the top down; of wells also for those of localities and of regiments."""
    groups: list[Group] = []
    for level in dict.fromkeys(rows["level"]):
        here = rows["level"].eq(level).to_numpy(dtype=bool).nonzero()[0]
        label = book.say("total.level", level=book.words.token("sheet_level", level))
        if level == "well":
            parts = by_management(book, rows["management"].iloc[here])[:-1]
            groups += [Group(part.label, tuple(int(here[row]) for row in part.rows)) for part in parts]
        groups.append(Group(label, tuple(int(row) for row in here)))
    return tuple(groups)


def _notes(book: Book, rows: pd.DataFrame) -> tuple[str, ...]:
    if not len(book["quota_allocation"]):
        return (book.say("note.no_allocation", year=book.run.as_of.year), *later_acts(book))
    notes = [book.say("note.allocation"), *regiments(book, rows["management"])]
    gaps = rows[rows["status"].eq("over").fillna(False)]
    if len(gaps):
        total = f"{float(gaps['gap_m3'].sum()):,.0f}"
        notes.append(book.say("note.unallocated", n=len(gaps), total=total))
    if book.scope.zone or book.scope.authority:
        notes.append(book.say("note.wells_only"))
    return (*notes, *later_acts(book))


def plan_balance(book: Book) -> Table:
    """Cap, use and what is allotted of each unit, year and source; units above others are in no sum."""
    rows = of_years(book, book.of_units(book["quota_balance"]), "year")
    rows = rows.sort_values(["year", "source"], kind="stable", ignore_index=True)
    columns = (
        book.column("quota_balance", "year", rows["year"]),
        book.column("quota_balance", "source", rows["source"]),
        texts("unit", book.say("column.unit"), unit_names(book, rows)),
        book.column("quota_balance", "level", rows["level"]),
        book.column("quota_balance", "cap_m3", rows["cap_m3"], total=True),
        book.column("quota_balance", "cap_origin", rows["cap_origin"]),
        book.column("quota_balance", "use_m3", rows["use_m3"], total=True),
        book.column("quota_balance", "use_origin", rows["use_origin"]),
        book.column("quota_balance", "margin_m3", rows["margin_m3"], total=True),
        reals(
            "used_percent", book.column("quota_balance", "used_percent", []).label, rows["used_percent"], 2
        ),
        book.column("quota_balance", "period_state", rows["period_state"]),
        *(book.column("quota_balance", name, rows[name]) for name in _PROGRESS),
        *(book.column("quota_balance", name, rows[name], total=True) for name in _ALLOTTED),
        integers("n_wells", book.column("quota_balance", "n_wells", []).label, rows["n_wells"], total=True),
        book.column("quota_balance", "n_without_reading", rows["n_without_reading"]),
        book.column("quota_balance", "issuer", rows["issuer"]),
        book.column("quota_balance", "outcome", rows["outcome"]),
    )
    notes = [book.say("note.balance")] if len(book["quota_balance"]) else [book.say("note.no_caps")]
    return Table(
        "plan_balance",
        book.say("title.plan_balance"),
        columns,
        _sums(book, rows),
        (*notes, *no_filter(book, "zone", "authority"), *later_acts(book)),
    )


def _sums(book: Book, rows: pd.DataFrame) -> tuple[Group, ...]:
    """For each year and source the sum of the counties and of what is held back above them; of each other level below
    the city the sum of its units."""
    groups = []
    top = rows["level"].isin(["city", "region", "prefecture"])
    level = rows["level"].where(rows["level"].notna() & rows["level"].ne(""), "county")
    keys = pd.DataFrame({"year": rows["year"], "source": rows["source"], "level": level})[~top]
    for (year, source, one), part in keys.groupby(["year", "source", "level"], sort=False):
        label = book.say(
            "total.caps",
            year=int(year),
            source=book.words.token("water_source", source),
            level=book.words.token("sheet_level", one),
        )
        groups.append(Group(label, tuple(int(row) for row in part.index)))
    return tuple(group for group in groups if len(group.rows) > 1)


KINDS = (
    Kind("plan_allocation", ("quota_allocation",), plan_allocation),
    Kind("plan_balance", ("quota_balance",), plan_balance),
)
