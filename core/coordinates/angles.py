"""Longitudes and latitudes as registers write them: decimal degrees, or degrees, minutes and seconds as text.

Read are ``89.2083``, ``89°12′30.5″`` with any of the signs in use (``°'"``, ``度分秒``, ``º’”``), ``89°12.5′``,
``89°12′30″.5``, ``89-12-30.5``, ``89:12:30``, ``89 12 30``, each with a leading minus or with the hemisphere before or
after it (``E``, ``W``, ``N``, ``S``, ``东经``, ``西经``, ``北纬``, ``南纬``), in half or full width. South and west are
negative. A text that can be read in two ways is not read: ``891230.5`` without separators, ``89-12`` in two parts.

    degrees = ± (d + m / 60 + s / 3600),    0 ≤ m < 60, 0 ≤ s < 60, at most 180°
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

NUMBER, NUMBER_TEXT, DMS = "number", "number_text", "dms"
MAX_DEGREES = 180.0
MAX_LENGTH = 100
"""A longer text is no angle; it is not even looked at."""

_DEGREE_SIGNS = dict.fromkeys("º˚゜○", "°")
_MINUTE_SIGNS = dict.fromkeys("’‘′´`ˊ＇", "'")
_SECOND_SIGNS = dict.fromkeys("”“″〃＂˝", '"')
_DASHES = dict.fromkeys("－−–—―‐‑", "-")
_SIGNS = str.maketrans({**_DEGREE_SIGNS, **_MINUTE_SIGNS, **_SECOND_SIGNS, **_DASHES})

_NUMBERS = (int, float, np.integer, np.floating, Decimal)
_HEMISPHERE = r"东经|西经|北纬|南纬|[EWNS东西南北]"
_NEGATIVE = tuple("SW南西")
_WHOLE, _REAL = r"[0-9]{1,3}", r"[0-9]{1,3}(?:\.[0-9]*)?"
_LABELLED = re.compile(
    rf"(?P<before>{_HEMISPHERE})?[: ]*(?P<sign>[+-])?(?P<angle>[0-9.][^A-Z东西南北]*?) *(?P<after>{_HEMISPHERE})?"
)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(E[+-]?[0-9]+)?")
_DECIMAL = re.compile(r"(?P<d>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[°度]?")
_FORMS = (
    re.compile(rf"""(?P<d>{_WHOLE})[°度](?P<m>{_WHOLE})(?:['分](?:(?P<s>{_REAL})["秒]?)?)?"""),
    re.compile(rf"(?P<d>{_WHOLE})[°度](?P<m>{_REAL})['分]?(?P<s>)"),
    re.compile(rf"(?P<d>{_WHOLE})-(?P<m>{_WHOLE})-(?P<s>{_REAL})"),
    re.compile(rf"(?P<d>{_WHOLE}):(?P<m>{_WHOLE}):(?P<s>{_REAL})"),
    re.compile(rf"(?P<d>{_WHOLE}) +(?P<m>{_WHOLE}) +(?P<s>{_REAL})"),
)
_USUAL = re.compile(r"""([0-9]{1,3})[°度]([0-9]{1,2})[′'分]([0-9]{1,2}(?:\.[0-9]*)?)[″"秒]""")
"""The form of most cells, read without further ado: columns are long."""

_SPACED = re.compile(r""" ?([°'":度分秒]) ?""")
_FRACTION_BEHIND = re.compile(r"""(["秒])(\.[0-9]+)""")

Read = tuple[float, bool, str]
"""Degrees (NaN if there are none), whether the cell could not be read, and how it was written."""

_EMPTY: Read = (math.nan, False, "")
_UNREADABLE: Read = (math.nan, True, "")


def to_degrees(cells: Sequence[object]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Decimal degrees of cells of any kind, each distinct one read once.

    Args:
        cells: numbers and texts, mixed as they come.

    Returns:
        The degrees (float64, NaN for empty and unreadable cells), the mask of the cells that cannot be read (an empty
        cell is none of them), and how each was written: ``number``, ``number_text``, ``dms`` or an empty text.
    """
    dtype = getattr(cells, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "fiu":
        return _of_numbers(np.asarray(cells, dtype="float64"))
    objects = np.empty(len(cells), dtype=object)
    objects[:] = list(cells)
    return _of_objects(objects)


def _of_numbers(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    bad = np.abs(values) > MAX_DEGREES
    degrees = np.where(bad, np.nan, values)
    return degrees, bad, np.where(np.isnan(degrees), "", NUMBER)


def _of_objects(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    known: dict[tuple[type, object], int] = {}
    read: list[Read] = []
    codes = np.empty(len(cells), dtype="int64")
    for place, cell in enumerate(cells.tolist()):
        key = (type(cell), cell if isinstance(cell, str | int | float) else id(cell))
        code = known.get(key)
        if code is None:  # NaN differs from itself and is read each time
            code = known[key] = len(read)
            read.append(_read(cell))
        codes[place] = code
    if not read:
        return np.empty(0), np.empty(0, dtype=bool), np.empty(0, dtype=f"<U{len(NUMBER_TEXT)}")
    degrees, bad, kinds = zip(*read, strict=True)
    return np.array(degrees, dtype="float64")[codes], np.array(bad)[codes], np.array(kinds)[codes]


def _read(cell: object) -> Read:
    if isinstance(cell, str):
        return _of_text(cell)
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return _EMPTY
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, _NUMBERS):
        return _UNREADABLE
    if cell.is_nan() if isinstance(cell, Decimal) else cell != cell:
        return _EMPTY
    # Compared before the conversion: a whole number may be too large for a float.
    return (float(cell), False, NUMBER) if abs(cell) <= MAX_DEGREES else _UNREADABLE


def _of_text(cell: str) -> Read:
    if len(cell) > MAX_LENGTH:
        return _UNREADABLE if cell.strip() else _EMPTY
    usual = _USUAL.fullmatch(cell)
    if usual:
        return _bounded(_sum(*usual.groups()), DMS)
    if _NUMBER.fullmatch(cell):
        return _bounded(float(cell), NUMBER_TEXT)
    # Signs first: NFKC turns º into the letter o and ″ into two minute signs.
    text = unicodedata.normalize("NFKC", cell.translate(_SIGNS)).translate(_SIGNS)
    text = _SPACED.sub(r"\1", " ".join(text.upper().replace("''", '"').split()))
    if not text:
        return _EMPTY
    if _NUMBER.fullmatch(text):
        return _bounded(float(text), NUMBER_TEXT)
    found = _LABELLED.fullmatch(text)
    if not found or (found["before"] and found["after"]):
        return _UNREADABLE
    hemisphere = found["before"] or found["after"] or ""
    if found["sign"] and hemisphere:
        return _UNREADABLE  # which of the two is meant?
    size, kind = _size(_FRACTION_BEHIND.sub(r"\2\1", found["angle"]))
    negative = found["sign"] == "-" or hemisphere[:1] in _NEGATIVE
    return _bounded(-size if negative else size, kind)


def _size(angle: str) -> tuple[float, str]:
    """The angle without its sign, NaN if it cannot be read; and its form."""
    decimal = _DECIMAL.fullmatch(angle)
    if decimal:
        return float(decimal["d"]), NUMBER_TEXT
    for form in _FORMS:
        found = form.fullmatch(angle)
        if found:
            return _sum(found["d"], found["m"], found["s"]), DMS
    return math.nan, ""


def _sum(degrees: str, minutes: str, seconds: str | None) -> float:
    """d + m / 60 + s / 3600, NaN if there are 60 minutes or seconds."""
    m, s = float(minutes), float(seconds or 0)
    return float(degrees) + m / 60 + s / 3600 if m < 60 and s < 60 else math.nan


def _bounded(degrees: float, kind: str) -> Read:
    return (degrees, False, kind) if abs(degrees) <= MAX_DEGREES else _UNREADABLE
