"""What tells rows apart: the id of each row, unique, independent of the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ..schema import Role

KEY_SEPARATOR = "/"


@dataclass(frozen=True)
class RowIds:
    """`ids`: unique text per row. `missing`: rows without an id. `repeats`: how often the id of a row occurs where it
    occurs more than once in one edition, else 0. `base`: the id as given, None where it is missing."""

    ids: np.ndarray
    base: np.ndarray
    missing: np.ndarray
    repeats: np.ndarray


def row_ids(role: Role, frame: pd.DataFrame, geometries: np.ndarray | None = None) -> RowIds:
    """Ids of a frame that holds the key and edition fields of a role in canonical form.

    The id is the key, of several fields joined by ``/`` (trailing empty ones left out); ``row:<n>``, counted from 1,
    where a required part is missing. Rows of one id are numbered ``#2``, ``#3`` … by their edition fields, then by x
    and y (the lower left corner, then the upper right one), then in input order.
    """
    base, missing = _base(role, frame)
    rows = np.array([f"row:{n}" for n in np.flatnonzero(missing) + 1], dtype=object)
    ids = base.copy()
    ids[missing] = rows
    repeats = np.zeros(len(frame), dtype="int64")
    shared = pd.Series(ids).duplicated(keep=False).to_numpy()
    if shared.any():
        where = _in_order(role, frame, geometries, ids, missing, np.flatnonzero(shared))
        taken = set(ids[~shared])
        ids[where] = _numbered(ids[where], taken)
        given = where[~missing[where]]
        repeats[given] = _repeats(role, frame, base, given)
    return RowIds(ids, base, missing, repeats)


def _base(role: Role, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    if len(role.key) == 1 and role.fields[role.key[0]].type == "text":
        base = frame[role.key[0]].to_numpy(dtype=object, copy=True)
        return base, pd.isna(base)
    parts = [_as_text(frame[name]) for name in role.key]
    needed = [part for name, part in zip(role.key, parts, strict=True) if role.fields[name].required]
    missing = np.logical_or.reduce([pd.isna(part) for part in needed])
    base = np.empty(len(frame), dtype=object)
    base[:] = [
        KEY_SEPARATOR.join("" if part is None else part for part in row).rstrip(KEY_SEPARATOR)
        for row in zip(*parts, strict=True)
    ]
    base[missing] = None
    return base, missing


def _as_text(column: pd.Series) -> np.ndarray:
    """Key parts as text, None for empty: numbers without a fraction, days in ISO form."""
    if column.dtype.kind == "M":
        text = column.dt.strftime("%Y-%m-%d").to_numpy(dtype=object, copy=True)
    else:
        text = column.astype(object).to_numpy(copy=True)
        text[:] = [value if value is None or isinstance(value, str) else _plain(value) for value in text]
    text[pd.isna(text)] = None
    return text


def _plain(value: object) -> str | None:
    return None if pd.isna(value) else f"{value:.15g}" if isinstance(value, float) else str(value)


def _in_order(
    role: Role,
    frame: pd.DataFrame,
    geometries: np.ndarray | None,
    ids: np.ndarray,
    missing: np.ndarray,
    where: np.ndarray,
) -> np.ndarray:
    """Positions of the rows that share an id: by id, given ids before made-up ones, edition, place, input order."""
    keys = pd.DataFrame({"id": ids[where], "made": missing[where]})
    for name in role.editions:
        keys[name] = frame[name].iloc[where].reset_index(drop=True)
    if geometries is not None:
        bounds = shapely.bounds(geometries[where])
        for number in range(4):
            keys[f"corner {number}"] = bounds[:, number]
    keys["input"] = where
    return keys.sort_values(list(keys.columns), kind="stable")["input"].to_numpy()


def _numbered(ids: np.ndarray, taken: set[str]) -> list[str]:
    """The first of each id keeps it, the others get the next free number."""
    number: dict[str, int] = {}
    taken = taken | set(ids)
    result = []
    for name in ids:
        count = number.get(name, 0) + 1
        unique = name
        if count > 1:
            while f"{name}#{count}" in taken:
                count += 1
            unique = f"{name}#{count}"
            taken.add(unique)
        number[name] = count
        result.append(unique)
    return result


def _repeats(role: Role, frame: pd.DataFrame, base: np.ndarray, where: np.ndarray) -> np.ndarray:
    keys = pd.DataFrame({"id": base[where]})
    for name in role.editions:
        keys[name] = frame[name].iloc[where].reset_index(drop=True)
    size = keys.groupby(list(keys.columns), dropna=False, sort=False)["id"].transform("size").to_numpy()
    return np.where(size > 1, size, 0)
