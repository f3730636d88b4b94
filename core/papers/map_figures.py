"""The tables that stand on printed maps, each a query on the case: of sheets and of the units of atlases."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..findings import OUTCOMES, PERMISSIONS
from ..report.figures import area, count
from ..report.replacement import pool_name
from ..report.words import DASH, UNASSIGNED, is_given
from .book import Book
from .map_part import zones_in_part
from .maps import ATLASES, CHANGES, Change, pair_lines
from .table import Table
from .tables.land import retirement_ledger

_CLASSES = ("banned", "severe", "general", "restricted")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Figures:
    """A table that stands on a map.

    Attributes:
        title: above it. headings: of its columns; all but the first are numbers. rows: as they are printed.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


# --- of sheets


def figures_of(book: Book, kind: str, change: Change | None = None) -> Figures:
    """The table of a sheet."""
    made: Mapping[str, Callable[[Book], Figures]] = {
        "zones": zone_figures,
        "verdicts": outcome_figures,
        "pairs": pair_figures,
        "retirement": retirement_figures,
    }
    return made[kind](book) if change is None else change_figures(book, change)


def zone_figures(book: Book) -> Figures:
    """Zones in force and wells in scope, by class; a well counts in every class of a zone that it lies in."""
    zones = zones_in_part(book)
    wells = book.wells
    inside = [set(str(ids).split(";")) if is_given(ids) else set() for ids in wells["zone_ids"]]
    rows = []
    for name in _CLASSES:
        ids = set(zones.loc[_of_class(zones, name), "zone_id"].dropna().astype(str))
        n_wells = sum(bool(ids & at) for at in inside)
        if len(ids):
            rows.append((book.say(f"maps.zone.{name}"), count(len(ids)), count(n_wells)))
    nowhere = np.array([not at for at in inside], dtype=bool)
    outside = wells["placed"].eq(True).fillna(False).to_numpy(dtype=bool) & nowhere
    rows.append((book.say("maps.zone.outside"), "", count(int(outside.sum()))))
    heads = tuple(book.say(f"maps.column.{name}") for name in ("class", "n_zones", "n_wells"))
    return Figures(book.say("maps.figures.zones"), heads, tuple(rows))


def _of_class(zones: pd.DataFrame, name: str) -> np.ndarray:
    """Zones of a class; one that says neither severity nor control is a general one."""
    severity, control = (zones[field].fillna("").to_numpy() for field in ("severity", "control"))
    if name in ("banned", "restricted"):
        return control == name
    unsaid = (severity == "") & np.isin(control, ("", "none"))
    return (severity == name) | (unsaid & (name == "general"))


def outcome_figures(book: Book) -> Figures:
    """Wells by county and outcome, with their sums."""
    wells = book.wells
    home = wells["county_id"].where(wells["county_id"].notna(), UNASSIGNED)
    rows = []
    for county in sorted(set(home), key=lambda unit: (unit == UNASSIGNED, unit)):
        counts = wells.loc[(home == county).to_numpy(), "outcome"].value_counts()
        rows.append((book.words.place(county), [int(counts.get(outcome, 0)) for outcome in OUTCOMES]))
    if len(rows) > 1:
        sums = [sum(column) for column in zip(*(counts for _, counts in rows), strict=True)]
        rows.append((book.say("maps.column.sum"), sums))
    heads = (
        book.say("maps.column.county"),
        *(book.words.token("outcome", outcome) for outcome in OUTCOMES),
        book.say("maps.column.sum"),
    )
    told = tuple((name, *map(count, counts), count(sum(counts))) for name, counts in rows)
    return Figures(book.say("maps.figures.verdicts"), heads, told)


def pools(book: Book) -> pd.DataFrame:
    """The pools of the balance in scope. Rows of single zones are diagnostics and stay out, unless a zone is asked
    for."""
    rows, scope = book["ledger_balance"], book.scope
    ids, of_zones = rows["pool_id"].astype(str), rows["pool_level"].eq("zone").to_numpy(dtype=bool)
    pool, zone = ids.str.split("/").str[0], ids.str.split("/").str[-1]
    kept = of_zones if of_zones.all() or scope.zone else ~of_zones
    if scope.zone:
        kept = kept & zone.eq(scope.zone).to_numpy()
    if scope.county:
        by_zone = pool.eq(zone).to_numpy() & bool(scope.zone)
        kept = kept & (pool.eq(scope.county).to_numpy() | by_zone)
    empty = (rows["pool_id"] == UNASSIGNED) & (rows[["sealed", "renewed"]].fillna(0).sum(axis=1) == 0)
    return rows[kept & ~empty.to_numpy(dtype=bool)].reset_index(drop=True)


def pair_figures(book: Book) -> Figures:
    """The balance of 减二更一, as the last run left it; of an authority or a period, for which none is kept, how its
    pairs were judged."""
    if book.scope.authority or book.scope.begin or book.scope.end:
        return judged_pairs(book)
    rows = pools(book)
    names = ("sealed", "renewed", "reserved", "required", "deficit", "further")
    heads = (book.say("maps.column.unit"), *(book.say(f"maps.column.{name}") for name in names))
    told = tuple(
        (pool_name(pool, book.words), *(count(value) for value in values))
        for pool, *values in rows[["pool_id", *names]].itertuples(index=False)
    )
    first = rows.iloc[0] if len(rows) else {"baseline": None, "reading": None}
    baseline = str(first["baseline"])[:10] if is_given(first["baseline"]) else DASH
    reading = str(first["reading"]) if is_given(first["reading"]) else DASH
    return Figures(book.say("maps.figures.pairs", baseline=baseline, reading=reading), heads, told)


