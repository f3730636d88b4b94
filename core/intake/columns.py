"""Which input column is which field: canonical names first, then exact aliases, never a guess."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ..errors import OverdraftError
from ..schema import Field, Role, column_aliases, normal_name
from .personal import cut_short

SHOWN = 40
"""Columns that a message names at most."""


@dataclass(frozen=True)
class ColumnMatch:
    """Positions of the input columns by field, positions of the rest, and the fields that stay open.

    `ambiguous` and `hinted` map a field to the names of the columns that may hold it.
    """

    of_field: dict[str, int]
    extra: list[int]
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    hinted: dict[str, list[str]] = field(default_factory=dict)


def match_columns(role: Role, columns: Sequence[object], wanted: Collection[str]) -> ColumnMatch:
    """Match input columns to the `wanted` fields of a role.

    A column with the exact canonical name is the field. Otherwise the names and aliases are compared after
    :func:`core.schema.normal_name`; one candidate is taken, of two none.

    Raises:
        OverdraftError: a required column is missing, or two columns could be it.
    """
    texts = [str(column) for column in columns]
    exact: dict[str, list[int]] = {}
    known: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        name = role.names.get(normal_name(text))
        if name in wanted:
            (exact if text == name else known).setdefault(str(name), []).append(position)
    found = {name: exact.get(name) or known.get(name, []) for name in wanted}

    of_field = {name: positions[0] for name, positions in found.items() if len(positions) == 1}
    ambiguous = {name: [texts[p] for p in found[name]] for name in wanted if len(found[name]) > 1}
    _refuse_ambiguous(role, ambiguous)
    _refuse_missing(role, [name for name in wanted if not found[name]], texts)
    taken = set(of_field.values())
    extra = [position for position in range(len(texts)) if position not in taken]
    return ColumnMatch(of_field, extra, ambiguous, _hints(role, wanted, found, [texts[p] for p in extra]))


def extra_names(names: Sequence[str], taken: Collection[str]) -> list[str]:
    """Names for the extra columns, unique regardless of case: a clash gets ``_1``, ``_2`` …"""
    used = {name.casefold() for name in taken}
    result = []
    for name in names:
        free, number = name, 0
        while free.casefold() in used:
            number += 1
            free = f"{name}_{number}"
        used.add(free.casefold())
        result.append(free)
    return result


def _hints(
    role: Role, wanted: Collection[str], found: dict[str, list[int]], extra: Sequence[str]
) -> dict[str, list[str]]:
    """Columns that may hold a field nobody claims: a name that leaves the unit open, or one that was cut short."""
    by_name: dict[str, list[str]] = {}
    for text in extra:
        for name in dict.fromkeys((normal_name(text), _without_unit(text))):
            by_name.setdefault(name, []).append(text)
    hinted = {}
    for name in wanted:
        if not found[name]:
            columns = [text for hint in _hints_of(role, role.fields[name]) for text in by_name.get(hint, [])]
            if columns:
                hinted[name] = list(dict.fromkeys(columns))
    return hinted


def _hints_of(role: Role, item: Field) -> list[str]:
    whole = [normal_name(text) for text in (item.name, *item.aliases, item.zh)]
    short = sorted({cut for name in whole for cut in cut_short(name)} - set(role.names))
    return list(dict.fromkeys([*map(normal_name, item.hints), *short]))


def _without_unit(text: str) -> str:
    """``取水量(万m³)``, ``面积/亩``, ``area_1`` → ``取水量``, ``面积``, ``area``."""
    return re.sub(r"(_[0-9]+|\ufffd)$", "", re.split(r"[(\[【/]", normal_name(text))[0])


def _refuse_ambiguous(role: Role, ambiguous: dict[str, list[str]]) -> None:
    for name, columns in ambiguous.items():
        if role.fields[name].required:
            raise OverdraftError(
                "register.column_ambiguous", role=role.token, field=role.fields[name].token, found=columns
            )


def _refuse_missing(role: Role, missing: Sequence[str], texts: Sequence[str]) -> None:
    for name in missing:
        item = role.fields[name]
        if item.required:
            raise OverdraftError(
                "register.column_missing",
                role=role.token,
                field=item.token,
                found=_first(texts),
                similar=_similar((name, *column_aliases(item), *item.hints), texts),
                allowed=[name, *dict.fromkeys(item.aliases)],
            )
    if role.any_of and all(name in missing for name in role.any_of):
        raise OverdraftError(
            "register.column_missing",
            role=role.token,
            field=[role.fields[name].token for name in role.any_of],
            found=_first(texts),
            similar=_similar(role.any_of, texts),
            allowed=list(role.any_of),
        )


def _similar(names: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Up to five columns that look like one of the names, or hold it or are held by it."""
    by_name = {normal_name(text): text for text in texts}
    plain = [normal_name(name) for name in names]
    close: dict[str, None] = {}
    for name in plain:
        for match in difflib.get_close_matches(name, list(by_name), n=3, cutoff=0.6):
            close.setdefault(by_name[match])
    for column, text in by_name.items():
        if any(_holds(column, name) or _holds(name, column) for name in plain):
            close.setdefault(text)
    return list(close)[:5]


def _holds(text: str, part: str) -> bool:
    return len(part) >= (4 if part.isascii() else 2) and part in text


def _first(texts: Sequence[str]) -> list[str]:
    """The columns as a message names them: the first forty."""
    return [*texts[:SHOWN], *(["…"] if len(texts) > SHOWN else [])]
