"""Quantities of units by year, under the names that clauses use: what was taken, used, returned, irrigated.

Volumes are m³, areas 亩. A quantity is a table with one row per unit and year:

``unit_id``, ``year``, ``value``; ``complete``: the figure is whole (the year is over and nothing is known to lack;
otherwise a sum is a lower bound); ``basis``: what it was made from and for which scope. Two figures are compared only
if their bases are the same.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from ...overlay.polygons import repair
from ...register.facts import land_history
from .amounts import SECTOR_OF_USE
from .work import wells_at_work, wells_read
from .yearbook import CITY, plain_scope, units_of

if TYPE_CHECKING:
    from ..scene import Scene

COLUMNS = ("unit_id", "year", "value", "complete", "basis")

FIGURES = MappingProxyType(
    {
        "agriculture_use": ((("use", "total", "agriculture"),),),
        "total_use": ((("use", "total", ""),),),
        "ecology_use": ((("use", "total", "ecology"),),),
        "misc_use": ((("use", "total", "misc"),),),
        "misc_reclaimed": ((("use", "reclaimed", "misc"),),),
        "reclaimed_use": ((("use", "reclaimed", ""),), (("reclaimed", None, None),)),
        "reclaimed_reused": ((("use", "reclaimed", ""),),),
        "reclaimed_produced": ((("reclaimed", None, None),),),
        "wastewater_treated": ((("wastewater_treated", None, None),),),
        "unconventional_use": (
            (("use", "unconventional", ""),),
            (("use", "reclaimed", ""), ("use", "dewatering", "")),
        ),
        "dewatering_reused": ((("use", "dewatering", ""),),),
        "dewatering": ((("gross_diversion", "dewatering", None),),),
        "recharge": ((("recharge", None, None),),),
        "net_field": ((("net_field", "total", None),),),
        "gross_diversion": ((("gross_diversion", "total", None),),),
    }
)
"""Quantity → ways to have it, the first that has a figure counts; each a sum of INDICES rows given by measure, source
and sector (None: any, "" only rows without a sector; source ``total`` also rows without a source)."""

RATES = MappingProxyType(
    {
        "reclaimed_rate": ("reclaimed_use", "wastewater_treated"),
        "unconventional_share": ("unconventional_use", "total_use"),
    }
)
"""Rate → numerator and denominator."""

ABSTRACTIONS = MappingProxyType(
    {
        "groundwater": ("groundwater", None),
        "deep_confined": ("deep_confined", None),
        "groundwater_agriculture": ("groundwater", "agriculture"),
    }
)
"""Quantity → source and sector of the water used; from INDICES, else from the readings of the wells."""

USES_OF = MappingProxyType({"groundwater_agriculture": ("irrigation",)})
"""Quantity → uses of the wells whose readings add up to it, where the clause speaks of these uses alone (农业灌溉)."""


def figures(scene: Scene, quantity: str, level: str) -> pd.DataFrame:
    """A quantity of ``FIGURES`` for the units of a level; the city's own figure, else the sum of all its counties."""
    found = _any_way(scene, quantity, level)
    if level == CITY:
        counties = list(scene.children(scene.city, "county"))
        found = _first_of([found, _whole_city(scene, _any_way(scene, quantity, "county"), counties)])
    return found


def _any_way(scene: Scene, quantity: str, level: str) -> pd.DataFrame:
    """The first way that has a figure; one that is not the first is a basis of its own."""
    ways = [_sum_of(scene, parts, level) for parts in FIGURES[quantity]]
    return _first_of(
        [way.assign(basis=way["basis"] + f" way {n}") if n else way for n, way in enumerate(ways)]
    )


def rate(scene: Scene, numerator: str, denominator: str, level: str) -> pd.DataFrame:
    """Numerator ÷ denominator, by unit and year; ``above`` and ``below`` hold the two. NaN where either is missing
    or the denominator is 0; only whole where both are."""
    both = figures(scene, numerator, level).merge(
        figures(scene, denominator, level), how="outer", on=["unit_id", "year"], suffixes=("_above", "_below")
    )
    both = both.rename(columns={"value_above": "above", "value_below": "below"})
    both["value"] = both["above"] / both["below"].where(both["below"] > 0)
    for side in ("above", "below"):
        both[f"basis_{side}"] = both[f"basis_{side}"].fillna("")
        both[f"complete_{side}"] = both[f"complete_{side}"].eq(True)
    both["complete"] = both["complete_above"] & both["complete_below"]
    both["basis"] = both["basis_above"] + "/" + both["basis_below"]
    return both[[*COLUMNS, "above", "below"]]


