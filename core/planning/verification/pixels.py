"""What a raster holds inside polygons: counts and means of the pixels whose centre lies inside.

The raster is read in tiles of 1,024 × 1,024 pixels, so neither its size nor that of a polygon matters; only counts
and sums are kept. A centre on the edge of a polygon is not inside. What of a polygon lies beyond the raster counts as
pixels without a value: its area ÷ that of a pixel, rounded.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import shapely

from .rasters import Raster, Reader

TILE = 1024
_AT_ONCE = 1 << 20
"""Pixels that are looked at together."""


def measure(
    raster: Raster,
    shapes: np.ndarray,
    line: float | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> pd.DataFrame:
    """Count and sum the pixels of each polygon.

    Args:
        shapes: valid polygons in the CRS of the raster; None for none.
        line: pixels with this value or a higher one are counted in ``n_reaching``; None: none are.
        tell: told the share done, 0 to 1; may raise ``Cancelled``.

    Returns:
        Aligned with ``shapes``: ``n_pixels`` (with those beyond the raster), ``n_valid`` (with a value),
        ``n_reaching``, ``mean`` (NaN without a value) and ``touches`` (bool: shares land with the raster).

    Raises:
        OverdraftError: the file is damaged, or a value looks like nothing and nobody says so.
    """
    line = np.inf if line is None else line
    sums = np.zeros((len(shapes), 4))
    jobs = _jobs(_boxes(raster, shapes))
    starts = np.flatnonzero(np.r_[True, np.any(np.diff(jobs[:, :2], axis=0) != 0, axis=1)][: len(jobs)])
    shapely.prepare(shapes)
    with raster.reader() as reader:
        for done, tile in enumerate(np.split(jobs, starts[1:])):
            tell(done / max(len(starts), 1))
            if len(tile):
                _add_tile(reader, tile[:, 2:], shapes, line, sums)
    tell(1.0)
    beyond, touches = _beyond(raster, shapes)
    total, valid = sums[:, 0], sums[:, 1]
    return pd.DataFrame(
        {
            "n_pixels": (total + beyond).astype("int64"),
            "n_valid": valid.astype("int64"),
            "n_reaching": sums[:, 2].astype("int64"),
            "mean": np.divide(sums[:, 3], valid, out=np.full(len(shapes), np.nan), where=valid > 0),
            "touches": touches,
        }
    )


def _boxes(raster: Raster, shapes: np.ndarray) -> np.ndarray:
    """Rows and columns (top, left, bottom, right; the last two excluded) that may have centres in each polygon."""
    bounds = shapely.bounds(shapes)
    boxes = np.zeros((len(shapes), 4), dtype="int64")
    for axis, (origin, step, size) in enumerate(
        zip(raster.origin[::-1], raster.step[::-1], raster.shape, strict=True)
    ):
        ends = (bounds[:, [1 - axis, 3 - axis]] - origin) / step
        low, high = np.floor(ends.min(axis=1)), np.ceil(ends.max(axis=1))
        boxes[:, axis] = np.clip(np.nan_to_num(low), 0, size)
        boxes[:, axis + 2] = np.clip(np.nan_to_num(high), 0, size)
    return boxes


def _jobs(boxes: np.ndarray) -> np.ndarray:
    """One row per polygon and tile, tile by tile: tile row and column, polygon, and the box within the tile."""
    filled = np.flatnonzero((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
    first, last = boxes[filled, :2] // TILE, (boxes[filled, 2:] - 1) // TILE
    counts = (last - first + 1)[:, 1]
    sizes = (last - first + 1).prod(axis=1)
    owner = np.repeat(np.arange(len(filled)), sizes)
    nth = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    tile = first[owner] + np.column_stack([nth // counts[owner], nth % counts[owner]])
    box = boxes[filled[owner]]
    inner = np.column_stack([np.maximum(box[:, :2], tile * TILE), np.minimum(box[:, 2:], (tile + 1) * TILE)])
    jobs = np.column_stack([tile, filled[owner], inner])
    return jobs[np.lexsort((jobs[:, 2], jobs[:, 1], jobs[:, 0]))]


def _add_tile(reader: Reader, jobs: np.ndarray, shapes: np.ndarray, line: float, sums: np.ndarray) -> None:
    """Add the pixels of one tile to the sums (pixels, with a value, reaching the line, Σ value).

    Args:
        jobs: polygon, top, left, bottom, right.
    """
    top, left = jobs[:, 1].min(), jobs[:, 2].min()
    stored, valid = reader.read(top, left, jobs[:, 3].max(), jobs[:, 4].max())
    sizes = (jobs[:, 3:] - jobs[:, 1:3]).prod(axis=1)
    part = np.cumsum(sizes) // _AT_ONCE
    for few in np.split(jobs, np.flatnonzero(np.diff(part)) + 1):
        row, column, of = _cells(few)
        inside = shapely.contains_xy(shapes[few[of, 0]], *reader.raster.centres(row, column))
        of, here = of[inside], (row[inside] - top, column[inside] - left)
        known = valid[here]
        value = np.zeros(len(of))
        value[known] = reader.scaled(stored[here][known])
        for place, weights in enumerate((np.ones(len(of)), known, known & (value >= line), value)):
            sums[few[:, 0], place] += np.bincount(of, weights=weights, minlength=len(few))


def _cells(jobs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, column and job of every pixel in the boxes of some jobs."""
    sizes = (jobs[:, 3:] - jobs[:, 1:3]).prod(axis=1)
    of = np.repeat(np.arange(len(jobs)), sizes)
    nth = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    width = (jobs[:, 4] - jobs[:, 2])[of]
    return jobs[of, 1] + nth // width, jobs[of, 2] + nth % width, of


def _beyond(raster: Raster, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels' worth of each polygon beyond the raster, and whether it shares land with it."""
    bounds, area = raster.bounds, np.nan_to_num(shapely.area(shapes))
    within = area.copy()
    cut = np.flatnonzero(~shapely.covered_by(shapes, bounds) & (area > 0))
    within[cut] = shapely.area(shapely.intersection(shapes[cut], bounds))
    return np.rint((area - within) / raster.pixel_area), within > 0
