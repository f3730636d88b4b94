"""Days as people write them: 2024-1-5, 2024/01/05, 2024.1.5, 2024年1月5日, 20240105, serial numbers of Excel."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from numbers import Real

import numpy as np

from ..schema import normal_name
from .vocabulary import vocabulary

SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of Excel's 1900 system, moved by the leap day of 1900 that Excel invented (right from 1 March 1900 on)."""

FIRST_SERIAL, LAST_SERIAL = 14_611, 73_050
"""1 January 1940 to 31 December 2099. A smaller number may be a year (2024 would be 16 July 1905): it is not read."""

_SEPARATED = re.compile(
    r"([0-9]{4})\s*([-/.年])\s*([0-9]{1,2})\s*([-/.月])\s*([0-9]{1,2})\s*(?:日|号)?"
    r"(?:[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:\s*(?:Z|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_PACKED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0+)?")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_HAN = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_DIGITS = {
    "〇": 0,
    "零": 0,
    "○": 0,
    **{digit: value for value, digit in enumerate("一二三四五六七八九", start=1)},
}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?)?")


@dataclass(frozen=True)
class Day:
    """A day read from a cell (None: the cell says that there is none) and the kinds of repair it took."""

    value: date | None
    kinds: tuple[str, ...] = ()


def read_day(cell: object) -> Day | None:
    """The day in a cell, or None where it cannot be read for certain: incomplete, impossible, or in an order of day
    and month that may mean two days."""
    if isinstance(cell, np.datetime64):
        cell = None if np.isnat(cell) else cell.astype("datetime64[s]").item()
    if isinstance(cell, datetime):  # a day of Python or pandas
        return Day(cell.date())
    if isinstance(cell, date):
        return Day(cell)
    if isinstance(cell, Real) and not isinstance(cell, bool):
        return _of_number(float(cell))
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    if normal_name(text) in vocabulary().nothing:
        return Day(None, ("nothing",))
    match = _SEPARATED.fullmatch(text)
    if match is not None:
        return _of_parts(match, () if _ISO.fullmatch(str(cell).strip()) else ("day_text",))
    match = _PACKED.fullmatch(text)
    if match is not None:
        return _made(int(match[1]), int(match[2]), int(match[3]), ("day_text",))
    if _SERIAL.fullmatch(text):
        return _of_number(float(text))
    match = _HAN.fullmatch(text)
    if match is None:
        return None
    year = int("".join(str(_DIGITS[letter]) for letter in match[1]))
    return _made(year, _han(match[2]), _han(match[3]), ("day_text",))


def _of_parts(match: re.Match[str], kinds: tuple[str, ...]) -> Day | None:
    pairs = {"-": "-", "/": "/", ".": ".", "年": "月"}
    if pairs[match[2]] != match[4]:
        return None
    return _made(int(match[1]), int(match[3]), int(match[5]), kinds)


def _of_number(value: float) -> Day | None:
    if FIRST_SERIAL <= value < LAST_SERIAL + 1:
        return Day(SERIAL_ZERO + timedelta(days=int(value)), ("excel_serial",))
    if value.is_integer() and 19_000_101 <= value <= 29_991_231:
        whole = int(value)
        return _made(whole // 10_000, whole // 100 % 100, whole % 100, ("day_text",))
    return None


def _made(year: int, month: int, day: int, kinds: tuple[str, ...]) -> Day | None:
    try:
        return Day(date(year, month, day), kinds)
    except ValueError:
        return None


def _han(text: str) -> int:
    """A number up to 99 in Chinese: 五 5, 十 10, 十五 15, 二十 20, 二十一 21; 0 for anything else."""
    tens, mark, ones = text.rpartition("十")
    if not mark:
        return _DIGITS[text] if len(text) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
