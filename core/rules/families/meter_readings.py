"""What meters were read to show: gaps, impossible and frozen figures, and figures that contradict each other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.energy_facts import joined, of_wells, periods, read_months, well_years, years_at_work
from ..facts.equipment import equipment
from ..registry import Parameter, Rule
from ..scene import Scene

KINDS = ("missing", "negative", "frozen", "duplicate")
"""What can be wrong with the readings of a well and year."""


def readings(scene: Scene, binding: Binding) -> Verdicts:
    """Each well and year has a ledger of readings without gaps and impossible figures (TLF-3.5a, TOL-9b, HJQ-3.4d).

    Asked of wells at work in a year that are not known to lack a meter, or have a reading, from the first to the last
    year with a volume. Counted are ``missing`` months (over, at work, and without a figure, where there is none for
    the whole year), volumes ``below zero`` (a meter that ran backward), ``frozen`` months (one volume above zero in
    three months in a row or more) and ``repeated`` readings (one well, period, account, voucher and day of record).
    Any of them: review; the ledger is to be completed or explained before anybody is accused.
    """
    known = well_years(scene)
    volumes = known[known["volume_m3"].notna().to_numpy()]
    raw = _below_zero(scene)
    spoken = pd.concat([volumes[["well", "year"]], raw[["well", "year"]]])
    if spoken.empty:
        return binding.cannot("meters.readings.none")
    years = np.arange(int(spoken["year"].min()), int(spoken["year"].max()) + 1)
    at_work = years_at_work(scene, years)
    grid = at_work.merge(spoken.drop_duplicates(), on=["well", "year"], how="outer")
    grid = grid.sort_values(["well", "year"], kind="stable").reset_index(drop=True).astype({"well": "int64"})
    grid["idle"] = grid["months"].isna()
    grid[["months", "first_month", "last_month"]] = grid[["months", "first_month", "last_month"]].fillna(0)
    table = joined(scene, grid)
    table = table.merge(raw, on=["well", "year"], how="left").merge(
        periods(scene).repeated.astype({"well": "int64", "year": "int64"}), on=["well", "year"], how="left"
    )
    table[["n_negative", "n_readings"]] = table[["n_negative", "n_readings"]].fillna(0)
    has_meter = equipment(scene, "wells")["metered"].to_numpy()[table["well"].to_numpy()] != 0
    asked = has_meter | table["volume_m3"].notna().to_numpy() | (table["n_negative"] > 0).to_numpy()
    table = table[asked].reset_index(drop=True)
    table["n_missing"] = np.where(
        table["volume_year"] | table["idle"], 0, table["months"] - _read_in_window(scene, table)
    ).clip(0)
    counts = pd.DataFrame(
        {
            "missing": table["n_missing"],
            "negative": table["n_negative"],
            "frozen": table["frozen_months"],
            "duplicate": table["n_readings"],
        }
    ).astype("int64")
    found = counts > 0
    kinds = found.sum(axis=1)
    key = np.where(kinds > 1, "several", np.asarray(KINDS, dtype=object)[found.to_numpy().argmax(axis=1)])
    return binding.say(
        of_wells(scene, table["well"]),
        outcome=np.where(kinds > 0, "review", "pass").astype(object),
        key=("meters.readings." + pd.Series(key, dtype=object)).to_numpy(dtype=object),
        action=np.select(
            [found["missing"] & (kinds == 1), kinds > 0], ["supply_data", "explain"], "none"
        ).astype(object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        measured=(counts.sum(axis=1)).to_numpy(dtype="float64"),
        threshold=0.0,
        measure_unit="count",
        values={
            **{name: counts[name].to_numpy() for name in KINDS},
            "months": table["months"].to_numpy(dtype="int64"),
            "year": table["year"].to_numpy(),
        },
        evidence={
            **{name: counts[name].to_numpy() for name in KINDS},
            "volume_m3": table["volume_m3"].to_numpy(),
            "volume_months": table["volume_months"].to_numpy(),
            "months_at_work": table["months"].to_numpy(dtype="int64"),
        },
    )


def _read_in_window(scene: Scene, table: pd.DataFrame) -> np.ndarray:
    """Months with a volume among those in which each well was at work."""
    months, _ = read_months(scene, "volume_m3")
    window = table[["well", "year", "first_month", "last_month"]].assign(place=np.arange(len(table)))
    hits = months.merge(window, on=["well", "year"], how="inner")
    within = (hits["month"] >= hits["first_month"]) & (hits["month"] <= hits["last_month"])
    return np.bincount(hits["place"][within.to_numpy()], minlength=len(table))


def _below_zero(scene: Scene) -> pd.DataFrame:
    """``well``, ``year``, ``n_negative``: readings with a volume below zero."""
    frame = scene.frame("readings")
    year = frame["year"].to_numpy(dtype="float64", na_value=np.nan)
    rows = frame[((frame["volume_m3"] < 0).to_numpy() & (year <= scene.as_of.year))]
    table = pd.DataFrame(
        {
            "well": np.asarray(scene.rows_of("wells", rows["well_id"]), dtype="int64"),
            "year": rows["year"].to_numpy(dtype="int64"),
        }
    )
    table = table[table["well"] >= 0]
    return table.groupby(["well", "year"], sort=True).size().rename("n_negative").reset_index()


def mismatch(scene: Scene, binding: Binding) -> Verdicts:
    """Reported, metered and power-derived volumes of a well and year agree (TLF-5.3).

    Compared are, where both exist: the recorded use of the well (INDICES measure use, role wells) with the metered
    volume of the whole year, or where that is not complete with the converted one; and the metered with the converted
    volume over the periods that have both. Difference = |a − b| ÷ b, b the metered volume, or the converted one.
    More than ``tolerance_ratio``: review. Only one figure: not evaluated.
    """
    tolerance = float(binding.value("tolerance_ratio"))
    told = scene.amounts.indices("use", "wells")
    told = pd.DataFrame(
        {
            "well": np.asarray(scene.rows_of("wells", told["subject_id"]), dtype="int64"),
            "year": told["year"].astype("int64"),
            "reported_m3": told["value"].astype("float64"),
        }
    )
    told = (
        told[(told["well"] >= 0) & (told["year"] <= scene.as_of.year)]
        .groupby(["well", "year"])
        .max()
        .reset_index()
    )
    figures = well_years(scene)
    table = (
        figures.merge(told, on=["well", "year"], how="outer")
        .sort_values(["well", "year"])
        .reset_index(drop=True)
    )
    whole_water = table["volume_year"].eq(True) | (table["volume_months"] >= 12)
    whole_energy = table["energy_year"].eq(True) | (table["energy_months"] >= 12)
    metered = table["volume_m3"].where(whole_water)
    no_meter = table["volume_m3"].isna() & ~(table["unconverted_kwh"] > 0)
    converted = table["converted_m3"].where(whole_energy & no_meter)
    reference = metered.where(metered.notna(), converted)
    pairs = {
        "reported": (table["reported_m3"], reference),
        "power": (table["both_converted"], table["both_metered"]),
    }
    differences = pd.DataFrame({name: _difference(*pair) for name, pair in pairs.items()})
    worst = differences.max(axis=1).to_numpy()
    by_power = (differences["power"].fillna(-1) >= differences["reported"].fillna(-1)).to_numpy()
    compared = differences.notna().any(axis=1).to_numpy()
    off = compared & (worst > tolerance * (1 + 1e-9))
    asked = table[["volume_m3", "converted_m3", "reported_m3"]].notna().any(axis=1)
    case = np.select([~compared, by_power], ["one_figure", "power"], "reported")
    first, second = (
        np.where(by_power, pairs["power"][side], pairs["reported"][side]).astype("float64") for side in (0, 1)
    )
    return binding.say(
        of_wells(scene, table["well"]),
        asked=asked.to_numpy(),
        outcome=np.select([~compared, off], ["not_evaluated", "review"], "pass").astype(object),
        key=("meters.mismatch." + pd.Series(case, dtype=object)).to_numpy(dtype=object),
        action=np.select([~compared, off], ["supply_data", "explain"], "none").astype(object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        measured=np.where(np.isinf(worst), np.nan, worst),
        threshold=tolerance,
        measure_unit="ratio",
        values={
            "first": first,
            "second": second,
            "percent": np.where(np.isinf(worst), np.nan, np.round(worst * 100, 2)),
            "limit": round(tolerance * 100, 6),
            "year": table["year"].to_numpy(),
        },
        evidence={
            "reported_m3": table["reported_m3"].to_numpy(),
            "metered_m3": table["volume_m3"].to_numpy(),
            "converted_m3": table["both_converted"].where(by_power, table["converted_m3"]).to_numpy(),
            "energy_kwh": table["energy_kwh"].to_numpy(),
        },
    )


def _difference(value: pd.Series, reference: pd.Series) -> np.ndarray:
    """|a − b| ÷ b; infinite where only b is zero, NaN where one is missing."""
    a, b = value.to_numpy(dtype="float64"), reference.to_numpy(dtype="float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((a == 0) & (b == 0), 0.0, np.abs(a - b) / b)


RULES = (
    Rule("meters.readings", readings, subjects=("wells",), needs=("wells", "readings")),
    Rule(
        "meters.mismatch",
        mismatch,
        subjects=("wells",),
        needs=("wells",),
        parameters=(Parameter("tolerance_ratio", "number", required=True),),
    ),
)
