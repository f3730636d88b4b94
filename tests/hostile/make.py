"""Files as bureaus send them, written byte by byte: what is wrong with each is in the arguments, nothing else is."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyproj

HEADINGS = ("机井编号", "用途", "使用状态", "县", "经度", "纬度")
WELLS = (
    ("W1", "农业灌溉", "在用", "高昌区", "89.2", "42.2"),
    ("W2", "工业", "停用", "高昌区", "89.5", "42.5"),
    ("W3", "农村饮水", "封填", "鄯善县", "90.8", "42.8"),
)
"""Three wells that are in order; 高昌区 is 89° to 90° E, 鄯善县 90° to 91° E, both 42° to 43° N."""
CANONICAL = (
    {"well_id": "W1", "use": "irrigation", "status": "active", "county": "高昌区"},
    {"well_id": "W2", "use": "industry", "status": "shut", "county": "高昌区"},
    {"well_id": "W3", "use": "rural_drinking", "status": "sealed", "county": "鄯善县"},
)
"""What the three are in the register."""
PLACES = ((89.2, 42.2), (89.5, 42.5), (90.8, 42.8))


def wells(headings: Sequence[str] = (), *more: Sequence[object]) -> tuple[list[str], list[list[object]]]:
    """The three wells with further columns: headings, and for each well the cells of these columns."""
    rows = [[*row, *cells] for row, cells in zip(WELLS, more or ((), (), ()), strict=True)]
    return [*HEADINGS, *headings], rows


def text_file(
    path: Path,
    headings: Sequence[object],
    rows: Sequence[Sequence[object]],
    encoding: str = "utf-8",
    delimiter: str = ",",
    bom: bytes = b"",
    end: str = "\n",
) -> Path:
    """A CSV; cells with a delimiter, a quotation mark or a line break are quoted."""

    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        return (
            f'"{text.replace(chr(34), chr(34) * 2)}"'
            if any(sign in text for sign in f'{delimiter}"\n\r')
            else text
        )

    lines = [delimiter.join(map(cell, row)) for row in (headings, *rows)]
    path.write_bytes(bom + (end.join(lines) + end).encode(encoding))
    return path


def workbook(
    path: Path, rows: Sequence[Sequence[object]], merged: Sequence[str] = (), sheet: str = "Sheet1"
) -> Path:
    """An .xlsx of one sheet, with merged ranges such as ``A1:C1``."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    book.save(path)
    return path


def bomb(path: Path, n_bytes: int) -> Path:
    """An .xlsx whose one sheet unpacks to so many bytes of blanks."""
    workbook(path, [["a"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<sheetData>", b"<sheetData>" + b" " * n_bytes)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


Field = tuple[str, str, int, int]
"""Name, type letter, width, decimals."""


def text_fields(headings: Sequence[str], width: int = 60) -> list[Field]:
    """A character field for each heading."""
    return [(name, "C", width, 0) for name in headings]


def dbf(
    path: Path,
    fields: Sequence[Field],
    rows: Sequence[Sequence[object]],
    encoding: str = "gb18030",
    ldid: int = 0,
) -> Path:
    """A dBASE III file. Cells are cut at their width in bytes, names at ten bytes, as programs do."""
    n_record = 1 + sum(width for _, _, width, _ in fields)
    head = struct.pack("<B3BIHH17xBxx", 3, 124, 1, 1, len(rows), 33 + 32 * len(fields), n_record, ldid)
    for name, kind, width, decimals in fields:
        head += struct.pack("<11sc4xBB14x", name.encode(encoding)[:10], kind.encode(), width, decimals)
    body = b"".join(b" " + b"".join(map(_dbf_cell, row, fields, [encoding] * len(fields))) for row in rows)
    path.write_bytes(head + b"\r" + body + b"\x1a")
    return path


def _dbf_cell(value: object, field: Field, encoding: str) -> bytes:
    _, kind, width, decimals = field
    if value is None:
        return b" " * width
    text = f"{value:.{decimals}f}" if kind in "NF" and isinstance(value, (int, float)) else str(value)
    raw = text.encode(encoding)[:width]
    return raw.rjust(width) if kind in "NF" else raw.ljust(width)


def shapefile(
    path: Path,
    points: Sequence[tuple[float, float] | None],
    fields: Sequence[Field],
    rows: Sequence[Sequence[object]],
    encoding: str = "gb18030",
    cpg: str | None = None,
    ldid: int = 0,
    epsg: int | None = 4490,
) -> Path:
    """A shapefile of points, None for a null shape. `cpg` and `ldid` say whatever they are told to say."""
    records, index, place = b"", b"", 50
    for number, point in enumerate(points, 1):
        shape = struct.pack("<i", 0) if point is None else struct.pack("<idd", 1, *point)
        records += struct.pack(">ii", number, len(shape) // 2) + shape
        index += struct.pack(">ii", place, len(shape) // 2)
        place += 4 + len(shape) // 2
    given = [point for point in points if point is not None] or [(0.0, 0.0)]
    box = [
        min(x for x, _ in given),
        min(y for _, y in given),
        max(x for x, _ in given),
        max(y for _, y in given),
    ]
    for ending, content in ((".shp", records), (".shx", index)):
        head = struct.pack(">i20xi", 9994, 50 + len(content) // 2) + struct.pack(
            "<ii8d", 1000, 1, *box, 0, 0, 0, 0
        )
        path.with_suffix(ending).write_bytes(head + content)
    dbf(path.with_suffix(".dbf"), fields, rows, encoding, ldid)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    if epsg is not None:
        wkt = pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")
        path.with_suffix(".prj").write_text(wkt)
    return path


def well_shapefile(path: Path, encoding: str, cpg: str | None = None, ldid: int = 0) -> Path:
    """The three wells as a shapefile without coordinate columns."""
    return shapefile(
        path, PLACES, text_fields(HEADINGS[:4], 30), [row[:4] for row in WELLS], encoding, cpg, ldid
    )
