"""A mapping on file: which column is which field, unit and word, to be used for next year's delivery.

JSON with the keys ``format``, ``role``, ``columns`` (all columns it was made for), ``fields``, ``units``, ``words``.
It is checked key by key and bounded in size; a delivery with other columns is asked about again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import OverdraftError
from .names import Column, Given

FORMAT = "overdraft-mapping-1"
MAX_BYTES = 2_000_000
_MAX_DEPTH_KEYS = {"fields": 1, "units": 1, "words": 2}


def load_mapping(path: Path, role: str) -> tuple[Given, list[str]]:
    """The mapping in a file and the columns it was made for.

    Raises:
        OverdraftError: not readable, too big, not such a mapping, for another role, or a key of the wrong form.
    """
    name = path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            raise OverdraftError(
                "importing.mapping_big", path=name, found=path.stat().st_size, allowed=MAX_BYTES
            )
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise OverdraftError("importing.mapping_broken", path=name, detail=str(error)) from error
    return mapping_from(data, role, name)


def mapping_from(data: object, role: str, name: str) -> tuple[Given, list[str]]:
    """The mapping in what was read from JSON, checked key by key; ``name`` is said in errors.

    Raises:
        OverdraftError: not such a mapping, for another role, or a key of the wrong form.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else type(data).__name__
        raise OverdraftError("importing.mapping_format", path=name, found=found, allowed=FORMAT)
    if data.get("role") != role:
        raise OverdraftError("importing.mapping_role", path=name, found=str(data.get("role")), allowed=role)
    for key, depth in _MAX_DEPTH_KEYS.items():
        _check(data.get(key, {}), depth, key, name)
    columns = data.get("columns", [])
    if not isinstance(columns, list) or not all(isinstance(item, str) for item in columns):
        raise OverdraftError("importing.mapping_key", path=name, entry="columns")
    return Given(data.get("fields", {}), data.get("units", {}), data.get("words", {})), columns


def mapping_text(role: str, columns: Sequence[Column], given: Given) -> str:
    """The mapping that an import used, as the text of such a file."""
    fields = {}
    for column in columns:
        if column.matched_by == "left_out":
            fields[column.name] = "-"
        elif column.field and column.matched_by != "personal":
            fields[column.name] = column.field
        elif column.candidates == ("*",):
            fields[column.name] = "*"
    units = {column.name: column.unit.name for column in columns if column.field and column.unit is not None}
    data = {
        "format": FORMAT,
        "role": role,
        "columns": [column.name for column in columns],
        "fields": fields,
        "units": units,
        "words": {name: dict(words) for name, words in given.words.items()},
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _check(node: object, depth: int, key: str, path: str) -> None:
    """A mapping of texts to texts, or one level deeper."""
    if not isinstance(node, Mapping):
        raise OverdraftError("importing.mapping_key", path=path, entry=key)
    for name, value in node.items():
        if depth > 1:
            _check(value, depth - 1, f"{key}.{name}", path)
        elif not isinstance(value, str):
            raise OverdraftError("importing.mapping_key", path=path, entry=f"{key}.{name}")
