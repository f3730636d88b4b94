"""Abstraction against the conditions of the permit: place, depth and months."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj

from ...coordinates.datums import needs_operation
from ...findings import Verdicts, concat
from ...overlay.points import Points
from ..binding import Binding
from ..facts.energy_facts import months_at_work, period_state, well_years
from ..facts.permit_facts import ALL_MONTHS, month_masks, months_of
from ..registry import Parameter, Rule
from ..scene import Scene

TOLERANCE = 1e-6
"""Metres: what counts as no difference."""

WGS84 = "EPSG:4326"
CONDITIONS = ("place", "depth", "months")


def conditions(scene: Scene, binding: Binding) -> Verdicts:
    """Water is taken where, how deep and when the permit says (TOL-11b, TOL-9d, HJQ-3.2b).

    ``permits.conditions.place``: geodesic metres between the well and the nearest permitted place, at most
    ``tolerance_m``. ``.depth``: depth of the well less the permitted depth, at most ``tolerance_depth_m``.
    ``.months``, per year: months with water or power taken are all permitted months; a year that is not over, or in
    which a month that is not permitted has no figure, never passes. ``conditions`` names which of them the clause
    speaks of. Asked of wells that a row of PERMIT_WELLS names; a tolerance that is not set leaves only an exact match
    without a question.
    """
    table = scene.frame("permit_wells")
    table = table.assign(well=np.asarray(scene.rows_of("wells", table["well_id"]), dtype="int64"))
    table = table[table["well"] >= 0]
    judge = {"place": _place, "depth": _depth, "months": _months}
    return concat([judge[name](scene, binding, table) for name in binding.value("conditions")])


def _place(scene: Scene, binding: Binding, table: pd.DataFrame) -> Verdicts:
    wells = scene.frame("wells")
    at = Points(wells).coordinates(pyproj.CRS(WGS84))
    there = _permitted_places(table, wells.crs)
    here = at[table["well"].to_numpy()]
    metres = np.full(len(table), np.nan)
    known = np.isfinite(here).all(axis=1) & np.isfinite(there).all(axis=1)
    if known.any():
        ends = (here[known, 0], here[known, 1], there[known, 0], there[known, 1])
        metres[known] = pyproj.Geod(ellps="WGS84").inv(*ends)[2]
    off = pd.Series(metres).groupby(table["well"].to_numpy()).min().reindex(range(len(wells))).to_numpy()
    return _compared(scene, binding, table, "place", off, binding.value("tolerance_m"))


def _permitted_places(table: pd.DataFrame, crs: object) -> np.ndarray:
    """Longitude and latitude of the permitted places; NaN where one is missing, or its reference system is
    unknown or of an old datum."""
    places = np.full((len(table), 2), np.nan)
    named = table["crs"].where(table["crs"].notna(), "")
    for name in named.unique():
        rows = (named == name).to_numpy()
        try:
            system = pyproj.CRS(name) if name else crs
        except pyproj.exceptions.CRSError:
            system = None
        if system is None or needs_operation(system):  # an old datum: nobody chose how to leave it
            continue
        xy = table.loc[rows, ["x", "y"]].to_numpy(dtype="float64")
        turn = pyproj.Transformer.from_crs(system, WGS84, always_xy=True)
        turned = np.column_stack(turn.transform(xy[:, 0], xy[:, 1]))
        places[rows] = np.where(np.isfinite(turned), turned, np.nan)
    return places


def _depth(scene: Scene, binding: Binding, table: pd.DataFrame) -> Verdicts:
    wells = scene.frame("wells")
    allowed = table.groupby("well")["depth_m"].max().reindex(range(len(wells)))
    deeper = (wells["depth_m"] - allowed).clip(lower=0).to_numpy(dtype="float64")
    return _compared(scene, binding, table, "depth", deeper, binding.value("tolerance_depth_m"))


def _compared(
    scene: Scene, binding: Binding, table: pd.DataFrame, what: str, off: np.ndarray, tolerance: float | None
) -> Verdicts:
    wells = scene.frame("wells")
    limit = np.nan if tolerance is None else float(tolerance)
    asked = np.isin(np.arange(len(wells)), table["well"].to_numpy())
    exact = off <= TOLERANCE
    over = off > limit + TOLERANCE
    key = np.select(
        [np.isnan(off), exact, np.isnan(limit) & ~exact, over],
        [
            f"permits.conditions.{what}_unknown",
            "",
            "permits.conditions.no_tolerance",
            f"permits.conditions.{what}",
        ],
        default="",
    )
    tail = pd.Series(key)
    outcome = np.select([(tail == "").to_numpy(), over], ["pass", "fail"], default="not_evaluated")
    return binding.say(
        scene.subjects("wells"),
        asked=asked,
        outcome=outcome,
        action=np.select([outcome == "pass", outcome == "fail"], ["none", "reapply"], default="supply_data"),
        key=tail.where(tail != "", f"permits.conditions.{what}").to_numpy(),
        values={"well": wells["row_id"].to_numpy(), "off_m": np.round(off, 1), "tolerance_m": limit},
        evidence={"permit_no": _numbers(table, len(wells))},
        measured=off,
        threshold=limit,
        measure_unit="m",
        check=what,
    )


def _numbers(table: pd.DataFrame, size: int) -> np.ndarray:
    """The permit numbers of each well in one text, sorted."""
    pairs = table[["well", "permit_no"]].dropna().drop_duplicates().sort_values(["well", "permit_no"])
    joined = pairs.groupby("well")["permit_no"].agg(";".join).reindex(range(size))
    return joined.where(joined.notna(), None).to_numpy(dtype=object)


def _months(scene: Scene, binding: Binding, table: pd.DataFrame) -> Verdicts:
    """Per well and year with readings: nothing was taken outside of the permitted months.

    A month without a figure is not a dry one, unless the figure of the whole year is that of its months together.
    """
    wells = scene.frame("wells")
    masks = pd.Series(month_masks(table["months"]))
    allowed = _joined_bits(table["well"].to_numpy(), masks.to_numpy(), len(wells))
    months = scene.amounts.well_months
    months = months[months["month"].between(1, 12)]
    taken = (months["volume_m3"] > 0) | (months["energy_kwh"] > 0)
    used, read = _bits(months[taken]), _bits(months[months["volume_m3"].notna() | taken])
    years = scene.amounts.well_years[["well", "year", "volume_m3", "energy_kwh", "n_months"]]
    years = years[np.isin(years["well"], table["well"])].reset_index(drop=True)
    row = years["well"].to_numpy(dtype="int64")
    index = pd.MultiIndex.from_frame(years[["well", "year"]])
    bits, read_bits = (one.reindex(index).fillna(0).to_numpy(dtype="int64") for one in (used, read))
    summed = months.groupby(["well", "year"])["volume_m3"].sum().reindex(index).fillna(0).to_numpy()
    may = allowed[row]
    beyond = bits & ~may
    accounted = (years["volume_m3"] <= summed * (1 + 1e-9)).to_numpy() & _of_year(scene, index)
    missing = months_at_work(scene, years) & ~may & ~read_bits
    missing = np.where(accounted, 0, missing)
    state = period_state(scene, years["year"].to_numpy())
    water = ((years["volume_m3"] > 0) | (years["energy_kwh"] > 0)).to_numpy(dtype=bool)
    key = np.select(
        [
            may == ALL_MONTHS,
            may == 0,
            beyond > 0,
            water & (years["n_months"] == 0).to_numpy(dtype=bool),
            state == "open",
            missing > 0,
        ],
        [
            "",
            *(f"permits.conditions.months{end}" for end in ("_unknown", "", "_unsplit", "_open", "_unread")),
        ],
        default="",
    )
    outcome = np.select(
        [key == "", key == "permits.conditions.months"], ["pass", "fail"], default="not_evaluated"
    )
    waits = key == "permits.conditions.months_open"
    return binding.say(
        scene.subjects("wells").take(row),
        outcome=outcome,
        action=np.select(
            [(outcome == "pass") | waits, outcome == "fail"], ["none", "reapply"], default="supply_data"
        ),
        key=np.where(key == "", "permits.conditions.months", key),
        values={
            "well": wells["row_id"].to_numpy()[row],
            "year": years["year"].to_numpy(),
            "months": _shown(beyond),
            "missing": _shown(missing),
            "allowed": _shown(may),
        },
        evidence={"months": _shown(bits), "allowed": _shown(may)},
        period=years["year"].astype("int64").astype(str).to_numpy(dtype=object),
        period_state=state,
        check="months",
    )


def _of_year(scene: Scene, index: pd.MultiIndex) -> np.ndarray:
    """Wells and years of which the volume of the whole year was read."""
    known = well_years(scene)
    known = known[known["volume_year"]]
    return index.isin(pd.MultiIndex.from_frame(known[["well", "year"]]))


def _bits(months: pd.DataFrame) -> pd.Series:
    """The months of each well and year as bits."""
    once = months.drop_duplicates(["well", "year", "month"])
    return (2 ** (once["month"].astype("int64") - 1)).groupby([once["well"], once["year"]]).sum()


def _joined_bits(row: np.ndarray, bits: np.ndarray, size: int) -> np.ndarray:
    """Bitwise or of ``bits`` by row."""
    joined = np.zeros(size, dtype="int64")
    np.bitwise_or.at(joined, row, bits)
    return joined


def _shown(masks: np.ndarray) -> np.ndarray:
    known = {mask: months_of(mask) for mask in np.unique(masks)}
    return pd.Series(masks).map(known).to_numpy(dtype=object)


RULES = (
    Rule(
        "permits.conditions",
        conditions,
        subjects=("wells",),
        needs=("wells", "permit_wells"),
        parameters=(
            Parameter("conditions", "texts", one_of=CONDITIONS, default=CONDITIONS),
            Parameter("tolerance_m", "number"),
            Parameter("tolerance_depth_m", "number"),
        ),
    ),
)
