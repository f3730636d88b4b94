"""Columns with personal data: recognised by their names, and carried only where they are asked for (role ``persons``).

A name is recognised when it is, exactly or cut short by a shapefile, that of a field marked personal in
resources/register.toml, or holds one of the words listed there as its hints (``井主姓名``, ``联系电话1``). A name that
is a field of the role itself (``取用水户编号``) is not personal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ..schema import Field, column_aliases, normal_name, register_schema

HIDDEN = "***"
"""Stands for a cell of personal data wherever its text would be quoted."""


def personal_columns(role: str, columns: Iterable[object]) -> list[str]:
    """The columns of a layer that hold personal data; none in the role made for them.

    Args:
        role: a role of the register, as which the layer is read.
        columns: names of its columns.
    """
    known = register_schema().roles[role]
    if any(item.personal for item in known.fields.values()):
        return []
    return [str(name) for name in columns if normal_name(name) not in known.names and _is_personal(name)]


def _is_personal(name: object) -> bool:
    plain = re.sub(r"(_?[0-9]+|\ufffd)$", "", normal_name(name))
    names, words = _recognised()
    return plain in names or any(word in plain for word in words)


@lru_cache(maxsize=1)
def _recognised() -> tuple[frozenset[str], tuple[str, ...]]:
    """Names of personal fields, whole and cut short, and words that make a name one of them."""
    fields: list[Field] = [
        item for role in register_schema().roles.values() for item in role.fields.values() if item.personal
    ]
    names = {normal_name(name) for item in fields for name in (item.name, *column_aliases(item))}
    names |= {short for name in names for short in cut_short(name)}
    words = sorted({normal_name(word) for item in fields for word in item.hints})
    return frozenset(names), tuple(words)


def cut_short(name: str) -> set[str]:
    """What a shapefile leaves of a normalised name: 10 bytes, which are 10 letters, 5 characters in GBK, 3 in UTF-8."""
    if name.isascii():
        return {name[:10]} - {name}
    return {name[:5], name[:3]} - {name}
