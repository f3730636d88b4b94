"""Figures and days that cannot be, by the table of limits."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ..problems import Problems
from .given import Given, flagged, schema_of
from .limits import FACT_DAYS, LAST_YEAR, ORDER, SHARE_TOLERANCE, SHARES, YEARS, Limit, first_day

_MONTHS = re.compile(r"([0-9]{1,2})(-([0-9]{1,2}))?")


def figure(given: Given, role: str, limit: Limit) -> Problems:
    """Values of one field that are impossible (error) or improbable (warning)."""
    value = given.frame(role)[limit.field].to_numpy(dtype="float64", na_value=np.nan)
    low, high = _bound(limit.low, -np.inf), _bound(limit.high, np.inf)
    soft_low, soft_high = _bound(limit.unusual_low, low), _bound(limit.unusual_high, high)
    with np.errstate(invalid="ignore"):
        too_low = (value <= low) if limit.above else (value < low)
        wrong = too_low | (value > high)
        odd = ~wrong & ((value < soft_low) | (value > soft_high))
    where = np.flatnonzero(wrong | odd)
    is_low = too_low[where] | (value[where] < soft_low)
    bound = np.where(
        is_low,
        np.where(too_low[where], low, soft_low),
        np.where(value[where] > high, high, soft_high),
    )
    sign = np.where(is_low, ">" if limit.above else "≥", "≤").astype(object)
    sign[is_low & ~too_low[where]] = "≥"
    return flagged(
        given,
        f"values.{limit.field}",
        role,
        where,
        severity=np.where(wrong[where], "error", "warning"),
        message_key=np.where(wrong[where], "checking.values.impossible", "checking.values.unusual"),
        remedy_key="checking.remedy.value",
        not_checked=np.isnan(value),
        why_key="checking.why.empty",
        field=limit.field,
        found=[f"{one:.10g}" for one in value[where]],
        expected=[f"{mark} {one:.10g}" for mark, one in zip(sign, bound, strict=True)],
    )


def coefficients(given: Given, role: str) -> Problems:
    """Coefficients of power to water in the table of indices: above zero."""
    frame = given.frame(role)
    mine = (frame["measure"] == "kwh_coefficient").to_numpy(dtype=bool)
    value = frame["value"].to_numpy(dtype="float64", na_value=np.nan)
    with np.errstate(invalid="ignore"):
        where = np.flatnonzero(mine & (value <= 0))
    return flagged(
        given,
        "values.kwh_coefficient",
        role,
        where,
        severity="error",
        message_key="checking.values.impossible",
        remedy_key="checking.remedy.value",
        not_checked=mine & np.isnan(value),
        why_key="checking.why.empty",
        field="value",
        found=[f"{one:.10g}" for one in value[where]],
        expected="> 0",
    )


def screens(given: Given, role: str) -> Problems:
    """Screens whose bottom is not below their top, or that reach below the depth of their well."""
    frame = given.frame(role)
    top, bottom = (frame[name].to_numpy(dtype="float64", na_value=np.nan) for name in ("top_m", "bottom_m"))
    depth = np.full(len(frame), np.nan)
    if given.has("wells"):
        wells = given.frame("wells")
        depths = pd.Series(wells["depth_m"].to_numpy(), index=wells["well_id"])
        depths = depths[~depths.index.duplicated(keep=False) & depths.index.notna()]
        depth = frame["well_id"].map(depths).to_numpy(dtype="float64")
    with np.errstate(invalid="ignore"):
        turned, deeper = bottom <= top, bottom > depth * (1 + 1e-9)
    where = np.flatnonzero(turned | deeper)
    is_turned = turned[where]
    limit = np.where(is_turned, top[where], depth[where])
    return flagged(
        given,
        "values.screens",
        role,
        where,
        severity="error",
        message_key=np.where(is_turned, "checking.values.screen_turned", "checking.values.screen_deep"),
        remedy_key="checking.remedy.value",
        not_checked=np.isnan(bottom) | (np.isnan(top) & np.isnan(depth)),
        why_key="checking.why.empty",
        field="bottom_m",
        found=[f"{one:.10g}" for one in bottom[where]],
        expected=[f"{'>' if t else '≤'} {one:.10g}" for t, one in zip(is_turned, limit, strict=True)],
    )


def shares(given: Given, role: str) -> Problems:
    """Shares of one well (or account) that do not sum to 1."""
    owner = dict(SHARES)[role]
    frame = given.frame(role)
    share = frame["share_ratio"].to_numpy(dtype="float64", na_value=np.nan)
    told = pd.DataFrame({"owner": frame[owner], "share": share, "row": np.arange(len(frame))})
    groups = told.groupby("owner")["share"]
    total, complete = groups.transform("sum"), groups.transform("count") == groups.transform("size")
    off = complete & ((total - 1).abs() > SHARE_TOLERANCE)
    first = told[off].drop_duplicates("owner")
    where = first["row"].to_numpy(dtype="int64")
    return flagged(
        given,
        "values.shares",
        role,
        where,
        severity="warning",
        message_key="checking.values.shares",
        remedy_key="checking.remedy.shares",
        not_checked=~complete.to_numpy(dtype=bool) | told["owner"].isna(),
        why_key="checking.why.empty",
        field="share_ratio",
        found=[f"{one:.6g}" for one in total.iloc[where]],
        expected="1",
        other_id=first["owner"].to_list(),
    )


def months(given: Given, role: str) -> Problems:
    """Permitted months that are no months: ``4-9`` or ``4;5;6`` are."""
    column = given.frame(role)["months"]
    wrong = [text for text in column.dropna().unique() if not _are_months(text)]
    where = np.flatnonzero(column.isin(wrong))
    return flagged(
        given,
        "values.months",
        role,
        where,
        severity="error",
        message_key="checking.values.months",
        remedy_key="checking.remedy.value",
        not_checked=column.isna(),
        why_key="checking.why.empty",
        field="months",
        found=column.iloc[where].to_list(),
        expected="4-9; 4;5;6",
    )


def years(given: Given, role: str) -> Problems:
    """Years of facts after the day of judgement, and years that are none."""
    column = given.frame(role)["year"].to_numpy(dtype="float64", na_value=np.nan)
    last = given.as_of.year if dict(YEARS)[role] else LAST_YEAR
    with np.errstate(invalid="ignore"):
        where = np.flatnonzero((column < first_day().year) | (column > last))
    return flagged(
        given,
        "values.year",
        role,
        where,
        severity="error",
        message_key="checking.values.impossible",
        remedy_key="checking.remedy.value",
        not_checked=np.isnan(column),
        why_key="checking.why.empty",
        field="year",
        found=[f"{one:.0f}" for one in column[where]],
        expected=f"{first_day().year} … {last}",
    )


def days(given: Given, role: str) -> Problems:
    """Days later than the day of judgement (warning: they are not facts yet) or before ``FIRST_YEAR`` (error)."""
    frame, parts = given.frame(role), []
    low, high = pd.Timestamp(first_day()), pd.Timestamp(given.as_of)
    for name in _date_fields(role):
        day = frame[name]
        early = (day < low).to_numpy()
        late = (day > high).to_numpy() & (name in FACT_DAYS.get(role, ()))
        where = np.flatnonzero(early | late)
        parts.append(pd.DataFrame({"where": where, "field": name, "early": early[where]}))
    table = pd.concat(parts, ignore_index=True)
    early = table["early"].to_numpy(dtype=bool)
    expected = np.where(early, f"≥ {first_day()}", f"≤ {given.as_of}")
    found = [frame[name].iloc[row].date() for row, name in zip(table["where"], table["field"], strict=True)]
    return flagged(
        given,
        "dates.range",
        role,
        table["where"].to_numpy(dtype="int64"),
        severity=np.where(early, "error", "warning"),
        message_key=np.where(early, "checking.dates.early", "checking.dates.future"),
        remedy_key=np.where(early, "checking.remedy.value", "checking.remedy.future"),
        not_checked=frame[_date_fields(role)].isna().all(axis=1),
        why_key="checking.why.empty",
        field=table["field"],
        found=found,
        expected=expected,
    )


def order(given: Given, role: str) -> Problems:
    """Days of one row in an order that cannot be."""
    frame, parts = given.frame(role), []
    asked = np.zeros(len(frame), dtype=bool)
    for before, after, severity in ORDER[role]:
        both = frame[before].notna() & frame[after].notna()
        asked |= both.to_numpy()
        where = np.flatnonzero(both & (frame[after] < frame[before]))
        rows = {"where": where, "before": before, "after": after, "severity": severity}
        rows |= {"found": frame[after].iloc[where].dt.strftime("%Y-%m-%d").to_numpy()}
        rows |= {"expected": ("≥ " + frame[before].iloc[where].dt.strftime("%Y-%m-%d")).to_numpy()}
        parts.append(pd.DataFrame(rows))
    table = pd.concat(parts, ignore_index=True)
    return flagged(
        given,
        "dates.order",
        role,
        table["where"].to_numpy(dtype="int64"),
        severity=table["severity"],
        message_key="checking.dates.order",
        remedy_key="checking.remedy.order",
        not_checked=~asked,
        why_key="checking.why.empty",
        field=table["after"],
        found=table["found"],
        expected=table["expected"],
        values={"before": table["before"]},
    )


def _bound(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _are_months(text: str) -> bool:
    spans = [_MONTHS.fullmatch(part.strip()) for part in text.split(";")]
    numbers = [int(n) for span in spans if span for n in (span[1], span[3]) if n]
    return all(spans) and all(1 <= n <= 12 for n in numbers)


def _date_fields(role: str) -> list[str]:
    return [name for name, item in schema_of(role).fields.items() if item.type == "date"]
