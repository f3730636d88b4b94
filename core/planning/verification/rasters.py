"""Rasters as they are used here: one band, upright, on a known coordinate system, read window by window."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning, RasterioError, RasterioIOError
from rasterio.windows import Window

from ...coordinates.datums import datum_name, needs_operation
from ...errors import OverdraftError
from .seasons import Season

_FAILURES = (RasterioError, RasterioIOError)
_FILLS = (-9999.0, -32768.0, -99999.0)
_HUGE = 1e30
"""Larger numbers stand for nothing in a float raster."""


@dataclass(frozen=True)
class Raster:
    """A raster that can be used.

    Attributes:
        path, name: where it lies, and how it is called in the output.
        season: what it shows; None: nobody says.
        crs: of the pixels.
        origin, step: x and y of the outer corner of the first pixel, and the size of a pixel with its sign.
        shape: rows and columns.
        scale, offset: value = stored · scale + offset, as the file declares.
        nodata: a value given by the user that is none.
        fills: stored values that look like nothing although nobody declares them.
    """

    path: str
    name: str
    season: Season | None
    crs: CRS
    origin: tuple[float, float]
    step: tuple[float, float]
    shape: tuple[int, int]
    scale: float = 1.0
    offset: float = 0.0
    nodata: float | None = None
    fills: tuple[float, ...] = ()

    @property
    def bounds(self) -> shapely.Geometry:
        """The rectangle that it covers."""
        (x, y), (dx, dy), (rows, columns) = self.origin, self.step, self.shape
        ends = (x + columns * dx, y + rows * dy)
        return shapely.box(min(x, ends[0]), min(y, ends[1]), max(x, ends[0]), max(y, ends[1]))

    @property
    def pixel_area(self) -> float:
        """Of one pixel, in the unit of the coordinate system squared."""
        return abs(self.step[0] * self.step[1])

    def centres(self, row: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x and y of the centres of pixels."""
        return self.origin[0] + (column + 0.5) * self.step[0], self.origin[1] + (row + 0.5) * self.step[1]

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The file, open for reading."""
        with _opened(self.path, self.name) as dataset:
            yield Reader(self, dataset)


@dataclass(frozen=True)
class Reader:
    """An open raster."""

    raster: Raster
    dataset: rasterio.DatasetReader

    def read(self, top: int, left: int, bottom: int, right: int) -> tuple[np.ndarray, np.ndarray]:
        """Stored values (float64) of rows top … bottom − 1 and columns left … right − 1, and where there is one.

        Raises:
            OverdraftError: the file is damaged.
        """
        window = Window(left, top, right - left, bottom - top)
        try:
            found = self.dataset.read(_band(self.dataset), window=window, masked=True)
        except _FAILURES as error:
            raise _unreadable(self.raster.name, error) from error
        stored = np.ma.getdata(found).astype("float64")
        valid = ~np.ma.getmaskarray(found) & np.isfinite(stored)
        if self.raster.nodata is not None:
            valid &= stored != self.raster.nodata
        return stored, valid

    def scaled(self, stored: np.ndarray) -> np.ndarray:
        """Stored values in the unit of the raster.

        Raises:
            OverdraftError: one looks like nothing although the file does not say so: it would be judged as a value.
        """
        raster = self.raster
        strange = np.isin(stored, raster.fills) | (np.abs(stored) > _HUGE)
        if raster.nodata is None and strange.any():
            found = float(stored[strange][0])
            raise OverdraftError("verification.raster_fill", name=raster.name, found=found)
        return stored * raster.scale + raster.offset


def open_raster(path: str, name: str, season: Season | None, nodata: float | None = None) -> Raster:
    """Look at a raster and refuse one that would be misread.

    Raises:
        OverdraftError: no such file, no raster, no or an old coordinate system, rotated, several bands, or no real
            numbers.
    """
    if not Path(path).exists():
        raise OverdraftError("verification.raster_missing", path=path)
    with _opened(path, name) as dataset:
        turn = dataset.transform
        if dataset.crs is None or turn.is_identity:
            raise OverdraftError("verification.raster_crs", name=name)
        if turn.b != 0 or turn.d != 0:
            raise OverdraftError("verification.raster_rotated", name=name)
        band = _single_band(dataset, name)
        kind = np.dtype(dataset.dtypes[band - 1])
        return Raster(
            path=path,
            name=name,
            season=season,
            crs=_crs(dataset, name),
            origin=(turn.c, turn.f),
            step=(turn.a, turn.e),
            shape=(dataset.height, dataset.width),
            scale=dataset.scales[band - 1] or 1.0,
            offset=dataset.offsets[band - 1],
            nodata=nodata,
            fills=_fills(kind),
        )


@contextmanager
def _opened(path: str, name: str) -> Iterator[rasterio.DatasetReader]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # said by us, as an error
            dataset = rasterio.open(path)
    except _FAILURES as error:
        raise _unreadable(name, error) from error
    with dataset:
        yield dataset


def _unreadable(name: str, error: Exception) -> OverdraftError:
    return OverdraftError("verification.raster_unreadable", name=name, said=str(error))


def _bands(dataset: rasterio.DatasetReader) -> list[int]:
    kinds = enumerate(dataset.colorinterp, start=1)
    return [band for band, kind in kinds if kind != ColorInterp.alpha]


def _band(dataset: rasterio.DatasetReader) -> int:
    return _bands(dataset)[0]


def _single_band(dataset: rasterio.DatasetReader, name: str) -> int:
    bands = _bands(dataset)
    if len(bands) != 1:
        raise OverdraftError("verification.raster_bands", name=name, found=len(bands))
    kind = dataset.dtypes[bands[0] - 1]
    if np.dtype(kind).kind not in "iuf":
        raise OverdraftError("verification.raster_type", name=name, found=kind)
    return bands[0]


def _fills(kind: np.dtype) -> tuple[float, ...]:
    """Values that usually stand for nothing: −9999 and its like, and the ends of the range of whole numbers."""
    if kind.kind == "f":
        return _FILLS
    limits = np.iinfo(kind)
    ends = (limits.max, limits.min) if limits.min < 0 else (limits.max,)
    return tuple(sorted({*map(float, ends), *_FILLS}))


def _crs(dataset: rasterio.DatasetReader, name: str) -> CRS:
    try:
        crs = CRS.from_wkt(dataset.crs.to_wkt())
    except CRSError as error:
        raise OverdraftError("verification.raster_crs", name=name) from error
    if needs_operation(crs):
        raise OverdraftError("verification.raster_datum", name=name, found=crs.name, datum=datum_name(crs))
    return crs