def abstraction(scene: Scene, quantity: str, level: str, zones_only: bool = False) -> pd.DataFrame:
    """A quantity of ``ABSTRACTIONS``; with ``zones_only`` only wells in over-extraction zones, from their readings."""
    source, sector = ABSTRACTIONS[quantity]
    if zones_only:
        return _of_uses(scene, quantity, level, scene.zone_class["over_extraction"].to_numpy(dtype=bool))
    used = scene.amounts.used(level, source, sector)
    told = used[used["origin"] == "recorded"]
    recorded = _one_per_year(
        scene,
        pd.DataFrame(
            {
                "unit_id": told["unit_id"],
                "year": told["year"],
                "value": told["value"],
                "complete": told["state"] == "closed",
                "as_of": told["as_of"],
                "scope": told["scope"],
            }
        ),
        "recorded",
    )
    everywhere = np.ones(len(scene.frame("wells")), dtype=bool)
    return _first_of([recorded, _of_uses(scene, quantity, level, everywhere)])


def _of_uses(scene: Scene, quantity: str, level: str, chosen: np.ndarray) -> pd.DataFrame:
    """Readings of the chosen wells whose uses the quantity asks for; with a well of unknown use a sum is not whole."""
    source, sector = ABSTRACTIONS[quantity]
    if quantity not in USES_OF:
        return _from_wells(scene, source, sector, level, chosen)
    use = scene.frame("wells")["use"]
    table = _from_wells(scene, source, None, level, chosen & use.isin(USES_OF[quantity]).to_numpy(bool))
    unit = np.asarray(scene.unit_at("wells", level), dtype=object)
    table.loc[table["unit_id"].isin(unit[chosen & use.isna().to_numpy(bool)]), "complete"] = False
    return table


def sum_of_wells(scene: Scene, well: np.ndarray, group: np.ndarray) -> pd.DataFrame:
    """Volumes of wells by group (a well may be in several) and year.

    A year is complete if it is over and every well of the group that could take water in it (``wells_at_work``) has
    a reading of the whole year.

    Args:
        well, group: row of the wells and group id, one pair each.

    Returns:
        ``COLUMNS``, with the group as ``unit_id``.
    """
    table = scene.amounts.well_years
    table = table[table["volume_m3"].notna() & table["well"].isin(well)]
    pairs = pd.DataFrame({"well": well, "unit_id": group})
    years = np.sort(table["year"].unique())
    if not len(years) or not len(pairs):
        return _empty()
    total = (
        table[["well", "year", "volume_m3"]]
        .merge(pairs, on="well")
        .groupby(["unit_id", "year"])["volume_m3"]
        .sum()
    )
    lacking = (wells_at_work(scene, years) & ~wells_read(scene, years))[well]
    codes, ids = pd.factorize(np.asarray(group, dtype=object))
    gaps = np.zeros((len(ids), len(years)), dtype="int64")
    np.add.at(gaps, codes, lacking)
    gap = pd.Series(gaps.ravel(), index=pd.MultiIndex.from_product([ids, years], names=["unit_id", "year"]))
    frame = total.rename("value").reset_index()
    closed = scene.amounts.year_state(frame["year"]) == "closed"
    gap_here = gap.reindex(pd.MultiIndex.from_frame(frame[["unit_id", "year"]])).fillna(0).to_numpy()
    frame["complete"] = closed & (gap_here == 0)
    frame["basis"] = "readings"
    return frame[list(COLUMNS)]


