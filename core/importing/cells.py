"""A raw column to the type, unit and words of its field, with what was done to each cell.

Nothing is guessed: a cell that cannot be read for certain becomes empty and is a problem. Work is done once per
distinct cell; columns that are plain throughout take a short road.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from ..intake.values import (
    EXACT_FLOAT,
    FIRST_DAY,
    LAST_DAY,
    LIST_SEPARATOR,
    convert,
    distinct,
    empty,
    is_clean,
)
from ..schema import Field, normal_name
from .days import Day, read_day
from .numbers import PLAIN, Number, read_number
from .vocabulary import SourceUnit, vocabulary

AS_IS: tuple[str, ...] = ()
FOR_EMPTY = ""
"""The word whose token fills empty cells, where somebody gave it."""

_LIST_SIGNS = re.compile(r"[;；、，,|\n\r]+")
_LIST_MARKS = re.compile(r"[;；|\n\r]+")
_ID_NAME = re.compile(r"(.*_)?(id|no|ids)|replaces|edition|adcode")
_PLAIN_COLUMN = re.compile(rf"(?:{PLAIN.pattern}\n)*")
_ISO_COLUMN = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}\n)*")
_ERROR_CELL = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)", re.I)


@dataclass(frozen=True)
class Converted:
    """One column after conversion.

    Attributes:
        values: canonical array of the field's type.
        bad: cells that could not be read; they are empty in `values`.
        void: cells that were empty in the source.
        codes: per cell the place in `kinds`; 0 is a cell taken as it was.
        kinds: kinds of repair, distinct; the first is ``()``.
    """

    values: Any
    bad: np.ndarray
    void: np.ndarray
    codes: np.ndarray
    kinds: tuple[tuple[str, ...], ...] = (AS_IS,)

    @property
    def changed(self) -> np.ndarray:
        """Cells whose value differs from what stood in the source."""
        return self.codes > 0

    def counts(self) -> dict[str, int]:
        """Kinds of repair with the number of cells that took them."""
        times = np.bincount(self.codes, minlength=len(self.kinds))
        tally: dict[str, int] = {}
        for kinds, count in zip(self.kinds, times.tolist(), strict=True):
            for kind in kinds:
                tally[kind] = tally.get(kind, 0) + count
        return dict(sorted(tally.items()))


def with_merged(read: Converted, where: np.ndarray) -> Converted:
    """The same column, with the rows at `where` marked as filled from a merged cell before all else."""
    kinds = list(read.kinds)
    codes = read.codes.copy()
    for code in np.unique(codes[where]).tolist():
        codes[where[read.codes[where] == code]] = len(kinds)
        kinds.append(("merged", *read.kinds[code]))
    return replace(read, codes=codes, kinds=tuple(kinds))


def convert_column(
    raw: pd.Series,
    field: Field,
    unit: SourceUnit | None = None,
    words: Mapping[str, str] | None = None,
) -> Converted:
    """Convert one column of a source to a field.

    Args:
        raw: cells as they are stored; text, numbers, days, truth values, None.
        unit: unit of the column, None for the field's own.
        words: normalised word → token, for an enumeration; ``FOR_EMPTY`` stands for an empty cell.
    """
    short = _short_road(raw, field, unit)
    if short is not None:
        return short
    cells, codes = distinct(raw.to_numpy(dtype=object))
    read = _read_cells(cells, field, unit, words)
    void = np.fromiter((_is_void(cell) for cell in cells), dtype=bool, count=len(cells))
    if words is not None and FOR_EMPTY in words:
        read = [
            (words[FOR_EMPTY], ("filled",)) if gone else one for one, gone in zip(read, void, strict=True)
        ]
        void[:] = False
    bad = np.fromiter((item is None for item in read), dtype=bool, count=len(cells)) & ~void
    kinds: dict[tuple[str, ...], int] = {AS_IS: 0}
    places = [0 if item is None else kinds.setdefault(item[1], len(kinds)) for item in read]
    values = _array([None if item is None else item[0] for item in read], field)
    return Converted(
        values[codes], bad[codes], void[codes], np.array(places, dtype="int64")[codes], tuple(kinds)
    )


def as_text(value: object) -> str:
    """A cell as it is kept on record: text as it is, numbers without a fraction they do not have, days in ISO form."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return (
            str(int(value)) if float(value).is_integer() and abs(value) <= EXACT_FLOAT else repr(float(value))
        )
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, (datetime, date)):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)


