"""The shape of a policy file: which keys, of which type, with which values. A deviation is said in full.

The shape is data (``POLICY_FILE``); ``check_shape`` walks a parsed file along it and stops at the first
deviation, naming the file and line, the key, what was found and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from ..errors import OverdraftError
from .lines import line_of
from .model import SCALES
from .names import nearest
from .vocabulary import words

FORMAT = 1
KINDS = (
    "target",
    "quantity_limit",
    "spatial_prohibition",
    "permit_rule",
    "metering_rule",
    "monitoring_rule",
    "reporting_rule",
    "ranking_rule",
    "fee_rule",
)
SETTING_TYPES = (
    "choice",
    "choices",
    "bool",
    "integer",
    "number",
    "numbers",
    "date",
    "text",
    "register",
)
WORD = r"[a-z][a-z0-9_]*"
UNIT_ID = r"[0-9A-Za-z][0-9A-Za-z_-]*"
CLAUSE_ID = r"[A-Z][A-Z0-9]*-[0-9A-Za-z.]+"
RULE_NAME = rf"{WORD}[.]{WORD}"
SETTING_KEY = rf"{WORD}[.]{WORD}"
LIMIT = 10**12
DECIMALS = 9
"""Numbers of a policy are below ``LIMIT`` and have at most so many decimals: sums stay exact and cheap."""
MOST_PROBLEMS = 200
"""Of a wrong file no more deviations are told."""


@dataclass(frozen=True)
class Shape:
    """What may stand at one place.

    Attributes:
        type: ``text``, ``date``, ``integer``, ``number``, ``bool``, ``list``, ``table`` or ``any`` (a value
            whose type another key tells).
        keys: of a table: its keys. None: any key that ``name`` matches, each of shape ``each``.
        each: of a list or an open table: the shape of its members.
        one_of: the allowed values; ``pattern``: what a text must match in full, ``hint`` an example of it.
    """

    type: str
    required: bool = True
    keys: Mapping[str, Shape] | None = None
    each: Shape | None = None
    name: str = ""
    one_of: tuple = ()
    pattern: str = ""
    hint: str = ""
    empty: bool = False


@dataclass(frozen=True)
class Where:
    """The file that is read, for messages.

    Attributes:
        found: where deviations are collected; None to stop at the first.
    """

    file: str
    lines: dict[str, int] = field(default_factory=dict)
    found: list[OverdraftError] | None = None

    def trying(self, check: Callable[..., Any], *given: object) -> Any:
        """What ``check`` says of one member; a deviation is collected where that is wished, and the next follows."""
        if self.found is None:
            return check(*given)
        if len(self.found) < MOST_PROBLEMS:
            try:
                return check(*given)
            except OverdraftError as problem:
                self.found.append(problem)
        return None

    def stop(self) -> None:
        """Raise the first deviation collected: what follows would only repeat it."""
        if self.found:
            raise self.found[0]

    def place(self, path: str) -> str:
        """``file:line``, or the file alone where the line is not known."""
        line = line_of(path, self.lines)
        return f"{self.file}:{line}" if line else self.file

    def fail(self, problem: str, path: str, **values: object) -> NoReturn:
        """Raise what is wrong at a path."""
        raise OverdraftError(f"policy.{problem}", place=self.place(path), path=path, **values)


def _text(required: bool = True, **more: object) -> Shape:
    return Shape("text", required, **more)  # type: ignore[arg-type]


def _rows(keys: Mapping[str, Shape], required: bool = True) -> Shape:
    return Shape("list", required, each=Shape("table", keys=keys), empty=not required)


_CLAUSE_REF = _text(pattern=CLAUSE_ID, hint="TLF-4.3c")
_TEXTS = Shape("list", False, each=_text(), empty=True)
_YEAR = Shape("integer", one_of=tuple(range(1949, 2101)), hint="1949 … 2100")
_NUMBER = Shape("number")

_POLICY = {
    "id": _text(pattern=r"[a-z0-9]+(-[a-z0-9]+)*", hint="turpan-2021"),
    "title": _text(),
    "title_en": _text(),
    "number": _text(required=False, empty=True),
    "issuer": _text(),
    "issuer_en": _text(required=False),
    "issued_on": Shape("date", required=False),
    "city_id": _text(pattern=UNIT_ID, hint="6504"),
    "everywhere": Shape("bool", required=False),
    "succeeds": _text(required=False, empty=True),
    "reserve": _text(required=False),
    "reserve_en": _text(required=False),
}
_UNIT = {
    "id": _text(pattern=UNIT_ID, hint="650402"),
    "name": _text(),
    "name_en": _text(),
    "level": _text(one_of=words("unit_level")),
    "parent_id": _text(required=False, empty=True),
    "aliases": _TEXTS,
}
_AUTHORITY = {
    "clause": _CLAUSE_REF,
    "purpose": _text(one_of=("permit", "management")),
    "basin": _text(required=False),
    "county": _text(required=False),
    "regiment": _text(required=False),
    "authority": _text(),
    "authority_en": _text(),
    "consult": _text(required=False),
    "consult_en": _text(required=False),
}
_ZONE_UNIT = {
    "unit_id": _text(),
    "clause": _CLAUSE_REF,
    "severity": _text(required=False, one_of=words("severity")),
    "control": _text(required=False, one_of=words("control")),
    "aquifer": _text(required=False, one_of=words("aquifer")),
}
_ITEM = {
    "en": _text(),
    "zh": _text(),
    "unit": _text(one_of=tuple(SCALES)),
    "limit": _text(one_of=("at_most", "at_least")),
    "part_of": _text(required=False),
    "remainder_en": _text(required=False),
    "remainder_zh": _text(required=False),
}
_TARGET = {
    "item": _text(pattern=WORD, hint="total_use"),
    "year": _YEAR,
    "clause": _CLAUSE_REF,
    "total": Shape("number", required=False),
    "parts": Shape("table", required=False, name=UNIT_ID, each=_NUMBER),
    "reduction": Shape("table", required=False, keys={"since": _YEAR, "value": _NUMBER}),
    "reading": Shape(
        "table",
        required=False,
        keys={"items": Shape("list", each=_text(pattern=WORD, hint="total_use")), "until": _YEAR},
    ),
    "given": Shape("list", required=False, each=_text(pattern=UNIT_ID, hint="650402"), empty=True),
}
_ANY = Shape("any")
_SETTING = {
    "type": _text(one_of=SETTING_TYPES),
    "value": Shape("any", required=False),
    "allowed": Shape("list", required=False, each=_ANY),
    "suggested": Shape("list", required=False, each=_ANY),
    "optional": Shape("bool", required=False),
    "min": Shape("number", required=False),
    "max": Shape("number", required=False),
    "unit": _text(required=False),
    "clause": _CLAUSE_REF,
    "source": _text(one_of=("text", "default", "gap", "user")),
    "confidence": _text(required=False, one_of=("verified", "corroborated", "unverified", "absent", "user")),
    "en": _text(),
    "zh": _text(),
    "reason_en": _text(required=False),
    "reason_zh": _text(required=False),
}
_BINDING = {
    "clause": _CLAUSE_REF,
    "rule": _text(pattern=RULE_NAME, hint="permits.idle"),
    "on": Shape("bool", required=False),
    "with": Shape("table", required=False, name=WORD, each=_ANY),
    "settings": Shape(
        "table", required=False, name=WORD, each=_text(pattern=SETTING_KEY, hint="permit.idle_ratio")
    ),
}
_NOTE = {
    "id": _text(),
    "clauses": Shape("list", each=_CLAUSE_REF),
    "quotes": _TEXTS,
    "en": _text(),
    "zh": _text(),
}
_CLAUSE = {
    "id": _CLAUSE_REF,
    "locator": _text(),
    "quote": _text(empty=True),
    "quote_read": Shape("bool", required=False),
    "gloss": _text(),
    "kind": Shape("list", each=_text(pattern=f"({'|'.join(KINDS)})([.][a-z_]+)?", hint=", ".join(KINDS))),
    "force": _text(one_of=("mandatory", "soft", "claimed")),
    "evaluation": _text(one_of=("computable", "parameter", "checklist")),
}
POLICY_FILE = Shape(
    "table",
    keys={
        "format": Shape("integer", one_of=(FORMAT,)),
        "policy": Shape("table", keys=_POLICY),
        "units": _rows(_UNIT),
        "authorities": _rows(_AUTHORITY, required=False),
        "zone_units": _rows(_ZONE_UNIT, required=False),
        "items": Shape("table", required=False, name=WORD, each=Shape("table", keys=_ITEM)),
        "targets": _rows(_TARGET, required=False),
        "settings": Shape(
            "table",
            required=False,
            name=WORD,
            each=Shape("table", name=WORD, each=Shape("table", keys=_SETTING)),
        ),
        "rules": _rows(_BINDING, required=False),
        "notes": _rows(_NOTE, required=False),
        "clauses": _rows(_CLAUSE),
    },
)


def check_shape(data: object, shape: Shape, where: Where, path: str = "") -> None:
    """Walk ``data`` along ``shape``.

    Raises:
        OverdraftError: the first deviation: file and line, key, value found, what is allowed.
    """
    if shape.type == "any":
        return
    if not is_type(data, shape.type):
        where.fail(f"expected.{shape.type}", path, found=shown(data))
    if isinstance(data, Mapping):
        _check_table(data, shape, where, path)
    elif isinstance(data, list):
        if not data and not shape.empty:
            where.fail("empty", path)
        for position, member in enumerate(data):
            where.trying(check_shape, member, shape.each or _ANY, where, f"{path}[{position}]")
    else:
        _check_value(data, shape, where, path)


def is_type(value: object, kind: str) -> bool:
    """Whether a parsed TOML value is of a type of the shape. A date is not a time; a bool is not a number."""
    if kind == "bool" or isinstance(value, bool):
        return isinstance(value, bool) and kind == "bool"
    if kind == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    types = {"text": str, "integer": int, "number": (int, Decimal), "list": list, "table": Mapping}
    return isinstance(value, types[kind])  # type: ignore[arg-type]


def plain_number(value: int | Decimal) -> bool:
    """Whether a number is finite, below ``LIMIT`` and has at most ``DECIMALS`` decimals."""
    if isinstance(value, int):
        return abs(value) < LIMIT
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMALS and abs(value) < LIMIT


def shown(value: object) -> str:
    """A value as it would stand in a TOML file, cut to one short line."""
    if isinstance(value, Mapping):
        return "{ … }" if value else "{}"
    if isinstance(value, (list, tuple)):
        text = "[" + ", ".join(shown(member) for member in value[:5]) + (", …]" if len(value) > 5 else "]")
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, int) and value.bit_length() > 200:
        return "…"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _check_table(data: Mapping, shape: Shape, where: Where, path: str) -> None:
    known = shape.keys
    for name, member in data.items():
        where.trying(_check_member, name, member, shape, where, f"{path}.{name}" if path else name)
    for name, inner_shape in (known or {}).items():
        if inner_shape.required and name not in data:
            where.trying(where.fail, "missing_key", f"{path}.{name}" if path else name)


def _check_member(name: str, member: object, shape: Shape, where: Where, path: str) -> None:
    known = shape.keys
    if known is None:
        if not re.fullmatch(shape.name, name):
            where.fail("bad_name", path, found=name)
        check_shape(member, shape.each or _ANY, where, path)
    elif name not in known:
        suggestion = nearest(name, known)
        problem = "unknown_key_like" if suggestion else "unknown_key"
        where.fail(problem, path, allowed=list(known), suggestion=suggestion or "")
    else:
        check_shape(member, known[name], where, path)


def _check_value(value: object, shape: Shape, where: Where, path: str) -> None:
    if isinstance(value, str) and not value.strip():
        if not shape.empty:
            where.fail("empty", path)
        return
    if shape.one_of and value not in shape.one_of:
        where.fail("not_allowed", path, found=shown(value), allowed=shape.hint or list(shape.one_of))
    if shape.pattern and not re.fullmatch(shape.pattern, str(value)):
        where.fail("bad_form", path, found=shown(value), allowed=shape.hint)
    if isinstance(value, (int, Decimal)) and not plain_number(value):
        where.fail("bad_number", path, found=shown(value))