def allocated_area(scene: Scene, level: str, column: str = "allocated_mu") -> pd.DataFrame:
    """Σ of a column of ``area_years`` by unit and closed year, in 亩.

    An area that has rows in some years counts in every year; where it has none in a year the sum is not complete,
    unless it was wholly retired before that year or only came into force after it: then it had no water.
    """
    rows = scene.frame("area_years")
    area = scene.rows_of("irrigation", rows["area_id"])
    table = pd.DataFrame(
        {
            "area": area,
            "year": rows["year"].to_numpy("float64", na_value=np.nan),
            "value": rows[column].to_numpy(),
        }
    )
    table = table[(table["area"] >= 0) & table["year"].notna()].astype({"year": "int64"})
    table = table[scene.amounts.year_state(table["year"]) == "closed"]
    if not len(table):
        return _empty()
    wide = table.groupby(["area", "year"])["value"].max().unstack("year")
    years = wide.columns.to_numpy()
    dry = _without_water(scene, wide.index.to_numpy(), years)
    values = wide.to_numpy(dtype="float64", copy=True)
    values[np.isnan(values) & dry] = 0.0
    unit = area_units(scene, level)[wide.index.to_numpy()]
    codes, ids = pd.factorize(unit)
    total, gaps = np.zeros((len(ids), len(years))), np.zeros((len(ids), len(years)), dtype="int64")
    np.add.at(total, codes, np.nan_to_num(values))
    np.add.at(gaps, codes, np.isnan(values))
    frame = pd.MultiIndex.from_product([ids, years], names=["unit_id", "year"]).to_frame(index=False)
    frame["value"], frame["complete"], frame["basis"] = total.ravel(), gaps.ravel() == 0, column
    some = np.zeros((len(ids), len(years)), dtype="int64")
    np.add.at(some, codes, ~np.isnan(values))
    frame = frame[(some.ravel() > 0) & (frame["unit_id"] != "").to_numpy()]
    return frame.astype({"year": "int64"}).reset_index(drop=True)[list(COLUMNS)]


def area_units(scene: Scene, level: str) -> np.ndarray:
    """Unit of a level of each irrigation area: as recorded, else the unit that holds a point inside the area.

    "" where neither tells. ``city``: the policy's unit, for areas in a county of its own.
    """
    areas = scene.frame("irrigation")
    if level == CITY:
        county = area_units(scene, "county")
        inside = scene.unit_subjects(county).in_scope & (county != "")
        return np.where(inside, scene.city, "").astype(object)
    found = np.asarray(scene.unit_at("irrigation", level), dtype=object).copy()
    known = set(scene.unit_table.loc[scene.unit_table["level"] == level, "unit_id"])
    told = np.isin(found.astype(str), list(known))
    units = scene.frame("units")
    if told.all() or not len(units) or not len(areas):
        return np.where(told, found, "").astype(object)
    shapes = repair(shapely.force_2d(np.asarray(areas.geometry.array, dtype=object)))[0]
    open_rows = np.flatnonzero(~told & ~shapely.is_missing(shapes))
    points = shapely.point_on_surface(shapes[open_rows])
    if areas.crs != units.crs:
        points = np.asarray(
            type(areas)(geometry=points, crs=areas.crs).to_crs(units.crs).geometry.array, dtype=object
        )
    covers = repair(shapely.force_2d(np.asarray(units.geometry.array, dtype=object)))[0]
    point, unit = shapely.STRtree(covers).query(points, predicate="covered_by")
    hits = pd.DataFrame({"point": open_rows[point], "unit": unit})
    found = np.where(told, found, "").astype(object)
    placed = scene.book.covering(level, hits, len(areas))
    return np.where(told, found, placed).astype(object)


def _whole_city(scene: Scene, below: pd.DataFrame, counties: list[str]) -> pd.DataFrame:
    """Sums over the counties, of years in which each of them has a figure on one basis."""
    below = below[below["unit_id"].isin(counties)]
    if not len(below):
        return _empty()
    grouped = below.groupby("year")
    frame = grouped.agg(
        value=("value", "sum"),
        complete=("complete", "all"),
        n=("unit_id", "nunique"),
        n_bases=("basis", "nunique"),
        basis=("basis", "first"),
    ).reset_index()
    frame = frame[(frame["n"] == len(counties)) & (frame["n_bases"] == 1)]
    return frame.assign(unit_id=scene.city, basis=frame["basis"] + " counties")[list(COLUMNS)]


def _sum_of(scene: Scene, parts: tuple, level: str) -> pd.DataFrame:
    """Sum of INDICES parts; a part that a unit has in some years must be there in each year."""
    tables = []
    for number, (measure, source, sector) in enumerate(parts):
        rows = scene.amounts.indices(measure, "units", source, sector)
        rows = rows[rows["subject_id"].isin(units_of(scene, level)) & rows["unit"].eq("m3")]
        told = pd.DataFrame(
            {
                "unit_id": rows["subject_id"],
                "year": rows["year"],
                "value": rows["value"],
                "complete": scene.amounts.year_state(rows["year"], rows["as_of"]) == "closed",
                "as_of": rows["as_of"],
                "scope": rows["scope"],
            }
        )
        tables.append(_one_per_year(scene, told, "recorded").assign(part=number))
    if len(tables) == 1:
        return tables[0][list(COLUMNS)]
    rows = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    needed = rows.groupby("unit_id")["part"].nunique()
    frame = (
        rows.groupby(["unit_id", "year"])
        .agg(
            value=("value", "sum"),
            complete=("complete", "all"),
            n=("part", "nunique"),
            basis=("basis", "first"),
        )
        .reset_index()
    )
    frame.loc[frame["n"] < frame["unit_id"].map(needed), "value"] = np.nan
    return frame[list(COLUMNS)]


