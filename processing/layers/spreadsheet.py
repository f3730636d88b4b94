"""Spreadsheets as grids of cells: .xlsx and .xlsm with their merged cells, .xls and .ods by GDAL without them."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...core.errors import Cancelled, OverdraftError
from .delimited import LARGEST_BYTES, MOST_CELLS, MOST_COLUMNS, Note

if TYPE_CHECKING:
    import numpy as np

    from ...core.importing.reading.sheet import Grid

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
MOST_TIMES = 200
"""How many times its size a file may unpack to."""
_BY_OPENPYXL = (".xlsx", ".xlsm")
_DRIVERS = {".xlsx": "XLSX", ".xlsm": "XLSX", ".xls": "XLS", ".ods": "ODS"}
_CHUNK = 1 << 22
_ROWS_BETWEEN = 5_000
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\"")
_NO_RESULT = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def read_spreadsheet(
    path: Path, sheet: str | int, progress: Callable[[float], None] | None = None
) -> tuple[Grid, list[Note]]:
    """Every row of a sheet, and what to tell of it. Rows after the last filled one are none.

    Args:
        sheet: its name, or its number from 0.

    Raises:
        OverdraftError: no such sheet, too large, or no spreadsheet that can be read.
    """
    by_openpyxl = path.suffix.casefold() in _BY_OPENPYXL and importlib.util.find_spec("openpyxl") is not None
    read = _by_openpyxl if by_openpyxl else _by_gdal
    try:
        if zipfile.is_zipfile(path):
            _refuse_bombs(path)
        return read(path, sheet, progress)
    except (OverdraftError, Cancelled):
        raise
    except Exception as error:  # a damaged file fails in the library in any way it likes
        raise OverdraftError("importing.file_unreadable", file=path.name) from error


def _refuse_bombs(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if unpacked > LARGEST_BYTES:
        allowed = LARGEST_BYTES >> 20
        raise OverdraftError("importing.too_large", file=path.name, found=unpacked >> 20, allowed=allowed)
    if unpacked > MOST_TIMES * packed:
        found = unpacked // packed
        raise OverdraftError("importing.too_dense", file=path.name, found=found, allowed=MOST_TIMES)


def _by_openpyxl(
    path: Path, sheet: str | int, progress: Callable[[float], None] | None
) -> tuple[Grid, list[Note]]:
    from openpyxl import load_workbook

    from ...core.importing.reading.sheet import Grid

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        names = [one.title for one in book.worksheets]
        wanted = sheet if isinstance(sheet, str) else names[sheet] if sheet < len(names) else str(sheet)
        if wanted not in names:
            raise OverdraftError("importing.sheet_missing", file=path.name, found=wanted, allowed=names)
        opened = book[wanted]
        opened.reset_dimensions()  # some programs write wrong ones
        cells = _grid(path.name, opened.iter_rows(values_only=True), opened.max_row, progress)
        inside = getattr(opened, "_worksheet_path", None)
    finally:
        book.close()
    notes: list[Note] = []
    if inside is None:
        return Grid(cells, [], merged_known=False), [("importing.merged_unknown", {"file": path.name})]
    with zipfile.ZipFile(path) as archive, archive.open(inside) as stream:
        merged, n_empty = _scan(stream)
    if n_empty:
        notes.append(("importing.formula_empty", {"file": path.name, "n": n_empty}))
    inner = [item for item in merged if item[0] < cells.shape[0] and item[1] < cells.shape[1]]
    height, width = cells.shape
    cut = [(r0, c0, min(r1, height - 1), min(c1, width - 1)) for r0, c0, r1, c1 in inner]
    return Grid(cells, cut, merged_known=True), notes


def _grid(
    file: str, rows: Iterable[tuple], expected: int | None, progress: Callable[[float], None] | None
) -> np.ndarray:
    import numpy as np

    kept: list[tuple] = []
    width = n_rows = 0
    for number, row in enumerate(rows, 1):
        if progress is not None and number % _ROWS_BETWEEN == 0:
            progress(min(number / (expected or 10 * number), 0.9))
        plain = _without_blank_end(row)
        kept.append(plain)
        if plain:
            n_rows, width = number, max(width, len(plain))
            allowed = min(MOST_COLUMNS, MOST_CELLS // n_rows)
            if width > allowed:
                raise OverdraftError("importing.too_wide", file=file, found=width, allowed=allowed)
    cells = np.full((n_rows, width), None, dtype=object)
    for place, row in enumerate(kept[:n_rows]):
        cells[place, : len(row)] = [_plain(cell) for cell in row]
    return cells


def _without_blank_end(row: tuple) -> tuple:
    end = len(row)
    while end and row[end - 1] in (None, ""):
        end -= 1
    return row[:end]


def _plain(cell: object) -> object:
    """Text, numbers and days as they are; times of day and spans of time as text."""
    if isinstance(cell, (str, bool, int, float, date)) or cell is None:
        return cell
    return cell.isoformat() if isinstance(cell, time) else str(cell)


def _scan(stream: IO[bytes]) -> tuple[list[tuple[int, int, int, int]], int]:
    """Merged ranges of a sheet's XML (openpyxl leaves them out where it reads row by row), and how many formulas have
    no result; looked for in pieces that end after a row."""
    merged: list[tuple[int, int, int, int]] = []
    n_empty = 0
    rest = b""
    while piece := stream.read(_CHUNK):
        whole = rest + piece
        end = whole.rfind(b">") + 1
        cut = whole.rfind(b"<c ", 0, end)
        end = end if cut < 0 or b"mergeCell" in whole[cut:] else cut
        n_empty += len(_NO_RESULT.findall(whole, 0, end))
        merged += [_range(found) for found in _MERGE.findall(whole, 0, end)]
        rest = whole[end:]
    n_empty += len(_NO_RESULT.findall(rest))
    merged += [_range(found) for found in _MERGE.findall(rest)]
    return merged, n_empty


def _range(found: bytes) -> tuple[int, int, int, int]:
    from openpyxl.utils import range_boundaries

    col0, row0, col1, row1 = range_boundaries(found.decode("ascii"))
    return row0 - 1, col0 - 1, row1 - 1, col1 - 1


def _by_gdal(
    path: Path, sheet: str | int, progress: Callable[[float], None] | None
) -> tuple[Grid, list[Note]]:
    from osgeo import gdal

    from ...core.importing.reading.sheet import Grid

    driver = _DRIVERS[path.suffix.casefold()]
    settings = {f"OGR_{driver}_HEADERS": "DISABLE", f"OGR_{driver}_FIELD_TYPES": "STRING"}
    before = {name: gdal.GetThreadLocalConfigOption(name) for name in settings}
    for name, value in settings.items():
        gdal.SetThreadLocalConfigOption(name, value)
    try:
        opened = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY, allowed_drivers=[driver])
        if opened is None:
            raise OverdraftError("importing.file_unreadable", file=path.name)
        names = [opened.GetLayer(place).GetName() for place in range(opened.GetLayerCount())]
        layer = opened.GetLayerByName(sheet) if isinstance(sheet, str) else opened.GetLayer(sheet)
        if layer is None:
            raise OverdraftError("importing.sheet_missing", file=path.name, found=sheet, allowed=names)
        places = range(layer.GetLayerDefn().GetFieldCount())
        rows = (tuple(_text(feature, place) for place in places) for feature in layer)
        cells = _grid(path.name, rows, layer.GetFeatureCount(), progress)
    finally:
        for name, value in before.items():
            gdal.SetThreadLocalConfigOption(name, value)
    return Grid(cells, [], merged_known=False), [("importing.merged_unknown", {"file": path.name})]


def _text(feature, place: int) -> str | None:
    return feature.GetFieldAsString(place) if feature.IsFieldSetAndNotNull(place) else None
