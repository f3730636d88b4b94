"""Which column is which field, and in which unit: exact names are taken, everything else is proposed.

Taken: the canonical name, an exact alias in Chinese or English, the same with a unit that is understood
(``许可水量(万m³)``, ``面积/亩``), a name that a shapefile cut at ten bytes where only one field can be meant, and
what a person or a saved mapping says. Proposed, never taken: names that leave the meaning open (hints), names alike or
beginning alike, and every name of two candidates.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..errors import OverdraftError
from ..intake.personal import personal_columns
from ..schema import Field, Role, column_aliases, normal_name, register_schema
from .vocabulary import SourceUnit, below_groups, measure_of, unit_named, units_of

LEAVE_OUT = "-"
CARRY_ON = "*"
DBF_NAME = 10
"""Bytes of a column name in a .dbf file."""

_BRACKETED = re.compile(r"(.+?)\s*[(\[【]\s*([^()\[\]【】]+?)\s*[)\]】]\s*")
_SIGNED = re.compile(r"(.+?)\s*[/,，:：_]\s*([^/,，:：_]+)")
_PREFIXES = (5, 3)
_ALIKE = 0.75


@dataclass(frozen=True)
class Column:
    """What a column of the source is taken for.

    Attributes:
        place: its position. name: as the source writes it.
        field: the field it fills, empty for none. matched_by: token of the enumeration ``matched_by``.
        unit: the unit of its figures, None for the field's own. candidates: fields it may be meant for.
    """

    place: int
    name: str
    field: str = ""
    matched_by: str = "extra"
    unit: SourceUnit | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What a person, or a saved mapping, says of the columns.

    Attributes:
        fields: column → field, ``-`` to leave it out, ``*`` to carry it on as it is.
        units: column or field → unit.
        words: field → word → token.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def match(
    role: Role, names: Sequence[str], given: Given, saved: Given | None = None, cut: bool = False
) -> list[Column]:
    """Match the columns of a source to the fields of a role; one entry per column, in order.

    Args:
        names: the columns; unique.
        cut: the source cuts names at ten bytes (a shapefile).

    Raises:
        OverdraftError: a column, field or unit that is given does not exist; one field is given twice.
    """
    saved = saved or Given()
    columns = [Column(place, name) for place, name in enumerate(names)]
    columns = _told(role, columns, given, "user")
    left = {column.field for column in columns if column.matched_by == "user"}
    mine = Given({c: f for c, f in saved.fields.items() if f not in left and c not in given.fields})
    columns = _told(role, columns, mine, "mapping")
    columns = _exact(role, columns, {**saved.units, **given.units})
    if cut:
        columns = _cut(role, columns)
    columns = _personal(role, columns)
    columns = [_with_candidates(role, column, columns) for column in columns]
    return [_with_unit(role, column, {**saved.units, **given.units}) for column in columns]


def split_unit(name: str) -> tuple[str, str]:
    """A heading and the unit written with it, as in ``取水量(万m³)``, ``面积/亩``, ``depth_ft``; empty for none."""
    text = unicodedata.normalize("NFKC", name).strip()
    for pattern in (_BRACKETED, _SIGNED):
        found = pattern.fullmatch(text)
        if found:
            return found[1].strip(), found[2].strip()
    return text, ""


def _told(role: Role, columns: list[Column], given: Given, by: str) -> list[Column]:
    """The columns that somebody has spoken of. A saved mapping may name columns that this delivery lacks."""
    known = {normal_name(column.name): column.place for column in columns}
    taken = {column.field for column in columns if column.field}
    columns = list(columns)
    for name, target in given.fields.items():
        place = known.get(normal_name(name))
        if place is None:
            if by == "mapping":
                continue
            found = [column.name for column in columns]
            raise OverdraftError("importing.map_column", column=name, found=found)
        if target in (LEAVE_OUT, CARRY_ON):
            how = "left_out" if target == LEAVE_OUT else "extra"
            columns[place] = replace(columns[place], matched_by=how, candidates=(CARRY_ON,))
            continue
        if target not in role.fields and _is_personal_field(target):
            columns[place] = replace(columns[place], field=target, matched_by="personal")
            continue
        if target not in role.fields:
            raise OverdraftError(
                "importing.map_field", column=name, found=target, role=role.token, allowed=list(role.fields)
            )
        if target in taken:
            raise OverdraftError("importing.map_twice", field=target, role=role.token)
        taken.add(target)
        columns[place] = replace(columns[place], field=target, matched_by=by)
    return columns


def _is_personal_field(name: str) -> bool:
    item = register_schema().roles["persons"].fields.get(name)
    return item is not None and item.personal


def _open(column: Column) -> bool:
    """Has nobody spoken of the column yet?"""
    return not column.field and column.matched_by == "extra" and not column.candidates


def _exact(role: Role, columns: list[Column], units: Mapping[str, str]) -> list[Column]:
    claims: dict[str, list[tuple[int, str, SourceUnit | None]]] = {}
    for column in columns:
        if _open(column):
            found = _named(role, column.name, units)
            if found is not None:
                claims.setdefault(found[0], []).append((column.place, found[1], found[2]))
    taken = {column.field for column in columns if column.field}
    columns = list(columns)
    for name, places in claims.items():
        best = [claim for claim in places if claim[1] == "name"] or places
        if name in taken or len(best) > 1:
            for place, _, unit in places:
                columns[place] = replace(columns[place], matched_by="proposed", candidates=(name,), unit=unit)
            continue
        place, how, unit = best[0]
        columns[place] = replace(columns[place], field=name, matched_by=how, unit=unit)
        for other, _, unit in places:
            if other != place:
                columns[other] = replace(columns[other], matched_by="proposed", candidates=(name,), unit=unit)
    return columns


def _named(role: Role, heading: str, units: Mapping[str, str]) -> tuple[str, str, SourceUnit | None] | None:
    """Field, how, and unit of an exact name; None where the name is none."""
    if heading in role.fields:
        return heading, "name", None
    name = below_groups(heading)
    known = role.names.get(normal_name(name))
    if known is not None:
        return known, "alias", None
    base, word = split_unit(name)
    for item in role.fields.values():
        if not measure_of(item) or normal_name(base) not in _bases(item):
            continue
        unit = unit_named(item, word) if word else None
        spoken = _unit_given(item, heading, units)
        if unit is not None or (spoken is not None and not word):
            return item.name, "alias", unit
    return None


def _bases(item: Field) -> set[str]:
    """The names of a field with a unit, without it: canonical, labels and aliases."""
    stem = item.name.rsplit("_", 1)[0] if item.unit else item.name
    names = {stem, item.name, item.en, item.zh}
    for alias in column_aliases(item):
        base, word = split_unit(alias)
        names.add(base if word and unit_named(item, word) else alias)
    return {normal_name(name) for name in names}


def _unit_given(item: Field, column: str, units: Mapping[str, str]) -> str | None:
    for key in (column, item.name):
        for name, unit in units.items():
            if normal_name(name) == normal_name(key):
                return unit
    return None


def _cut(role: Role, columns: list[Column]) -> list[Column]:
    """Names that a shapefile cut: at least nine bytes (a character of three may not have fitted), one field only."""
    taken = {column.field for column in columns if column.field}
    claims: dict[str, list[int]] = {}
    for column in columns:
        if not _open(column):
            continue
        fields = _fields_beginning(role, column.name)
        if len(fields) == 1:
            claims.setdefault(fields[0], []).append(column.place)
    columns = list(columns)
    for name, places in claims.items():
        if name in taken or len(places) > 1:
            continue
        columns[places[0]] = replace(columns[places[0]], field=name, matched_by="truncated")
    return columns


def _fields_beginning(role: Role, name: str) -> list[str]:
    """Fields with an exact name that becomes `name` when it is cut at ten bytes, in UTF-8 or GB 18030; a field's own
    name comes before aliases, since that is how a register is exported."""
    own = _beginning(((item.name, item) for item in role.fields.values()), name)
    return own or _beginning(_spellings(role), name)


def _beginning(spellings: Iterable[tuple[str, Field]], name: str) -> list[str]:
    found: dict[str, None] = {}
    for text, item in spellings:
        for encoding in ("utf-8", "gb18030"):
            raw = text.encode(encoding)
            if (
                len(raw) > DBF_NAME
                and raw[:DBF_NAME].decode(encoding, "ignore").casefold() == name.casefold()
            ):
                found[item.name] = None
    return list(found)


def _spellings(role: Role) -> Iterable[tuple[str, Field]]:
    for item in role.fields.values():
        for text in (item.name, *column_aliases(item)):
            yield text, item


def _personal(role: Role, columns: Sequence[Column]) -> list[Column]:
    """Owner, contact, telephone and identity number go into a role of their own; a second column of one stays out."""
    names = set(personal_columns(role.name, [column.name for column in columns if _open(column)]))
    taken: set[str] = set()
    told = []
    for column in columns:
        if column.name in names and _open(column):
            target = _person_field(column.name)
            second = target in taken or not target
            taken.add(target)
            column = replace(
                column,
                field="" if second else target,
                matched_by="left_out" if second else "personal",
                candidates=("persons",) if second else (),
            )
        told.append(column)
    return told


def _person_field(name: str) -> str:
    """The personal field that a column name means: by its name, else by a word in it; empty where none is clear."""
    persons = register_schema().roles["persons"]
    plain = normal_name(name)
    exact = persons.names.get(plain, "")
    if exact and persons.fields[exact].personal:
        return exact
    for item in persons.fields.values():
        if any(normal_name(word) in plain for word in item.hints):
            return item.name
    return ""


def _with_candidates(role: Role, column: Column, columns: Sequence[Column]) -> Column:
    if not _open(column):
        return column
    taken = {other.field for other in columns if other.matched_by != "personal"}
    close = [name for name in _alike(role, column.name) if name not in taken]
    if not close:
        return column
    return replace(column, matched_by="proposed", candidates=tuple(close[:5]))


def _alike(role: Role, name: str) -> list[str]:
    """Fields whose hints, names or aliases are like a name: hints first, then beginnings, then similar spelling."""
    name = below_groups(name)
    whole, base = normal_name(name), normal_name(split_unit(name)[0])
    clean = re.sub(r"_\d+$", "", whole)
    found: dict[str, None] = {}
    spellings = [(normal_name(text), item.name) for text, item in _spellings(role)]
    for item in role.fields.values():
        if {base, whole, clean} & {normal_name(hint) for hint in item.hints}:
            found[item.name] = None
    for text, field_name in spellings:
        if text in (clean, base) or any(len(clean) >= n and text[:n] == clean[:n] for n in _PREFIXES):
            found[field_name] = None
    by_text = dict(spellings)
    for text in difflib.get_close_matches(base, list(by_text), n=3, cutoff=_ALIKE):
        found[by_text[text]] = None
    return list(found)


def _with_unit(role: Role, column: Column, units: Mapping[str, str]) -> Column:
    """The unit of a column that fills a field: the one given, else the one in its heading."""
    if not column.field or column.matched_by == "personal":
        return column
    item = role.fields[column.field]
    word = _unit_given(item, column.name, units)
    if word is not None:
        unit = unit_named(item, word)
        if unit is None:
            raise OverdraftError(
                "importing.map_unit", column=column.name, field=item.name, found=word, allowed=units_of(item)
            )
        return replace(column, unit=unit)
    if column.unit is None and measure_of(item):
        heading = split_unit(column.name)[1]
        if heading and column.name != item.name:
            return replace(column, unit=unit_named(item, heading))
    return column
