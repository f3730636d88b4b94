"""The encoding that a file is read in: what the user says, else what the bytes and the file itself say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ...errors import OverdraftError
from ...personal import masked
from ...schema import column_aliases, normal_name, register_schema
from .encodings import CANDIDATES, SURE, Encoding, codec_named, decoded_cell

_SHOWN = 20
"""Letters of a cell that a question shows."""
_WRONG_DECLARATION = 0.1
"""How often a declaration is believed to be wrong: doubt that remains is this share of what the bytes leave open."""


@dataclass(frozen=True)
class Choice:
    """The codec to read with, how sure it is (0 to 1), and what to tell: message key and its values."""

    encoding: str
    confidence: float
    note_key: str = ""
    note_values: dict[str, object] = field(default_factory=dict)


def choose_encoding(
    file: str, given: str | None, declared: str, found: Encoding, shown: Sequence[bytes]
) -> Choice:
    """What to read a file in.

    A given encoding counts. Else the bytes decide where they are sure. Where they are not, a declaration (``.cpg``,
    code page byte, the layer's own setting) that says the same settles it; one that says something else does not.

    Args:
        declared: codec, "" for none.
        shown: cells beyond ASCII that may be shown in a question, none of a column with names of persons.

    Raises:
        OverdraftError: ``importing.encoding_unknown`` for a given name that is none, ``importing.encoding_unsure`` with
            two readings of a cell where nothing settles it.
    """
    if given:
        codec = codec_named(given)
        if not codec:
            raise OverdraftError("importing.encoding_unknown", found=given, allowed=["UTF-8", "GB18030"])
        return Choice(codec, 1.0, "importing.encoding_given", {"file": file, "encoding": codec})
    if found.name == "ascii":
        return Choice("ascii", 1.0)
    values = {
        "file": file,
        "encoding": found.name,
        "declared": declared,
        "confidence": round(found.confidence, 3),
    }
    if declared == found.name or (found.name == "utf-16" and declared.startswith("utf-16-")):
        return Choice(found.name, 1 - _WRONG_DECLARATION * (1 - found.confidence))
    if found.confidence >= SURE:
        key = "importing.encoding_differs" if declared else "importing.encoding_detected"
        return Choice(found.name, found.confidence, key, values)
    cell = shown[0] if shown else b""
    readings = {
        name.replace("-", ""): masked(decoded_cell(cell, name).strip()[:_SHOWN]) for name in CANDIDATES
    }
    raise OverdraftError("importing.encoding_unsure", **values, **readings)


def may_be_shown(column: str) -> bool:
    """May cells of a column be quoted? Not where its name says that they are of persons."""
    return normal_name(column) not in _personal_names()


@lru_cache(maxsize=1)
def _personal_names() -> frozenset[str]:
    fields = [
        item for role in register_schema().roles.values() for item in role.fields.values() if item.personal
    ]
    names = (name for item in fields for name in (item.name, *column_aliases(item), *item.hints))
    return frozenset(map(normal_name, names))
