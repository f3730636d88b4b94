"""Coefficients by the day from which they hold, and the order in which they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from ..schema import normal_name, register_schema
from .accounts import rows_of

ORIGINS = ("", "well", "stratum", "calibration", "unit")
"""Where a coefficient comes from: none, the well's own, given for its stratum, calibrated on it, given for its unit."""

MEASURE = "kwh_coefficient"
_SPAN = 1_000_000
"""More days than any date has."""


class Dated:
    """Values of subjects that hold from a day on, until the next one.

    Args:
        subject: whole numbers from 0.
        day: datetime64; NaT never.
        value: of two values of one subject and day the larger holds.
    """

    def __init__(self, subject: np.ndarray, day: np.ndarray, value: np.ndarray) -> None:
        keys = np.asarray(subject, dtype="int64") * _SPAN + _day_number(day)
        order = np.lexsort((value, keys))
        self._keys, self._values = keys[order], np.asarray(value, dtype="float64")[order]

    def __len__(self) -> int:
        return len(self._keys)

    def at(self, subject: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Value and first day of what holds for each subject on its day; NaN and NaT where nothing does.

        A subject of -1 has nothing.
        """
        subject = np.asarray(subject, dtype="int64")
        if not len(self._keys):
            return np.full(len(subject), np.nan), np.full(len(subject), np.datetime64("NaT", "D"))
        place = np.searchsorted(self._keys, subject * _SPAN + _day_number(day), side="right") - 1
        found = (place >= 0) & (subject >= 0) & (self._keys[np.maximum(place, 0)] // _SPAN == subject)
        since = _FIRST + (self._keys[np.maximum(place, 0)] % _SPAN).astype("timedelta64[D]")
        return (
            np.where(found, self._values[np.maximum(place, 0)], np.nan),
            np.where(found, since, np.datetime64("NaT", "D")),
        )


_FIRST = np.datetime64("1000-01-01", "D")


def _day_number(day: np.ndarray) -> np.ndarray:
    return (np.asarray(day, dtype="datetime64[D]") - _FIRST).astype("int64")


@dataclass(frozen=True)
class Places:
    """In which units each well lies.

    Attributes:
        levels: unit ids per well (object, "" or None for none), nearest first.
        key: turns texts into unit ids, those that are none into "" or None.
    """

    levels: Mapping[str, np.ndarray] = field(default_factory=dict)
    key: Callable[[pd.Series], np.ndarray] = lambda texts: texts.to_numpy(dtype=object)


@dataclass(frozen=True)
class Sources:
    """Every coefficient that the register gives.

    Attributes:
        well: dated, by row in wells. own: ``wells.m3_per_kwh_ratio``, NaN where empty or not above 0.
        stratum, unit: dated, by unit code (times the number of strata, plus the stratum code, for ``stratum``).
        unit_codes: per level, the unit code of each well, -1 for none; nearest level first.
        units: unit ids by code. strata: code per well (-1: none). labels: stratum labels by code.
        unused: rows of indices that could not be used: ``row_id``, ``reason`` (subject, unit, value, scope, day).
    """

    well: Dated
    own: np.ndarray
    stratum: Dated
    unit: Dated
    unit_codes: tuple[np.ndarray, ...]
    units: np.ndarray
    strata: np.ndarray
    labels: np.ndarray
    unused: pd.DataFrame


def strata_of(wells: pd.DataFrame, fields: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Stratum code per well, -1 where one of the fields is empty, and the labels by code (values joined by ``/``)."""
    if not fields:
        return np.zeros(len(wells), dtype="int64"), np.array([""], dtype=object)
    columns = [wells[name] for name in fields]
    whole = np.logical_and.reduce([column.notna().to_numpy() for column in columns])
    label = columns[0].astype(object).astype(str)
    for column in columns[1:]:
        label = label + "/" + column.astype(object).astype(str)
    codes, labels = pd.factorize(label.where(pd.Series(whole, index=wells.index)), sort=True)
    return codes.astype("int64"), np.asarray(labels, dtype=object)


def gather(
    wells: pd.DataFrame, indices: pd.DataFrame | None, places: Places, strata_fields: tuple[str, ...]
) -> Sources:
    """Read the coefficients of a register.

    ``indices`` rows of measure ``kwh_coefficient`` in m³/kWh belong to a well (``subject_role`` wells) or to a unit
    (units); with ``scope`` they hold for that stratum of the unit only. They hold from ``effective_from``, without
    one from 1 January of ``year``.
    """
    strata, labels = strata_of(wells, strata_fields)
    own = wells["m3_per_kwh_ratio"].to_numpy(dtype="float64", na_value=np.nan)
    rows = _given(indices)
    of_well = rows[rows["role"] == "wells"]
    of_unit = rows[rows["role"] == "units"]
    well = rows_of(wells["well_id"], of_well["subject"])
    key = pd.Series(places.key(of_unit["subject"]), index=of_unit.index, dtype=object)
    units = np.array(sorted({unit for unit in key.dropna() if unit}), dtype=object)
    unit = pd.Index(units).get_indexer(key.to_numpy(dtype=object)) if len(units) else np.full(len(key), -1)
    scoped = of_unit["scope"].notna().to_numpy()
    stratum = _stratum_codes(of_unit["scope"], labels)
    reasons = rows["reason"].copy()
    reasons.loc[of_well.index[(well < 0) & (of_well["reason"] == "")]] = "subject"
    reasons.loc[of_unit.index[(unit < 0) & (of_unit["reason"] == "")]] = "subject"
    reasons.loc[of_unit.index[scoped & (stratum < 0) & (of_unit["reason"] == "")]] = "scope"
    reasons.loc[rows.index[~rows["role"].isin(["wells", "units"]) & (reasons == "")]] = "subject"
    fit_well = (reasons[of_well.index] == "").to_numpy()
    fit_unit = (reasons[of_unit.index] == "").to_numpy()
    return Sources(
        well=_dated(well, of_well, fit_well),
        own=np.where(own > 0, own, np.nan),
        stratum=_dated(unit * max(len(labels), 1) + stratum, of_unit, fit_unit & scoped),
        unit=_dated(unit, of_unit, fit_unit & ~scoped),
        unit_codes=tuple(
            pd.Index(units).get_indexer(np.asarray(ids, dtype=object))
            if len(units)
            else np.full(len(wells), -1)
            for ids in places.levels.values()
        ),
        units=units,
        strata=strata,
        labels=labels,
        unused=pd.DataFrame({"row_id": rows["row_id"], "reason": reasons})[(reasons != "").to_numpy()],
    )


def _given(indices: pd.DataFrame | None) -> pd.DataFrame:
    """Index rows that give a coefficient, with the reason why one cannot be used."""
    columns = ["role", "subject", "scope", "day", "value", "row_id", "reason"]
    if indices is None:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    rows = indices[(indices["measure"] == MEASURE).to_numpy()]
    year = rows["year"].astype("float64")
    begin = pd.to_datetime(year.map("{:04.0f}-01-01".format, na_action="ignore"), errors="coerce")
    day = rows["effective_from"].where(rows["effective_from"].notna(), begin)
    unit = register_schema().units["m3/kWh"]
    spelt = {normal_name(text) for text in (unit.name, unit.en, unit.zh, *unit.aliases)}
    in_unit = rows["unit"].map(lambda text: normal_name(text) in spelt, na_action="ignore").eq(True)
    reason = np.select(
        [~in_unit, ~(rows["value"] > 0), day.isna(), rows["subject_id"].isna()],
        ["unit", "value", "day", "subject"],
        "",
    )
    return pd.DataFrame(
        {
            "role": rows["subject_role"],
            "subject": rows["subject_id"],
            "scope": rows["scope"],
            "day": day,
            "value": rows["value"],
            "row_id": rows["row_id"],
            "reason": reason.astype(object),
        }
    )


def _stratum_codes(scope: pd.Series, labels: np.ndarray) -> np.ndarray:
    """The stratum that each scope means: its label, each part by token or label of the aquifers."""
    words = register_schema().words["aquifer"]
    known = {normal_name(label): code for code, label in enumerate(labels)}

    def code(text: str) -> int:
        parts = [normal_name(part) for part in text.split("/")]
        return known.get("/".join(words.get(part, part) for part in parts), -1)

    codes = {text: code(text) for text in scope.dropna().unique()}
    return scope.map(codes).fillna(-1).to_numpy(dtype="int64")


def _dated(subject: np.ndarray, rows: pd.DataFrame, fit: np.ndarray) -> Dated:
    day = rows["day"].to_numpy(dtype="datetime64[D]")[fit]
    return Dated(np.asarray(subject)[fit], day, rows["value"].to_numpy(dtype="float64")[fit])


@dataclass(frozen=True)
class Chosen:
    """Coefficients in use: ``value`` m³/kWh (NaN: none), ``origin`` (position in ``ORIGINS``), ``since`` (the day from
    which a dated one holds, NaT for others)."""

    value: np.ndarray
    origin: np.ndarray
    since: np.ndarray


def choose(
    sources: Sources,
    well: np.ndarray,
    day: np.ndarray,
    calibrated: np.ndarray | None = None,
    level: str = "well",
) -> Chosen:
    """The coefficient of each well on its day: its own before its stratum's before its unit's.

    Args:
        well: rows in wells.
        day: datetime64[D] aligned with ``well``.
        calibrated: coefficient that calibration gives each of them, NaN for none; comes after a given one of the
            stratum.
        level: finest kind that is used: ``well``, ``stratum`` or ``unit``.
    """
    size = len(well)
    chosen = Chosen(
        np.full(size, np.nan),
        np.zeros(size, dtype="int8"),
        np.full(size, np.datetime64("NaT", "D")),
    )
    units = [codes[well] for codes in sources.unit_codes]
    if level == "well":
        if len(sources.well):
            _take(chosen, "well", *sources.well.at(well, day))
        _take(chosen, "well", sources.own[well])
    if level in ("well", "stratum"):
        if len(sources.stratum):
            stratum = sources.strata[well]
            for unit in units:
                both = np.where((unit >= 0) & (stratum >= 0), unit * len(sources.labels) + stratum, -1)
                _take(chosen, "stratum", *sources.stratum.at(both, day))
        if calibrated is not None:
            _take(chosen, "calibration", calibrated)
    if len(sources.unit):
        for unit in units:
            _take(chosen, "unit", *sources.unit.at(unit, day))
    return chosen


def _take(chosen: Chosen, origin: str, value: np.ndarray, since: np.ndarray | None = None) -> None:
    """Fill in what is still without a coefficient."""
    open_ = np.isnan(chosen.value) & ~np.isnan(value)
    chosen.value[open_] = value[open_]
    chosen.origin[open_] = ORIGINS.index(origin)
    if since is not None:
        chosen.since[open_] = since[open_]


def period_ends(year: np.ndarray, month: np.ndarray, as_of: date) -> np.ndarray:
    """Last day of each period (month 0: of the year), at most ``as_of``, as datetime64[D]."""
    months = (np.asarray(year, dtype="int64") - 1970) * 12 + np.where(np.asarray(month) == 0, 12, month)
    ends = months.astype("datetime64[M]").astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(ends, np.datetime64(as_of, "D"))
