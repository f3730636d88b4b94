"""Which input column is which field: canonical names first, then exact aliases, never a guess."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ..errors import OverdraftError
from ..schema import Role, column_aliases, normal_name


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
    by_name: dict[str, list[str]] = {}
    for text in extra:
        by_name.setdefault(normal_name(text), []).append(text)
    hinted = {}
    for name in wanted:
        if not found[name]:
            columns = [
                text for hint in role.fields[name].hints for text in by_name.get(normal_name(hint), [])
            ]
            if columns:
                hinted[name] = list(dict.fromkeys(columns))
    return hinted


def _refuse_ambiguous(role: Role, ambiguous: dict[str, list[str]]) -> None:
    for name, columns in ambiguous.items():
        if role.fields[name].required:
            raise OverdraftError("register.column_ambiguous", role=role.name, field=name, found=columns)


def _refuse_missing(role: Role, missing: Sequence[str], texts: Sequence[str]) -> None:
    for name in missing:
        item = role.fields[name]
        if item.required:
            raise OverdraftError(
                "register.column_missing",
                role=role.name,
                field=name,
                found=list(texts),
                similar=_similar((name, *column_aliases(item), *item.hints), texts),
                allowed=[name, *dict.fromkeys(item.aliases)],
            )
    if role.any_of and all(name in missing for name in role.any_of):
        raise OverdraftError(
            "register.column_missing",
            role=role.name,
            field=list(role.any_of),
            found=list(texts),
            similar=_similar(role.any_of, texts),
            allowed=list(role.any_of),
        )


def _similar(names: Sequence[str], texts: Sequence[str]) -> list[str]:
    by_name = {normal_name(text): text for text in texts}
    close: dict[str, None] = {}
    for name in names:
        for match in difflib.get_close_matches(normal_name(name), list(by_name), n=3, cutoff=0.6):
            close.setdefault(by_name[match])
    return list(close)[:5]
