"""Names: finding the unit that a recorded text means, and the key that a misspelt one was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Protocol

from ..schema import normal_name

CODE_LENGTHS = (2, 4, 6, 9, 12)
"""Digits of a division code by level: province, prefecture, county, township, village."""


class Named(Protocol):
    """Anything with an id, names and aliases."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


def nearest(found: str, known: Iterable[str]) -> str | None:
    """The known key that a misspelt one was probably meant to be; None when none is close."""
    close = difflib.get_close_matches(found, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


class UnitNames:
    """Exact look-up of units by code, name and alias."""

    def __init__(self, units: Iterable[Named]) -> None:
        self._ids = {
            normal_name(text): unit.id
            for unit in units
            for text in (unit.id, unit.name, unit.name_en, *unit.aliases)
            if text
        }

    def resolve(self, text: object) -> str | None:
        """The id of the unit, or None."""
        if text is None:
            return None
        wanted = normal_name(text)
        if wanted in self._ids:
            return self._ids[wanted]
        return self._by_code(wanted) if wanted.isascii() and wanted.isdigit() else None

    def _by_code(self, code: str) -> str | None:
        """A longer code belongs to the county it begins with; zeros at the end of a code say nothing."""
        if len(code) not in CODE_LENGTHS:
            return None
        if len(code) > 6 and code[:6] in self._ids:
            return self._ids[code[:6]]
        for length in CODE_LENGTHS:
            if length < len(code) and not code[length:].strip("0"):
                return self._ids.get(code[:length])
        return None
