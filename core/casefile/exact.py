"""Frames as bytes and back, exactly: the same types, missing values, geometry, coordinate system, order of columns.

A run that is frozen must give the same findings when it is replayed, so nothing may be tidied up on the way. The bytes
are a head in JSON, then the columns one after the other, compressed; they say nothing that could be executed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..errors import OverdraftError

MOST_BYTES = 2**31
"""No piece unpacks to more: a small file that claims to hold more is not one of ours."""

_NULLABLE = {
    *("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
    *("Float32", "Float64", "boolean", "string"),
}
_PLAIN = "biufMm"
_JSON_TYPES = (str, type(None), bool, int)


def compress(content: bytes) -> bytes:
    """Bytes as they are kept in the case file."""
    return zlib.compress(content, 6)


def decompress(content: bytes) -> bytes:
    """The bytes again.

    Raises:
        ValueError: they are damaged, or would be larger than any of ours.
    """
    machine = zlib.decompressobj()
    try:
        found = machine.decompress(content, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not machine.eof:
        raise ValueError("the piece is cut short or far too large")
    return found


def pack(frame: pd.DataFrame) -> bytes:
    """A frame under a plain count of rows as bytes; see :func:`unpack`.

    Raises:
        OverdraftError: a column holds values of a kind that could not be given back.
    """
    parts: list[bytes] = []
    columns = []
    for place, name in enumerate(frame.columns):
        values = frame.iloc[:, place]
        kind, content = _packed(values, str(name))
        crs = values.array.crs if kind == "geometry" else None
        columns.append([name, kind, len(content), None if crs is None else crs.to_json_dict()])
        parts.append(content)
    head: dict[str, Any] = {"rows": len(frame), "columns": columns}
    if isinstance(frame, gpd.GeoDataFrame):
        head["geometry"] = frame.active_geometry_name
    start = json.dumps(head, ensure_ascii=True).encode("ascii")
    return len(start).to_bytes(8, "little") + start + b"".join(parts)


def unpack(content: bytes) -> pd.DataFrame | gpd.GeoDataFrame:
    """The frame again.

    Raises:
        ValueError: the bytes are none of ours.
    """
    try:
        return _unpacked(content)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"not a packed frame: {error}") from error


def _unpacked(content: bytes) -> pd.DataFrame | gpd.GeoDataFrame:
    start = 8 + int.from_bytes(content[:8], "little")
    head = json.loads(content[8:start])
    columns: list[pd.Series] = []
    for _, kind, length, system in head["columns"]:
        crs = CRS.from_json_dict(system) if system else None
        columns.append(_column(kind, content[start : start + length], crs))
        start += length
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(head["rows"]))
    frame.columns = pd.Index([column[0] for column in head["columns"]], dtype=object)
    return frame if "geometry" not in head else gpd.GeoDataFrame(frame, geometry=head["geometry"])


def _packed(values: pd.Series, name: str) -> tuple[str, bytes]:
    dtype = values.dtype
    if str(dtype) == "geometry":
        return "geometry", _geometry_bytes(np.asarray(values.array, dtype=object))
    if isinstance(dtype, np.dtype) and dtype.kind in _PLAIN:
        little = dtype.newbyteorder("<")
        return little.str, values.to_numpy().astype(little).tobytes()
    if pd.api.types.is_object_dtype(dtype):
        return "object", _texts(values.tolist(), name)
    if isinstance(dtype, pd.DatetimeTZDtype) or str(dtype) in _NULLABLE:
        return str(dtype), _texts(values.astype(object).tolist(), name)
    raise OverdraftError("casefile.freeze_kind", field=name, found=str(dtype))


def _column(kind: str, content: bytes, crs: CRS | None) -> pd.Series:
    if kind == "geometry":
        return pd.Series(gpd.array.GeometryArray(_geometries(content), crs=crs))
    if kind == "object":
        cells = _values(content)
        column = np.empty(len(cells), dtype=object)
        column[:] = cells
        return pd.Series(column)
    if kind in _NULLABLE or kind.startswith("datetime64["):
        return pd.Series(_values(content), dtype=object).astype(kind)
    return pd.Series(np.frombuffer(content, dtype=np.dtype(kind)).copy())


def _geometry_bytes(shapes: np.ndarray) -> bytes:
    """Lengths (-1 for none), then WKB. A point at NaN reads as an empty one, so it is marked."""
    bodies = shapely.to_wkb(shapes, byte_order=1, output_dimension=3, flavor="iso")
    nowhere = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes)
    points = np.flatnonzero(nowhere)
    nowhere[points] = np.isnan(shapely.get_coordinates(shapes[points])).all(axis=1)
    lengths = np.array([-1 if body is None else len(body) for body in bodies], dtype="<i8")
    marks = nowhere.astype("u1").tobytes()
    count = len(shapes).to_bytes(8, "little")
    return b"".join((count, lengths.tobytes(), marks, *(body for body in bodies if body is not None)))


def _geometries(content: bytes) -> np.ndarray:
    count = int.from_bytes(content[:8], "little")
    lengths = np.frombuffer(content, dtype="<i8", count=count, offset=8)
    marks = np.frombuffer(content, dtype="u1", count=count, offset=8 + 8 * count)
    start = 8 + 9 * count
    bodies = np.empty(count, dtype=object)
    for row, length in enumerate(lengths.tolist()):
        if length >= 0:
            bodies[row] = content[start : start + length]
            start += length
    shapes = shapely.from_wkb(bodies, on_invalid="raise") if count else bodies
    for row in np.flatnonzero(marks):
        # the coordinates of such a point stand at the end of its WKB
        width = 8 * (3 if len(bodies[row]) == 29 else 2)
        shapes[row] = shapely.points(np.frombuffer(bodies[row][-width:], dtype="<f8"))
    return shapes


def _texts(values: list, name: str) -> bytes:
    """A column of Python objects as JSON; what JSON has no word for is an object of its kind and a text."""
    if not all(type(value) in _JSON_TYPES for value in values):
        values = [_word(value, name) for value in values]
    return json.dumps(values, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")


def _values(content: bytes) -> list:
    return [_value(word) for word in json.loads(content)]


def _word(value: object, name: str) -> object:
    if type(value) in _JSON_TYPES:
        return value
    if isinstance(value, str):
        return str(value)
    if value is pd.NA or value is pd.NaT:
        return {"missing": "NA" if value is pd.NA else "NaT"}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [_word(item, name) for item in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _word(item, name) for key, item in value.items()}}
    if isinstance(value, np.generic) and value.dtype.kind in _PLAIN:
        return {"numpy": [value.dtype.newbyteorder("<").str, value.tobytes().hex()]}
    for kind, (python, write, _) in _KINDS.items():
        if type(value) is python:
            return {kind: write(value)}
    raise OverdraftError("casefile.freeze_kind", field=name, found=type(value).__name__)


def _value(word: object) -> object:
    if not isinstance(word, dict):
        return word
    ((kind, text),) = word.items()
    if kind == "missing":
        return pd.NA if text == "NA" else pd.NaT
    if kind in ("list", "tuple"):
        items = [_value(item) for item in text]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {key: _value(item) for key, item in text.items()}
    if kind == "numpy":
        return np.frombuffer(bytes.fromhex(text[1]), dtype=np.dtype(text[0]))[0]
    return _KINDS[kind][2](text)


_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[Any], object]]] = {
    "float": (float, float.hex, float.fromhex),
    "moment": (pd.Timestamp, pd.Timestamp.isoformat, pd.Timestamp),
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
    "decimal": (Decimal, str, Decimal),
    "span": (pd.Timedelta, pd.Timedelta.isoformat, pd.Timedelta),
}
