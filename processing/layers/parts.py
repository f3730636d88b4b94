"""Reading a file with pyogrio part by part.

pyogrio keeps the interpreter to itself until it has read everything, and every window of QGIS stands still meanwhile.
Between two parts the windows are served, progress is told and a cancel is heard. The parts together are what one
reading gives, cell by cell and type by type.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from qgis.core import QgsExpression

_SHAPEFILE = "ESRI Shapefile"

ROWS = 10_000
"""Of one part: less than a tenth of a second."""

_SPARSE = 4
"""Numbers that a part may span for one row that it holds; beyond that the parts would be empty more often than not."""

Parts = list[dict[str, Any]]
"""For each part, what pyogrio is told to read."""


def read_in_parts(
    path: str, layer: str | int, info: dict, told: Callable[[float], None] | None, **how: Any
) -> tuple[dict, np.ndarray | None, np.ndarray | None, list[np.ndarray]]:
    """What ``pyogrio.raw.read`` gives for the whole layer, in the order of its keys.

    Args:
        info: what ``pyogrio.read_info`` says of the layer.
        told: called with 0…1 before each part; raises to cancel.
        how: as ``pyogrio.raw.read`` takes it, without what chooses rows.
    """
    import pyogrio

    wanted = how.pop("return_fids", False)
    parts = _parts(path, info)
    read = []
    for number, part in enumerate(parts):
        if told is not None:
            told(number / len(parts))
        read.append(pyogrio.raw.read(path, layer=layer, return_fids=True, **how, **part))
    if read:
        meta, fids, wkb, data = _joined(read)
        # Somebody may have written into the file meanwhile. Records marked as deleted are no rows of a shapefile.
        if info["driver"] == _SHAPEFILE or len(fids) == info["features"]:
            return meta, fids if wanted else None, wkb, data
    return pyogrio.raw.read(path, layer=layer, return_fids=wanted, **how)


def _parts(path: str, info: dict) -> Parts:
    """How to read a layer part by part; none where one part would do, or where skipping rows means reading them."""
    if info["features"] <= ROWS:
        return []
    if info["driver"] == _SHAPEFILE:
        starts = range(0, info["features"], ROWS)
        return [{"skip_features": start, "max_features": ROWS} for start in starts]
    return _by_key(path, info) if info["driver"] == "GPKG" else []


def _by_key(path: str, info: dict) -> Parts:
    """Parts of a GeoPackage by its key, which SQLite finds at once; none where the keys lie far apart."""
    from ...core.casefile.opening import connect
    from ...core.casefile.sql import sql

    key, table = info.get("fid_column"), info["layer_name"]
    if not key:
        return []
    ends = sql(
        "SELECT (SELECT min($key) FROM $table), (SELECT max($key) FROM $table),"
        " (SELECT type FROM sqlite_master WHERE name = ?)",
        key=key,
        table=table,
    )
    try:
        with closing(connect(Path(path), "ro")) as connection:
            first, last, kind = connection.execute(ends, (table,)).fetchone()
    except sqlite3.Error:  # pyogrio says what is wrong with it
        return []
    if kind != "table" or first is None or last - first >= _SPARSE * info["features"]:
        return []
    column = QgsExpression.quotedColumnRef(key)
    wide = max(ROWS * (last - first + 1) // info["features"], 1)
    return [{"where": f"{column} BETWEEN {low} AND {low + wide - 1}"} for low in range(first, last + 1, wide)]


def _joined(read: list[tuple]) -> tuple[dict, np.ndarray, np.ndarray | None, list[np.ndarray]]:
    """The parts one after the other, each row once: those of a shapefile overlap where records were deleted."""
    metas, fids, shapes, columns = zip(*read, strict=True)
    keys, kept = np.unique(np.concatenate(fids), return_index=True)
    wkb = None if shapes[0] is None else np.concatenate(shapes)[kept]
    return metas[0], keys, wkb, [np.concatenate(pieces)[kept] for pieces in zip(*columns, strict=True)]
