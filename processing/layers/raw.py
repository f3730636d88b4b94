"""Reading whatever a bureau brings, cell by cell as it is stored: what ``importlayer`` starts from.

Text files, spreadsheets and shapefiles are read from the file itself, where QGIS would guess an encoding, take the
first row for the names or bend a cell to the type of its column. All other sources, and every layer of which QGIS
shows something else than the file (a filter, a selection, open edits), are read as QGIS shows them. No source is
written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateReferenceSystem

from ...core.errors import OverdraftError
from . import delimited, shapefile, spreadsheet
from .delimited import Note
from .source import LayerSource

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from ...core.importing.reading.choosing import Choice
    from ...core.importing.reading.sheet import Grid, Renamed, SetAside

_SHAPEFILE = "ESRI Shapefile"
_READ_BYTES = 1 << 20


@dataclass
class RawLayer:
    """A source as it is stored.

    Attributes:
        frame: raw columns; a cell is text, a number, a day or None, of no type that was not stored.
        rows: number of each row as a person counts in that file: row of the sheet or text file, header included,
            from 1; record of a shapefile; else number of the feature.
        geometry: shapely geometries, None for a table; `n_unreadable` of them could not be read and are None.
        crs: of the geometry; not valid where there is none or it is not known.
        encoding: codec, "" where QGIS keeps it to itself; `encoding_confidence` 0 to 1.
        encoding_note_key: what to tell of the encoding, "" for nothing; `encoding_note_values` go with it.
        set_aside: rows of a sheet that are no data. Their cells may name persons.
        fills: merged cells told to the rows that they cover: (row, column, value).
        titles: texts above the header; `remarks` are the units that they state.
        renamed: columns whose name was empty or taken.
        header_rows: first and last row of the header, from 1; None where names are not in rows.
        notes: what else to tell: message keys with their values.
        sha256: of the file, of a shapefile that of its parts one after the other; "" where there is no file.
    """

    frame: pd.DataFrame
    rows: np.ndarray
    geometry: np.ndarray | None
    crs: QgsCoordinateReferenceSystem
    encoding: str = ""
    encoding_confidence: float = 1.0
    encoding_note_key: str = ""
    encoding_note_values: dict = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)
    fills: list[tuple[int, str, object]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    header_rows: tuple[int, int] | None = None
    notes: list[Note] = field(default_factory=list)
    n_unreadable: int = 0
    path: Path | None = None
    sha256: str = ""


def read_raw(
    source: LayerSource,
    encoding: str | None = None,
    header_row: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> RawLayer:
    """Every row of a source, its cells as they are stored.

    Args:
        encoding: what the user says; None or "" to find it out.
        header_row: row of a sheet or text file, from 1, in which the names begin; None to find it out.
        progress: called with 0…1; raises to cancel.

    Raises:
        OverdraftError: the encoding is not certain (its text shows two readings), the file is damaged or too large, or
            rows would be lost.
    """
    stored = source.stored
    suffix = stored.path.suffix.casefold() if stored is not None else ""
    if stored is not None and suffix in delimited.SUFFIXES:
        grid, choice, notes = delimited.read_delimited(stored.path, encoding, stored.declared)
        raw = _from_grid(stored.path, grid, header_row, notes)
        _tell_encoding(raw, choice)
    elif stored is not None and suffix in spreadsheet.SUFFIXES:
        grid, notes = spreadsheet.read_spreadsheet(stored.path, stored.layer, progress)
        raw = _from_grid(stored.path, grid, header_row, notes)
        raw.encoding = "utf-8"
    elif stored is not None and stored.storage == _SHAPEFILE and shapefile.part_of(stored.path, ".dbf"):
        raw = _from_shapefile(stored.path, source, encoding, progress)
    else:
        raw = _from_layer(source, encoding, progress)
    raw.path = source.path
    raw.sha256 = _sha256(source)
    if progress is not None:
        progress(1.0)
    return raw


def _from_grid(path: Path, grid: Grid, header_row: int | None, notes: list[Note]) -> RawLayer:
    from ...core.importing.reading.sheet import read_header

    sheet = read_header(grid, header_row)
    _refuse_loss(path.name, sheet.n_rows, len(grid.cells))
    return RawLayer(
        frame=sheet.frame,
        rows=sheet.rows,
        geometry=None,
        crs=QgsCoordinateReferenceSystem(),
        set_aside=sheet.set_aside,
        fills=sheet.fills,
        titles=sheet.titles,
        remarks=sheet.remarks,
        renamed=sheet.renamed,
        header_rows=sheet.header_rows,
        notes=notes,
    )


def _from_shapefile(
    path: Path, source: LayerSource, encoding: str | None, progress: Callable[[float], None] | None
) -> RawLayer:
    frame, rows, renamed, choice, n_damaged = shapefile.read_attributes(path, encoding)
    geometry, n_unreadable = None, 0
    if source.is_spatial:
        # Names of fields are in the way here where they are in another encoding: in Latin-1 any byte is a letter.
        bulk = None if source.bulk is None else replace(source.bulk, encoding="ISO-8859-1")
        table = replace(source, bulk=bulk).read(columns=(), progress=progress)
        geometry, n_unreadable = table.geometry, table.n_unreadable
        _refuse_loss(path.name, len(geometry), len(frame))
    raw = RawLayer(
        frame, rows, geometry, source.source.sourceCrs(), renamed=renamed, n_unreadable=n_unreadable
    )
    if n_damaged:
        values = {"file": path.name, "encoding": choice.encoding, "n": n_damaged}
        raw.notes.append(("importing.text_damaged", values))
    _tell_encoding(raw, choice)
    return raw


def _from_layer(
    source: LayerSource, encoding: str | None, progress: Callable[[float], None] | None
) -> RawLayer:
    import numpy as np

    table = source.read(progress=progress)
    frame = table.columns_frame()
    n_rows = len(frame) if table.geometry is None else len(table.geometry)
    raw = RawLayer(frame, np.arange(1, n_rows + 1), table.geometry, table.crs)
    raw.n_unreadable = table.n_unreadable
    raw.encoding = (source.bulk.encoding if source.bulk is not None else None) or ""
    if encoding:  # it cannot be applied to what QGIS has decoded already
        raw.encoding_note_key = "importing.encoding_of_layer"
        raw.encoding_note_values = {"file": source.described, "encoding": raw.encoding}
    if source.stored is not None:  # databases and services may only estimate how many rows they have
        _refuse_loss(source.described, n_rows, source.source.featureCount())
    return raw


def _tell_encoding(raw: RawLayer, choice: Choice) -> None:
    raw.encoding, raw.encoding_confidence = choice.encoding, choice.confidence
    raw.encoding_note_key, raw.encoding_note_values = choice.note_key, choice.note_values


def _refuse_loss(file: str, found: int, expected: int) -> None:
    if found != expected:
        raise OverdraftError("importing.rows_lost", file=file, found=found, expected=expected)


def _sha256(source: LayerSource) -> str:
    path = source.path
    if path is None:
        return ""
    parts = [path]
    if path.suffix.casefold() in shapefile.HASHED:
        parts = [part for ending in shapefile.HASHED if (part := shapefile.part_of(path, ending))]
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as stream:
            while piece := stream.read(_READ_BYTES):
                digest.update(piece)
    return digest.hexdigest()
