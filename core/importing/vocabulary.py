"""The words an import understands beside the schema's names: units, yes and no, nothing, coordinate columns.

They are data (resources/import.toml) and compared after :func:`core.schema.normal_name`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from ..schema import RESOURCES, Field, normal_name

RATIO = "ratio"
"""Measure of a share: a field whose name ends in ``_ratio`` and that has no unit."""


@dataclass(frozen=True)
class SourceUnit:
    """A unit that a source may use: ``value · times / over`` is the value in the field's own unit."""

    name: str
    measure: str
    times: int = 1
    over: int = 1

    @property
    def factor(self) -> float:
        """``times / over``."""
        return self.times / self.over

    @property
    def is_canonical(self) -> bool:
        """Does a value stay as it is?"""
        return self.times == self.over

    def convert(self, value: float) -> float:
        """The value in the field's unit, rounded to 15 significant digits so that 0.07 万m³ are 700 m³."""
        return value if self.is_canonical else float(f"{value * self.times / self.over:.15g}")


@dataclass(frozen=True)
class Vocabulary:
    """`units`: measure → normalised word → unit. `yes`, `no`, `nothing`, `no_number`: normalised words.
    `coordinates`: kind of coordinate column → normalised names. `groups`: headings over others that add no meaning."""

    units: Mapping[str, Mapping[str, SourceUnit]]
    yes: frozenset[str]
    no: frozenset[str]
    nothing: frozenset[str]
    no_number: frozenset[str]
    coordinates: Mapping[str, frozenset[str]]
    groups: frozenset[str]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words of resources/import.toml."""
    with (RESOURCES / "import.toml").open("rb") as stream:
        data = tomllib.load(stream)
    units = {
        measure: MappingProxyType(
            {
                normal_name(word): SourceUnit(name, measure, unit["times"], unit["over"])
                for name, unit in named.items()
                for word in (name, *unit["words"])
            }
        )
        for measure, named in data["units"].items()
    }
    words = {name: frozenset(map(normal_name, listed)) for name, listed in data["words"].items()}
    places = {name: frozenset(map(normal_name, listed)) for name, listed in data["coordinates"].items()}
    groups = frozenset(map(normal_name, data["groups"]["neutral"]))
    return Vocabulary(MappingProxyType(units), **words, coordinates=MappingProxyType(places), groups=groups)


def below_groups(name: str) -> str:
    """A heading without the neutral headings over it: ``位置/乡镇`` → ``乡镇``; any other stays as it is."""
    group, mark, leaf = name.partition("/")
    if mark and normal_name(group) in vocabulary().groups:
        return below_groups(leaf)
    return name


def measure_of(field: Field) -> str:
    """What a field measures: its unit, ``ratio`` for a share, empty where it has none."""
    return field.unit or (RATIO if field.name.endswith("_ratio") else "")


def unit_named(field: Field, word: str) -> SourceUnit | None:
    """The unit that a word means for a field, or None where it is none of its measure."""
    return vocabulary().units.get(measure_of(field), {}).get(normal_name(word))


def units_of(field: Field) -> list[str]:
    """Names of the units that a field can be read in."""
    found = vocabulary().units.get(measure_of(field), {})
    return list(dict.fromkeys(unit.name for unit in found.values()))