def _short_road(raw: pd.Series, field: Field, unit: SourceUnit | None) -> Converted | None:
    """Columns in which every cell is as the field wants it; None where a cell has to be looked at."""
    if unit is not None and not unit.is_canonical:
        return None
    size = len(raw)
    if field.type == "real" and raw.dtype.kind == "f":
        values = raw.to_numpy(dtype="float64")
        if np.isinf(values).any():
            return None
        return Converted(values, np.zeros(size, bool), np.isnan(values), np.zeros(size, "int64"))
    if raw.dtype != object or not (field.type in ("real", "date") or _is_free_text(field)):
        return None
    cells = raw.to_numpy()
    void = pd.isna(cells) | (cells == "")
    given = cells[~void]
    if len(given) == 0 or pd.api.types.infer_dtype(given, skipna=False) != "string":
        return None
    read = _plain_texts(given, field) if field.type == "text" else _read_plain(given, field)
    if read is None:
        return None
    nothing = {"real": np.nan, "date": np.datetime64("NaT"), "text": None}[field.type]
    values = np.full(size, nothing, dtype=read.dtype)
    values[~void] = read
    return Converted(values, np.zeros(size, bool), void, np.zeros(size, "int64"))


def _read_plain(texts: np.ndarray, field: Field) -> np.ndarray | None:
    """Numbers or ISO days that are all written plainly; None where one is not. Looks at one long text."""
    joined = "\n".join(texts) + "\n"
    pattern = _PLAIN_COLUMN if field.type == "real" else _ISO_COLUMN
    if joined.count("\n") != len(texts) or not pattern.fullmatch(joined):
        return None
    if field.type == "real":
        values = texts.astype("float64")
        return None if np.isinf(values).any() else values
    try:
        days = texts.astype("datetime64[D]")
    except ValueError:  # a day that does not exist: the long road finds which
        return None
    return None if ((days < FIRST_DAY) | (days > LAST_DAY)).any() else days.astype("datetime64[ns]")


def _plain_texts(texts: np.ndarray, field: Field) -> np.ndarray | None:
    """Free text that is all kept as it is; None where a cell has to be looked at. Looks at one long text."""
    joined = "\n".join(texts)
    half = unicodedata.normalize("NFKC", joined)
    words = half.casefold().split()
    if "#" in joined or len(words) != len(texts) or not is_clean(texts):
        return None
    if (_is_id(field) and half != joined) or not _nothing(field).isdisjoint(words):
        return None
    return texts


def _is_free_text(field: Field) -> bool:
    return field.type == "text" and not field.many and not field.enum


def _is_id(field: Field) -> bool:
    return bool(_ID_NAME.fullmatch(field.name))


def _nothing(field: Field) -> frozenset[str]:
    """Words that say that a text is not there."""
    return vocabulary().nothing | (vocabulary().no_number if _is_id(field) else frozenset())


def _is_void(cell: object) -> bool:
    if isinstance(cell, str):
        return not cell.strip()
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    if isinstance(cell, np.datetime64):
        return bool(np.isnat(cell))
    return isinstance(cell, (float, np.floating)) and bool(np.isnan(cell))


Read = tuple[Any, tuple[str, ...]] | None
"""What a cell is read as: its value and the kinds of repair; None where it cannot be read."""


def _read_cells(
    cells: list, field: Field, unit: SourceUnit | None, words: Mapping[str, str] | None
) -> list[Read]:
    """Each cell read for a field; None for an empty one too."""
    if _is_free_text(field):
        return _read_texts(cells, field)
    reader = _reader(field, unit, words)
    return [None if _is_void(cell) else reader(cell) for cell in cells]


def _reader(
    field: Field, unit: SourceUnit | None, words: Mapping[str, str] | None
) -> Callable[[object], Read]:
    """The function that reads one cell of a field that is not free text."""
    if field.type == "real":
        return lambda cell: _of_number(read_number(cell, field, unit))
    if field.type == "integer":
        return lambda cell: _whole(read_number(cell, field, unit), field)
    if field.type == "date":
        return lambda cell: _of_day(read_day(cell))
    if field.type == "bool":
        return _read_bool
    if field.many:
        return lambda cell: _read_list(cell, field, words)
    return lambda cell: _read_word(cell, words or {})


