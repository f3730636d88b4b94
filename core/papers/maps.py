"""What printed maps say beside the map: titles and figures, each a query on the case, for sheets and for units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..comparing import compare_runs, read_run
from ..findings import OUTCOMES
from ..overlay.editions import Editions, row_ids
from ..register.facts import land_history
from ..report.figures import area, count
from ..report.words import DASH, UNASSIGNED, is_given
from ..review.summary import summarise
from .book import Book
from .privacy import COARSE, PUBLIC

SHEETS = ("zones", "verdicts", "pairs", "retirement", "change")
ATLASES = {"county_atlas": "county", "township_atlas": "township"}
"""Atlases and the level of the units that each has a page for."""

MAPS = ("zones", "county_atlas", "township_atlas", "verdicts", "pairs", "retirement", "change")
"""Every map, in the order in which they are made."""

NEEDS = ("irrigation", "pair_lines", "ledger_balance", "retirement_balance", "events", "pairs")
"""Tables that the maps are drawn from, beside wells, units and zones."""

CHANGES = ("worse", "better", "changed", "entered", "left", "same")
_CLASSES = ("banned", "severe", "general", "restricted")


@dataclass(frozen=True)
class Figures:
    """A table that stands on a map.

    Attributes:
        title: above it. headings: of its columns; all but the first are numbers. rows: as they are printed.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def place_of(book: Book) -> str:
    """Whose maps these are: the county in scope, else the city of the document, else its issuer."""
    if book.scope.county:
        return book.words.place(book.scope.county)
    policy = book.run.policy
    if policy.city_id:
        return book.words.place(policy.city_id)
    return policy.issuer if book.language == "zh" else policy.issuer_en or policy.issuer


def in_force(book: Book, table: str, key: str) -> pd.DataFrame:
    """The rows of a layer in the edition of the day of the run, that have an area; drafts are none."""
    frame = book[table]
    if not len(frame):
        return frame
    usable = frame.geometry.notna().to_numpy() & ~frame.geometry.is_empty.to_numpy()
    if "legal_state" in frame:
        usable &= ~frame["legal_state"].eq("proposed").fillna(False).to_numpy(dtype=bool)
    editions = Editions(frame, row_ids(frame, key), usable)
    return frame[editions.on(np.datetime64(book.run.as_of)) & usable].reset_index(drop=True)


def placed(book: Book) -> pd.DataFrame:
    """The wells in scope that have a place."""
    wells = book.wells
    return wells[wells["placed"].eq(True).fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)


def subtitle(book: Book) -> str:
    """Document and day."""
    policy = book.run.policy
    title = policy.title if book.language == "zh" else policy.title_en or policy.title
    return book.say("maps.subtitle", number=policy.number, title=title, as_of=book.run.as_of.isoformat())


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
    as their events have it, else the register."""
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
    return frame.reset_index(drop=True).assign(
        state=np.where(days["is_retired"] & ~back, "retired", frame["status"].fillna("").to_numpy()),
        retired_day=days["retired"].to_numpy(),
        restored_day=days["restored"].where(back).to_numpy(),
    )


@dataclass(frozen=True)
class Change:
    """What became of the wells since an earlier run.

    Attributes:
        kinds: by row id of a well, one of :data:`CHANGES`; wells that did not change are not in it.
        before: day of the earlier run. gone: rows of the wells that left, as the earlier case has them.
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
    gone = earlier.wells
    gone = gone[gone["row_id"].map(kinds.get).eq("left").to_numpy(dtype=bool)]
    gone = gone[gone["placed"].eq(True).fillna(False).to_numpy(dtype=bool)]
    return Change(kinds, earlier.run.as_of.isoformat(), gone.reset_index(drop=True))


# --- figures of sheets


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
    """Zones in force and wells, by class; a well counts in every class of a zone that it lies in."""
    zones = in_force(book, "zones", "zone_id")
    wells = book.wells
    inside = [set(str(ids).split(";")) if is_given(ids) else set() for ids in wells["zone_ids"]]
    rows = []
    for name in _CLASSES:
        ids = set(zones.loc[_of_class(zones, name), "zone_id"].dropna().astype(str))
        n_wells = sum(bool(ids & at) for at in inside)
        if len(ids):
            rows.append((book.say(f"maps.zone.{name}"), count(len(ids)), count(n_wells)))
    outside = wells["placed"].eq(True).fillna(False).to_numpy(dtype=bool) & np.array(
        [not at for at in inside]
    )
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
    """The pools of the balance in scope; rows of single zones are diagnostics and stay out."""
    rows = book["ledger_balance"]
    rows = rows[rows["pool_level"] != "zone"] if (rows["pool_level"] != "zone").any() else rows
    if book.scope.county:
        rows = rows[rows["pool_id"] == book.scope.county]
    empty = (rows["pool_id"] == UNASSIGNED) & (rows[["sealed", "renewed"]].fillna(0).sum(axis=1) == 0)
    return rows[~empty.to_numpy(dtype=bool)].reset_index(drop=True)