def _one_per_year(scene: Scene, told: pd.DataFrame, origin: str) -> pd.DataFrame:
    """One figure per unit and year: for the unit itself before parts of it, then the latest, then the largest."""
    told = told.reset_index(drop=True)
    told["scope"] = plain_scope(told["scope"], told["unit_id"], scene)
    told = told.sort_values(
        ["unit_id", "year", "scope", "as_of", "value"], kind="stable", na_position="first"
    )
    last = told.drop_duplicates(["unit_id", "year", "scope"], keep="last")
    one = last.drop_duplicates(["unit_id", "year"], keep="first")
    basis = (origin + " " + one["scope"].astype(str)).str.strip()
    return one.assign(basis=basis).reset_index(drop=True)[list(COLUMNS)]


def _from_wells(
    scene: Scene, source: str, sector: str | None, level: str, chosen: np.ndarray
) -> pd.DataFrame:
    wells = scene.frame("wells")
    unit = np.asarray(scene.unit_at("wells", level), dtype=object)
    chosen = chosen & (unit != "")
    if sector is not None:
        chosen &= (wells["use"].map(SECTOR_OF_USE) == sector).to_numpy()
    if source != "deep_confined":
        rows = np.flatnonzero(chosen)
        return sum_of_wells(scene, rows, unit[rows])
    deep, unknown = _deep(scene)
    rows = np.flatnonzero(chosen & deep)
    table = sum_of_wells(scene, rows, unit[rows])
    table.loc[table["unit_id"].isin(unit[chosen & unknown]), "complete"] = False
    return table


def _deep(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Wells in deep confined water (a mixed well or one deep screen suffices); and those whose aquifer nobody knows.
    Screens replace the recorded aquifer."""
    wells, screens = scene.frame("wells"), scene.frame("screens")
    of_screen = (
        screens["aquifer"]
        .groupby(screens["well_id"])
        .agg(lambda found: bool(found.isin(("deep_confined", "mixed")).any()))
    )
    told = wells["well_id"].map(of_screen)
    recorded = wells["aquifer"].isin(("deep_confined", "mixed"))
    deep = told.where(told.notna(), recorded).eq(True).to_numpy()
    return deep, (told.isna() & wells["aquifer"].isna()).to_numpy()


def _without_water(scene: Scene, areas: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Areas × years: retired as a whole before the year began and still so, or not yet in force when it ended."""
    layer = scene.frame("irrigation")
    starts = np.array([np.datetime64(f"{int(year)}-01-01") for year in years])
    ends = np.array([np.datetime64(f"{int(year)}-12-31") for year in years])
    begins = layer["valid_from"].to_numpy("datetime64[D]")[areas]
    later = ~np.isnat(begins)[:, None] & (begins[:, None] > ends[None, :])
    facts = land_history(scene.register) if scene.has("irrigation") else None
    if facts is None or not len(facts):
        return later
    facts = facts[facts["day"].notna() & (facts["area_mu"].isna() | (facts["kind"] == "restored"))]
    slot = pd.Series(np.arange(len(areas)), index=areas)
    row = facts["row"].map(slot)
    facts = facts[row.notna()].assign(slot=row.dropna().astype("int64")).sort_values("day", kind="stable")
    dry = np.zeros((len(areas), len(years)), dtype=bool)
    retired = (layer["status"] == "retired").to_numpy()[areas]
    for column, start in enumerate(starts):
        before = facts[facts["day"].to_numpy("datetime64[D]") < start].drop_duplicates("slot", keep="last")
        dry[before["slot"].to_numpy(), column] = (before["kind"] == "retired").to_numpy()
    return (dry & retired[:, None]) | later


def _first_of(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """For each unit and year the row of the first table that has a value there."""
    kept = [table for table in tables if len(table)]
    if not kept:
        return _empty()
    rows = pd.concat(kept, ignore_index=True)[list(COLUMNS)]
    rows = rows[rows["value"].notna()].drop_duplicates(["unit_id", "year"], keep="first")
    return rows.sort_values(["unit_id", "year"], kind="stable").reset_index(drop=True)


def _empty() -> pd.DataFrame:
    types = {"unit_id": object, "year": "int64", "value": "float64", "complete": bool, "basis": object}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})
