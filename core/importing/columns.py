"""All columns of a source to their fields: values, what was changed, what could not be read, counts per column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..findings.verdicts import to_json
from ..intake.personal import HIDDEN
from ..intake.values import distinct, storable
from ..personal import is_personal_number, masked
from ..problems import Problems, concat_problems, problems
from ..schema import Field, Role, normal_name, register_schema
from .cells import FOR_EMPTY, Converted, as_text, convert_column, with_merged
from .names import Column, Given
from .source import Source
from .vocabulary import measure_of

KIND = "importing.kind."
"""Prefix of the message keys of kinds of repair."""

CHANGE_COLUMNS = ("place", "row", "field", "raw_value", "value", "reason_key")
CONVERSION_COLUMNS = (
    "column",
    "field",
    "matched_by",
    "from_unit",
    "to_unit",
    "factor",
    "n_cells",
    "n_empty",
    "n_as_is",
    "n_converted",
    "n_unreadable",
    "repairs",
)


_NOWHERE = np.empty(0, dtype="int64")
_NO_CHANGES = pd.DataFrame(columns=list(CHANGE_COLUMNS)).astype({"place": "int64", "row": "int64"})


@dataclass(frozen=True)
class Columns:
    """The columns of one source after conversion.

    Attributes:
        fields: canonical values by field. extras: the source's own columns that go on as they are.
        persons: values of personal fields. changes: columns ``CHANGE_COLUMNS``, a row per changed or unreadable cell.
        conversions: columns ``CONVERSION_COLUMNS``, a row per column of the source.
        problems: cells that could not be read, with their rows.
    """

    fields: Mapping[str, Any]
    extras: Mapping[str, pd.Series]
    persons: Mapping[str, Any]
    changes: pd.DataFrame
    conversions: pd.DataFrame
    problems: Problems


def convert_columns(
    role: Role, source: Source, columns: Sequence[Column], given: Given, ids: np.ndarray
) -> Columns:
    """Convert every column of a source that fills a field.

    Args:
        columns: as :func:`names.match` took them, coordinate columns marked.
        ids: subject of each row, for the problems.
    """
    fields, extras, persons = {}, {}, {}
    changes, conversions, found = [], [], []
    for column in columns:
        raw = source.frame.iloc[:, column.place]
        if column.matched_by == "personal":
            persons[column.field] = convert_column(raw, _person_field(column.field)).values
            conversions.append(_untouched(column, raw))
            continue
        if not column.field:
            if column.matched_by != "left_out":
                extras[column.name] = raw
            conversions.append(_untouched(column, raw))
            continue
        item = role.fields[column.field]
        read = convert_column(raw, item, column.unit, words_of(item, given))
        merged = np.array([fill[0] for fill in source.fills if fill[1] == column.name], dtype="int64")
        read = with_merged(read, merged) if len(merged) else read
        fields[column.field] = read.values
        changes.append(_changes(source, column, raw, read, item, merged))
        conversions.append(_counted(column, item, read))
        found.append(_unreadable(role, source, column, item, raw, read, ids))
    for item, read in _told_throughout(role, given, fields, len(ids)):
        column = Column(-1, "", item.name, "user")
        nothing = pd.Series([None] * len(ids), dtype=object)
        fields[item.name] = read.values
        changes.append(_changes(source, column, nothing, read, item))
        conversions.append(_counted(column, item, read))
    return Columns(
        fields,
        extras,
        persons,
        pd.concat([_NO_CHANGES, *changes], ignore_index=True) if changes else _NO_CHANGES,
        pd.DataFrame(conversions, columns=list(CONVERSION_COLUMNS)),
        concat_problems(found),
    )


def _told_throughout(
    role: Role, given: Given, fields: Collection[str], size: int
) -> Iterator[tuple[Field, Converted]]:
    """Fields without a column that VALUE_MAP fills: what it gives for an empty cell holds for every row."""
    for name in given.words:
        item = role.fields.get(name)
        words = None if item is None else words_of(item, given)
        if item is not None and name not in fields and words is not None and FOR_EMPTY in words:
            yield item, convert_column(pd.Series([None] * size, dtype=object), item, None, words)


def words_of(item: Field, given: Given) -> Mapping[str, str] | None:
    """The words of a field's enumeration: those of the schema, and those that a person gave."""
    if not item.enum:
        return None
    own = {normal_name(word): token for word, token in given.words.get(item.name, {}).items()}
    return {**register_schema().words[item.enum], **own}


def holds_personal_numbers(values: pd.Series) -> int:
    """How many text cells of a column look like a mobile or identity number."""
    if values.dtype != object:
        return 0
    texts = pd.Series([value for value in values if isinstance(value, str)], dtype=object)
    tally = texts.value_counts()
    return int(sum(count for text, count in tally.items() if len(text) >= 11 and is_personal_number(text)))


