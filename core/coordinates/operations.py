"""From Beijing 1954 and Xi'an 1980 to CGCS2000: only by an operation that somebody chose.

These datums were never tied to CGCS2000 by public nationwide parameters. A library left to itself takes the numbers
over as they are (a "ballpark" offset), and places lie up to 200 m off. So the operation is given as a PROJ pipeline:
one of :func:`operations`, or one with the parameters of the surveying authority.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import Transformer, TransformerGroup

from ..errors import OverdraftError
from .systems import CGCS2000

WGS84 = "EPSG:4326"
"""CGCS2000 for this purpose: the two differ by less than the best of the operations."""

MAX_MOVE_DEGREES = 0.01
"""An operation between these datums moves a place by some hundred metres; one that moves it by 1 km is not for it."""

MAX_OPERATION_LENGTH = 5_000


class Operation(NamedTuple):
    """A way to CGCS2000: its name, its accuracy in metres (NaN: unknown), its pipeline, where it holds."""

    name: str
    accuracy_m: float
    pipeline: str
    area: str


def operations(crs: object) -> list[Operation]:
    """The public operations from a system to CGCS2000, the most accurate first; the ballpark offset is none of them.

    Raises:
        OverdraftError: the system cannot be read.
    """
    system = _system(crs)
    found: dict[str, Operation] = {}
    for target in (CGCS2000, WGS84):
        for transformer in TransformerGroup(system, target, always_xy=True).transformers:
            if "Ballpark" not in transformer.description:
                operation = _operation(transformer)
                found.setdefault(operation.pipeline, operation)
    return sorted(found.values(), key=lambda item: np.nan_to_num(item.accuracy_m, nan=np.inf))


def _operation(transformer: Transformer) -> Operation:
    parts = transformer.description.split(" + ")
    name = " + ".join(part for part in parts if not part.startswith("axis order change"))
    accuracy = float(transformer.accuracy) if transformer.accuracy >= 0 else np.nan
    pipeline = " ".join(f"+{word}" for word in transformer.definition.split())
    area = transformer.area_of_use.name if transformer.area_of_use else ""
    return Operation(name, accuracy, pipeline, area)


def transformed(shapes_or_xy: object, crs: object, operation: str) -> np.ndarray:
    """Places on CGCS2000 (longitude, latitude in degrees) by an explicit operation.

    Args:
        shapes_or_xy: array of geometries, or coordinates (n, 2), x first, in the units of `crs`.
        crs: the system that they are in.
        operation: a PROJ pipeline from `crs` to degrees, x first, such as the pipelines of :func:`operations`.

    Returns:
        As given: geometries, or coordinates (n, 2). Coordinates that have no place are NaN.

    Raises:
        OverdraftError: no operation, one that PROJ cannot read or apply, one that moves places by more than
            ``MAX_MOVE_DEGREES``, or a system that cannot be read.
    """
    system = _system(crs)
    pipeline = _pipeline(system, operation)
    given = np.asarray(shapes_or_xy)
    xy = shapely.get_coordinates(given) if given.dtype == object else given.astype("float64").reshape(-1, 2)
    moved = _applied(pipeline, xy)
    _check(system, operation, xy, moved)
    if given.dtype != object:
        return moved
    return shapely.set_coordinates(given.copy(), moved)


def _system(crs: object) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise OverdraftError("coordinates.crs_unreadable", found=str(crs)[:200]) from error


def _pipeline(system: pyproj.CRS, operation: str) -> Transformer:
    text = operation.strip()
    if not text:
        allowed = [found.name for found in operations(system)]
        raise OverdraftError("coordinates.operation_missing", found=system.name, allowed=allowed)
    if len(text) > MAX_OPERATION_LENGTH or "proj=" not in text:
        raise OverdraftError("coordinates.operation_unreadable", found=text[:200])
    try:
        return Transformer.from_pipeline(text)
    except ProjError as error:
        raise OverdraftError("coordinates.operation_unreadable", found=text[:200]) from error


def _applied(pipeline: Transformer, xy: np.ndarray) -> np.ndarray:
    moved = np.column_stack(pipeline.transform(xy[:, 0], xy[:, 1]))
    return np.where(np.isfinite(moved).all(axis=1, keepdims=True), moved, np.nan)


def _check(system: pyproj.CRS, operation: str, xy: np.ndarray, moved: np.ndarray) -> None:
    """Refuse what is no operation for this system: most places fail, or come out far from the unmoved ones."""
    if system.geodetic_crs is None:  # a local grid: nothing to compare with
        return
    plain = _applied(Transformer.from_crs(system, CGCS2000, always_xy=True), xy)
    known = np.isfinite(plain).all(axis=1)
    if not known.any():
        return
    moves = np.abs(moved - plain).max(axis=1)[known]
    median = float(np.median(np.where(np.isnan(moves), np.inf, moves)))
    if median > MAX_MOVE_DEGREES:
        raise OverdraftError(
            "coordinates.operation_far",
            found=operation.strip()[:200],
            crs=system.name,
            distance=round(median, 4),
            allowed=MAX_MOVE_DEGREES,
        )
