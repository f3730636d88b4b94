"""What a plan by hand stands on: the land of :mod:`..land` as arrays, with targets and what is achieved by year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...overlay.areas import area_zones
from ...overlay.points import Points
from ...overlay.zones import CONTROLS, SEVERITIES, Zones
from ...retirement.balance import Terms, lines_of, unit_balance
from ...retirement.land import land_on
from ..land import LandPlanner
from ..land.stock import LandStock

YEARS_AHEAD = 10
"""A plan reaches at least so many years beyond the day of judgement."""


@dataclass(frozen=True)
class Board:
    """Land, units and targets on one day; nothing in it changes while scenarios are edited.

    Attributes:
        as_of: the day of judgement. basis: of areas, geometry or registered.
        units: ``unit_id``, ``name``, ``level``, ``complete``, ``lowest`` (bool: no other unit of the table is part
            of it), in the order of the balance.
        goals: ``unit`` (row of ``units``), ``year``, ``target_mu``; by year.
        years: in which land may be retired, ascending; the first is that of the day.
        columns: years that can be shown: those of the targets and those of the plan, ascending.
        achieved: 亩 that count on min(day, 31 December), (units, columns); NaN where a unit has no place.
        lines: by goal year, for each unit with a target the units that must have reached theirs.
        parcels: one row per area in force: ``area_id`` (unique), ``county`` (names of the units that hold it),
            ``home`` (row of ``units``, −1: none), ``township``, ``in_use_mu``, ``counts_mu``, ``cost`` (NaN: not
            recorded), ``severity``, ``control``, ``source``, ``lock`` (tokens, "" for none), ``wells`` (inside),
            ``why`` (code of ``plan_why`` when it cannot be ticked, else "").
        piece_parcel, piece_unit, piece_mu: what each parcel adds in each unit when it is retired. A parcel that a
            border cuts has a piece on either side.
        shapes, crs: polygons of the parcels.
    """

    as_of: date
    basis: str
    units: pd.DataFrame
    goals: pd.DataFrame
    years: tuple[int, ...]
    columns: tuple[int, ...]
    achieved: np.ndarray
    lines: dict[int, dict[str, list[str]]]
    parcels: pd.DataFrame
    piece_parcel: np.ndarray
    piece_unit: np.ndarray
    piece_mu: np.ndarray
    shapes: np.ndarray
    crs: CRS | None

    def parcels_in(self, unit: int) -> np.ndarray:
        """Parcels of which a part lies in a unit, (n,) bool."""
        found = (self.parcels["home"] == unit).to_numpy(copy=True)
        found[self.piece_parcel[self.piece_unit == unit]] = True
        return found


def board_of(planner: LandPlanner, progress: Callable[[float], None] | None = None) -> Board:
    """Lay out the land of a planner.

    ``achieved`` is ``net_mu`` of the retirement balance: for a year that is over on its 31 December, else on the day of
    judgement. Pieces are those that ``planretirement`` reckons with: a plan by hand and a solved one are the same sum.
    """
    tell = progress or (lambda _: None)
    stock, today = planner.stock, planner.scene.as_of.year
    units = stock.land.units.table.reset_index(drop=True)
    goals = planner.targets.area.assign(
        unit=pd.Index(units["unit_id"]).get_indexer(planner.targets.area["unit_id"])
    )
    goals = goals[goals["unit"] >= 0].sort_values(["year", "unit"], ignore_index=True)
    due = [int(year) for year in sorted(goals["year"].unique())]
    years = tuple(range(today, max([*due, today + YEARS_AHEAD]) + 1))
    columns = tuple(sorted({*due, *years}))
    achieved = _achieved(planner, columns, tell)
    row = stock.pieces["row"].to_numpy("int64")
    unit = pd.Index(units["unit_id"]).get_indexer(stock.pieces["unit_id"])
    inside = unit >= 0
    pieces = (row[inside], unit[inside], stock.pieces["area_mu"].to_numpy("float64")[inside])
    parents = set(units["parent_id"])
    units = units.assign(lowest=~units["unit_id"].isin(parents))
    alone = planner.retirement.parent_sum_only
    parcels = _parcels(stock, units, pieces)
    tell(1.0)
    return Board(
        as_of=planner.scene.as_of,
        basis=planner.retirement.area_basis,
        units=units[["unit_id", "name", "level", "parent_id", "complete", "lowest"]],
        goals=goals[["unit", "year", "target_mu"]],
        years=years,
        columns=columns,
        achieved=achieved,
        lines={year: lines_of(units, _targets(units, goals, year), alone) for year in due},
        parcels=parcels,
        piece_parcel=pieces[0],
        piece_unit=pieces[1],
        piece_mu=pieces[2],
        shapes=stock.land.shapes,
        crs=stock.land.pieces.crs,
    )


def _targets(units: pd.DataFrame, goals: pd.DataFrame, year: int) -> pd.Series:
    """The target in force at the end of a year by unit id: the latest that is due by then."""
    own = goals[goals["year"] <= year].drop_duplicates("unit", keep="last")
    return pd.Series(own["target_mu"].to_numpy(), index=units["unit_id"].to_numpy()[own["unit"]])


def _achieved(planner: LandPlanner, columns: tuple[int, ...], tell: Callable[[float], None]) -> np.ndarray:
    scene, settings = planner.scene, planner.retirement
    as_of, unit_ids = pd.Timestamp(scene.as_of), planner.stock.land.units.table["unit_id"]
    known: dict[pd.Timestamp, np.ndarray] = {}
    for place, year in enumerate(columns):
        terms = Terms(year=year, as_of=as_of, area_basis=settings.area_basis, registered_known=True)
        start, step = 0.7 * place / len(columns), 0.7 / len(columns)
        if terms.day not in known:
            land = planner.stock.land
            if terms.day != as_of:
                part = partial(_tell, tell, start, step)
                targeted, register = planner.targets.units, scene.register
                land = land_on(register, scene.policy, targeted, settings.baseline, terms.day, as_of, part)
            balance = unit_balance(land.pieces, land.units.table, pd.Series(dtype="float64"), terms)
            known[terms.day] = balance.set_index("unit_id")["net_mu"].reindex(unit_ids).to_numpy("float64")
        tell(start + step)
    days = [Terms(year=year, as_of=as_of).day for year in columns]
    return np.column_stack([known[day] for day in days])


def _tell(tell: Callable[[float], None], start: float, step: float, share: float) -> None:
    tell(start + step * share)


def _parcels(stock: LandStock, units: pd.DataFrame, pieces: tuple[np.ndarray, ...]) -> pd.DataFrame:
    recorded = stock.land.facts.areas
    areas = stock.areas
    why = areas["why"].to_numpy(dtype=object).copy()
    why[(why == "") & areas["retired"].to_numpy(dtype=bool)] = "already_retired"
    why[(why == "") & (areas["lock"] == "keep").to_numpy()] = "locked_keep"
    home = pd.Index(units["unit_id"]).get_indexer(pd.Series(stock.land.home, dtype=object))
    severity, control = _zones(stock)
    return pd.DataFrame(
        {
            "area_id": areas["area_id"].to_numpy(dtype=object),
            "county": _counties(units, home, pieces),
            "home": home,
            "township": _text(recorded["township"]),
            "in_use_mu": areas["in_use_mu"].to_numpy("float64"),
            "counts_mu": _counted(len(areas), units, pieces),
            "cost": recorded["cost"].to_numpy("float64", na_value=np.nan),
            "severity": severity,
            "control": control,
            "source": _text(recorded["source"]),
            "wells": _wells_inside(stock),
            "lock": areas["lock"].to_numpy(dtype=object),
            "why": why,
        }
    )


def _text(column: pd.Series) -> np.ndarray:
    return column.astype(object).where(column.notna(), "").to_numpy(dtype=object)


def _counties(units: pd.DataFrame, home: np.ndarray, pieces: tuple[np.ndarray, ...]) -> np.ndarray:
    """The name of the unit in which each parcel lies; of several that share it, all of them."""
    names = np.append(units["name"].where(units["name"] != "", units["unit_id"]).to_numpy(dtype=object), "")
    found = names[home]  # the last one for −1
    parcel, unit, _ = pieces
    lowest = units["lowest"].to_numpy(dtype=bool)[unit]
    parcel, unit = parcel[lowest], unit[lowest]
    size = np.bincount(parcel, minlength=len(home))
    for place in np.flatnonzero(size > 1):
        found[place] = " + ".join(names[np.unique(unit[parcel == place])])
    return found


def _counted(size: int, units: pd.DataFrame, pieces: tuple[np.ndarray, ...]) -> np.ndarray:
    """What a parcel adds in all, 亩: its pieces at the level where they add up to most."""
    parcel, unit, area = pieces
    level, names = pd.factorize(units["level"])
    sums = np.zeros((len(names), size))
    np.add.at(sums, (level[unit], parcel), area)
    return sums.max(axis=0, initial=0.0)


def _zones(stock: LandStock) -> tuple[np.ndarray, np.ndarray]:
    """Severity and control of the zones that hold most of each parcel, "" outside."""
    scene, ids = stock.scene, stock.areas["area_id"]
    none = np.full(len(ids), "", dtype=object)
    if not scene.has("zones") or stock.land.pieces.crs is None or shapely.is_missing(stock.land.shapes).all():
        return none, none.copy()
    shares = area_zones(scene.register["irrigation"], scene.register["zones"], scene.as_of)
    shares = shares.sort_values(["share_ratio", "zone_id"], ascending=[False, True], kind="stable")
    zones = Zones(scene.register["zones"])
    book = pd.DataFrame({"zone_id": zones.ids, "severity": zones.severity, "control": zones.control})
    book = book.groupby("zone_id").max()
    found = []
    for kind, tokens, least in (
        ("severity", SEVERITIES, 1),
        ("control", CONTROLS, CONTROLS.index("restricted")),
    ):
        own = shares[shares["zone_id"].map(book[kind]) >= least].drop_duplicates("area_id")
        code = own.set_index("area_id")["zone_id"].map(book[kind]).reindex(ids).fillna(0).to_numpy("int64")
        found.append(np.array(tokens, dtype=object)[code])
    return found[0], found[1]


def _wells_inside(stock: LandStock) -> np.ndarray:
    """Wells on the register within each polygon, its edge included."""
    count = np.zeros(len(stock.areas), dtype="int64")
    crs, wells = stock.land.pieces.crs, stock.scene.frame("wells")
    if crs is None or not len(wells):
        return count
    tree, rows, _ = Points(wells).index(crs)
    if len(rows):
        parcel, _ = tree.query(stock.land.shapes, predicate="covers")
        count += np.bincount(parcel, minlength=len(count))
    return count
