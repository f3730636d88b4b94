"""Where the rows of a source say that they are: the polygon of the county or township that each row names.

This is what coordinates are measured against: which reading of the columns puts the points where their rows say, and
whether they lie systematically beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..schema import normal_name

LEVELS = ("township", "county")
"""Fields that name a unit, the finer one first: a point beside its township says more than one beside its county."""

SAMPLE = 5_000
"""Points that the systems of coordinates are tried on: evenly spread over the rows."""


class Reference:
    """Units with their polygons, in longitude and latitude.

    Args:
        units: canonical layer of the role ``units`` with a CRS.
    """

    def __init__(self, units: gpd.GeoDataFrame) -> None:
        layer = units.to_crs("EPSG:4490")
        shapes = layer.geometry.to_numpy()
        given = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        self.shapes = shapely.make_valid(shapes[given])
        self._level = layer["level"].to_numpy(dtype=object)[given]
        self._id = layer["unit_id"].to_numpy(dtype=object)[given]
        self._parent = layer["parent_id"].to_numpy(dtype=object)[given]
        self._places: dict[str, list[int]] = {}
        for place, names in enumerate(zip(layer["unit_id"][given], layer["name"][given], strict=True)):
            for name in {normal_name(name) for name in names if isinstance(name, str)}:
                self._places.setdefault(name, []).append(place)
        shapely.prepare(self.shapes)
        self._tree = shapely.STRtree(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)

    def named(self, texts: Sequence[str | None], level: str | None = None) -> np.ndarray:
        """Position of the unit (of a level) that each text names by id or name; -1 for none or for several."""
        known = {}
        for text in pd.unique(np.asarray(texts, dtype=object)):
            places = self._places.get(normal_name(text), []) if isinstance(text, str) else []
            if level is not None:
                places = [place for place in places if self._level[place] in (level, None)]
            known[text] = places[0] if len(places) == 1 else -1
        return np.array([known[text] for text in texts], dtype="int64")

    def recorded(self, frame: pd.DataFrame) -> np.ndarray:
        """Position of the finest unit that each row of a canonical frame names; -1 where it names none."""
        found = np.full(len(frame), -1, dtype="int64")
        for level in LEVELS:
            if level in frame.columns:
                named = self.named(frame[level].to_numpy(dtype=object), level)
                found = np.where(found < 0, named, found)
        return found

    def inside(self, lon: np.ndarray, lat: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """Which points lie in the unit of their row, edges included; for a row without one: in any unit.

        Points that are not finite are outside.
        """
        told = np.zeros(len(lon), dtype=bool)
        usable = np.isfinite(lon) & np.isfinite(lat)
        own = np.flatnonzero(usable & (unit >= 0))
        told[own] = shapely.intersects_xy(self.shapes[unit[own]], lon[own], lat[own])
        rest = np.flatnonzero(usable & (unit < 0))
        points = shapely.points(lon[rest], lat[rest])
        hit = self._tree.query(points, predicate="intersects")[0]
        told[rest[np.unique(hit)]] = True
        return told

    def agreement(self, unit: np.ndarray) -> Agreement:
        """A measure for points of these rows."""
        return Agreement(self, unit)


class Agreement:
    """The share of points that lie where their rows say, called with longitudes and latitudes of all rows."""

    def __init__(self, reference: Reference, unit: np.ndarray) -> None:
        self._reference, self._unit = reference, unit

    def __call__(self, lon: np.ndarray, lat: np.ndarray) -> float:
        """Between 0 and 1; of the rows with finite coordinates, at most ``SAMPLE`` of them, evenly spread."""
        rows = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        rows = (
            rows[np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE)).astype("int64")] if len(rows) else rows
        )
        if len(rows) == 0:
            return 0.0
        return float(self._reference.inside(lon[rows], lat[rows], self._unit[rows]).mean())
