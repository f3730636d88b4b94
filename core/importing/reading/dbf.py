"""The attribute file of a shapefile as it stands on the disk: header, fields, raw cells.

GDAL reads ``12,5`` in a number field as 12 and lets 30 February pass, so an import that must show every cell it could
not read takes the cells from here. Records are mapped from the disk, not loaded as a whole.

Source: dBASE III and IV, Visual FoxPro table structure; ESRI Shapefile Technical Description (1998), table 1.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from .encodings import decoded_cell

_HEAD = struct.Struct("<B3xIHH17xBxx")
_DESCRIPTOR = 32
_TERMINATOR = 0x0D
_DELETED = ord("*")
_SPACE = ord(" ")
_VERSIONS = frozenset((0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8E, 0xCB, 0xF5))
_SAMPLE_BYTES = 2_000_000
_SAMPLE_BLOCKS = 64
_CODE_PAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x4D: "gb18030", 0x4E: "cp949", 0x4F: "cp950", 0x57: "",
    0x64: "cp852", 0x65: "cp866", 0x78: "cp950", 0x79: "cp949", 0x7A: "gb18030", 0x7B: "cp932", 0xC8: "cp1250",
    0xC9: "cp1251",
}  # fmt: skip
_BINARY = {("I", 4): "<i4", ("+", 4): ">i4", ("O", 8): "<f8", ("B", 8): "<f8"}
_EXACT_IN_FLOAT = 2**53
_WHOLE = re.compile(r"[+-]?[0-9]{1,255}")
_NO_DAY = "00000000"
"""How GDAL and others write a day field that is empty."""
_TRUE, _FALSE = b"TtYy", b"FfNn"


@dataclass(frozen=True)
class DbfField:
    """One column: its name as bytes (without padding), type letter, place and width in the record, decimals."""

    name: bytes
    kind: str
    start: int
    width: int
    decimals: int


@dataclass(frozen=True)
class Dbf:
    """A .dbf file, header read and checked.

    Attributes:
        version: first byte.
        code_page: language driver id, byte 29; 0 where none was written.
        n_records: as the header says, deleted ones included; all of them are in the file.
    """

    path: Path
    version: int
    code_page: int
    n_records: int
    n_header_bytes: int
    n_record_bytes: int
    fields: tuple[DbfField, ...]

    @property
    def declared(self) -> str:
        """The codec that the code page byte names, "" for none or one that differs from machine to machine."""
        return _CODE_PAGES.get(self.code_page, "")

    def records(self) -> np.ndarray:
        """Every record as bytes, shape (n_records, n_record_bytes), mapped from the disk."""
        if not self.n_records:
            return np.empty((0, self.n_record_bytes), dtype=np.uint8)
        shape = (self.n_records, self.n_record_bytes)
        return np.memmap(self.path, dtype=np.uint8, mode="r", offset=self.n_header_bytes, shape=shape)

    def kept(self) -> np.ndarray:
        """Numbers, from 0, of the records that are not marked as deleted."""
        return np.flatnonzero(self.records()[:, 0] != _DELETED)

    def samples(self) -> dict[int, list[bytes]]:
        """Distinct cells with bytes beyond ASCII of each character field, by its position: at most 2 MB of records
        are looked at, in blocks spread evenly over the file."""
        wanted = [place for place, field in enumerate(self.fields) if field.kind == "C"]
        picked = self.records()[_spread(self.n_records, _SAMPLE_BYTES // self.n_record_bytes)]
        return {place: _beyond_ascii(_cells(picked, self.fields[place])) for place in wanted}

    def names(self, encoding: str) -> list[str]:
        """Field names; the piece of a character that was cut off at byte 10 is dropped."""
        return [decoded_cell(field.name, encoding).strip() for field in self.fields]

    def column(self, place: int, encoding: str, kept: np.ndarray) -> np.ndarray | pd.Series:
        """The cells of one field: text as it stands (without padding), days as text, whole numbers and decimals as
        numbers, true and false; None where empty. What is no number in a number field stays text."""
        field = self.fields[place]
        cells = _cells(self.records(), field)[kept]
        if (field.kind, field.width) in _BINARY:
            return np.frombuffer(cells.tobytes(), dtype=_BINARY[field.kind, field.width])
        if field.kind == "L":
            return _flags(cells)
        texts = _texts(cells, encoding)
        if field.kind == "D":
            texts = ["" if text == _NO_DAY else text for text in texts]
        return _numbers(texts, field.decimals) if field.kind in "NF" else _none_for_blank(texts)


def read_dbf(path: Path) -> Dbf:
    """Read and check the header of a .dbf file.

    Raises:
        OverdraftError: ``importing.dbf_broken``: no header, fields that do not fill the record, a file shorter than
            its records; names the bytes of the header, what they say and what the file holds.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise _broken(path, "0–31", size, _HEAD.size)
        version, n_records, n_header, n_record, code_page = _HEAD.unpack(head)
        if version not in _VERSIONS:
            raise _broken(path, "0", f"0x{version:02X}", "0x03")
        if n_header <= _HEAD.size or n_header > size:
            raise _broken(path, "8–9", n_header, f"{_HEAD.size + 1} … {size}")
        descriptors = stream.read(n_header - _HEAD.size)
    fields = _fields(descriptors, n_record)
    filled = 1 + sum(field.width for field in fields)
    if not fields or filled != n_record:
        raise _broken(path, "10–11", n_record, filled)
    n_stored = (size - n_header) // n_record
    if n_stored < n_records:
        raise _broken(path, "4–7", n_records, n_stored)
    return Dbf(path, version, code_page, n_records, n_header, n_record, fields)


