"""Which coordinate system two columns of numbers are in: proposed from their size, decided by where the points fall.

China's grid is Gauss-Krüger on CGCS2000, the transverse Mercator projection with scale 1 and false easting 500 km, in
zones of 3° (25 … 45, central meridian 3 × zone) or 6° (13 … 23, central meridian 6 × zone − 3). The zone number may
stand before the easting (``29 512 345.6``) or be left out (``512 345.6``). In Chinese usage X is the northing and Y
the easting; here *x* is always the easting or longitude, as in GIS, whatever the column is called.

Source: GB/T 17278, EPSG 4491–4501 and 4513–4533 (with zone number), 4534–4554 (central meridian only). The 6° systems
by central meridian, EPSG 4502–4512, are the 3° systems of the same meridian, so they are no candidates of their own.

Two things numbers cannot tell: the datum (Beijing 1954 and Xi'an 1980 lie within 200 m) and UTM (scale 0.9996, some
2 km to the south). A candidate is proposed as CGCS2000; what lies off then is measured by :mod:`.shift`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from pyproj import Transformer

CGCS2000 = "EPSG:4490"
FALSE_EASTING_M = 500_000.0
MERIDIANS = tuple(range(75, 136, 3))
ZONES = (*range(13, 24), *range(25, 46))
"""6° zones, then 3° zones: a zone number belongs to one of the two only."""

LONGITUDES, LATITUDES = (72.0, 138.0), (0.0, 56.0)
NORTHINGS_M = (300_000.0, 6_300_000.0)
EASTINGS_M = (100_000.0, 900_000.0)
"""What China's places have, and a margin. An easting without zone has six digits."""

FITTING_SHARE = 0.5
"""A system is a candidate if more than this share of the points has the size for it: gross errors may be among them."""

ACCEPTED_SHARE = 0.95
REJECTED_SHARE = 0.05
"""A candidate is accepted if this share of the points agrees with the reference, and of any other at most this one."""

SAME_PLACE_DEGREES = 1e-5

Agreement = Callable[[np.ndarray, np.ndarray], float]
"""The share of points (longitude, latitude on CGCS2000) that lie where they should; NaN if none can be compared."""


class Candidate(NamedTuple):
    """A coordinate system and axis order that the numbers allow.

    `x_first`: the first column holds the easting or longitude.
    """

    crs: str
    x_first: bool


@dataclass(frozen=True)
class Choice:
    """What became of the candidates.

    `candidate` is the accepted one, None if none was. `table` holds every candidate with its share of agreeing points
    (NaN: not measured). `message_key` asks, with the values `values()`; empty for an accepted candidate.
    """

    status: str  # accepted | ambiguous | none | proposed
    candidate: Candidate | None
    table: tuple[tuple[Candidate, float], ...]
    message_key: str

    def values(self) -> dict[str, object]:
        """Values of the message: the system, and the table with the best candidates first."""
        rows = sorted(self.table, key=lambda row: -np.nan_to_num(row[1], nan=-1.0))
        return {
            "candidates": _listed(rows),
            "n": len(self.table),
            "needed": f"{ACCEPTED_SHARE:.0%}",
            "allowed": f"{REJECTED_SHARE:.0%}",
        }


def _listed(rows: Sequence[tuple[Candidate, float]]) -> list[str]:
    """The best five candidates. Where nothing was measured none is better: of the central meridians first and last."""
    if any(not np.isnan(share) for _, share in rows):
        return [_shown(candidate, share) for candidate, share in rows[:5]]
    listed = []
    for x_first in (True, False):
        grids = [one.crs for one, _ in rows if one.x_first == x_first and one.crs in _BY_MERIDIAN]
        if grids:
            order = "x, y" if x_first else "y, x"
            listed.append(
                f"{grids[0]} … {grids[-1]} ({MERIDIANS[0]}°, {MERIDIANS[1]}° … {MERIDIANS[-1]}°; {order})"
            )
    return [_shown(*row) for row in rows if row[0].crs not in _BY_MERIDIAN][:5] + listed


def _shown(candidate: Candidate, share: float) -> str:
    order = "x, y" if candidate.x_first else "y, x"
    return f"{candidate.crs} ({order})" + ("" if np.isnan(share) else f": {share:.1%}")


def zone_of(easting: object) -> np.ndarray:
    """The zone number before an easting (``29 512 345.6`` → 29), 0 where there is none."""
    values = np.asarray(easting, dtype="float64")
    millions = np.floor(np.where(np.isfinite(values), values, 0.0) / 1e6)
    return np.where(np.isin(millions, ZONES), millions, 0).astype("int64")


def central_meridian(zone: int) -> int:
    """Degrees east: 6 × zone − 3 for the zones 13 … 23, 3 × zone for 25 … 45.

    Raises:
        ValueError: no zone of China.
    """
    if zone not in ZONES:
        raise ValueError(f"zone {zone} is not one of {ZONES}")
    return 6 * zone - 3 if zone < 25 else 3 * zone


