"""Figures that look like another unit: jumps by 10 000, 15 or 1 000 against last year, or against the other rows.

A value is never changed; the unit that it is probably written in is named.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..problems import Problems
from ..rules.facts.amounts import base_units
from .given import Given, flagged

EXACT = 0.05
"""How near to a factor a ratio of two years must be where nature alone might make it."""

WIDE = 2.0
"""The same for 10 000, which nothing but a unit makes: use from one year to the next changes less than twofold."""

CROWD = 10
"""Fewest rows of a use whose median says something."""

CROWD_WIDE = 5.0
"""How far around 10 000 times the median of like wells a permitted volume is taken for one in another unit."""

VOLUME = {10_000.0: "万m³ / m³", 1_000.0: "t / L"}
AREA = {10_000.0: "万亩 / 亩", 15.0: "亩 / 公顷"}
PER_AREA = {15.0: "m³/亩 / m³/公顷"}
FACTORS = {"m3": VOLUME, "mu": AREA, "m3/mu": PER_AREA}
"""By base unit: factor and the units that it lies between."""

SERIES = {
    "readings": (("well_id", "month", "account_no"), (("volume_m3", "m3"),)),
    "area_years": (("area_id",), (("irrigated_mu", "mu"), ("allocated_mu", "mu"))),
    "targets": (("unit_id",), (("area_mu", "mu"), ("volume_m3", "m3"))),
}
"""Whose figures of two years are compared, and in which unit."""

INDEX_SERIES = ("subject_role", "subject_id", "measure", "sector", "source", "issuer", "scope", "parent_id")


def last_year(given: Given, role: str) -> Problems:
    """Figures that jump by the factor between two units against the year before."""
    frame = given.frame(role)
    if role == "indices":
        value, unit = base_units(frame["value"], frame["unit"])
        columns = [("value", value, unit)]
        keys: Sequence[str] = INDEX_SERIES
    else:
        keys, named = SERIES[role]
        columns = [
            (name, frame[name].to_numpy(dtype="float64", na_value=np.nan), np.full(len(frame), unit, object))
            for name, unit in named
        ]
    year = frame["year"].to_numpy(dtype="float64", na_value=np.nan)
    parts, compared = [], np.zeros(len(frame), dtype=bool)
    for name, value, unit in columns:
        found, asked = jumps(frame[list(keys)].assign(unit=unit), year, value)
        parts.append(found.assign(field=name))
        compared |= asked
    table = pd.concat(parts, ignore_index=True)
    return flagged(
        given,
        "units.last_year",
        role,
        table["row"].to_numpy(dtype="int64"),
        severity="warning",
        message_key="checking.units.last_year",
        remedy_key="checking.remedy.unit",
        not_checked=~compared,
        why_key="checking.why.no_last_year",
        field=table["field"],
        found=[f"{one:.10g}" for one in table["value"]],
        values={
            "last_year": [int(one) for one in table["last_year"]],
            "last": table["last"],
            "times": [float(f"{one:.4g}") for one in table["ratio"]],
            "units": table["units"],
        },
    )


def jumps(keys: pd.DataFrame, year: np.ndarray, value: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Values that are a unit's factor times, or a fraction of, the value of the same series in the year before.

    A return to the former size (10, 100 000, 10) is the end of a jump and no jump itself.

    Args:
        keys: what makes a series, and ``unit``, the base unit of its values.

    Returns:
        ``row``, ``value``, ``last``, ``last_year``, ``ratio``, ``units``; and which rows had an
        earlier year.
    """
    table = pd.DataFrame({"year": year, "value": value, "unit": keys["unit"].to_numpy(object)})
    table["series"] = keys.groupby(list(keys.columns), dropna=False, sort=False).ngroup().to_numpy()
    table["row"] = np.arange(len(table))
    table = table[(table["value"] > 0) & table["year"].notna()].sort_values(["series", "year", "row"])
    table = table.drop_duplicates(["series", "year"], keep="last")
    before = table.groupby("series")[["value", "year"]]
    table[["last", "last_year"]] = before.shift(1)
    table["ratio"] = table["value"] / table["last"]
    table["since"] = table["value"] / table.groupby("series")["value"].shift(2)
    table["units"] = _unit_pair(table["ratio"].to_numpy(), table["unit"].to_numpy(object))
    told = table["units"] != ""
    former = told.astype(int).groupby(table["series"]).shift(1).fillna(0).astype(bool)
    returns = former & table["since"].between(1 / 3, 3)
    compared = np.zeros(len(year), dtype=bool)
    compared[table.loc[table["last"].notna(), "row"].to_numpy()] = True
    columns = ["row", "value", "last", "last_year", "ratio", "units"]
    return table.loc[told & ~returns, columns].reset_index(drop=True), compared


def permitted(given: Given, role: str) -> Problems:
    """Permitted volumes some 10 000 times above or below the median of wells of the same use."""
    frame = given.frame(role)
    name = "volume_m3" if role in ("permits", "permit_wells") else "permit_m3"
    value = frame[name].where(frame[name] > 0)
    median = value.groupby(frame["use"]).transform("median") if "use" in frame else value * np.nan
    count = value.groupby(frame["use"]).transform("count") if "use" in frame else value * 0
    median = median.where(count >= CROWD, value.median() if value.count() >= CROWD else np.nan)
    ratio = (value / median).to_numpy(dtype="float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.exp(np.abs(np.log(ratio)))
        where = np.flatnonzero((size >= 10_000 / CROWD_WIDE) & (size <= 10_000 * CROWD_WIDE))
    return flagged(
        given,
        "units.permitted",
        role,
        where,
        severity="warning",
        message_key="checking.units.permitted",
        remedy_key="checking.remedy.unit",
        not_checked=np.isnan(ratio),
        why_key="checking.why.too_few",
        field=name,
        found=[f"{one:.10g}" for one in value.iloc[where]],
        values={
            "median": median.iloc[where].to_list(),
            "times": [float(f"{one:.4g}") for one in ratio[where]],
            "units": VOLUME[10_000.0],
        },
    )


def _unit_pair(ratio: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The two units between which a ratio lies; empty where it is none of their factors."""
    found = np.full(len(ratio), "", dtype=object)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.exp(np.abs(np.log(ratio)))
    for base, factors in FACTORS.items():
        for factor, pair in factors.items():
            band = WIDE if factor == 10_000.0 else 1 + EXACT
            with np.errstate(invalid="ignore"):
                near = (size >= factor / band) & (size <= factor * band) & (unit == base)
            found[near] = pair
    return found
