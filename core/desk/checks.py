"""What every act must satisfy before it is recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import pandas as pd

from ..errors import OverdraftError
from ..intake.values import to_bool
from ..messages import Token, Word
from ..personal import is_personal_number
from ..schema import Field, register_schema
from .view import KEYS, Row, View

EARLIEST = date(1900, 1, 1)
LONGEST = 1000
"""Characters of one text; more than a note ever needs."""

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NUMBERED = ("permit_no", "account_no", "well_id", "user_id", "application_id")
"""Official numbers of wells, permits and accounts: they may look like a telephone number and are none."""


def label(role: str, name: str) -> Token:
    """A field as a message names it."""
    return register_schema().roles[role].fields[name].token


def word(enum: str, token: str) -> Token | str:
    """A token of an enumeration as a message names it."""
    value = register_schema().enums[enum].get(token)
    return Word(token, {"en": value.en, "zh": value.zh}) if value else token


def day_of(text: str, what: Token, today: date) -> str:
    """A day that is one and is not in the future.

    Raises:
        OverdraftError: missing, no day, before 1900 or after today.
    """
    text = (text or "").strip()
    if not text:
        raise OverdraftError("desk.day_missing", field=what)
    match = _DAY.fullmatch(text)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or day < EARLIEST:
        raise OverdraftError("desk.day_unreadable", field=what, found=text)
    if day > today:
        raise OverdraftError("desk.day_in_future", field=what, found=text, allowed=today.isoformat())
    return text


def text_of(text: object, what: Token) -> str | None:
    """A free text without personal numbers; None when empty.

    Raises:
        OverdraftError: a telephone or identity number stands in it, or it is too long.
    """
    plain = str(text or "").strip()
    if len(plain) > LONGEST:
        raise OverdraftError("desk.too_long", field=what, found=len(plain), allowed=LONGEST)
    if is_personal_number(plain):
        raise OverdraftError("desk.personal_number", field=what)
    return plain or None


def id_of(text: str, what: Token) -> str:
    """An id: filled in, without a semicolon.

    Raises:
        OverdraftError: it is empty or holds one.
    """
    plain = (text or "").strip()
    if not plain:
        raise OverdraftError("desk.id_missing", field=what)
    if ";" in plain or len(plain) > LONGEST:
        raise OverdraftError("desk.id_wrong", field=what, found=plain[:40])
    return plain


def the_row(view: View, role: str, key: str, subject: str) -> Row:
    """The one row of a subject.

    Raises:
        OverdraftError: there is none, or several.
    """
    rows = view.find(role, **{key: subject})
    if not rows:
        raise OverdraftError("desk.subject_unknown", role=_role(role), found=subject)
    if len(rows) > 1:
        raise OverdraftError("desk.subject_ambiguous", role=_role(role), found=subject, n=len(rows))
    return rows[0]


def the_subject(view: View, role: str, subject: str) -> Row:
    """The well or area of an event."""
    if role not in KEYS:
        raise OverdraftError("desk.role_unknown", found=role, allowed=[_role(name) for name in KEYS])
    return the_row(view, role, KEYS[role], id_of(subject, label("events", "subject_id")))


def one_of(enum: str, token: str, allowed: Mapping | tuple, what: Token) -> str:
    """A token that is allowed here.

    Raises:
        OverdraftError: it is another one.
    """
    if token not in allowed:
        words = [word(enum, name) for name in allowed]
        raise OverdraftError("desk.not_allowed", field=what, found=token, allowed=words)
    return token


def well_fields(given: Mapping[str, object], role: str) -> Row:
    """Fields of a well as they are stored.

    Raises:
        OverdraftError: a field that does not exist, or a value that is none of its type.
    """
    fields = register_schema().roles[role].fields
    cells: Row = {}
    for name, value in given.items():
        if value is None or value == "":
            continue
        if name not in fields:
            raise OverdraftError("desk.field_unknown", found=name)
        cells[name] = _cell(fields[name], value)
    return cells


def _cell(item: Field, value: object) -> object:
    if item.type == "date":
        return day_of(str(value), item.token, date.max)
    if item.type == "bool":
        return _truth(value, item.token)
    if item.type in ("real", "integer"):
        number = amount(value, item.token)
        return number if item.type == "real" else int(number)
    if item.enum:
        return one_of(item.enum, str(value), tuple(register_schema().enums[item.enum]), item.token)
    return str(value).strip() if item.name in _NUMBERED else text_of(value, item.token)


def _truth(value: object, what: Token) -> int:
    """0 or 1, as the register reads truth values.

    Raises:
        OverdraftError: it is none.
    """
    truth, unreadable = to_bool(pd.Series([value], dtype=object))
    if unreadable[0] or pd.isna(truth[0]):
        allowed = ["0", "1", "true", "false"]
        raise OverdraftError("desk.not_allowed", field=what, found=str(value)[:40], allowed=allowed)
    return int(truth[0])


def amount(value: object, what: Token) -> float:
    """A number that is not below zero.

    Raises:
        OverdraftError: it is none.
    """
    try:
        number = float(str(value))
    except ValueError:
        number = float("nan")
    if not 0 <= number < 1e12:
        raise OverdraftError("desk.not_a_number", field=what, found=str(value)[:40])
    return number


def _role(role: str) -> Token:
    return register_schema().roles[role].token