def _broken(path: Path, at: str, found: object, expected: object) -> OverdraftError:
    return OverdraftError("importing.dbf_broken", file=path.name, at=at, found=found, expected=expected)


def _fields(descriptors: bytes, n_record: int) -> tuple[DbfField, ...]:
    """Field descriptors up to the terminator; character fields beyond 255 bytes keep the high byte in the decimals."""
    plain, wide = [], []
    for start in range(0, len(descriptors) - _DESCRIPTOR + 1, _DESCRIPTOR):
        piece = descriptors[start : start + _DESCRIPTOR]
        if piece[0] == _TERMINATOR:
            break
        name, kind = piece[:11].split(b"\x00")[0].rstrip(), chr(piece[11])
        plain.append((name, kind, piece[16], piece[17]))
        wide.append((name, kind, piece[16] + 256 * piece[17], 0) if kind == "C" else plain[-1])
    chosen = plain if 1 + sum(width for _, _, width, _ in plain) == n_record else wide
    ends = np.cumsum([1, *(width for _, _, width, _ in chosen)])
    return tuple(
        DbfField(name, kind, int(start), width, decimals)
        for (name, kind, width, decimals), start in zip(chosen, ends[:-1], strict=True)
    )


def _spread(n_records: int, n_wanted: int) -> np.ndarray:
    """Numbers of records in blocks spread evenly, first and last block included; all where they are few."""
    if n_records <= max(n_wanted, 1):
        return np.arange(n_records)
    in_block = max(n_wanted // _SAMPLE_BLOCKS, 1)
    starts = np.linspace(0, n_records - in_block, max(min(_SAMPLE_BLOCKS, n_wanted), 1)).astype(int)
    return np.unique((starts[:, None] + np.arange(in_block)).ravel())


def _cells(records: np.ndarray, field: DbfField) -> np.ndarray:
    """The bytes of one field, shape (n, width)."""
    return records[:, field.start : field.start + field.width]


def _beyond_ascii(cells: np.ndarray) -> list[bytes]:
    if cells.shape[1] == 0:
        return []
    beyond = np.ascontiguousarray(cells[(cells > 127).any(axis=1)])
    return [cell.rstrip(b" \x00") for cell in np.unique(beyond.view(f"S{cells.shape[1]}")).tolist()]


def _texts(cells: np.ndarray, encoding: str) -> list[str]:
    """The cells decoded at once, with a line break after each; one by one where a cell holds a line break itself."""
    if not len(cells):
        return []
    cells = _without_padding(cells)
    lined = np.empty((len(cells), cells.shape[1] + 1), dtype=np.uint8)
    lined[:, :-1] = cells
    lined[:, -1] = 10
    cleaned = lined.tobytes().replace(b"\x00", b" ")
    if not (cells == 10).any():
        whole = cleaned.decode(encoding, errors="replace").replace("\ufffd\n", "\n")
        texts = whole.split("\n")[:-1]
        if len(texts) == len(cells):
            return [text.rstrip(" ") for text in texts]
    width = lined.shape[1]
    pieces = (cleaned[start : start + width - 1] for start in range(0, len(cleaned), width))
    return [decoded_cell(piece.rstrip(b" "), encoding) for piece in pieces]


def _without_padding(cells: np.ndarray) -> np.ndarray:
    """The cells without the padding that all have, but with its first byte, so that what precedes it is whole."""
    filled = np.flatnonzero(((cells != _SPACE) & (cells != 0)).any(axis=0))
    return cells[:, : filled[-1] + 2] if len(filled) else cells[:, :1]


def _none_for_blank(texts: list[str]) -> np.ndarray:
    column = np.array(texts, dtype=object)
    column[column == ""] = None
    return column


def _numbers(texts: list[str], decimals: int) -> np.ndarray | pd.Series:
    """Numbers as the field declares them; a cell full of asterisks is the shapefile's way to leave one empty."""
    cells = pd.Series([text.strip() for text in texts], dtype=object)
    given = cells[[text != "" and text[0] != "*" for text in cells]]
    numbers = pd.to_numeric(given, errors="coerce").astype("float64")
    whole = decimals == 0 and bool((numbers % 1 == 0).all())
    if not np.isfinite(numbers).all() or (whole and (numbers.abs() >= _EXACT_IN_FLOAT).any()):
        return _mixed(given, numbers, len(cells))
    return (numbers.astype("Int64") if whole else numbers).reindex(cells.index)


def _mixed(given: pd.Series, numbers: pd.Series, size: int) -> np.ndarray:
    """Whole numbers with all their digits, other numbers, and as text what is none."""
    column = np.full(size, None, dtype=object)
    for place, text in given.items():
        number = numbers[place]
        column[place] = int(text) if _WHOLE.fullmatch(text) else number if np.isfinite(number) else text
    return column


def _flags(cells: np.ndarray) -> np.ndarray:
    letters = cells[:, 0]
    column = np.full(len(cells), None, dtype=object)
    column[np.isin(letters, list(_TRUE))] = True
    column[np.isin(letters, list(_FALSE))] = False
    return column
