"""Settings: values checked against what is allowed, and what a run lays over those of the policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from .model import Policy, Setting
from .shape import Where, is_type, plain_number, shown

_TYPE = {
    "choice": "text",
    "text": "text",
    "bool": "bool",
    "integer": "integer",
    "number": "number",
    "date": "date",
}
_MEMBER_TYPE = {"choices": "text", "numbers": "number"}
_BOOLS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def effective_settings(policy: Policy, overrides: Mapping[str, object] | None = None) -> dict[str, Setting]:
    """The policy's settings with those of a run laid over them.

    Args:
        overrides: value by setting key. None and empty text mean "as the policy says". Text is read as the
            type of the setting: ISO dates, numbers, true/false, lists joined by ``;``.

    Returns:
        Every setting by key. One that was given has ``source`` and ``confidence`` ``user``, also where the
        value is the policy's own: somebody confirmed it.

    Raises:
        OverdraftError: an unknown key, a value of the wrong type or one that is not allowed.
    """
    settings = dict(policy.settings)
    where = Where(policy.id)
    for key, given in (overrides or {}).items():
        if given is None or (isinstance(given, str) and not given.strip()):
            continue
        setting = policy.setting(key)
        value = _value(setting, _read(setting.type, given), where, key)
        settings[key] = replace(setting, value=value, source="user", confidence="user")
    return settings


def with_settings(policy: Policy, overrides: Mapping[str, object] | None = None) -> Policy:
    """The policy as a run uses it: ``policy.value(key)`` is the effective value; the version stays.

    Raises:
        OverdraftError: as ``effective_settings``.
    """
    return replace(policy, settings=MappingProxyType(effective_settings(policy, overrides)))


def read_value(setting: Setting, given: object, place: str = "") -> object:
    """A value for a setting as it is written into a policy file: text, bool, whole number, Decimal, date or a list.

    Args:
        given: in the types that ``effective_settings`` takes.
        place: name of the policy or file, for the message.

    Raises:
        OverdraftError: a value of the wrong type or one that is not allowed.
    """
    value = _read(setting.type, given)
    _value(setting, value, Where(place), setting.key)
    return value


def unverified(
    settings: Mapping[str, Setting] | Iterable[Setting], keys: Iterable[str] | None = None
) -> tuple[str, ...]:
    """Keys, sorted, of settings that rest on a default of ours which no text confirms.

    Args:
        settings: of a policy or of ``effective_settings``.
        keys: only among these; all when left out.
    """
    rows = settings.values() if isinstance(settings, Mapping) else settings
    wanted = None if keys is None else set(keys)
    return tuple(
        sorted(
            row.key
            for row in rows
            if row.confidence == "unverified" and (wanted is None or row.key in wanted)
        )
    )


def conform_value(setting: Setting, row: Mapping, where: Where, path: str) -> Setting:
    """A setting of a policy file with its value, its choices and its suggestions, all of one type.

    Raises:
        OverdraftError: a value of the wrong type, outside ``allowed``, or beyond ``min`` and ``max``.
    """
    kind = {"choices": "choice", "numbers": "number"}.get(setting.type, setting.type)
    member = replace(setting, type=kind, allowed=())
    choices = {
        name: tuple(
            _value(member, value, where, f"{path}.{name}[{n}]") for n, value in enumerate(row.get(name, []))
        )
        for name in ("allowed", "suggested")
    }
    setting = replace(setting, allowed=choices["allowed"], suggested=choices["suggested"])
    if "value" not in row:
        return setting
    return replace(setting, value=_value(setting, row["value"], where, f"{path}.value"))


def _value(setting: Setting, value: object, where: Where, path: str) -> object:
    if setting.type == "register":
        where.fail("from_register", path, found=shown(value))
    if setting.type in _MEMBER_TYPE:
        if not is_type(value, "list"):
            where.fail("expected.list", path, found=shown(value))
        members = value if isinstance(value, list) else []
        kind = _MEMBER_TYPE[setting.type]
        return tuple(
            _single(setting, member, kind, where, f"{path}[{n}]") for n, member in enumerate(members)
        )
    return _single(setting, value, _TYPE[setting.type], where, path)


def _single(setting: Setting, value: object, kind: str, where: Where, path: str) -> object:
    if not is_type(value, kind):
        where.fail(f"expected.{kind}", path, found=shown(value))
    if setting.allowed and value not in setting.allowed:
        where.fail("not_allowed", path, found=shown(value), allowed=list(setting.allowed))
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
        return value
    if not plain_number(value):
        where.fail("bad_number", path, found=shown(value))
    number = Decimal(value)
    low, high = setting.minimum, setting.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        where.fail("out_of_range", path, found=shown(value), minimum=low, maximum=high)
    return int(number) if kind == "integer" else float(number)


def _read(kind: str, given: object) -> object:
    """A value from a parameter or the command line, in the types of a policy file if it reads so."""
    if isinstance(given, datetime):
        return given.date()
    if kind == "bool" and given in (0, 1):
        return bool(given)
    if isinstance(given, float):
        return int(given) if kind == "integer" and given.is_integer() else Decimal(str(given))
    if kind in _MEMBER_TYPE:
        given = given.split(";") if isinstance(given, str) else given
        members = list(given) if isinstance(given, (list, tuple, set, frozenset)) else [given]
        single = "number" if kind == "numbers" else "text"
        return [_read(single, member) for member in members if str(member).strip()]
    return _read_text(kind, given.strip()) if isinstance(given, str) else given


def _read_text(kind: str, text: str) -> object:
    try:
        if kind == "bool":
            return _BOOLS[text.lower()]
        if kind == "date":
            return date.fromisoformat(text[:10])
        if kind == "integer":
            return int(text)
        if kind == "number":
            return Decimal(text)
    except (KeyError, ValueError, InvalidOperation):
        pass  # the check that follows says what is wrong, with the text as it was given
    return text
