"""Cell values to canonical types: text, real, integer, date, bool, enumerations and lists.

Every converter takes a raw column of any dtype and returns the canonical array together with a mask of the cells that
could not be read. Such a cell becomes empty and is reported; nothing is guessed. Columns that already have the right
dtype take a short path; other cells are converted once per distinct value.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt

from ..personal import masked
from ..schema import Field, normal_name

EXACT_FLOAT = 2**53
"""Whole numbers beyond this lose digits in a float: an id read that way is no longer the id."""

LIST_SEPARATOR = ";"
FIRST_DAY = np.datetime64("1677-09-22", "D")
LAST_DAY = np.datetime64("2262-04-11", "D")

Converted = tuple[Any, np.ndarray]
"""The canonical array (numpy or pandas extension array) and the boolean mask of unreadable cells."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_ISO_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
_BOOLS = {"0": False, "false": False, "1": True, "true": True}
_BAD = object()


def convert(raw: pd.Series, item: Field, words: Mapping[str, str] | None = None) -> Converted:
    """Convert a raw column to the type of `item`; `words` maps the normalised words of its enumeration to tokens."""
    if item.type == "real":
        return to_real(raw)
    if item.type == "integer":
        return _bounded(*to_integer(raw), item)
    if item.type == "date":
        return to_date(raw)
    if item.type == "bool":
        return to_bool(raw)
    text, bad = to_text(raw)
    if item.many:
        text, foreign = _to_lists(text, words)
        return text, bad | foreign
    if words is not None:
        text, foreign = _to_tokens(text, words)
        return text, bad | foreign
    return text, bad


def empty(item: Field, size: int) -> Any:
    """The canonical column of a field that was not supplied."""
    if item.type == "real":
        return np.full(size, np.nan)
    if item.type == "integer":
        return pd.arrays.IntegerArray(np.zeros(size, dtype="int64"), np.ones(size, dtype=bool))
    if item.type == "date":
        return np.full(size, np.datetime64("NaT"), dtype="datetime64[ns]")
    if item.type == "bool":
        return pd.arrays.BooleanArray(np.zeros(size, dtype=bool), np.ones(size, dtype=bool))
    return np.full(size, None, dtype=object)


def to_text(raw: pd.Series) -> Converted:
    """Text in NFC without surrounding white space; whole numbers without a fraction (12.0 is ``12``).

    Unreadable: infinite numbers, whole numbers of more than 2**53 stored as floats, text that UTF-8 cannot hold,
    nested values.
    """
    if isinstance(raw.dtype, np.dtype) and raw.dtype.kind in "iu":
        return np.array(list(map(str, raw.tolist())), dtype=object), np.zeros(len(raw), dtype=bool)
    values = raw.to_numpy(dtype=object)
    if is_clean(values):
        return values, np.zeros(len(raw), dtype=bool)
    missing = pd.isna(values)
    if missing.any() and is_clean(values[~missing]):
        return np.where(missing, None, values), np.zeros(len(raw), dtype=bool)
    cells, codes = distinct(values)
    found, bad = _read(cells, _text_of)
    return _objects(found)[codes], bad[codes]


def to_real(raw: pd.Series) -> Converted:
    """Float64 from numbers and numeric text. Unreadable: anything else, infinite values, truth values."""
    if _is_number(raw):
        values = raw.to_numpy(dtype="float64", na_value=np.nan)
        bad = np.isinf(values)
        return (np.where(bad, np.nan, values) if bad.any() else values), bad
    cells, codes = distinct(raw.to_numpy(dtype=object))
    found, bad = _read(cells, _real_of)
    return np.array([np.nan if value is None else value for value in found], dtype="float64")[codes], bad[
        codes
    ]


def to_integer(raw: pd.Series) -> Converted:
    """Int64 from whole numbers and their text. Unreadable: fractions, infinite values, beyond 64 bits."""
    if pdt.is_signed_integer_dtype(raw.dtype):
        return pd.array(raw.array, dtype="Int64"), np.zeros(len(raw), dtype=bool)
    if pdt.is_float_dtype(raw.dtype):
        values = raw.to_numpy(dtype="float64", na_value=np.nan)
        missing = np.isnan(values)
        with np.errstate(invalid="ignore"):
            bad = ~missing & ~((np.floor(values) == values) & (np.abs(values) <= EXACT_FLOAT))
        whole = np.where(missing | bad, 0, values).astype("int64")
        return pd.arrays.IntegerArray(whole, missing | bad), bad
    cells, codes = distinct(raw.to_numpy(dtype=object))
    found, bad = _read(cells, _integer_of)
    whole = np.array([0 if value is None else value for value in found], dtype="int64")
    return pd.arrays.IntegerArray(whole[codes], _are_none(found)[codes]), bad[codes]


