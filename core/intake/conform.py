"""One raw layer or table into its canonical frame, with a finding for everything that could not be taken as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..errors import OverdraftError
from ..findings import Verdicts, concat
from ..register.identity import ROW_ID
from ..schema import Field, Role, Schema, register_schema
from .columns import ColumnMatch, extra_names, match_columns
from .geometry import GEOMETRY, geometry_name, geometry_of
from .ids import RowIds, row_ids
from .personal import HIDDEN, personal_columns
from .problems import review
from .values import LIST_SEPARATOR, convert, empty, shown, storable, storable_column

REGISTER = "register"
EXPECTED = {
    "text": "text",
    "real": "1234.5",
    "integer": "12",
    "date": "2024-05-31",
    "bool": "true / false / 1 / 0",
}


@dataclass
class _Cells:
    """What is wrong with the cells, by row: name of the field, value found, value expected."""

    fields: dict[int, list[str]] = field(default_factory=dict)
    found: dict[int, list[str]] = field(default_factory=dict)
    expected: dict[int, list[str]] = field(default_factory=dict)

    def add(self, name: str, where: np.ndarray, found: Sequence[str] = (), expected: str = "") -> None:
        """Note the rows at positions `where`; `found` is empty for cells without a value."""
        for place, row in enumerate(where.tolist()):
            self.fields.setdefault(row, []).append(name)
            if found:
                self.found.setdefault(row, []).append(found[place])
                self.expected.setdefault(row, []).append(expected)

    def rows(self) -> np.ndarray:
        return np.array(sorted(self.fields), dtype="int64")


def conform(
    role: str, raw: pd.DataFrame, fields: Collection[str] | None = None
) -> tuple[pd.DataFrame, Verdicts]:
    """Bring a raw frame into the canonical form of a role (docs/contract.md §1).

    Columns are recognised by canonical name or exact alias, values converted to the type of the field. A cell that
    cannot be read becomes empty and is a ``register.value`` review finding of its row; no row is lost or added.

    Args:
        role: a role of resources/register.toml.
        raw: a GeoDataFrame for a place, any DataFrame for a table. It is not changed.
        fields: only these fields (and those of the id) and no extra columns; None for all.

    Returns:
        The canonical frame (all fields of the role, the input's extra columns but those with personal data, ``row_id``,
        ``geometry``; input order
        under a RangeIndex) and the findings, rules ``register.*``.

    Raises:
        OverdraftError: an unknown role, a required column missing or claimed twice, no geometry, no coordinate
            reference system or one on an old datum, geometries of the wrong kind throughout.
    """
    schema = register_schema()
    if role not in schema.roles:
        raise OverdraftError("register.role_unknown", found=role, allowed=list(schema.roles))
    item = schema.roles[role]
    wanted = _wanted(item, fields)
    geometries, wrong_kind = geometry_of(item, raw)
    positions = [p for p, name in enumerate(raw.columns) if name != geometry_name(raw)]
    match = match_columns(item, [storable(str(raw.columns[p])) for p in positions], wanted)
    of_field = {name: positions[p] for name, p in match.of_field.items()}
    columns, unreadable, lacking = _converted(schema, item, raw, wanted, of_field)

    shapes = None if geometries is None else np.asarray(geometries, dtype=object)
    ids = row_ids(item, pd.DataFrame({name: columns[name] for name in (*item.key, *item.editions)}), shapes)
    if fields is None:
        columns.update(_extras(item, raw, [positions[p] for p in match.extra], columns, ids))
    columns[ROW_ID] = ids.ids
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(raw)))
    if geometries is not None:
        frame = gpd.GeoDataFrame(frame.assign(**{GEOMETRY: geometries}), geometry=GEOMETRY)
    problems = [
        _cell_problems(item, ids, unreadable, lacking),
        _id_problems(item, columns, ids),
        _column_problems(item, wanted, match),
    ]
    if geometries is not None:
        where = np.flatnonzero(wrong_kind)
        values = {"allowed": item.geometry}
        problems.append(review("register.geometry", role, ids.ids, where, "register.geometry_wrong", values))
    return frame, concat(problems)


def _wanted(role: Role, fields: Collection[str] | None) -> list[str]:
    """The fields to conform, in contract order; the id always belongs to them."""
    if fields is None:
        return list(role.fields)
    unknown = set(fields) - set(role.fields)
    if unknown:
        raise ValueError(f"{role.name} has no field {sorted(unknown)}")
    asked = {*fields, *role.key, *role.editions}
    return [name for name in role.fields if name in asked]


def _converted(
    schema: Schema, role: Role, raw: pd.DataFrame, wanted: Sequence[str], of_field: dict[str, int]
) -> tuple[dict[str, Any], _Cells, _Cells]:
    """The canonical columns, the cells that could not be read, and the required cells that are empty."""
    unreadable, lacking = _Cells(), _Cells()
    columns: dict[str, Any] = {}
    for name in wanted:
        spec = role.fields[name]
        if name not in of_field:
            columns[name] = empty(spec, len(raw))
            continue
        cells = raw.iloc[:, of_field[name]]
        columns[name], bad = convert(cells, spec, schema.words[spec.enum] if spec.enum else None)
        if bad.any():
            where = np.flatnonzero(bad)
            quotes = [HIDDEN if spec.personal else shown(value) for value in cells.iloc[where]]
            unreadable.add(name, where, quotes, _expected(schema, spec))
        if spec.required and name not in role.key:
            lacking.add(name, np.flatnonzero(pd.isna(columns[name]) & ~bad))
    _lacking_any(role, columns, unreadable, lacking)
    return columns, unreadable, lacking


def _expected(schema: Schema, spec: Field) -> str:
    if spec.enum:
        return " / ".join(schema.enums[spec.enum])
    bounds = [str(bound) for bound in (spec.minimum, spec.maximum) if bound is not None]
    return " … ".join(bounds) or EXPECTED[spec.type]


def _lacking_any(role: Role, columns: dict[str, Any], unreadable: _Cells, lacking: _Cells) -> None:
    """Rows in which every field of `any_of` is empty, unless an unreadable value already says why."""
    if role.any_of and all(name in columns for name in role.any_of):
        nothing = np.logical_and.reduce([np.asarray(pd.isna(columns[name])) for name in role.any_of])
        where = [
            row
            for row in np.flatnonzero(nothing).tolist()
            if not set(role.any_of) & set(unreadable.fields.get(row, []))
        ]
        lacking.add(" / ".join(role.any_of), np.array(where, dtype="int64"))


def _extras(
    role: Role, raw: pd.DataFrame, positions: Sequence[int], columns: dict[str, Any], ids: RowIds
) -> dict[str, Any]:
    """The input's own columns under names that clash with nothing. Not carried on: an unchanged ``row_id``, which is
    ours, and personal data."""
    personal = set(personal_columns(role.name, raw.columns))
    kept = [
        p
        for p in positions
        if str(raw.columns[p]) not in personal
        and not (raw.columns[p] == ROW_ID and list(raw.iloc[:, p]) == ids.ids.tolist())
    ]
    taken = [*columns, ROW_ID, *([GEOMETRY] if role.is_place else [])]
    names = extra_names([storable(str(raw.columns[p])) for p in kept], taken)
    return {name: storable_column(raw.iloc[:, p].array) for name, p in zip(names, kept, strict=True)}


def _cell_problems(role: Role, ids: RowIds, unreadable: _Cells, lacking: _Cells) -> Verdicts:
    bad, void = unreadable.rows(), lacking.rows()
    values = {
        "field": [unreadable.fields[row] for row in bad.tolist()],
        "found": [unreadable.found[row] for row in bad.tolist()],
        "expected": [unreadable.expected[row] for row in bad.tolist()],
    }
    names = {"field": [lacking.fields[row] for row in void.tolist()]}
    return concat(
        [
            review("register.value", role.name, ids.ids, bad, "register.value", values),
            review("register.required", role.name, ids.ids, void, "register.required", names),
        ]
    )


def _id_problems(role: Role, columns: dict[str, Any], ids: RowIds) -> Verdicts:
    missing, repeated = np.flatnonzero(ids.missing), np.flatnonzero(ids.repeats)
    split = np.zeros(len(ids.ids), dtype=bool)
    for name in role.key:
        if role.fields[name].type == "text" and not role.fields[name].enum:
            split |= _holds_separator(columns[name])
    repeats = {"id": ids.base[repeated], "times": ids.repeats[repeated]}
    where = np.flatnonzero(split)
    joined = {"id": ids.ids[where]}
    key = {"field": role.key[0] if len(role.key) == 1 else [list(role.key)] * len(missing)}
    return concat(
        [
            review("register.id_missing", role.name, ids.ids, missing, "register.id_missing", key),
            review("register.id_repeated", role.name, ids.ids, repeated, "register.id_repeated", repeats),
            review("register.id_separator", role.name, ids.ids, where, "register.id_separator", joined),
        ]
    )


def _holds_separator(values: np.ndarray) -> np.ndarray:
    given = [value or "" for value in values]
    if LIST_SEPARATOR not in "".join(given):
        return np.zeros(len(given), dtype=bool)
    return np.fromiter((LIST_SEPARATOR in value for value in given), dtype=bool, count=len(given))


def _column_problems(role: Role, wanted: Sequence[str], match: ColumnMatch) -> Verdicts:
    """Fields whose column stays open. Their subject is the field itself: ``wells.depth_m`` of the register."""
    open_fields = {**match.hinted, **match.ambiguous}
    where = np.array([place for place, name in enumerate(wanted) if name in open_fields], dtype="int64")
    names = [wanted[place] for place in where.tolist()]
    keys = ["register.column_ambiguous" if n in match.ambiguous else "register.column_hint" for n in names]
    subjects = np.array([f"{role.name}.{name}" for name in wanted], dtype=object)
    values = {"role": role.name, "field": names, "found": [open_fields[name] for name in names]}
    return review("register.column", REGISTER, subjects, where, keys, values)
