"""A sheet as people fill it in becomes a table: names from its header, one row of data each, the rest set aside.

No row is lost: the rows of the grid are the title rows, the header rows, the rows of the frame and the rows set aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from . import words
from .header import Header, Merged, find_header

_TOTAL_COLUMNS = 3
"""In the first columns the bare word 合计 makes a total row, behind a row number too."""
_LONG_NOTE = 15
"""Letters that make a single cell at the bottom a note."""


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet, None or "" where empty.

    Attributes:
        cells: object array (rows, columns).
        merged: merged ranges (first row, first column, last row, last column), from 0, both included.
        merged_known: the file told its merged ranges; False where they must be guessed from blank cells.
    """

    cells: np.ndarray
    merged: list[Merged] = field(default_factory=list)
    merged_known: bool = True


@dataclass(frozen=True)
class SetAside:
    """A row that is no data: its number from 1, why (message key), and its cells by column name."""

    row: int
    reason_key: str
    content: dict[str, str]


@dataclass(frozen=True)
class Renamed:
    """A column whose name was empty or taken: number from 1, name found, name given."""

    column: int
    found: str
    name: str


@dataclass(frozen=True)
class Sheet:
    """What a sheet holds.

    Attributes:
        frame: raw cells under `names`, None where empty; its rows stand in the sheet's rows `rows`, from 1.
        header_rows: first and last row of names, units and column numbers, from 1; titles stand before them.
        fills: merged cells of the body, told to each row they cover: (row from 1, column name, value).
        titles: texts above the header; `remarks` are the units that they state.
    """

    names: list[str]
    frame: pd.DataFrame
    rows: np.ndarray
    header_rows: tuple[int, int]
    set_aside: list[SetAside] = field(default_factory=list)
    fills: list[tuple[int, str, object]] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    @property
    def remarks(self) -> list[str]:
        """Units that titles state, such as ``单位：万m³、亩``: they hold for columns without a unit of their own.

        The titles themselves may name persons and are not quoted.
        """
        return [", ".join(units) for text in self.titles if (units := words.units_stated(text))]

    @property
    def n_rows(self) -> int:
        """Rows of the grid, as they are accounted for here."""
        return self.header_rows[1] + len(self.frame) + len(self.set_aside)


def read_header(grid: Grid, header_row: int | None = None) -> Sheet:
    """The table in a grid.

    Args:
        header_row: the row, from 1, in which the names begin, where the user knows better.

    Raises:
        OverdraftError: ``importing.sheet_empty`` for a grid without a filled cell, ``importing.header_row`` for a
            header row that does not exist or is blank.
    """
    cells = grid.cells
    filled = (cells != "") & (cells != None)  # noqa: E711 - element by element
    written = (row for row in np.flatnonzero(filled.any(axis=1)) if any(map(words.text_of, cells[row])))
    top = next(written, None)
    if top is None:
        raise OverdraftError("importing.sheet_empty")
    if header_row is not None and not (0 < header_row <= len(cells) and filled[header_row - 1].any()):
        allowed = f"1–{len(cells)}"
        raise OverdraftError("importing.header_row", found=header_row, allowed=allowed)
    begin = None if header_row is None else header_row - 1
    header = find_header(cells, grid.merged, grid.merged_known, int(top), begin)
    start = header.last + 1
    used = np.flatnonzero(filled.any(axis=0) | (np.array(header.names, dtype=object) != ""))
    names, renamed = unique_names([header.names[place] for place in used], used)
    why = _reasons(cells, filled, header, grid.merged)
    kept = np.flatnonzero(why == "") + start
    picked = np.ix_(kept, used)
    body = np.where(filled[picked], cells[picked], None)
    fills = _fill_down(body, kept, used, names, grid, start)
    aside = [
        SetAside(int(row + start + 1), why[row], _content(cells[row + start], used, names))
        for row in np.flatnonzero(why != "")
    ]
    return Sheet(
        names=names,
        frame=pd.DataFrame(body, columns=names),
        rows=kept + 1,
        header_rows=(header.first + 1, start),
        set_aside=aside,
        fills=fills,
        renamed=renamed,
        titles=_titles(cells[: header.first]),
    )


def unique_names(names: Sequence[str], places: Sequence[int] | np.ndarray) -> tuple[list[str], list[Renamed]]:
    """Names that differ, whatever their case: an empty one becomes ``列3``, a repeated one ``井深_2``."""
    taken = {name.casefold() for name in names}
    seen: set[str] = set()
    result, renamed = [], []
    for place, name in zip(places, names, strict=True):
        chosen = name
        if not name or name.casefold() in seen:
            stem, number = (name, 2) if name else (f"列{place + 1}", 1)
            chosen = f"{stem}_{number}" if name else stem
            while chosen.casefold() in taken:
                number += 1
                chosen = f"{stem}_{number}"
            renamed.append(Renamed(int(place) + 1, name, chosen))
        taken.add(chosen.casefold())
        seen.add(chosen.casefold())
        result.append(chosen)
    return result, renamed


def _titles(rows: np.ndarray) -> list[str]:
    texts = (words.text_of(cell) for row in rows for cell in row)
    return list(dict.fromkeys(text for text in texts if text))


