"""What an import has to say of the source as a whole, of its columns, and of the findings of the intake."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from ..personal import masked
from ..problems import Problems, problems
from ..schema import Role, register_schema
from .datum import Placed, lonlat
from .names import Column
from .reading.encodings import mojibake_column
from .source import Source
from .vocabulary import measure_of

if TYPE_CHECKING:
    from .run import Wishes

GARBLED_SAMPLE = 2_000
"""Distinct texts of a column that are looked at for garbled ones."""

SEVERITY_OF_RULE = {
    "register.id_missing": "error",
    "register.id_repeated": "error",
    "register.id_separator": "error",
    "register.geometry": "error",
    "register.required": "warning",
}
"""Findings of the intake as problems. ``register.column`` and ``register.value`` are said by the import itself."""


def columns(role: Role, source: Source, taken: Sequence[Column], wishes: Wishes) -> Problems:
    """Problems of columns: proposals, cut names, units not stated, personal data, and what the reader noticed."""
    severity: list[str] = []
    names: list[str] = []
    keys: list[str] = []
    values: list[dict[str, object]] = []

    def say(level: str, column: str, key: str, more: Mapping[str, object] | None = None) -> None:
        severity.append(level)
        names.append(column)
        keys.append(key)
        values.append(dict(more or {}))

    for column in taken:
        if column.matched_by == "proposed":
            fields = list(column.candidates)
            line = f"{column.name} = {fields[0]}"
            say("note", column.name, "importing.column_proposed", {"candidates": fields, "line": line})
        elif column.matched_by == "truncated":
            say("note", column.name, "importing.column_cut", {"target": column.field})
        elif column.matched_by == "personal":
            say("note", column.name, "importing.column_personal")
        elif column.candidates == ("persons",):
            say("warning", column.name, "importing.column_numbers")
        elif _unit_open(role, column):
            unit = role.fields[column.field].unit
            say("warning", column.name, "importing.unit_assumed", {"target": column.field, "unit": unit})
    for name, n, sample, meant in _garbled(source, taken):
        say("warning", name, "importing.garbled", {"n": n, "sample": sample, "meant": meant})
    known = set(wishes.saved_columns)
    if known:
        for name in [column.name for column in taken if column.name not in known]:
            say("warning", name, "importing.column_new")
        for name in sorted(known - {column.name for column in taken}):
            say("warning", name, "importing.column_gone")
    for note in source.notes:
        say(note.severity, "", note.message_key, {"remedy": note.remedy_key, **note.values})
    remedies = [more.pop("remedy", f"{key}_remedy") for key, more in zip(keys, values, strict=True)]
    every = {name for more in values for name in more}
    return problems(
        check="import.column",
        severity=severity,
        subject_role=role.name,
        subject_id=[f"column:{name}" if name else "" for name in names],
        field=names,
        message_key=keys,
        remedy_key=remedies,
        message_values={name: [more.get(name) for more in values] for name in sorted(every)},
    )


def _garbled(source: Source, taken: Sequence[Column]) -> Iterator[tuple[str, int, str, str]]:
    """Columns with texts that an earlier conversion garbled: name, how many, one of them and what it probably was."""
    for column in taken:
        raw = source.frame.iloc[:, column.place]
        if column.matched_by == "personal" or column.candidates == ("persons",) or raw.dtype != object:
            continue
        texts = [text for text in raw if isinstance(text, str) and not text.isascii()]
        found = mojibake_column(list(dict.fromkeys(texts))[:GARBLED_SAMPLE])
        if found:
            sample = next(iter(found))
            n = sum(text in found for text in texts)
            yield column.name, n, masked(sample[:40]), masked(found[sample][:40])


def system(role: Role, placed: Placed) -> Problems:
    """How the coordinates were read, where that was not simply what the source says."""
    keys = []
    if placed.system.get("found") == "measured":
        keys.append("importing.crs_measured" if placed.crs.is_geographic else "importing.grid_measured")
    if placed.system.get("swapped"):
        keys.append("importing.axes_exchanged")
    if "instead_of" in placed.system:
        keys.append("importing.crs_instead")
    return problems(
        check="import.system",
        severity=["warning" if key == "importing.grid_measured" else "note" for key in keys],
        subject_role=role.name,
        subject_id=[""] * len(keys),
        message_key=keys,
        remedy_key=[
            "importing.grid_remedy" if key == "importing.grid_measured" else "importing.system_remedy"
            for key in keys
        ],
        message_values={
            "crs": placed.system.get("crs", ""),
            "columns": [list(placed.system.get("columns", []))] * len(keys),
            "shares": [list(placed.system.get("shares", []))] * len(keys),
            "instead_of": placed.system.get("instead_of", ""),
        },
    )


def _unit_open(role: Role, column: Column) -> bool:
    """A column that somebody mapped to a field with a unit, while neither the heading nor anybody names its unit."""
    if column.matched_by not in ("user", "mapping") or column.unit is not None:
        return False
    item = role.fields[column.field]
    return bool(measure_of(item)) and item.unit != "" and column.name != item.name


def lacking(role: Role, names: Sequence[str]) -> Problems:
    """Required fields for which the source has no column: one problem each, not one per row."""
    return problems(
        check="import.column",
        severity="error",
        subject_role=role.name,
        subject_id=[f"field:{name}" for name in names],
        field=list(names),
        message_key="importing.field_lacking",
        remedy_key="importing.field_lacking_remedy",
        message_values={"line": [_fill_line(role, name) for name in names]},
    )


def _fill_line(role: Role, name: str) -> str:
    """How VALUE_MAP fills an empty field that has fixed values."""
    enum = role.fields[name].enum
    return f"{name}: = {next(iter(register_schema().enums[enum]))}" if enum else "—"


def findings(
    role: Role, rows: pd.DataFrame, unreadable: Problems, without_column: Collection[str] = ()
) -> Problems:
    """The findings of the intake (missing and repeated ids, empty required fields, wrong geometry) as problems.

    A required cell that could not be read is one problem, not two; a field without a column is told once.
    """
    rows = rows[rows["rule"].isin(list(SEVERITY_OF_RULE))]
    said = set(zip(unreadable.rows["subject_id"], unreadable.rows["field"], strict=True))
    kept, texts = [], [json.loads(text) for text in rows["message_values"]]
    for place, (rule, subject) in enumerate(zip(rows["rule"], rows["subject_id"], strict=True)):
        if rule == "register.required":
            names = [name for name in texts[place].get("field", []) if name not in without_column]
            left = [name for name in names if (subject, name) not in said]
            texts[place]["field"] = left
            if not left:
                continue
        kept.append(place)
    rows, texts = rows.iloc[kept], [texts[place] for place in kept]
    every = sorted({name for text in texts for name in text})
    return problems(
        check="import.register",
        severity=[SEVERITY_OF_RULE[rule] for rule in rows["rule"]],
        subject_role=role.name,
        subject_id=rows["subject_id"].tolist(),
        field=[", ".join(_listed(text.get("field"))) for text in texts],
        message_key=rows["message_key"].tolist(),
        remedy_key="importing.register_remedy",
        message_values={name: [text.get(name) for text in texts] for name in every if name != "field"}
        | {"field": [_listed(text.get("field")) for text in texts]},
    )


def _listed(value: object) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [str(value)]


def with_places(found: Problems, subject_ids: np.ndarray, source: Source, placed: Placed | None) -> Problems:
    """The problems of rows shown where the rows lie, and with the row that an id stands in."""
    rows = found.rows.reset_index(drop=True)
    if len(rows) == 0:
        return found
    place_of_row = {int(number): place for place, number in enumerate(source.rows)}
    place_of_id = {subject: place for place, subject in reversed(list(enumerate(subject_ids)))}
    places = [
        place_of_id.get(subject, -1) if row is None or row != row else place_of_row.get(int(row), -1)
        for row, subject in zip(rows["row"], rows["subject_id"], strict=True)
    ]
    places = np.array(places, dtype="int64")
    numbers = [int(source.rows[place]) if place >= 0 else None for place in places]
    rows["row"] = pd.Series(numbers, dtype=object)
    if placed is not None:
        rows["geometry"] = _points(rows["geometry"], places, placed)
    return Problems(rows, found.counts)


def _points(own: pd.Series, places: np.ndarray, placed: Placed) -> np.ndarray:
    points = own.to_numpy(dtype=object).copy()
    lacking = np.flatnonzero((places >= 0) & np.array([point is None for point in points]))
    shapes = placed.geometry[places[lacking]]
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    lacking, shapes = lacking[finite], shapes[finite]
    lon, lat = lonlat(shapes, placed.crs) if len(shapes) else (np.array([]), np.array([]))
    good = np.isfinite(lon) & np.isfinite(lat)
    points[lacking[good]] = shapely.points(lon[good], lat[good])
    return points
