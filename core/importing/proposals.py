"""What a person is shown and asked about columns: for each field the column that is meant for certain, or candidates.

Certain are exact names and a saved mapping for the same columns. Everything else (names cut by a shapefile, names
alike, a mapping made for other columns) is a proposal that somebody has to take.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..intake.personal import HIDDEN, personal_columns
from ..personal import masked
from ..schema import Field, Role, normal_name
from .cells import FOR_EMPTY, as_text, convert_column
from .columns import holds_personal_numbers, words_of
from .names import CARRY_ON, LEAVE_OUT, Column, Given, match, split_unit
from .source import Source
from .vocabulary import below_groups, measure_of, unit_named, vocabulary

SAMPLES, SAMPLE_ROWS, SAMPLE_LENGTH = 10, 2_000, 60
"""How many values of a column are shown, from how many rows, and how long each."""

WORDS = 100
"""How many words of one column a person is asked about."""

EXACT = ("name", "alias")
"""``matched_by`` of what needs no question."""


@dataclass(frozen=True)
class Proposal:
    """What may fill one field.

    Attributes:
        column: the column that is meant for certain; empty where none is.
        how: token of ``matched_by``: why it is certain, or why the candidates are proposed; empty for no candidate.
        candidates: columns that may be meant, where none is certain.
        unit: unit that the heading of the certain column states; empty for none.
    """

    column: str = ""
    how: str = ""
    candidates: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class ShownColumn:
    """A column as a person is shown it: ``type`` of its values (text, real, integer, date, bool, empty for none)."""

    name: str
    type: str
    samples: tuple[str, ...]
    personal: bool


def propose(
    role: Role, source: Source, saved: Given | None = None, saved_columns: Sequence[str] = ()
) -> dict[str, Proposal]:
    """A proposal for every field of a role.

    Args:
        saved: a mapping of an earlier delivery, made for ``saved_columns``; where the columns differ it only proposes.

    Raises:
        OverdraftError: the mapping names a field or unit that does not exist.
    """
    names = list(source.frame.columns)
    plain = match(role, names, Given(), None, source.cut_names)
    if saved is None:
        return {name: _proposal(name, plain) for name in role.fields}
    told = match(role, names, Given(), saved, source.cut_names)
    same = set(saved_columns) == set(names)
    made = {}
    for name in role.fields:
        own, remembered = _proposal(name, plain), _proposal(name, told)
        if same or not remembered.column or remembered.column == own.column:
            made[name] = remembered
        else:
            candidates = dict.fromkeys((remembered.column, *filter(None, (own.column,)), *own.candidates))
            made[name] = Proposal("", "mapping", tuple(candidates))
    return made


def columns_changed(source: Source, saved_columns: Collection[str]) -> bool:
    """Are these other columns than those a mapping was made for?"""
    return bool(saved_columns) and set(saved_columns) != set(source.frame.columns)


def heading_unit(item: Field, column: str) -> str:
    """The unit that the heading of a column states for a field; empty for none."""
    word = split_unit(column)[1] if measure_of(item) and column != item.name else ""
    unit = unit_named(item, word) if word else None
    return "" if unit is None else unit.name


def shown_columns(role: Role, source: Source) -> list[ShownColumn]:
    """The columns of a source with their type and some of their values, in their order; personal data is hidden."""
    hidden = set(personal_columns(role.name, source.frame.columns))
    return [
        _shown(str(name), source.frame.iloc[:SAMPLE_ROWS, place], name in hidden)
        for place, name in enumerate(source.frame.columns)
    ]


def unknown_words(role: Role, source: Source, chosen: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Cells of enumerations that mean no value: field, word (empty for empty cells of a needed field) and how many.

    Args:
        chosen: field → column.
    """
    told = []
    for item in role.fields.values():
        if not item.enum or item.many:
            continue
        column = chosen.get(item.name)
        if column is None:
            if item.required:
                told.append((item.name, FOR_EMPTY, len(source.frame)))
            continue
        raw = source.frame[column]
        read = convert_column(raw, item, None, words_of(item, Given()))
        words = raw[read.bad].map(as_text).value_counts(sort=True)
        told += [(item.name, masked(str(word)), int(n)) for word, n in words.iloc[:WORDS].items()]
        if item.required and read.void.any():
            told.append((item.name, FOR_EMPTY, int(read.void.sum())))
    return told


def has_coordinates(source: Source) -> bool:
    """Does a table have columns that are named as coordinates are?"""
    known = set().union(*vocabulary().coordinates.values())
    names = source.frame.columns
    return any({normal_name(name), normal_name(below_groups(str(name)))} & known for name in names)


def told_columns(
    role: Role, source: Source, chosen: Mapping[str, str], refused: Collection[str] = ()
) -> dict[str, str]:
    """What was decided, as ``Given.fields``: the columns chosen, and those that an import must not take by itself.

    Args:
        chosen: field → column. refused: fields that shall have no column although some look alike.
    """
    field_of = {column: name for name, column in chosen.items() if column}
    fields = {}
    for column in match(role, list(source.frame.columns), Given(), None, source.cut_names):
        wanted = field_of.get(column.name, "")
        taken = column.field if column.matched_by != "personal" else ""
        if wanted:
            if not (taken == wanted and column.matched_by in EXACT):
                fields[column.name] = wanted
        elif taken or set(column.candidates) & set(refused):
            # A column that nobody placed goes on as it is, but never with telephone numbers in it
            numbers = holds_personal_numbers(source.frame.iloc[:, column.place])
            fields[column.name] = LEAVE_OUT if numbers else CARRY_ON
    return fields


def _proposal(name: str, columns: Sequence[Column]) -> Proposal:
    for column in columns:
        if column.field == name and column.matched_by in (*EXACT, "mapping"):
            return Proposal(column.name, column.matched_by, (), _unit(column))
    cut = [column.name for column in columns if column.field == name and column.matched_by == "truncated"]
    if cut:
        return Proposal("", "truncated", tuple(cut))
    alike = [column.name for column in columns if not column.field and name in column.candidates]
    return Proposal("", "proposed" if alike else "", tuple(alike))


def _unit(column: Column) -> str:
    return "" if column.unit is None else column.unit.name


def _shown(name: str, values: pd.Series, personal: bool) -> ShownColumn:
    found = values[values.notna()].drop_duplicates()
    kind = _type(found)
    if personal:
        return ShownColumn(name, kind, (HIDDEN,) * bool(len(found)), True)
    texts = (masked(_text(value)[:SAMPLE_LENGTH]) for value in found.iloc[:SAMPLES])
    return ShownColumn(name, kind, tuple(texts), False)


def _type(values: pd.Series) -> str:
    for kind, types in (
        ("bool", (bool, np.bool_)),
        ("integer", (int, np.integer)),
        ("real", (int, float, np.number)),
        ("date", (date, np.datetime64)),
    ):
        if len(values) and all(isinstance(value, types) for value in values):
            return kind
    return "text" if len(values) else ""


def _text(value: object) -> str:
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return value.date().isoformat()
    return f"{value:.10g}" if isinstance(value, float) else str(value)