def _content(row: np.ndarray, used: np.ndarray, names: Sequence[str]) -> dict[str, str]:
    texts = {name: words.text_of(row[place]) for place, name in zip(used, names, strict=True)}
    return {name: text for name, text in texts.items() if text}


def _reasons(cells: np.ndarray, filled: np.ndarray, header: Header, merged: Sequence[Merged]) -> np.ndarray:
    """Why each row below the header is no data (a message key), "" where it is."""
    body, filled = cells[header.last + 1 :], filled[header.last + 1 :]
    why = np.full(len(body), "", dtype=object)
    if not len(body):
        return why
    n_filled = filled.sum(axis=1)
    lead = body[np.arange(len(body)), filled.argmax(axis=1)]
    texts = [cell.strip() if isinstance(cell, str) else "-" for cell in lead]
    blank = [not text and not any(map(words.text_of, body[row])) for row, text in enumerate(texts)]
    why[(n_filled == 0) | np.array(blank)] = "importing.row.blank"
    for key, rows in (
        ("importing.row.header", _repeated(cells, texts, header)),
        ("importing.row.total", _totals(body, texts)),
        ("importing.row.note", _notes(body, filled, n_filled, texts)),
        ("importing.row.title", _captions(n_filled, merged, header.last + 1, cells.shape[1])),
    ):
        open_rows = np.array([row for row in rows if why[row] == ""], dtype=int)
        why[open_rows] = key
    return why


def _repeated(cells: np.ndarray, texts: Sequence[str], header: Header) -> list[int]:
    """Rows below that repeat a row of the titles or the header, as after a page break."""
    above: dict[str, list[list[str]]] = {}
    for place, row in enumerate(cells[: header.last + 1]):
        stripped = [words.text_of(cell) for cell in row]
        first = next((text for text in stripped if text), "")
        # Where a file has no header, its first row of numbers was taken for one; data may repeat it.
        if first and (place > header.first or any(map(words.is_name_like, stripped))):
            above.setdefault(first, []).append(stripped)
    start = header.last + 1
    candidates = (row for row, text in enumerate(texts) if text in above)
    return [
        row for row in candidates if [words.text_of(cell) for cell in cells[row + start]] in above[texts[row]]
    ]


def _totals(body: np.ndarray, texts: Sequence[str]) -> list[int]:
    """Rows whose first cell is a word for a sum, or that hold one alone in one of the first columns."""
    found = {
        row
        for row, text in enumerate(texts)
        if ("计" in text or "tal" in text or "TAL" in text) and words.is_total(text)
    }
    for column in body[:, :_TOTAL_COLUMNS].T:
        found |= {row for row, cell in enumerate(column) if cell in words.EXACT_TOTALS}
    return sorted(found)


def _notes(body: np.ndarray, filled: np.ndarray, n_filled: np.ndarray, texts: Sequence[str]) -> list[int]:
    """``注：…`` and ``填表人：…`` anywhere, and a long text alone in the last rows; tables of three columns or more."""
    if filled.any(axis=0).sum() < 3:
        return []
    few = np.flatnonzero((n_filled > 0) & (n_filled <= 6))
    signed = [
        int(row)
        for row in few
        if words.is_label(texts[row])
        and (n_filled[row] == 1 or 2 * sum(map(words.is_label, _given(body[row]))) >= n_filled[row])
    ]
    full = np.flatnonzero(n_filled > 1)
    below = range(int(full[-1]) + 1 if len(full) else 0, len(body))
    return signed + [row for row in below if len(texts[row]) >= _LONG_NOTE or "。" in texts[row]]


def _given(row: np.ndarray) -> list[str]:
    return [text for text in map(words.text_of, row) if text]


def _captions(n_filled: np.ndarray, merged: Sequence[Merged], start: int, width: int) -> list[int]:
    """Rows that are one cell merged over most of the width, such as the name of a township above its wells."""
    wide = {row0 - start for row0, col0, row1, col1 in merged if 3 * (col1 - col0 + 1) >= 2 * width > 2}
    return sorted(row for row in wide if 0 <= row < len(n_filled) and n_filled[row] == 1)


def _fill_down(
    body: np.ndarray, kept: np.ndarray, used: np.ndarray, names: Sequence[str], grid: Grid, start: int
) -> list[tuple[int, str, object]]:
    """Put the value of each merged range of the body into the rows below its first; only where it is known."""
    fills: list[tuple[int, str, object]] = []
    if not (grid.merged and grid.merged_known):
        return fills
    row_of = {int(row): place for place, row in enumerate(kept)}
    column_of = {int(column): place for place, column in enumerate(used)}
    for row0, col0, row1, _ in grid.merged:
        if row0 < start or row0 not in row_of or col0 not in column_of:
            continue
        column = column_of[col0]
        value = body[row_of[row0], column]
        for row in range(row0 + 1, row1 + 1):
            if row in row_of and value is not None and body[row_of[row], column] is None:
                body[row_of[row], column] = value
                fills.append((row + 1, names[column], value))
    return fills