def _bounded(values: Any, bad: np.ndarray, item: Field) -> Converted:
    """Whole numbers outside the bounds of their field cannot be read."""
    if item.minimum is None and item.maximum is None:
        return values, bad
    number = values.to_numpy(dtype="float64", na_value=np.nan)
    low, high = (np.nan if bound is None else bound for bound in (item.minimum, item.maximum))
    outside = (number < low) | (number > high)
    return pd.array(pd.Series(values).mask(outside), dtype="Int64"), bad | outside


def to_date(raw: pd.Series) -> Converted:
    """Days as datetime64[ns] at midnight, from dates, timestamps (the day as written) and ISO text.

    Unreadable: any other text, numbers, days outside 1677-09-22 … 2262-04-11.
    """
    aware = isinstance(raw.dtype, pd.DatetimeTZDtype)
    if aware or (isinstance(raw.dtype, np.dtype) and raw.dtype.kind == "M"):
        local = raw.dt.tz_localize(None) if aware else raw
        days = local.to_numpy().astype("datetime64[D]")
        bad = (days < FIRST_DAY) | (days > LAST_DAY)  # NaT compares false
        days = np.where(bad, np.datetime64("NaT", "D"), days) if bad.any() else days
        return days.astype("datetime64[ns]"), bad
    cells, codes = distinct(raw.to_numpy(dtype=object))
    found, bad = _read(cells, _day_of)
    return np.array([value or "NaT" for value in found], dtype="datetime64[ns]")[codes], bad[codes]


def to_bool(raw: pd.Series) -> Converted:
    """Nullable booleans from truth values, the numbers 0 and 1, and the text 0, 1, true, false."""
    if pdt.is_bool_dtype(raw.dtype) and not pdt.is_object_dtype(raw.dtype):
        array = raw.array if isinstance(raw.array, pd.arrays.BooleanArray) else None
        if array is None and isinstance(raw.dtype, np.dtype):
            array = pd.arrays.BooleanArray(raw.to_numpy(copy=True), np.zeros(len(raw), dtype=bool))
        if array is not None:
            return array, np.zeros(len(raw), dtype=bool)
    cells, codes = distinct(raw.to_numpy(dtype=object))
    found, bad = _read(cells, _bool_of)
    truth = np.array([bool(value) for value in found], dtype=bool)
    return pd.arrays.BooleanArray(truth[codes], _are_none(found)[codes]), bad[codes]


def shown(value: object, limit: int = 60) -> str:
    """A raw value as a finding quotes it: at most `limit` characters, safe as UTF-8, numbers of persons masked."""
    text = masked((value if isinstance(value, str) else str(value))[: 4 * limit])
    text = storable(text[: limit + 1]).replace("\x00", "\\x00")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _is_number(raw: pd.Series) -> bool:
    return pdt.is_integer_dtype(raw.dtype) or pdt.is_float_dtype(raw.dtype)


