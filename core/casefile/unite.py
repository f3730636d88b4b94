"""Rows of several cases in one table: those that are equal once, and none with the same id and another content."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..errors import OverdraftError

_END, _NEXT, _NOTHING = "\x1f", "\x1e", "\x1d"
"""Between the fields of a row and between rows, and for a missing value. Never NUL, where pandas ends a text."""

_DIGITS = {True: 8, False: 3}
"""Decimals of degrees and metres to which positions are compared that had to be brought into one system."""


@dataclass(frozen=True)
class United:
    """Rows of all cases, and how many there were: ``n_read`` = rows of ``frame`` + ``n_shared``."""

    frame: pd.DataFrame
    n_read: int
    n_shared: int


def unite(
    table: str, parts: Sequence[tuple[str, pd.DataFrame]], key: Sequence[str], ignore: Collection[str] = ()
) -> United:
    """One table from those of several cases, in the order of the cases.

    Rows of one id in several cases must be the same rows, field by field; then those of the first case are taken.
    Rows without an id are all taken. Layers are brought into the system of the first one.

    Args:
        parts: name of the case and its rows.
        key: fields of the id; rows of a case that share one are left as they are.
        ignore: fields that say nothing of the content (the batch of an import).

    Raises:
        OverdraftError: the same id with another content: the id, the cases and the fields.
    """
    filled = [(name, frame.reset_index(drop=True)) for name, frame in parts if len(frame)]
    n_read = sum(len(frame) for _, frame in filled)
    if not filled:
        return United(parts[0][1] if parts else pd.DataFrame(), 0, 0)
    frames = _one_system([frame for _, frame in filled])
    rounded = any(_system(frame) != _system(filled[0][1]) for _, frame in filled)
    columns = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    compared = [name for name in columns if name not in ignore]
    texts = [_texts(frame, compared, rounded) for frame in frames]
    keys = [_joined(cells, key) for cells in texts]
    owners = pd.concat(
        [pd.Series(place, index=pd.Index(own.dropna().unique())) for place, own in enumerate(keys)]
    )
    shared = owners[owners.index.duplicated(keep=False)]
    contents = [_contents(cells, own, shared.index) for cells, own in zip(texts, keys, strict=True)]
    later: list[set[str]] = [set() for _ in frames]
    first_of = shared[~shared.index.duplicated()].to_dict()
    for found, other in shared[shared.index.duplicated()].items():
        first = first_of[found]
        if contents[first][found] == contents[other][found]:
            later[other].add(str(found))
        else:
            fields = _difference(texts[first][keys[first] == found], texts[other][keys[other] == found])
            told = " / ".join(part for part in str(found).split(_END) if part != _NOTHING)
            cases = [filled[first][0], filled[other][0]]
            raise OverdraftError("casefile.merge_conflict", cases=cases, id=told, role=table, field=fields)
    kept = [frame[~own.isin(twice)] for frame, own, twice in zip(frames, keys, later, strict=True)]
    kept = [frame for frame in kept if len(frame)]
    united = pd.concat(kept, ignore_index=True) if len(kept) > 1 else kept[0].reset_index(drop=True)
    return United(united, n_read, n_read - len(united))


def _system(frame: pd.DataFrame) -> CRS | None:
    return frame.crs if isinstance(frame, gpd.GeoDataFrame) else None


def _one_system(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Layers with one name of the geometry column and one coordinate system, that of the first."""
    first = frames[0]
    if not isinstance(first, gpd.GeoDataFrame):
        return frames
    found = [first]
    for frame in frames[1:]:
        if frame.active_geometry_name != first.active_geometry_name:
            frame = frame.rename_geometry(first.active_geometry_name)
        found.append(frame if frame.crs == first.crs or first.crs is None else frame.to_crs(first.crs))
    return found


def _texts(frame: pd.DataFrame, columns: list[str], rounded: bool) -> pd.DataFrame:
    """Every cell as a text that is the same for the same value, whatever the type of its column."""
    cells = {}
    for name in columns:
        if name not in frame.columns:
            cells[name] = np.full(len(frame), _NOTHING, dtype=object)
        elif str(frame[name].dtype) == "geometry":
            cells[name] = _shapes(frame[name], rounded)
        else:
            values = frame[name].astype(object)
            cells[name] = [
                _NOTHING if gone else _text(value)
                for value, gone in zip(values, values.isna().tolist(), strict=True)
            ]
    return pd.DataFrame(cells, dtype=object)


def _shapes(values: gpd.GeoSeries, rounded: bool) -> np.ndarray:
    shapes = np.asarray(values.array, dtype=object)
    if rounded and values.crs is not None:
        digits = _DIGITS[values.crs.is_geographic]
        shapes = shapely.transform(shapes, lambda places: np.round(places, digits) + 0.0)
    found = shapely.to_wkb(shapes, hex=True, byte_order=1)
    return np.array([_NOTHING if text is None else text for text in found], dtype=object)


def _text(value: object) -> str:
    if type(value) is str and "\x00" not in value:
        return value
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    return str(value).replace("\x00", _NOTHING)


def _joined(cells: pd.DataFrame, key: Sequence[str]) -> pd.Series:
    """The id of each row in one text; None where its first field is empty."""
    lacking = [name for name in key if name not in cells.columns]
    own = cells.assign(**dict.fromkeys(lacking, _NOTHING))[list(key)]
    joined = own[key[0]]
    for name in key[1:]:
        joined = joined + _END + own[name]
    return joined.astype(object).where(own[key[0]] != _NOTHING, None)


def _contents(cells: pd.DataFrame, own: pd.Series, wanted: pd.Index) -> dict[object, str]:
    """The rows of each wanted id in one text, whatever their order."""
    here = own.isin(wanted)
    rows = cells[here]
    joined = rows.iloc[:, 0]
    for name in rows.columns[1:]:
        joined = joined + _END + rows[name]
    found: dict[object, list[str]] = {}
    for key, text in zip(own[here], joined, strict=True):
        found.setdefault(key, []).append(text)
    return {key: _NEXT.join(sorted(texts)) for key, texts in found.items()}


def _difference(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """The fields in which the rows of an id differ; their order does not matter."""
    first, second = (rows.sort_values(list(rows.columns)).to_numpy() for rows in (one, other))
    if first.shape != second.shape:
        return [f"{len(first)} ≠ {len(second)}"]
    return [name for name, differs in zip(one.columns, (first != second).any(axis=0), strict=True) if differs]
