"""Numbers as people write them in tables: separators, full-width digits, a unit behind the figure."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real

from ..schema import Field, normal_name
from .vocabulary import SourceUnit, unit_named, vocabulary

PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
"""A number that needs no repair."""

_GROUPED = re.compile(r"([+-]?)([0-9]{1,3}(?:[, '][0-9]{3})+)(\.[0-9]+)?")
_WITH_UNIT = re.compile(
    r"([+-]?[0-9][0-9, ']*(?:\.[0-9]+)?|[+-]?\.[0-9]+)\s*([^0-9\s].{0,19}?(?:\s*[a-z]{1,10})?)", re.I
)
_FULL_WIDTH = re.compile("[\uff01-\uff5e\u3000]")
_MULTIPLES = {"万": 10_000, "亿": 100_000_000, "千": 1_000}
_COUNTED = {"year": ("年", "年度"), "month": ("月", "月份")}


@dataclass(frozen=True)
class Number:
    """A number read from a cell: `value` in the field's unit (None: the cell says that there is none), `kinds` of
    repair it took, in order; `unit` where the cell itself names one."""

    value: float | None
    kinds: tuple[str, ...] = ()
    unit: SourceUnit | None = None


def read_number(cell: object, field: Field, unit: SourceUnit | None) -> Number | None:
    """The number in a cell, or None where it cannot be read for certain.

    Args:
        unit: the unit of the column; a unit in the cell itself wins. None: the field's own.
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (Real, Decimal)):
        return _scaled(float(cell), unit, ())
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    word = normal_name(text)
    if word in vocabulary().nothing or word in vocabulary().no_number:
        return Number(None, ("nothing",))
    kinds = ("width",) if _FULL_WIDTH.search(str(cell)) else ()
    if PLAIN.fullmatch(text):
        return _scaled(float(text), unit, kinds)
    figure = _grouped(text)
    if figure is not None:
        return _scaled(figure, unit, (*kinds, "separators"))
    return _with_unit(text, field, unit, kinds)


def _grouped(text: str) -> float | None:
    """A number with thousands set apart in groups of three; ``1,23`` is none, since it may be a decimal comma."""
    match = _GROUPED.fullmatch(text)
    if match is None or len({letter for letter in match[2] if not letter.isdigit()}) != 1:
        return None
    digits = re.sub(r"[^0-9]", "", match[2])
    return float(f"{match[1]}{digits}{match[3] or ''}")


def _with_unit(text: str, field: Field, unit: SourceUnit | None, kinds: tuple[str, ...]) -> Number | None:
    match = _WITH_UNIT.fullmatch(text)
    if match is None:
        return None
    figure = match[1].strip()
    value = float(figure) if PLAIN.fullmatch(figure) else _grouped(figure)
    if value is None:
        return None
    word = match[2].strip()
    if word in _COUNTED.get(field.name, ()):
        return Number(value, (*kinds, "unit_in_cell"))
    own = unit_named(field, word)
    if own is not None:
        return _scaled(value, own, (*kinds, "unit_in_cell"), own)
    if word in _MULTIPLES:
        return _scaled(value * _MULTIPLES[word], unit, (*kinds, "multiple"))
    return None


def _scaled(
    value: float, unit: SourceUnit | None, kinds: tuple[str, ...], named: SourceUnit | None = None
) -> Number | None:
    if not math.isfinite(value):
        return None
    if unit is not None and not unit.is_canonical:
        value, kinds = unit.convert(value), (*kinds, "unit")
    return Number(value, kinds, named) if math.isfinite(value) else None
