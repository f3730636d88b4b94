"""Does a layer lie off as a whole, by how much, and is that the offset of a map service?

A :class:`Shift` says that **the layer lies `east_m` east and `north_m` north of where it should**: to mend it, places
would be moved by (−`east_m`, −`north_m`). It is measured, by :func:`shift_of_points` from points and the units that
they are recorded in, by :func:`shift_of_boundaries` from two editions of the same boundaries, and compared with the
offsets of GCJ-02 and BD-09 by :func:`suspect`. Nothing here moves anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .offsets import BD09, GCJ02, WGS84, converted
from .plane import metres_per_degree
from .shift_boundaries import boundary_shift
from .shift_points import point_shift

MIN_LENGTH_M, MAX_LENGTH_M = 100.0, 1_500.0
"""A shorter shift is within what boundaries of different editions differ by; a longer one is another mistake."""

MIN_EXPLAINED = 3
"""Places that fit the reference only without the shift. Fewer may be mistakes of their own."""

MIN_EXPLAINED_SHARE = 0.6
"""Of the places that do not fit, this share must fit without the shift: more than scattered mistakes would."""

MAX_SPREAD_M = 200.0
"""If shifts that are farther apart than this are as good, the vector is not known."""

DATUM_TOLERANCE_M, DATUM_TOLERANCE_SHARE = 100.0, 0.35
"""A shift is that of a datum if it differs by no more than both: metres, and share of the datum's offset."""

Inside = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Mask of the places (x, y) that lie where they should."""


@dataclass(frozen=True)
class Shift:
    """The layer lies `east_m` east and `north_m` north of where it should.

    `n` places were compared; `fitting_before` of them fit the reference as they are and `fitting_after` without the
    shift: points inside their unit, or boundary samples on the reference boundary. `spread_m` is how far the shifts
    that are as good lie from this one (root mean square).
    """

    east_m: float
    north_m: float
    n: int
    fitting_before: int
    fitting_after: int
    spread_m: float

    @property
    def length_m(self) -> float:
        """Length of the vector."""
        return float(np.hypot(self.east_m, self.north_m))

    @property
    def explained(self) -> int:
        """Places that fit only without the shift."""
        return self.fitting_after - self.fitting_before


def shift_of_points(lon: object, lat: object, units: object) -> Shift | None:
    """The shift without which the most points lie in their recorded unit.

    Args:
        lon, lat: the points in degrees.
        units: the recorded unit of each point, array of (multi)polygons in degrees; None where it is not known.

    Returns:
        None if the points say nothing about a shift: all lie inside far from the edge, or no shift helps.
    """
    found = point_shift(np.asarray(lon, dtype="float64"), np.asarray(lat, dtype="float64"), units)
    return None if found is None else Shift(*found)


def shift_of_boundaries(layer: object, reference: object) -> Shift | None:
    """The shift without which the boundaries of a layer lie on those of a reference.

    Args:
        layer: (multi)polygons in degrees, array.
        reference: another edition of them in degrees, and perhaps of their neighbours; the order does not matter.

    Returns:
        None if the two are not editions of the same boundaries: fewer than half of the boundary lies on the
        reference under any shift.
    """
    found = boundary_shift(layer, reference)
    return None if found is None else Shift(*found)


def is_reportable(shift: Shift) -> bool:
    """Is the shift long enough, supported by enough places and well enough known to be told to somebody?"""
    unfit = shift.n - shift.fitting_before
    return (
        MIN_LENGTH_M <= shift.length_m <= MAX_LENGTH_M
        and shift.explained >= max(MIN_EXPLAINED, MIN_EXPLAINED_SHARE * unfit)
        and shift.spread_m <= MAX_SPREAD_M
    )


def suspect(shift: Shift, lon: float, lat: float) -> str:
    """The datum whose offset at a place the shift is: ``gcj02``, ``bd09``, or an empty text.

    Only a reportable shift is suspected. (lon, lat) is a place amid the layer, degrees.
    """
    if not is_reportable(shift):
        return ""
    best, least = "", np.inf
    for datum in (GCJ02, BD09):
        east, north = datum_offset_m(datum, lon, lat)
        length = np.hypot(east, north)
        apart = np.hypot(shift.east_m - east, shift.north_m - north)
        if apart <= min(DATUM_TOLERANCE_M, DATUM_TOLERANCE_SHARE * length) and apart < least:
            best, least = datum, apart
    return best


def datum_offset_m(datum: str, lon: object, lat: object) -> tuple[np.ndarray, np.ndarray]:
    """Metres east and north by which coordinates of ``gcj02`` or ``bd09``, read as WGS-84, lie off at a place."""
    x, y = converted(lon, lat, WGS84, datum)
    east, north = metres_per_degree(np.asarray(lat, dtype="float64"))
    return (x - np.asarray(lon)) * east, (y - np.asarray(lat)) * north


def shift_message(shift: Shift, lon: float, lat: float) -> tuple[str, str, dict[str, object]]:
    """Message key, remedy key and values that tell a shift, metres rounded."""
    values: dict[str, object] = {
        "length_m": round(shift.length_m),
        "east_m": round(shift.east_m),
        "north_m": round(shift.north_m),
        "explained": shift.explained,
        "n": shift.n,
    }
    datum = suspect(shift, lon, lat)
    if datum == "":
        return "coordinates.shift.unknown", "coordinates.shift.repair_unknown", values
    message = "coordinates.shift.gcj02" if datum == GCJ02 else "coordinates.shift.bd09"
    return message, "coordinates.shift.repair_datum", values


def swapped_rows(x: object, y: object, inside: Inside) -> np.ndarray:
    """Mask of the rows that lie outside as they are and inside with x and y swapped.

    Args:
        x, y: coordinates as recorded; rows that are not finite are never swapped.
        inside: tells which places lie where they should; called with whole columns of finite numbers.
    """
    one, two = np.asarray(x, dtype="float64"), np.asarray(y, dtype="float64")
    given = np.flatnonzero(np.isfinite(one) & np.isfinite(two))
    as_is = np.asarray(inside(one[given], two[given]), dtype=bool)
    turned = np.asarray(inside(two[given], one[given]), dtype=bool)
    swapped = np.zeros(len(one), dtype=bool)
    swapped[given] = ~as_is & turned
    return swapped
