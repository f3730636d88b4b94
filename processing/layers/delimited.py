"""Text files of rows and columns (CSV, TSV): the bytes are read here, so that encoding, zeros and blanks stay known."""

from __future__ import annotations

import csv
import io
import re
import statistics
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import OverdraftError
from ...core.importing.reading.choosing import Choice, choose_encoding, may_be_shown
from ...core.importing.reading.encodings import codec_named, detect

if TYPE_CHECKING:
    import numpy as np

    from ...core.importing.reading.sheet import Grid

SUFFIXES = (".csv", ".txt", ".tsv")
LARGEST_BYTES = 1 << 30
MOST_COLUMNS = 10_000
MOST_CELLS = 200_000_000
_DELIMITERS = (",", "\t", ";", "|")
_HEAD_BYTES = 1_000_000
_BLOCKS, _BLOCK_BYTES = 16, 64_000
_HEAD_LINES = 100
_QUOTED = re.compile(r'"[^"]*"')
_LOST = "\ufffd"
_LONGEST_FIELD = 2**31 - 1

Note = tuple[str, dict]
"""A message key and its values."""


def read_delimited(path: Path, given: str | None, declared: str) -> tuple[Grid, Choice, list[Note]]:
    """Every row of a text file as a grid of texts, the encoding that it was read in, and what to tell of it.

    A shorter row is filled up with empty cells, a longer one gets columns of its own.

    Raises:
        OverdraftError: the encoding is not certain, a quotation mark is not closed, or the file is too large.
    """
    from ...core.importing.reading.sheet import Grid

    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise OverdraftError(
            "importing.too_large", file=path.name, found=size >> 20, allowed=LARGEST_BYTES >> 20
        )
    raw = path.read_bytes()
    choice = _choose(path.name, raw, given, declared)
    text, notes = _decoded(path.name, raw, choice)
    cells = parse(text, path.name)
    # What was merged in the spreadsheet shows as blank cells.
    return Grid(cells, [], merged_known=False), choice, notes


def _choose(file: str, raw: bytes, given: str | None, declared: str) -> Choice:
    lines = _sample(raw)
    found = detect(lines)
    if found.name == "ascii" and not raw.isascii():
        lines = list(islice((line for line in raw.split(b"\n") if not line.isascii()), 10_000))
        found = detect(lines)
    return choose_encoding(file, given, codec_named(declared), found, _shown(lines))


def _sample(raw: bytes) -> list[bytes]:
    """Lines from the beginning, and from blocks spread over the rest without their cut lines."""
    blocks = [raw[:_HEAD_BYTES]]
    if len(raw) > _HEAD_BYTES:
        step = (len(raw) - _HEAD_BYTES) // _BLOCKS
        starts = (_HEAD_BYTES + place * step for place in range(_BLOCKS))
        blocks[0] = blocks[0].rpartition(b"\n")[0] or blocks[0]
        blocks += [
            raw[start : start + _BLOCK_BYTES].partition(b"\n")[2].rpartition(b"\n")[0] for start in starts
        ]
    return [line for block in blocks for line in block.split(b"\n")]


def _shown(lines: list[bytes]) -> list[bytes]:
    """Cells beyond ASCII for a question; of the header, else of a column that is not of persons."""
    pieces = [re.split(rb"[,;\t|]", line.strip(b"\r")) for line in lines[:_HEAD_LINES]]
    if not pieces:
        return []
    names = [piece.decode("ascii", errors="replace").strip('" ') for piece in pieces[0]]
    shown = [cell for cell in pieces[0] if not cell.isascii()]
    for row in pieces[1:]:
        shown += [
            cell for name, cell in zip(names, row, strict=False) if not cell.isascii() and may_be_shown(name)
        ]
    return shown


def _decoded(file: str, raw: bytes, choice: Choice) -> tuple[str, list[Note]]:
    """The text without byte order mark; damaged characters as �, NUL bytes left out, both told."""
    notes: list[Note] = []
    codec = "utf-8-sig" if choice.encoding in ("utf-8", "ascii") else choice.encoding
    try:
        text = raw.decode(codec)
    except UnicodeError:
        text = raw.decode(codec, errors="replace")
        n = sum(_LOST in line for line in text.split("\n"))
        notes.append(("importing.text_damaged", {"file": file, "encoding": choice.encoding, "n": n}))
    n_nul = text.count("\x00")
    if n_nul:
        notes.append(("importing.nul_removed", {"file": file, "n": n_nul}))
        text = text.replace("\x00", "")
    return text.removeprefix("\ufeff"), notes


def delimiter_of(text: str) -> str:
    """The delimiter that most of the first lines have equally often, outside quotation marks."""
    lines = [line for line in _QUOTED.sub("", text[:_BLOCK_BYTES]).splitlines() if line.strip()][:_HEAD_LINES]
    if not lines:
        return ","
    best, best_share = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        usual = statistics.mode(counts)
        share = counts.count(usual) / len(counts)
        # One line of a title must not outweigh the table: a delimiter that no usual line has is none.
        if usual > 0 and share > best_share:
            best, best_share = delimiter, share
    return best


def parse(text: str, file: str) -> np.ndarray:
    """The cells of a text, shape (rows, columns), "" where empty; a line break inside quotation marks is text.

    Raises:
        OverdraftError: a quotation mark swallows lines, or there are more columns than can be.
    """
    import pandas as pd

    delimiter = delimiter_of(text)
    is_long = text.count("\n", 0, _HEAD_BYTES) >= _HEAD_LINES
    head = islice(_records(text[:_HEAD_BYTES] if is_long else text, delimiter), _HEAD_LINES)
    with _long_fields():
        width = max((len(row) for row in head), default=0)
    _refuse_too_wide(file, width, 1)
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            names=range(max(width, 1)),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
        )
        cells = frame.to_numpy(dtype=object)
    except (
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
    ):  # longer rows further down, or an open quotation
        cells = _padded(text, delimiter, file)
    _refuse_swallowed(cells, text, delimiter, file)
    return cells


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


class _long_fields:  # noqa: N801 - a context manager, called like a function
    """A polygon in one cell is longer than what the csv module allows."""

    def __enter__(self) -> None:
        self._limit = csv.field_size_limit(_LONGEST_FIELD)

    def __exit__(self, *_: object) -> None:
        csv.field_size_limit(self._limit)


def _padded(text: str, delimiter: str, file: str) -> np.ndarray:
    import numpy as np

    with _long_fields():
        rows = list(_records(text, delimiter))
    width = max(map(len, rows), default=0)
    _refuse_too_wide(file, width, len(rows))
    cells = np.full((len(rows), width), "", dtype=object)
    for place, row in enumerate(rows):
        cells[place, : len(row)] = row
    return cells


def _refuse_too_wide(file: str, width: int, n_rows: int) -> None:
    allowed = min(MOST_COLUMNS, MOST_CELLS // max(n_rows, 1))
    if width > allowed:
        raise OverdraftError("importing.too_wide", file=file, found=width, allowed=allowed)


def _refuse_swallowed(cells: np.ndarray, text: str, delimiter: str, file: str) -> None:
    """A cell with line breaks that holds as many delimiters in a line as the table has is several rows, not a text."""
    if cells.shape[1] < 3 or len(cells) >= text.count("\n"):
        return
    for column in cells.T:
        for place, cell in enumerate(column):
            if "\n" in cell:
                lines = cell.split("\n")[1:]
                if any(line.count(delimiter) >= cells.shape[1] - 1 for line in lines):
                    n = len(lines)
                    raise OverdraftError("importing.quote_open", file=file, row=place + 1, n=n)
