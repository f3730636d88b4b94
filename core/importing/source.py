"""What an import works on: the cells of one layer or sheet as they are stored, with where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pyproj import CRS

from .reading.sheet import SetAside


@dataclass(frozen=True)
class Note:
    """Something to know of the source as a whole, as message keys and values."""

    severity: str
    message_key: str
    remedy_key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Cells as they are stored.

    Attributes:
        frame: columns with unique names; text, numbers, days, truth values or None; nothing converted.
        rows: the number of each row as a person counts it in the source, from 1.
        geometry: shapely geometries, None for a table. crs: their reference system, None where it is not known.
        described: file and layer, without folders. sha256: of the file, empty without one.
        encoding, encoding_confidence: of the texts; empty and NaN where the format fixes it.
        cut_names: whether the format cuts the names of columns (a shapefile).
        set_aside: rows that are no data. n_read: rows of data and rows set aside.
        fills: cells that a merged cell of the sheet covers: row position, column, value.
        notes: what else the reader saw.
    """

    frame: pd.DataFrame
    rows: np.ndarray
    geometry: np.ndarray | None = None
    crs: CRS | None = None
    described: str = ""
    sha256: str = ""
    encoding: str = ""
    encoding_confidence: float = float("nan")
    cut_names: bool = False
    set_aside: Sequence[SetAside] = ()
    fills: Sequence[tuple[int, str, object]] = ()
    notes: Sequence[Note] = ()

    @property
    def n_read(self) -> int:
        """Rows of the source."""
        return len(self.frame) + len(self.set_aside)
