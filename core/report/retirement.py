"""The retirement balance on paper: a row per unit with its bar, and whether the rows add up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from ..casefile import used_settings
from .figures import area, count, percent, rounded, share
from .words import DASH, Words, is_given

if TYPE_CHECKING:
    from ..enforce import EnforceResult
    from ..retirement import RetirementBalance

AREAS = ("target_mu", "retired_mu", "restored_mu", "net_mu", "gap_mu")
BASES = ("registered_mu", "area_difference_mu")
TOP_LEVELS = ("region", "prefecture")


def balance(result: EnforceResult, account: RetirementBalance, words: Words) -> dict:
    """The balance table; without irrigation areas it says of each unit that nothing can be said."""
    frame = account.balance
    settings = used_settings(result)
    basis = str(settings["retirement.area_basis"].value)
    baseline = settings["retirement.baseline"].value
    years = [int(year) for year in frame["target_year"].dropna().unique()]
    columns = [*AREAS, *(name for name in BASES if frame[name].notna().any())]
    rows = [_row(row, columns, words) for row in frame.to_dict("records")]
    due = pd.Timestamp(max(years), 12, 31).date() if years else result.as_of
    return {
        "columns": [words.field("retirement_balance", name) for name in columns],
        "rows": rows,
        "year": "/".join(map(str, sorted(years))),
        "how": words(
            "retirement_how",
            baseline=DASH if baseline is None else str(baseline),
            day=min(due, result.as_of).isoformat(),
            basis=words(f"basis.{basis}"),
        ),
        "supplied": result.register.has("irrigation"),
        "sums": sums_told(frame, words),
        "clause": settings["retirement.baseline"].clause,
    }


def _row(row: dict, columns: list[str], words: Words) -> dict:
    reached = share(row["net_mu"], row["target_mu"])
    met = row["met"]
    name = words.place(row["unit_id"])
    if name == row["unit_id"] and is_given(row["name"]):
        name = str(row["name"])
    state = "open" if not is_given(met) else "yes" if met else "no"
    has_target = is_given(row["target_mu"])
    return {
        "name": name,
        "level": row["level"],
        "cells": [area(row[name]) for name in columns],
        "n_parcels": count(row["n_parcels"]),
        "net": row["net_mu"],
        "target": row["target_mu"] if has_target else None,
        "reached": percent(reached),
        "bar": None if reached is None else min(max(reached, 0.0), 1.0),
        "met": words(f"met.{state}") if has_target else DASH,
        "period": words.token("period_state", row["period_state"]),
        "outcome": row["outcome"],
        "label": words.token("outcome", row["outcome"]),
        "top": row["level"] in TOP_LEVELS,
        "progress": words("net_of_target", net=area(row["net_mu"]), target=area(row["target_mu"])),
        "has_target": has_target,
    }


def sums_told(frame: pd.DataFrame, words: Words) -> list[str]:
    """Whether the rounded rows of the counties (and of land outside all units) add up to the city's rounded row."""
    top, parts = frame[frame["level"].isin(TOP_LEVELS)], frame[frame["level"] == "county"]
    if len(top) != 1 or parts.empty:
        return []
    whole = top.iloc[0]
    unit = words.place(whole["unit_id"])
    told = [line for name in AREAS[:4] if (line := _compared(whole, parts, name, unit, words))]
    return told or [words("sum_agrees", unit=unit)]


def _compared(whole: pd.Series, parts: pd.DataFrame, name: str, unit: str, words: Words) -> str:
    values = parts[name]
    if values.isna().any() or not is_given(whole[name]):
        return ""
    total, added = rounded(whole[name]), sum((rounded(value) for value in values), Decimal(0))
    if added == total:
        return ""
    # Each of the rounded figures is at most half a step off.
    by_rounding = abs(float(whole[name]) - float(values.sum())) < 1e-6 * max(1.0, abs(float(whole[name])))
    return words(
        "sum_differs",
        column=words.field("retirement_balance", name),
        unit=unit,
        sum=f"{added:,}",
        total=f"{total:,}",
        difference=f"{abs(added - total):,}",
        cause=words(
            "cause.rounding" if by_rounding else "cause.own", **({} if by_rounding else {"unit": unit})
        ),
    )