def _person_field(name: str) -> Field:
    return register_schema().roles["persons"].fields[name]


def _changes(
    source: Source,
    column: Column,
    raw: pd.Series,
    read: Converted,
    item: Field,
    merged: np.ndarray = _NOWHERE,
) -> pd.DataFrame:
    """A row for each cell that was changed or could not be read; a cell below a merged one was empty in the sheet."""
    where = np.flatnonzero(read.changed | read.bad)
    names = [KIND + ";".join(kinds) if kinds else "" for kinds in read.kinds]
    reasons = np.array(names, dtype=object)[read.codes[where]]
    reasons[read.bad[where]] = KIND + "unreadable"
    cells, codes = distinct(raw.to_numpy(dtype=object)[where])
    # Like cells were read alike: the value of one of them is that of all.
    one = where[_one_of_each(codes, len(cells))]
    values = pd.Series(read.values).iloc[one]
    texts = [storable(as_text(cell)) for cell in cells]
    shown = [masked(text) if bad else text for text, bad in zip(texts, read.bad[one], strict=True)]
    stored = [None if pd.isna(value) else as_text(value) for value in values]
    if item.personal:
        shown = [HIDDEN] * len(shown)
        stored = [None if value is None else HIDDEN for value in stored]
    raw_values = _objects(shown)[codes]
    raw_values[np.isin(where, merged) & ~read.bad[where]] = None
    return pd.DataFrame(
        {
            "place": where,
            "row": source.rows[where],
            "field": item.name,
            "raw_value": raw_values,
            "value": _objects(stored)[codes],
            "reason_key": reasons,
        },
        columns=list(CHANGE_COLUMNS),
    )


def _one_of_each(codes: np.ndarray, n_kinds: int) -> np.ndarray:
    """A position at which each code stands."""
    found = np.empty(n_kinds, dtype="int64")
    found[codes] = np.arange(len(codes))
    return found


def _objects(values: list) -> np.ndarray:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _counted(column: Column, item: Field, read: Converted) -> dict[str, object]:
    changed, bad, void = int(read.changed.sum()), int(read.bad.sum()), int(read.void.sum())
    unit = column.unit
    return {
        "column": column.name,
        "field": column.field,
        "matched_by": column.matched_by,
        "from_unit": unit.name if unit else (item.unit or None),
        "to_unit": item.unit or None,
        "factor": unit.factor if unit else (1.0 if measure_of(item) else np.nan),
        "n_cells": len(read.bad),
        "n_empty": void,
        "n_as_is": len(read.bad) - void - changed - bad,
        "n_converted": changed,
        "n_unreadable": bad,
        "repairs": to_json(read.counts()),
    }


def _untouched(column: Column, raw: pd.Series) -> dict[str, object]:
    empty = int(raw.isna().sum())
    return {
        "column": column.name,
        "field": column.field if column.matched_by == "personal" else ", ".join(column.candidates).strip("*"),
        "matched_by": column.matched_by,
        "factor": np.nan,
        "n_cells": len(raw),
        "n_empty": empty,
        "n_as_is": len(raw) - empty,
        "n_converted": 0,
        "n_unreadable": 0,
        "repairs": "{}",
    }


def _unreadable(
    role: Role,
    source: Source,
    column: Column,
    item: Field,
    raw: pd.Series,
    read: Converted,
    ids: np.ndarray,
) -> Problems:
    where = np.flatnonzero(read.bad)
    return problems(
        check="import.value",
        severity="error" if item.required else "warning",
        subject_role=role.name,
        subject_id=ids[where],
        row=source.rows[where],
        field=item.name,
        found=[HIDDEN if item.personal else as_text(cell)[:60] for cell in raw.iloc[where]],
        expected=expected(item),
        message_key="importing.value",
        remedy_key="importing.value_remedy_word" if item.enum else "importing.value_remedy",
        message_values={"column": column.name},
        n_subjects=len(ids),
    )


def expected(item: Field) -> str:
    """What may stand in a field, in few words."""
    if item.enum:
        return " / ".join(register_schema().enums[item.enum])
    bounds = [str(bound) for bound in (item.minimum, item.maximum) if bound is not None]
    samples = {
        "text": "text",
        "real": f"1234.5 {item.unit}".strip(),
        "integer": "12",
        "date": "2024-05-31 / 2024/5/31 / 2024年5月31日 / 20240531",
        "bool": "是 / 否, yes / no, 1 / 0",
    }
    return " … ".join(bounds) or samples[item.type]