def crs_of_zone(zone: int) -> str:
    """The CGCS2000 system whose eastings begin with this zone number. Raises as :func:`central_meridian`."""
    central_meridian(zone)
    return f"EPSG:{4491 + zone - 13 if zone < 25 else 4513 + zone - 25}"


def crs_of_meridian(degrees: int) -> str:
    """The CGCS2000 system with this central meridian and no zone number.

    Raises:
        ValueError: no central meridian of China.
    """
    if degrees not in MERIDIANS:
        raise ValueError(f"{degrees} is not one of {MERIDIANS}")
    return f"EPSG:{4534 + (degrees - 75) // 3}"


_BY_MERIDIAN = frozenset(crs_of_meridian(degrees) for degrees in MERIDIANS)


def candidates(first: object, second: object) -> list[Candidate]:
    """The systems and axis orders that two columns of raw numbers allow by their size; empty if there are none.

    Rows without two finite numbers do not count.
    """
    one, two = np.asarray(first, dtype="float64"), np.asarray(second, dtype="float64")
    given = np.isfinite(one) & np.isfinite(two)
    one, two = one[given], two[given]
    if len(one) == 0:
        return []
    return [*_with_x(one, two, True), *_with_x(two, one, False)]


def _with_x(x: np.ndarray, y: np.ndarray, x_first: bool) -> list[Candidate]:
    """Candidates if `x` is the easting or longitude."""
    found = []
    if _fits(_within(x, LONGITUDES) & _within(y, LATITUDES)):
        found.append(Candidate(CGCS2000, x_first))
    zones = zone_of(x)
    for zone in np.unique(zones[zones > 0]).tolist():
        if _fits((zones == zone) & _within(x - 1e6 * zone, EASTINGS_M) & _within(y, NORTHINGS_M)):
            found.append(Candidate(crs_of_zone(zone), x_first))
    if _fits(_within(x, EASTINGS_M) & _within(y, NORTHINGS_M)):
        found += [Candidate(crs_of_meridian(degrees), x_first) for degrees in MERIDIANS]
    return found


def _within(values: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    return (values >= bounds[0]) & (values <= bounds[1])


def _fits(rows: np.ndarray) -> bool:
    return float(rows.mean()) > FITTING_SHARE


def to_lonlat(first: object, second: object, candidate: Candidate) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude on CGCS2000 of two raw columns read as `candidate`; NaN where there is no place."""
    one, two = np.asarray(first, dtype="float64"), np.asarray(second, dtype="float64")
    x, y = (one, two) if candidate.x_first else (two, one)
    if candidate.crs == CGCS2000:
        place = (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
        return np.where(place, x, np.nan), np.where(place, y, np.nan)
    lon, lat = _transformer(candidate.crs).transform(x, y)
    place = np.isfinite(lon) & np.isfinite(lat)
    return np.where(place, lon, np.nan), np.where(place, lat, np.nan)


@lru_cache(maxsize=64)
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(crs, CGCS2000, always_xy=True)


def choose(found: Sequence[Candidate], first: object, second: object, agreement: Agreement | None) -> Choice:
    """Decide between candidates by the share of points that lie where they should.

    One is accepted if its share is at least ``ACCEPTED_SHARE`` and that of every other at most ``REJECTED_SHARE``.
    Candidates that give the same places count as one, the first of them.

    Args:
        found: from :func:`candidates`.
        first, second: the raw columns.
        agreement: measures the share, for instance of points in their recorded county; without it nothing is decided.
    """
    distinct, places = _distinct(found, first, second)
    if not distinct:
        return Choice("none", None, (), "coordinates.choice.no_candidate")
    shares = [np.nan if agreement is None else float(agreement(*place)) for place in places]
    table = tuple(zip(distinct, shares, strict=True))
    if any(np.isnan(share) for share in shares):
        return Choice("proposed", None, table, message_key="coordinates.choice.proposed")
    best = int(np.argmax(shares))
    others = [share for place, share in enumerate(shares) if place != best]
    if shares[best] < ACCEPTED_SHARE:
        return Choice("none", None, table, message_key="coordinates.choice.none_agrees")
    if any(share > REJECTED_SHARE for share in others):
        return Choice("ambiguous", None, table, message_key="coordinates.choice.ambiguous")
    return Choice("accepted", distinct[best], table, message_key="")


def _distinct(
    found: Sequence[Candidate], first: object, second: object
) -> tuple[list[Candidate], list[tuple[np.ndarray, np.ndarray]]]:
    """The candidates that give places of their own, and these places."""
    kept: list[Candidate] = []
    places: list[tuple[np.ndarray, np.ndarray]] = []
    for candidate in found:
        place = to_lonlat(first, second, candidate)
        if not any(_same(place, other) for other in places):
            kept.append(candidate)
            places.append(place)
    return kept, places


def _same(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> bool:
    return all(
        np.allclose(a, b, rtol=0.0, atol=SAME_PLACE_DEGREES, equal_nan=True)
        for a, b in zip(one, other, strict=True)
    )