def pair_figures(book: Book) -> Figures:
    """The balance of 减二更一, as the last run left it."""
    rows = pools(book)
    names = ("sealed", "renewed", "reserved", "required", "deficit", "further")
    heads = (book.say("maps.column.unit"), *(book.say(f"maps.column.{name}") for name in names))
    told = tuple(
        (book.words.place(pool), *(count(value) for value in values))
        for pool, *values in rows[["pool_id", *names]].itertuples(index=False)
    )
    first = rows.iloc[0] if len(rows) else {"baseline": None, "reading": None}
    baseline = str(first["baseline"])[:10] if is_given(first["baseline"]) else DASH
    reading = str(first["reading"]) if is_given(first["reading"]) else DASH
    return Figures(book.say("maps.figures.pairs", baseline=baseline, reading=reading), heads, told)


def retirement_rows(book: Book) -> pd.DataFrame:
    """The balance of the last target year, units in scope."""
    rows = book["retirement_balance"]
    if len(rows) and book.scope.county:
        rows = rows[rows["unit_id"].map(book.county_of).eq(book.scope.county).to_numpy(dtype=bool)]
    return (
        rows[rows["target_year"] == rows["target_year"].max()].reset_index(drop=True) if len(rows) else rows
    )


def retirement_figures(book: Book) -> Figures:
    """What was retired against the targets, as the last run left it."""
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


def change_figures(book: Book, change: Change) -> Figures:
    """Wells by what became of them."""
    now = pd.Series([change.kinds.get(str(well), "same") for well in book.wells["row_id"]], dtype=object)
    counts = {**now.value_counts(), "left": sum(kind == "left" for kind in change.kinds.values())}
    rows = [(book.say(f"maps.change.{name}"), count(counts.get(name, 0))) for name in CHANGES]
    heads = (book.say("maps.column.change"), book.say("maps.column.n_wells"))
    return Figures(book.say("maps.figures.change"), heads, tuple(rows))


# --- figures of units


def units_of(book: Book, kind: str) -> pd.DataFrame:
    """The units that an atlas has a page for, by id, one row each; those in scope."""
    units = in_force(book, "units", "unit_id")
    if not len(units):
        return units
    units = units[(units["level"] == ATLASES[kind]).to_numpy(dtype=bool)]
    if book.scope.county:
        units = units[units["unit_id"].map(book.county_of).eq(book.scope.county).to_numpy(dtype=bool)]
    units = units[["unit_id", "geometry"]].sort_values("unit_id", kind="stable", ignore_index=True)
    if not units["unit_id"].duplicated().any():
        return units
    return units.set_geometry(units.geometry.make_valid()).dissolve("unit_id", as_index=False)


def unit_figures(book: Book, kind: str, unit_id: str) -> Figures:
    """What the case has on one unit: wells by outcome, and for a county its balances."""
    field = f"{ATLASES[kind]}_id"
    wells = book.wells[book.wells[field].eq(unit_id).fillna(False).to_numpy(dtype=bool)]
    rows = [(book.say("maps.wells_all"), count(len(wells)))]
    counts = wells["outcome"].value_counts()
    for outcome in OUTCOMES:
        label = book.say("maps.wells_outcome", outcome=book.words.token("outcome", outcome))
        rows.append((label, count(counts.get(outcome, 0))))
    rows.append((book.say("maps.permitted"), count(round(wells["permit_m3"].fillna(0).sum()))))
    if kind == "county_atlas":
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


def title_of(book: Book, kind: str, change: Change | None = None) -> str:
    """The title of a sheet, and of an atlas as a whole."""
    values = {"before": change.before, "after": book.run.as_of.isoformat()} if change else {}
    if kind in ATLASES:
        values["parent"] = ""
    return book.say(f"maps.title.{kind}", place=place_of(book), **values).strip(", ")


def unit_title(book: Book, kind: str, unit_id: str) -> str:
    """The title of a page of an atlas."""
    parent = book.words.place(book.county_of(unit_id)) if book.county_of(unit_id) else ""
    return book.say(f"maps.title.{kind}", place=book.words.place(unit_id), parent=parent)
