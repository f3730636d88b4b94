"""Geometries as GeoPackage blobs: a short header in front of plain WKB, whole columns at a time.

Layout after OGC 12-128 (GeoPackage 1.2) §2.1.3: ``GP``, version 0, flags, srs id, envelope, WKB. All little endian.
"""

from __future__ import annotations

import struct

import numpy as np
import shapely

_EMPTY, _XY, _LITTLE = 0b010000, 0b000010, 0b000001
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)

_SINGLE = {"point": 0, "line": 1, "polygon": 3}
_MULTI = {"point": 4, "line": 5, "polygon": 6}
_MULTI_NAME = {"point": "multipoint", "line": "multiline", "polygon": "multipolygon"}
_HOLLOW = {"point": "MULTIPOINT EMPTY", "line": "MULTILINESTRING EMPTY", "polygon": "MULTIPOLYGON EMPTY"}
_MAKE_MULTI = {
    "point": shapely.multipoints,
    "line": shapely.multilinestrings,
    "polygon": shapely.multipolygons,
}


def fit(geometries: np.ndarray, kind: str) -> tuple[np.ndarray, str, int]:
    """Geometries of one declared type, as a GeoPackage layer holds them.

    Polygons and lines become multi-part (QGIS draws and digitises both in such a layer); points stay single unless
    one has several parts; a multi-point of one part becomes its point. A column with anything else is declared
    plain ``geometry`` and kept as it is.

    Args:
        geometries: shapely geometries, None for missing.
        kind: ``point``, ``line`` or ``polygon``.

    Returns:
        The geometries, the column kind (key of ``sql.COLUMN_TYPES``), and the z flag (0 none, 1 all, 2 some).
    """
    shapes = np.array(geometries, dtype=object)
    types = shapely.get_type_id(shapes)
    present = types >= 0
    single, multi = types == _SINGLE[kind], types == _MULTI[kind]
    if kind == "point":
        lone = multi & (shapely.get_num_geometries(shapes) == 1)
        shapes[lone] = shapely.get_geometry(shapes[lone], 0)
        multi &= ~lone
        single |= lone
    declared = "geometry"
    if (single | multi | ~present).all():
        if kind == "point" and not multi.any():
            declared = "point"
        else:
            declared = _MULTI_NAME[kind]
            shapes[single] = _promoted(shapes[single], kind)
    has_z = shapely.has_z(shapes)[present]
    return shapes, declared, 0 if not has_z.any() else (1 if has_z.all() else 2)


def _promoted(shapes: np.ndarray, kind: str) -> np.ndarray:
    """Each geometry as a multi-part one with itself as the only part; empty ones without a part."""
    multi = np.empty(len(shapes), dtype=object)
    empty = shapely.is_empty(shapes)
    parts = shapes[~empty]
    if len(parts):
        multi[~empty] = _MAKE_MULTI[kind](parts, indices=np.arange(len(parts)))
    if empty.any():
        multi[empty] = shapely.from_wkt(_HOLLOW[kind])
    return multi


def encode(geometries: np.ndarray, srs_id: int) -> list[bytes | None]:
    """GeoPackage blobs, None for a missing geometry. Points carry no envelope (GDAL's habit), others the xy one."""
    shapes = np.asarray(geometries, dtype=object)
    types = shapely.get_type_id(shapes)
    empty = shapely.is_empty(shapes)
    plain = struct.pack("<2sBBi", b"GP", 0, _LITTLE, srs_id)
    boxed = struct.pack("<2sBBi", b"GP", 0, _LITTLE | _XY, srs_id)
    hollow = struct.pack("<2sBBi", b"GP", 0, _LITTLE | _EMPTY, srs_id)
    boxes = np.ascontiguousarray(shapely.bounds(shapes)[:, [0, 2, 1, 3]], dtype="<f8").tobytes()
    box_of = (types > 0) & ~empty
    heads = [
        hollow if is_empty else (boxed + boxes[32 * row : 32 * row + 32] if has_box else plain)
        for row, (is_empty, has_box) in enumerate(zip(empty.tolist(), box_of.tolist(), strict=True))
    ]
    bodies = shapely.to_wkb(shapes, byte_order=1, output_dimension=3, flavor="iso").tolist()
    return [None if body is None else head + body for head, body in zip(heads, bodies, strict=True)]


def decode(blobs: list[bytes | None]) -> np.ndarray:
    """Shapely geometries from GeoPackage blobs; None stays None.

    Raises:
        ValueError: a blob is not a GeoPackage geometry.
    """
    bodies = np.array([None if blob is None else _body(blob) for blob in blobs], dtype=object)
    return shapely.from_wkb(bodies, on_invalid="raise") if len(bodies) else bodies


def _body(blob: bytes) -> bytes:
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or (blob[3] >> 1) & 7 > 4:
        raise ValueError("a value in a geometry column is not a GeoPackage geometry")
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def index_boxes(geometries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What belongs into the spatial index: positions of geometries with a finite box, and ``(n, 4)`` boxes as
    minx, maxx, miny, maxy. Empty and non-finite geometries have no place on the map and are left out."""
    boxes = shapely.bounds(np.asarray(geometries, dtype=object)).reshape(-1, 4)
    where = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    return where, boxes[where][:, [0, 2, 1, 3]]
