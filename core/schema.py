"""The schema as data: roles of the register and result tables, read from resources/*.toml.

`register_schema()` holds the input roles (resources/register.toml), `results_schema()` the result tables
(resources/results.toml, which may use the enumerations and units of the register). Both are cached and
immutable. Column names are matched after :func:`normal_name`; a label counts as an alias, for a field with a unit
only together with that unit, as in ``Depth (m)``, because a bare name would leave the unit open.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .messages import Token

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
TYPES = ("text", "real", "integer", "date", "bool", "blob")
GEOMETRIES = ("point", "polygon", "line", "none")
LANGUAGES = ("en", "zh")


def normal_name(text: object) -> str:
    """A column name or value as compared: NFKC (full width becomes half width), no white space, case folded."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()


@dataclass(frozen=True)
class Labelled:
    """A label in English and Chinese."""

    en: str
    zh: str

    def label(self, language: str) -> str:
        """The label in ``"en"`` or ``"zh"``; any other language gives English."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Unit(Labelled):
    """A unit of measurement; `aliases` are other spellings of it, `least` is the smallest plausible amount."""

    name: str
    aliases: tuple[str, ...] = ()
    least: float | None = None


@dataclass(frozen=True)
class EnumValue(Labelled):
    """One token of an enumeration; `aliases` are other words that mean exactly this token."""

    token: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field(Labelled):
    """One field of a role.

    `type` is text, real, integer, date, bool or blob (bytes); `enum` names an enumeration ("" = none); `many` marks a
    list joined by ``;``; `required` means that the column must exist; `personal` marks personal data, `json` text
    holding JSON; `minimum` and `maximum` bound a whole number, both included; one outside cannot be read. `least`,
    `above` (not included) and `most` say what is plausible: a form warns, nothing is refused.
    """

    name: str
    type: str
    required: bool = False
    unit: str = ""
    enum: str = ""
    many: bool = False
    personal: bool = False
    json: bool = False
    minimum: int | None = None
    maximum: int | None = None
    least: float | None = None
    above: float | None = None
    most: float | None = None
    aliases: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    unit_label: Unit | None = None

    def heading(self, language: str) -> str:
        """The label followed by the unit, as a column heading: ``Depth (m)``."""
        label = self.label(language)
        return f"{label} ({self.unit_label.label(language)})" if self.unit_label else label

    @property
    def token(self) -> Token:
        """The name of the field for a message, which shows it with its label."""
        return Token(self.name, {"en": self.en, "zh": self.zh})


@dataclass(frozen=True)
class Role(Labelled):
    """One layer or table.

    `key` is its id; rows of one id that differ in an `editions` field are no repeats; of the `any_of` fields at least
    one column must exist. `fields` keep the order of the contract.
    """

    name: str
    geometry: str
    key: tuple[str, ...]
    fields: Mapping[str, Field] = field(default_factory=dict)
    editions: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()

    @property
    def is_place(self) -> bool:
        """True for a layer with geometry, false for a table."""
        return self.geometry != "none"

    @property
    def token(self) -> Token:
        """The name of the role for a message, which shows it with its label."""
        return Token(self.name, {"en": self.en, "zh": self.zh})

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the fields whose column must exist."""
        return tuple(name for name, item in self.fields.items() if item.required)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Normalised column name (canonical, label or alias) to field name."""
        found: dict[str, str] = {}
        for item in self.fields.values():
            for text in (item.name, *column_aliases(item)):
                found.setdefault(normal_name(text), item.name)
        return MappingProxyType(found)


@dataclass(frozen=True)
class Schema:
    """All roles (or result tables), enumerations and units of one file."""

    version: int
    units: Mapping[str, Unit]
    enums: Mapping[str, Mapping[str, EnumValue]]
    roles: Mapping[str, Role]

    @property
    def tables(self) -> Mapping[str, Role]:
        """The same as `roles`, for the result tables."""
        return self.roles

    @cached_property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        """Per enumeration: normalised token, label or alias to token; a word of two tokens is left out."""
        return MappingProxyType(
            {name: MappingProxyType(_words(values)) for name, values in self.enums.items()}
        )

    def label(self, enum: str, token: str, language: str) -> str:
        """The label of a token, or the token itself where the enumeration does not know it."""
        value = self.enums[enum].get(token)
        return value.label(language) if value else token


def column_aliases(item: Field) -> tuple[str, ...]:
    """Every other name of a field: its aliases, and its labels (with the unit where it has one)."""
    if item.unit_label is None:
        return (*item.aliases, item.en, item.zh)
    spellings = dict.fromkeys((item.unit_label.en, item.unit_label.zh, item.unit, *item.unit_label.aliases))
    with_unit = tuple(f"{label}({unit})" for label in (item.en, item.zh) for unit in spellings)
    return (*item.aliases, *with_unit)


@lru_cache(maxsize=1)
def register_schema() -> Schema:
    """The roles of the register, from resources/register.toml."""
    return load_schema(RESOURCES / "register.toml")


@lru_cache(maxsize=1)
def results_schema() -> Schema:
    """The result tables, from resources/results.toml, with the enumerations and units of the register."""
    return load_schema(RESOURCES / "results.toml", register_schema())


def load_schema(path: Path, base: Schema | None = None) -> Schema:
    """Read one schema file. `base` supplies enumerations and units that the file does not define itself.

    Raises:
        ValueError: names file, key, what was found and what is allowed. A schema file is part of the program.
    """
    with path.open("rb") as stream:
        data = tomllib.load(stream)
    tables = data.get("roles", {}) or data.get("tables", {})
    units = dict(base.units) if base else {}
    units.update((name, Unit(**_tuples(item), name=name)) for name, item in data.get("units", {}).items())
    enums: dict[str, Mapping[str, EnumValue]] = dict(base.enums) if base else {}
    for name, values in data.get("enums", {}).items():
        enums[name] = MappingProxyType(
            {token: EnumValue(**_tuples(v), token=token) for token, v in values.items()}
        )
    if "role" not in enums:
        enums["role"] = MappingProxyType(
            {name: EnumValue(en=item["en"], zh=item["zh"], token=name) for name, item in tables.items()}
        )
    roles = {name: _role(path, name, tables, units, enums) for name in tables}
    return Schema(data["version"], MappingProxyType(units), MappingProxyType(enums), MappingProxyType(roles))


def _role(
    path: Path,
    name: str,
    tables: Mapping[str, Any],
    units: Mapping[str, Unit],
    enums: Mapping[str, Mapping[str, EnumValue]],
) -> Role:
    item = dict(tables[name])
    own = {
        key: _field(path, f"{name}.{key}", key, spec, units, enums)
        for key, spec in item.pop("fields").items()
    }
    parent, after = item.pop("inherits", ""), item.pop("inherits_after", "")
    optional = item.pop("optional", [])
    fields: dict[str, Field] = {}
    for key, value in own.items():
        fields[key] = value
        if parent and key == after:
            for other, spec in tables[parent]["fields"].items():
                spec = {**spec, "required": spec.get("required", False) and other not in optional}
                fields[other] = own.get(other) or _field(path, f"{name}.{other}", other, spec, units, enums)
    _allowed(path, f"{name}.geometry", item["geometry"], GEOMETRIES)
    for key in (*item["key"], *item.get("editions", []), *item.get("any_of", [])):
        _allowed(path, f"{name}: key, editions or any_of", key, tuple(fields))
    return Role(**_tuples(item), name=name, fields=MappingProxyType(fields))


def _field(
    path: Path,
    where: str,
    name: str,
    spec: Mapping[str, Any],
    units: Mapping[str, Unit],
    enums: Mapping[str, Mapping[str, EnumValue]],
) -> Field:
    _allowed(path, f"{where}.type", spec["type"], TYPES)
    if "enum" in spec:
        _allowed(path, f"{where}.enum", spec["enum"], tuple(enums))
    if "unit" in spec:
        _allowed(path, f"{where}.unit", spec["unit"], tuple(units))
    return Field(**_tuples(spec), name=name, unit_label=units.get(spec.get("unit", "")))


def _allowed(path: Path, where: str, found: str, allowed: tuple[str, ...]) -> None:
    if found not in allowed:
        raise ValueError(f"{path.name}: {where}: found {found!r}, allowed: {', '.join(allowed)}")


def _tuples(item: Mapping[str, Any]) -> dict[str, Any]:
    """Lists of TOML as tuples, so that the frozen records stay hashable."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}


def _words(values: Mapping[str, EnumValue]) -> dict[str, str]:
    claims: dict[str, set[str]] = {}
    for token, value in values.items():
        for text in (token, value.en, value.zh, *value.aliases):
            claims.setdefault(normal_name(text), set()).add(token)
    # A token always means itself, even where it is also another token's label.
    claims.update({normal_name(token): {token} for token in values})
    return {word: next(iter(tokens)) for word, tokens in claims.items() if len(tokens) == 1}