def _of_number(found: Number | None) -> Read:
    return None if found is None else (found.value, found.kinds)


def _whole(found: Number | None, field: Field) -> Read:
    if found is None or found.value is None:
        return _of_number(found)
    whole = found.value.is_integer() and abs(found.value) <= EXACT_FLOAT
    low, high = field.minimum, field.maximum
    if not whole or (low is not None and found.value < low) or (high is not None and found.value > high):
        return None
    return int(found.value), found.kinds


def _of_day(found: Day | None) -> Read:
    if found is None or found.value is None:
        return None if found is None else (None, found.kinds)
    within = FIRST_DAY.item() <= found.value <= LAST_DAY.item()
    return (found.value.isoformat(), found.kinds) if within else None


def _read_bool(cell: object) -> Read:
    if isinstance(cell, (bool, np.bool_)):
        return bool(cell), AS_IS
    word = normal_name(as_text(cell))
    kinds = AS_IS if word in ("0", "1", "true", "false") else ("word",)
    if word in vocabulary().yes:
        return True, kinds
    if word in vocabulary().no:
        return False, kinds
    return (None, ("nothing",)) if word in vocabulary().nothing else None


def _read_word(cell: object, words: Mapping[str, str]) -> Read:
    word = normal_name(as_text(cell))
    token = words.get(word)
    if token is not None:
        return token, AS_IS if token == cell else ("word",)
    return (None, ("nothing",)) if word in vocabulary().nothing else None


def _read_list(cell: object, field: Field, words: Mapping[str, str] | None) -> Read:
    text = unicodedata.normalize("NFKC", as_text(cell))
    if normal_name(text) in vocabulary().nothing | vocabulary().no_number:
        return None, ("nothing",)
    items = _parts(_LIST_SIGNS, text) if words is None else _tokens(text, words)
    if items is None:
        return None
    joined = LIST_SEPARATOR.join(dict.fromkeys(items))
    return joined or None, AS_IS if joined == cell else ("list",)


def _tokens(text: str, words: Mapping[str, str]) -> list[str] | None:
    """The tokens of a list of words. A word may hold a comma itself, so that is tried as a sign only in the end."""
    for signs in (_LIST_MARKS, _LIST_SIGNS):
        found = [words.get(normal_name(part)) for part in _parts(signs, text)]
        if None not in found:
            return [token for token in found if token]
    return None


def _parts(signs: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in signs.split(text) if part.strip()]


def _read_texts(cells: list, field: Field) -> list[Read]:
    """Cells of free text. An id is brought to half width; a word for "nothing" is none."""
    texts, bad = convert(pd.Series(cells, dtype=object), field)
    given = [text or "" for text in texts]
    half = _half_width(given)
    is_id, nothing = _is_id(field), _nothing(field)
    found: list[Read] = []
    for cell, text, plain, unreadable in zip(cells, given, half, bad.tolist(), strict=True):
        if unreadable or not text or (text[0] == "#" and _ERROR_CELL.fullmatch(text)):
            found.append(None)
        elif "".join(plain.split()).casefold() in nothing:
            found.append((None, ("nothing",)))
        elif is_id and plain != text:
            found.append((plain, ("width",)))
        else:
            found.append((text, AS_IS if text == cell or not isinstance(cell, str) else ("trimmed",)))
    return found


def _half_width(texts: list[str]) -> list[str]:
    """Each text in NFKC; in one go where no text holds a line break, since nothing combines across one."""
    at_once = unicodedata.normalize("NFKC", "\n".join(texts)).split("\n")
    if len(at_once) == len(texts):
        return at_once
    return [unicodedata.normalize("NFKC", text) for text in texts]


def _array(values: list, field: Field) -> Any:
    """Values of distinct cells as the canonical array of the field's type."""
    if field.type == "real":
        return np.array([np.nan if value is None else value for value in values], dtype="float64")
    if field.type == "date":
        return np.array([value or "NaT" for value in values], dtype="datetime64[ns]")
    if not values:
        return empty(field, 0)
    if field.type == "integer":
        return pd.array(values, dtype="Int64")
    if field.type == "bool":
        return pd.array(values, dtype="boolean")
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