def judged_pairs(book: Book) -> Figures:
    """Pairs in scope by what the document says of them, with their sum."""
    found = pair_lines(book)["permission"].value_counts()
    counts = {permission: int(found.get(permission, 0)) for permission in PERMISSIONS}
    rows = [(book.words.token("permission", name), count(n)) for name, n in counts.items() if n]
    rows.append((book.say("maps.column.sum"), count(sum(counts.values()))))
    heads = (book.say("maps.column.permission"), book.say("maps.column.n_pairs"))
    return Figures(book.say("maps.figures.pairs_judged"), heads, tuple(rows))


def retirement_rows(book: Book) -> pd.DataFrame:
    """The balance of the last target year, units in scope."""
    rows = book["retirement_balance"]
    if len(rows) and book.scope.county:
        rows = rows[rows["unit_id"].map(book.county_of).eq(book.scope.county).to_numpy(dtype=bool)]
    return (
        rows[rows["target_year"] == rows["target_year"].max()].reset_index(drop=True) if len(rows) else rows
    )


def retirement_figures(book: Book) -> Figures:
    """What was retired against the targets, as the last run left it; of a period, what was retired in it."""
    if book.scope.begin or book.scope.end:
        return retired_in_period(book)
    rows = retirement_rows(book)
    names = ("target", "retired", "restored", "net", "gap")
    heads = (book.say("maps.column.unit"), *(book.say(f"maps.column.{name}") for name in names))
    fields = ["unit_id", *(f"{name}_mu" for name in names)]
    told = tuple(
        (book.words.place(unit), *(area(value) for value in values))
        for unit, *values in rows[fields].itertuples(index=False)
    )
    year = str(int(rows["target_year"].max())) if len(rows) else DASH
    return Figures(book.say("maps.figures.retirement", year=year), heads, told)


def retired_in_period(book: Book) -> Figures:
    """Land that the ledger of retirement has as retired in the period, by unit: how many areas or parts of one, their
    own area, and what of it counts on the day of the run."""
    table = retirement_ledger(book)
    begin = book.scope.begin.isoformat() if book.scope.begin else ""
    end = book.scope.end.isoformat() if book.scope.end else "9999"
    lines: dict[str, list[int]] = {}
    for row, (unit, days) in enumerate(zip(table["unit"].values, table["retired_on"].values, strict=True)):
        if any(begin <= day <= end for day in _DAY.findall(str(days))):
            lines.setdefault(str(unit), []).append(row)
    told = [_areas(unit, table, rows) for unit, rows in lines.items()]
    if len(told) != 1:
        everything = [row for rows in lines.values() for row in rows]
        told.append(_areas(book.say("maps.column.sum"), table, everything))
    heads = tuple(book.say(f"maps.column.{name}") for name in ("unit", "n_areas", "retired", "net"))
    return Figures(book.say("maps.figures.retired_in_period"), heads, tuple(told))


def _areas(name: str, table: Table, rows: Sequence[int]) -> tuple[str, ...]:
    """Lines of the ledger added up as they are printed."""
    sums = [area(float(table[column].sum(rows))) for column in ("own_mu", "net_mu")]
    return (name, count(len(rows)), *sums)


def change_figures(book: Book, change: Change) -> Figures:
    """Wells by what became of them."""
    now = pd.Series([change.kinds.get(str(well), "same") for well in book.wells["row_id"]], dtype=object)
    counts = {**now.value_counts(), "left": len(change.gone)}
    rows = [(book.say(f"maps.change.{name}"), count(counts.get(name, 0))) for name in CHANGES]
    heads = (book.say("maps.column.change"), book.say("maps.column.n_wells"))
    return Figures(book.say("maps.figures.change"), heads, tuple(rows))


# --- of units of atlases


def unit_figures(book: Book, kind: str, unit_id: str) -> Figures:
    """What the case has on one unit: wells in scope by outcome, and for a county as a whole its balances."""
    field = f"{ATLASES[kind]}_id"
    wells = book.wells[book.wells[field].eq(unit_id).fillna(False).to_numpy(dtype=bool)]
    rows = [(book.say("maps.wells_all"), count(len(wells)))]
    counts = wells["outcome"].value_counts()
    for outcome in OUTCOMES:
        label = book.say("maps.wells_outcome", outcome=book.words.token("outcome", outcome))
        rows.append((label, count(counts.get(outcome, 0))))
    rows.append((book.say("maps.permitted"), count(round(wells["permit_m3"].fillna(0).sum()))))
    if kind == "county_atlas" and not (book.scope.zone or book.scope.authority):
        rows += _balances(book, unit_id)
    heads = (book.say("maps.column.item"), book.say("maps.column.value"))
    return Figures(book.say("maps.figures.unit"), heads, tuple(rows))


def _balances(book: Book, unit_id: str) -> list[tuple[str, str]]:
    rows = []
    pool = pools(book)
    for row in pool[pool["pool_id"] == unit_id].to_dict("records"):
        rows += [
            (book.say(f"maps.pool.{name}"), count(row[name]))
            for name in ("sealed", "renewed", "deficit", "further")
        ]
    balance = retirement_rows(book)
    for row in balance[balance["unit_id"] == unit_id].to_dict("records"):
        year = int(row["target_year"])
        rows += [
            (book.say("maps.land_target", year=year), area(row["target_mu"])),
            (book.say("maps.land_net"), area(row["net_mu"])),
            (book.say("maps.land_gap"), area(row["gap_mu"])),
        ]
    return rows
