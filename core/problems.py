"""What is wrong with data, before any policy looks at it: one row per problem, with severity and what to do.

Problems come from an import (the cells of one layer) and from the check of a whole register. They are shown as a point
layer, so that a technician can go to the place. Like findings they carry message keys and values, never sentences.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .findings.verdicts import to_json
from .messages import render
from .personal import masked
from .schema import register_schema

SEVERITIES = ("error", "warning", "note")
"""Worst first. An error makes a verdict impossible or wrong, a warning may change one, a note is good to know."""

CRS = "EPSG:4326"
"""Problems of all layers stand in one layer: longitude and latitude."""

COLUMNS = (
    "check",
    "severity",
    "subject_role",
    "subject_id",
    "row",
    "field",
    "found",
    "expected",
    "distance_m",
    "other_id",
    "message_key",
    "remedy_key",
    "message_values",
    "geometry",
)
COUNT_COLUMNS = ("check", "subject_role", "n_subjects", "n_ok", "n_problem", "n_not_checked", "why_key")

ALWAYS = ("found", "expected", "field", "other_id", "distance_m")
"""Values that every message may name; an empty one shows as a dash."""


@dataclass(frozen=True)
class Problems:
    """`rows`: columns ``COLUMNS``, geometry a shapely point in ``CRS`` or None. `counts`: columns ``COUNT_COLUMNS``,
    ``n_ok + n_problem + n_not_checked = n_subjects`` in each row; `why_key` says why subjects were not checked."""

    rows: pd.DataFrame
    counts: pd.DataFrame

    @staticmethod
    def none() -> Problems:
        """Nothing looked at, nothing found."""
        return Problems(pd.DataFrame(columns=list(COLUMNS)), pd.DataFrame(columns=list(COUNT_COLUMNS)))


def problems(
    *,
    check: str,
    severity: object,
    subject_role: str,
    subject_id: object,
    message_key: object,
    remedy_key: object,
    message_values: Mapping[str, object] | None = None,
    n_subjects: int | None = None,
    n_not_checked: int = 0,
    why_key: str = "",
    row: object = None,
    field: object = "",
    found: object = "",
    expected: object = "",
    distance_m: object = np.nan,
    other_id: object = "",
    geometry: object = None,
    crs: object = None,
) -> Problems:
    """Problems of one check, as columns.

    Every argument but ``check``, ``subject_role`` and the numbers is one value for all problems or a column as long as
    ``subject_id``; ``message_values`` maps a name to such a value or column and always also holds ``found``,
    ``expected``, ``field``, ``other_id`` and ``distance_m`` where they are given.

    Args:
        subject_id: one per problem; a subject may have several problems of one check. Empty: the layer as a whole.
        n_subjects: how many subjects were looked at (with those that could not be); None makes no row of counts.
        n_not_checked: how many of them could not be checked; why_key: the reason.
        geometry: shapely geometries in ``crs``; a point on each of them is where the problem is shown.

    Raises:
        ValueError: an unknown severity, columns of different length, or more problems than subjects.
    """
    ids = pd.Series(np.asarray(subject_id, dtype=object)).reset_index(drop=True)
    size = len(ids)
    columns = {
        "severity": severity,
        "row": row,
        "field": field,
        "found": found,
        "expected": expected,
        "distance_m": distance_m,
        "other_id": other_id,
        "message_key": message_key,
        "remedy_key": remedy_key,
    }
    frame = pd.DataFrame({"check": check, "subject_role": subject_role, "subject_id": ids})
    for name, value in columns.items():
        frame[name] = _column(value, size, name)
    unknown = set(frame["severity"]) - set(SEVERITIES)
    if unknown:
        raise ValueError(f"not a severity: {sorted(map(str, unknown))}")
    for name in ("found", "expected"):
        frame[name] = [None if _missing(value) else masked(str(value)) for value in frame[name]]
    frame["message_values"] = _values(frame, message_values or {}, size)
    frame["geometry"] = _points(geometry, crs, size)
    counts = _counts(check, subject_role, frame, n_subjects, n_not_checked, why_key)
    return Problems(frame[list(COLUMNS)], counts)


def concat_problems(parts: Iterable[Problems]) -> Problems:
    """All problems and counts, in the order given."""
    parts = list(parts)
    rows = [part.rows for part in parts if len(part.rows)]
    counts = [part.counts for part in parts if len(part.counts)]
    nothing = Problems.none()
    return Problems(
        pd.concat(rows, ignore_index=True) if rows else nothing.rows,
        pd.concat(counts, ignore_index=True) if counts else nothing.counts,
    )


def told_problems(found: Problems, language: str) -> gpd.GeoDataFrame:
    """The rows with ``problem_id``, ``message`` and ``remedy`` in ``language``, worst first, as a layer of points."""
    rows = found.rows
    rank = rows["severity"].map({token: place for place, token in enumerate(SEVERITIES)})
    rows = rows.assign(_rank=rank).sort_values("_rank", kind="stable").drop(columns="_rank")
    rows = rows.reset_index(drop=True)
    values = [
        _in_words(json.loads(text), role, language)
        for text, role in zip(rows["message_values"], rows["subject_role"], strict=True)
    ]
    told = rows.drop(columns=["message_key", "remedy_key", "geometry"])
    told["problem_id"] = np.arange(1, len(rows) + 1)
    told["message"] = [render(key, v, language) for key, v in zip(rows["message_key"], values, strict=True)]
    told["remedy"] = [render(key, v, language) for key, v in zip(rows["remedy_key"], values, strict=True)]
    return gpd.GeoDataFrame(told, geometry=gpd.GeoSeries(list(rows["geometry"]), crs=CRS), crs=CRS)


def told_counts(found: Problems, language: str) -> pd.DataFrame:
    """The counts with the reason for what was not checked in ``language``."""
    why = [render(key, {}, language) if key else None for key in found.counts["why_key"]]
    return found.counts.drop(columns="why_key").assign(why_not=why)


def _in_words(values: dict, role: str, language: str) -> dict:
    """The values of a message with the labels of roles, fields and tokens in place of their names."""
    schema = register_schema()
    fields = schema.roles[role].fields if role in schema.roles else {}
    asked = values.get("field")
    item = fields.get(asked) if isinstance(asked, str) else None
    words = dict.fromkeys(ALWAYS) | values
    for names, known in (
        (("field", "before", "target", "candidates"), fields),
        (("role", "other", "targets"), schema.roles),
    ):
        words |= {name: _labelled(values[name], known, language) for name in names if name in values}
    if item is not None and item.enum and isinstance(values.get("expected"), str):
        tokens = values["expected"].split(" / ")
        words["expected"] = " / ".join(schema.label(item.enum, token, language) for token in tokens)
    return words


def _labelled(value: object, known: Mapping, language: str) -> object:
    if isinstance(value, list):
        return [_labelled(one, known, language) for one in value]
    return known[value].label(language) if isinstance(value, str) and value in known else value


def _column(value: object, size: int, name: str) -> object:
    if isinstance(value, (pd.Series, np.ndarray, list)):
        if len(value) != size:
            raise ValueError(f"{name} has {len(value)} values for {size} problems")
        return value.to_numpy() if isinstance(value, pd.Series) else value
    return [value] * size


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)) or value == ""


def _values(frame: pd.DataFrame, given: Mapping[str, object], size: int) -> list[str]:
    named = {name: frame[name].tolist() for name in ALWAYS}
    named |= {
        name: pd.Series(_column(value, size, name), dtype=object).tolist() for name, value in given.items()
    }
    rows = []
    for values in zip(*named.values(), strict=True):
        kept = {
            name: masked(value) if isinstance(value, str) else value
            for name, value in zip(named, values, strict=True)
            if not _missing(value)
        }
        rows.append(to_json(kept))
    return rows


def _points(geometry: object, crs: object, size: int) -> np.ndarray:
    """A point on each geometry in longitude and latitude; None where there is none or its place is not known."""
    nothing = np.full(size, None, dtype=object)
    if geometry is None or crs is None or size == 0:
        return nothing
    shapes = np.asarray(geometry, dtype=object)
    usable = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    usable &= np.isfinite(shapely.bounds(shapes)).all(axis=1)
    nothing[usable] = shapely.point_on_surface(shapes[usable])
    placed = gpd.GeoSeries(list(nothing), crs=crs).to_crs(CRS).to_numpy()
    lost = ~np.isfinite(shapely.bounds(placed)).all(axis=1)
    placed[lost] = None
    return placed


def _counts(
    check: str, role: str, frame: pd.DataFrame, n_subjects: int | None, n_not_checked: int, why_key: str
) -> pd.DataFrame:
    if n_subjects is None:
        return pd.DataFrame(columns=list(COUNT_COLUMNS))
    n_problem = int(frame["subject_id"].nunique())
    n_ok = n_subjects - n_problem - n_not_checked
    if n_ok < 0:
        raise ValueError(
            f"{check}: {n_problem} with problems and {n_not_checked} not checked of {n_subjects}"
        )
    row = (check, role, n_subjects, n_ok, n_problem, n_not_checked, why_key)
    return pd.DataFrame([row], columns=list(COUNT_COLUMNS))
