"""Rows that a person adds to a role of a case file, beside those that stand there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ..findings.verdicts import to_json
from .container import KEY
from .layout import layouts
from .opening import reading
from .tables import read_table


def rows_of_role(path: str | os.PathLike, role: str) -> tuple[pd.DataFrame, str]:
    """The rows of a role as they stand with their row keys, results of runs left out, and the language of the file."""
    with reading(Path(path)) as connection:
        frame = read_table(connection, role, layouts()[role].results)
        found = connection.execute("SELECT value FROM meta WHERE key = 'language'").fetchone()
    keyed = frame.assign(**{KEY: frame.index.to_numpy()})
    return keyed.reset_index(drop=True), found[0] if found else ""


def with_new_keys(path: str | os.PathLike, role: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Further rows of a role with row keys that no row of it has or had.

    The raw texts of unreadable cells are kept by row key: a key that came to mean another row would give it its text.
    """
    with reading(Path(path)) as connection:
        keys = read_table(connection, role).index
        used = connection.execute(
            "SELECT coalesce(max(row), 0) FROM raw_values WHERE role = ? AND batch_id = 'register'", (role,)
        ).fetchone()[0]
    first = max(used, *keys, 0) + 1
    free = frame.drop(columns=[name for name in frame.columns if str(name).lower() == KEY])
    return free.assign(**{KEY: range(first, first + len(free))})


def joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Rows of both, the second in the system of the first."""
    if isinstance(first, gpd.GeoDataFrame) and isinstance(second, gpd.GeoDataFrame):
        if first.crs is not None and second.crs is not None and len(second):
            second = second.to_crs(first.crs)
        if first.active_geometry_name != second.active_geometry_name:
            second = second.rename_geometry(first.active_geometry_name)
    parts = [part for part in (first, second) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else first


def history_entry(kind: str, subject: object, who: object, after: Mapping[str, object]) -> dict[str, str]:
    """What the history says of it: when, what kind of act, who, about what, with which numbers."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"at": at, "kind": kind, "who": str(who), "subject": str(subject), "after": to_json(after)}
