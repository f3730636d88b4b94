"""Wells by worst outcome: in all, by county, by competent authority, by the class of zone they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..findings import OUTCOMES
from .figures import count
from .words import UNASSIGNED, Words, is_given

if TYPE_CHECKING:
    from ..enforce import EnforceResult

CLASSES = ("banned", "severe", "general", "restricted")
"""Classes of zones, strictest first."""
NOT_COVERED = "not_covered"
"""In place of an outcome for wells that lie where the document does not apply."""


def outcome_rows(result: EnforceResult, words: Words) -> list[dict]:
    """One row per outcome: label, what it means, number of wells and share of all."""
    total = len(result.wells)
    numbers = _told(result).value_counts()
    return [
        {
            "token": token,
            "label": words.token("outcome", token),
            "meaning": words(f"meaning.{token}"),
            "n": count(int(numbers.get(token, 0))),
            "share": numbers.get(token, 0) / total if total else 0.0,
        }
        for token in OUTCOMES
    ]


def _told(result: EnforceResult) -> pd.Series:
    """What is said of each well: its outcome, or that the document does not apply where it lies."""
    return result.wells["outcome"].mask(result.not_covered, NOT_COVERED)


def county_rows(result: EnforceResult, words: Words) -> list[dict]:
    """Wells of each county by outcome, those without a county last."""
    counties = result.wells["county_id"].map(lambda value: value if is_given(value) else UNASSIGNED)
    order = sorted(set(counties), key=lambda unit: (unit == UNASSIGNED, unit))
    return _crossed(counties, _told(result), order, words.place)


def authority_rows(result: EnforceResult, words: Words) -> list[dict]:
    """Wells of each competent authority by outcome, those without one last; no rows where none is named."""
    authority = result.wells["authority"]
    if not authority.map(is_given).any():
        return []
    groups = authority.map(lambda name: name if is_given(name) else UNASSIGNED)
    order = sorted(set(groups), key=lambda name: (name == UNASSIGNED, name))
    return _crossed(groups, _told(result), order, words.place)


def zone_rows(result: EnforceResult, words: Words) -> list[dict]:
    """Wells by the strictest class of zone they lie in, by outcome."""
    wells = result.wells
    has_zones = wells["zone_ids"].notna().any()
    place = pd.Series("outside" if has_zones else "no_layer", index=wells.index, dtype=object)
    control, severity = wells["zone_control"], wells["zone_severity"]
    for name in reversed(CLASSES):
        place[((control == name) | (severity == name)).fillna(False).astype(bool)] = name
    place[~wells["placed"].fillna(False).astype(bool)] = "unknown"

    def label(token: str) -> str:
        if token in CLASSES:
            return words.token("severity" if token in ("severe", "general") else "control", token)
        return words(f"zone.{token}")

    order = [name for name in (*CLASSES, "outside", "no_layer", "unknown") if (place == name).any()]
    return _crossed(place, _told(result), order, label)


def _crossed(groups: pd.Series, outcomes: pd.Series, order: list[str], label) -> list[dict]:
    """Rows of a cross table and its total; every well stands in exactly one cell."""
    columns = [*OUTCOMES, *([NOT_COVERED] if (outcomes == NOT_COVERED).any() else [])]
    table = pd.crosstab(groups, outcomes).reindex(index=order, columns=columns, fill_value=0)
    rows = [
        {
            "name": label(group),
            "numbers": dict(zip(columns, numbers, strict=True)),
            "cells": [count(n) for n in numbers],
            "total": count(sum(numbers)),
            "sum": False,
        }
        for group, numbers in zip(order, table.to_numpy().tolist(), strict=True)
    ]
    whole = table.sum().tolist()
    rows.append({"name": "", "cells": [count(n) for n in whole], "total": count(sum(whole)), "sum": True})
    return rows