def storable(text: str) -> str:
    """A text as every file can hold it: half of a surrogate pair as its code, ``\\ud83d``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def storable_column(column: Any) -> Any:
    """The array of a column that is carried on as it is, its texts as every file can hold them."""
    if not (pdt.is_object_dtype(column.dtype) or pdt.is_string_dtype(column.dtype)):
        return column
    cells = np.asarray(column, dtype=object)
    try:
        "".join(cell for cell in cells if isinstance(cell, str)).encode("utf-8")
    except UnicodeEncodeError:
        return _objects([storable(cell) if isinstance(cell, str) else cell for cell in cells])
    return column


def is_clean(values: np.ndarray) -> bool:
    """True if every cell is text that stays as it is. Looks at one long string instead of at every cell."""
    if pdt.infer_dtype(values, skipna=False) != "string":
        return False
    joined = "\n".join(values)
    if "\x00" in joined or not (joined.isascii() or _is_storable(joined)):
        return False
    words = joined.split()
    return len(words) == len(values) and "\n".join(words) == joined  # no cell is empty or holds white space


def _is_storable(text: str) -> bool:
    """Is a text in NFC, and can UTF-8 hold it?"""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return unicodedata.is_normalized("NFC", text)


def distinct(values: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """The distinct cells and, for each cell, the position of its like: ``cells[codes[i]]`` is like ``values[i]``."""
    cells = values.tolist()
    only_text = pdt.infer_dtype(values, skipna=True) in ("string", "empty")
    keys = cells if only_text else [_key(cell) for cell in cells]
    by_key = dict(zip(keys, cells, strict=True))
    place = {key: number for number, key in enumerate(by_key)}
    codes = np.fromiter(map(place.__getitem__, keys), dtype=np.intp, count=len(keys))
    return list(by_key.values()), codes


def _read(cells: list[Any], read: Callable[[Any], Any]) -> tuple[list[Any], np.ndarray]:
    """Apply `read`, which returns the value, None for empty or ``_BAD``; the latter becomes None and is marked."""
    found = [read(cell) for cell in cells]
    bad = np.fromiter((value is _BAD for value in found), dtype=bool, count=len(found))
    return [None if value is _BAD else value for value in found], bad


def _objects(values: list[Any]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _are_none(values: list[Any]) -> np.ndarray:
    return np.fromiter((value is None for value in values), dtype=bool, count=len(values))


def _key(cell: Any) -> Any:
    """Equal cells of different types (1, 1.0, True) are different cells; what cannot be hashed stands alone."""
    try:
        hash(cell)
    except TypeError:
        return (cell.__class__, id(cell))
    return (cell.__class__, cell)


def _is_missing(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, Real) and cell != cell)


def _clean(text: str) -> Any:
    """NFC, stripped, None if nothing is left; ``_BAD`` if a file could not hold it."""
    text = text.strip()
    if not text:
        return None
    if "\x00" in text:
        return _BAD
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _BAD
    return unicodedata.normalize("NFC", text)


def _text_of(cell: Any) -> Any:
    if isinstance(cell, str):
        return _clean(cell)
    if _is_missing(cell):
        return None
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if isinstance(cell, Integral):
        return str(int(cell))
    if isinstance(cell, (Real, Decimal)):
        return _text_of_real(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else _BAD


def _text_of_real(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        if not cell.is_finite():
            return None if cell.is_nan() else _BAD
        return str(int(cell)) if cell == cell.to_integral_value() else str(cell)
    value = float(cell)
    if not math.isfinite(value) or abs(value) > EXACT_FLOAT:
        return _BAD
    return str(int(value)) if value.is_integer() else repr(value)


def _plain_text(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _real_of(cell: Any) -> Any:
    if isinstance(cell, str):
        text = _plain_text(cell)
        if not text:
            return None
        cell = float(text) if _NUMBER.fullmatch(text) else _BAD
    elif _is_missing(cell) or (isinstance(cell, Decimal) and cell.is_nan()):
        return None
    if isinstance(cell, (bool, np.bool_)) or not isinstance(cell, (Real, Decimal)):
        return _BAD
    try:
        value = float(cell)
    except OverflowError:
        return _BAD
    return value if math.isfinite(value) else _BAD


def _integer_of(cell: Any) -> Any:
    if isinstance(cell, str):
        text = _plain_text(cell)
        if _WHOLE.fullmatch(text):
            cell = int(text)
    if isinstance(cell, Integral) and not isinstance(cell, (bool, np.bool_)):
        return int(cell) if -(2**63) <= int(cell) < 2**63 else _BAD
    value = _real_of(cell)
    if value is None or value is _BAD:
        return value
    return int(value) if value.is_integer() and abs(value) <= EXACT_FLOAT else _BAD


def _day_of(cell: Any) -> Any:
    """ISO text of the day."""
    if isinstance(cell, str):
        text = _plain_text(cell)
        if not text:
            return None
        match = _ISO_DAY.fullmatch(text)
        try:
            cell = date.fromisoformat(match.group(1)) if match else _BAD
        except ValueError:
            return _BAD
    elif _is_missing(cell):
        return None
    elif isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[D]").item()
    if isinstance(cell, datetime):
        cell = cell.date()
    if not isinstance(cell, date):
        return _BAD
    return cell.isoformat() if FIRST_DAY.item() <= cell <= LAST_DAY.item() else _BAD


def _bool_of(cell: Any) -> Any:
    if isinstance(cell, str):
        text = _plain_text(cell).casefold()
        return _BOOLS.get(text, _BAD) if text else None
    if _is_missing(cell):
        return None
    if isinstance(cell, (bool, np.bool_)):
        return bool(cell)
    return bool(cell) if isinstance(cell, Real) and cell in (0, 1) else _BAD


def _to_tokens(text: np.ndarray, words: Mapping[str, str]) -> Converted:
    cells, codes = distinct(text)
    found, bad = _read(cells, lambda cell: None if cell is None else words.get(normal_name(cell), _BAD))
    return _objects(found)[codes], bad[codes]


def _to_lists(text: np.ndarray, words: Mapping[str, str] | None) -> Converted:
    """The items of each list, each once, in order; marked where an item is not in the enumeration and was left out."""
    cells, codes = distinct(text)
    kept, bad = [], np.zeros(len(cells), dtype=bool)
    for number, cell in enumerate(cells):
        parts = (cell or "").replace("；", LIST_SEPARATOR).split(LIST_SEPARATOR)
        items = [part.strip() for part in parts if part.strip()]
        if words is not None:
            tokens = [words.get(normal_name(part)) for part in items]
            bad[number] = None in tokens
            items = [token for token in tokens if token]
        kept.append(LIST_SEPARATOR.join(dict.fromkeys(items)) or None)
    return _objects(kept)[codes], bad[codes]
