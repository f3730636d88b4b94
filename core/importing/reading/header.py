"""Where the header of a sheet is, and what its columns are called.

Above the names stand titles and groups of names (位置 over 乡镇 and 村), below them rows of units or of column
numbers. With w, the number of cells that three of four of the first rows fill at most, a row is scored as

    filled · (2 · known + names · distinct + ½ · changes)

where `filled` is the share of w that the row covers (1 at most), `known` the share of its texts that name a field of
the register, `names` the share that may be a name at all (no number, no day, no ``填报单位：…``), `distinct` the share
of different texts, and `changes` the share of columns in which rows below hold numbers under a name. The names begin in
the first row with at least half of the best score: a header of names that nobody knows still scores 1, and no row of
data doubles that unless its cells are names themselves. Where no row scores, the first row with two different texts
is it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from . import words

_TOP = 40
"""Rows from the top among which the header is looked for."""
_LEVELS = 3
"""Rows of names at most."""
_BELOW = 10
"""Rows below a name that are looked at for numbers."""
_LONGEST_NAME = 40

Merged = tuple[int, int, int, int]


@dataclass(frozen=True)
class Header:
    """Rows from 0, both included: titles stand before `first`, data begin after `last`.

    `names`: one for each column, joined from top to bottom with ``/``, "" where there is none.
    """

    first: int
    last: int
    names: list[str]


def find_header(
    cells: np.ndarray,
    merged: Sequence[Merged],
    merged_known: bool,
    begin: int = 0,
    header_row: int | None = None,
) -> Header:
    """The header of the cells of a sheet; see the module.

    `begin` (from 0) is the first row with a text; `header_row` (from 0) says where the names begin.
    """
    top = _Top.of(cells, merged, merged_known, (begin if header_row is None else header_row) + _TOP)
    if header_row is None:
        first = top.first_row_of_names()
        upper = top.groups_above(first)
    else:
        first = upper = header_row
    last = first
    while last - upper + 1 < _LEVELS and top.continues(last, upper):
        last += 1
    names = top.joined(upper, last)
    for _ in range(2):
        below = top.texts[last + 1] if last + 1 < len(top.texts) else []
        if _is_row_of_units(below):
            names = [words.with_unit(name, unit) for name, unit in zip(names, below, strict=True)]
        elif not top.numbers_columns(last + 1):
            break
        last += 1
    return Header(upper, last, names)


@dataclass(frozen=True)
class _Top:
    """The first rows of a sheet as texts.

    Attributes:
        cells: as they are; data below the texts are looked at in them.
        texts: a merged cell's text stands once, at its top left.
        covered: the same with the text in every place that the merged cell covers.
        wide: merged ranges of several columns, by their first row; `tall`: of several rows.
    """

    cells: np.ndarray
    texts: list[list[str]]
    covered: list[list[str]]
    wide: dict[int, list[Merged]]
    tall: list[Merged]
    merged_known: bool

    @staticmethod
    def of(cells: np.ndarray, merged: Sequence[Merged], merged_known: bool, n_rows: int) -> _Top:
        texts = [[words.text_of(cell) for cell in row] for row in cells[:n_rows]]
        covered = [list(row) for row in texts]
        wide: dict[int, list[Merged]] = {}
        tall = []
        for range_ in merged:
            row0, col0, row1, col1 = range_
            if row0 >= len(texts):
                continue
            for row in range(row0, min(row1 + 1, len(texts))):
                for col in range(col0, min(col1 + 1, cells.shape[1])):
                    covered[row][col] = texts[row][col] or texts[row0][col0]
            if col1 > col0:
                wide.setdefault(row0, []).append(range_)
            if row1 > row0:
                tall.append(range_)
        return _Top(cells, texts, covered, wide, tall, merged_known)

    def first_row_of_names(self) -> int:
        counts = [sum(map(bool, row)) for row in self.covered]
        width = float(np.quantile([count for count in counts if count], 0.75))
        scores = np.array([self._score(row, width) for row in range(len(self.texts))])
        if scores.max() > 0:
            return int(np.argmax(scores >= scores.max() / 2))
        different = [len({text for text in row if text}) for row in self.texts]
        several = [row for row, count in enumerate(different) if count > 1]
        return several[0] if several else int(np.argmax(np.array(different) > 0))

    def _score(self, row: int, width: float) -> float:
        given = [text for text in self.texts[row] if text]
        if len(set(given)) < min(2, width):
            return 0.0
        filled = min(sum(map(bool, self.covered[row])) / width, 1.0)
        known = sum(map(words.is_known_name, given)) / len(given)
        names = sum(map(words.is_name_like, given)) / len(given)
        distinct = len(set(given)) / len(given)
        return filled * (2 * known + names * distinct + 0.5 * self._changes(row))

    def _changes(self, row: int) -> float:
        """Share of the columns with a name in this row that hold numbers below it."""
        places = [place for place, text in enumerate(self.texts[row]) if words.is_name_like(text)]
        below = self.cells[row + 1 : row + 1 + _BELOW]
        changed = [any(words.is_number_like(cell) for cell in below[:, place]) for place in places]
        return sum(changed) / len(places) if places else 0.0

    def groups_above(self, first: int) -> int:
        """The first of the rows directly above the names that hold groups of them."""
        upper = first
        while upper > 0 and first - upper + 1 < _LEVELS and self._is_groups(upper - 1):
            upper -= 1
        return upper

    def _is_groups(self, row: int) -> bool:
        """Names over several columns each, but no title over all of them."""
        texts = self.texts[row]
        places = [place for place, text in enumerate(texts) if text]
        if not places or not all(map(words.is_name_like, (texts[place] for place in places))):
            return False
        if self.merged_known:
            used = sum(map(bool, self.covered[row + 1]))
            groups = [cols for cols in self.wide.get(row, []) if texts[cols[1]]]
            return bool(groups) and all(col1 - col0 + 1 < used for _, col0, _, col1 in groups)
        following = [*texts[1:], ""]
        return len(places) > 1 and all(not following[place] for place in places[:-1])

    def continues(self, last: int, upper: int) -> bool:
        """Is the row after `last` one more row of names, below groups?"""
        row = last + 1
        if row >= len(self.texts):
            return False
        texts = self.texts[row]
        places = {place for place, text in enumerate(texts) if text}
        named = [texts[place] for place in places]
        if not places or not all(words.is_name_like(text) and len(text) <= _LONGEST_NAME for text in named):
            return False
        if any(words.is_unit(text) for text in named) and _is_row_of_units(texts):
            return False
        if self.merged_known:
            if any(upper <= row0 <= last < row1 for row0, _, row1, _ in self.tall):
                return True
            groups = self.wide.get(last, [])
            below = {place for _, col0, _, col1 in groups for place in range(col0, col1 + 1)}
            return len(places) > 1 and places <= below
        return self._stands_below_groups(last, places) and self._looks_like_names(row, places)

    def _stands_below_groups(self, last: int, places: set[int]) -> bool:
        """Merged cells are not known: do texts stand only where the row above is blank, or begins a group?"""
        above = self.texts[last]
        following = [*above[1:], ""]
        blank = {place for place, text in enumerate(above) if not text}
        begins = {place for place, text in enumerate(above) if text and not following[place]}
        return places <= blank | begins and bool(places & blank)

    def _looks_like_names(self, row: int, places: set[int]) -> bool:
        """Half of the texts are known names, or numbers stand below them; and no text stands below once more."""
        texts = {place: self.texts[row][place] for place in places}
        for other in self.texts[row + 1 : row + 1 + _BELOW]:
            again = [other[place] == text for place, text in texts.items()]
            if any(again) and not all(again):  # all of them: the header once more, after a page break
                return False
        known = sum(words.is_known_name(text) for text in texts.values() if len(text) > 1)
        return 2 * known >= len(texts) or self._changes(row) > 0

    def joined(self, first: int, last: int) -> list[str]:
        """The names of all columns; a cell merged over several rows, or repeated, counts once."""
        levels = [list(self.covered[row]) for row in range(first, last + 1)]
        if not self.merged_known:
            for upper, lower in itertools.pairwise(levels):
                _fill_right(upper, lower)
        names = []
        for column in zip(*levels, strict=True):
            parts = [words.name_of(text) for text in column if text]
            names.append(_joined(dict.fromkeys(parts)))
        return names

    def numbers_columns(self, row: int) -> bool:
        """Does a row number the columns from 1 on? Only where text stands below some of the numbers."""
        if row >= len(self.texts):
            return False
        given = [(place, text) for place, text in enumerate(self.texts[row]) if text]
        numbers = words.column_numbers(text for _, text in given)
        if len(numbers) < 4 or len(numbers) < 0.7 * len(given) or numbers != list(range(1, len(numbers) + 1)):
            return False
        below = self.cells[row + 1 : row + 1 + _BELOW]
        return any(
            any(words.text_of(cell) and not words.is_number_like(cell) for cell in below[:, place])
            for place, _ in given
        )


def _fill_right(upper: list[str], lower: list[str]) -> None:
    """A group's name over the columns to its right that have a name of their own below and none above."""
    for place in range(1, len(upper)):
        if not upper[place] and lower[place] and lower[place - 1]:
            upper[place] = upper[place - 1]


def _is_row_of_units(texts: Sequence[str]) -> bool:
    """Units, and where there is none to give nothing or a dash; two at least."""
    units = [text for text in texts if words.is_unit(text)]
    return len(units) > 1 and all(words.is_unit(text) or words.is_no_unit(text) for text in texts)


def _joined(parts: Iterable[str]) -> str:
    """``位置`` over ``乡镇`` is ``位置/乡镇``; a unit in brackets below a name belongs to it: ``井深（米）``."""
    name = ""
    for part in parts:
        unit = part[:1] in "(（[【" and part[-1:] in ")）]】"
        name = f"{name}{part}" if unit or not name else f"{name}/{part}"
    return name
