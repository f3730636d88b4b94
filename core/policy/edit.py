"""Editing a policy: which parameters, rules and targets a person sets, as changes laid over the content of its file.

Identity, clauses and quotes are never edited: a quote is a quote. What a person sets is marked in the file (``source``
and ``confidence`` ``user``, ``on = false``, ``given``), so that nobody takes it for the words of the document.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..errors import OverdraftError
from .lines import line_numbers
from .loader import parse_content, path_of, policy_of, read_text
from .model import RESERVE, Policy, Setting
from .settings import effective_settings, read_value
from .shape import Where, plain_number, shown
from .vocabulary import MAY_BE_EMPTY, RULE_SETTINGS

TOTAL = "total"
"""Stands for the whole in the figures of a sheet of targets."""


@dataclass(frozen=True)
class Draft:
    """A policy file as it was read.

    Attributes:
        text, content: of the file, and what TOML makes of it.
        path: where it lies.
    """

    text: str
    content: Mapping[str, Any]
    policy: Policy
    path: Path


@dataclass(frozen=True)
class Edits:
    """What a person changes.

    Attributes:
        settings: value by setting key, as ``effective_settings`` takes it; None takes the value away.
        rules: whether a rule is on, by its row in the file.
        targets: figure by row in the file and unit id or ``total``; None takes the figure away.
    """

    settings: Mapping[str, object] = field(default_factory=dict)
    rules: Mapping[int, bool] = field(default_factory=dict)
    targets: Mapping[tuple[int, str], Decimal | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.settings or self.rules or self.targets)


def open_draft(source: str | Path) -> Draft:
    """A policy by id or path, ready to be edited.

    Raises:
        OverdraftError: as ``load_policy``.
    """
    path = path_of(source)
    return read_draft(read_text(path), path)


def read_draft(text: str, path: Path) -> Draft:
    """The same from a text; ``path`` is where it lies.

    Raises:
        OverdraftError: as ``parse_policy``.
    """
    content = parse_content(text, path.name)
    return Draft(text, content, policy_of(content, Where(path.name, line_numbers(text))), path)


def edited_policy(draft: Draft, edits: Edits) -> Policy:
    """The policy with the edits; its version is that of the new content.

    Raises:
        OverdraftError: an edit that the policy does not allow.
    """
    return policy_of(edited_content(draft, edits), Where(draft.path.name)) if edits else draft.policy


def edited_content(draft: Draft, edits: Edits) -> dict[str, Any]:
    """The content of the file with the edits.

    Raises:
        OverdraftError: a value of the wrong type, one that is not allowed, or a key that is not there.
    """
    content = copy.deepcopy(dict(draft.content))
    for key, value in edits.settings.items():
        _set_value(draft, content, key, value)
    for row, on in edits.rules.items():
        rule = content["rules"][row]
        if on:
            rule.pop("on", None)
        else:
            rule["on"] = False
    for (row, name), figure in edits.targets.items():
        _set_figure(draft, content["targets"][row], name, figure)
    return content


def edited_setting(policy: Policy, key: str, value: object) -> Setting:
    """A setting as it will be with the value that a person gave; None for none.

    Raises:
        OverdraftError: a value that is not allowed.
    """
    if value is not None:
        return effective_settings(policy, {key: value})[key]
    setting = policy.setting(key)
    source, confidence = ("user", "user") if setting.optional else ("gap", "absent")
    return replace(setting, value=None, source=source, confidence=confidence)


def may_be_empty(policy: Policy, key: str) -> bool:
    """Whether a setting may stand without a value: rules that read it then say so, or know what absence means."""
    return key not in RULE_SETTINGS or key in MAY_BE_EMPTY or policy.setting(key).optional


def figure_of(text: str, place: str = "") -> Decimal | None:
    """A figure as a person types it; None for nothing.

    Raises:
        OverdraftError: no number, or one that a policy cannot hold.
    """
    plain = text.strip().replace(",", "").replace("，", "")
    if not plain:
        return None
    try:
        figure = Decimal(plain)
    except ArithmeticError:
        raise OverdraftError("policy.expected.number", place=place, path=TOTAL, found=shown(text)) from None
    if not plain_number(figure) or figure < 0:
        raise OverdraftError("policy.bad_figure", found=shown(text))
    return figure


def _set_value(draft: Draft, content: dict[str, Any], key: str, value: object) -> None:
    setting = draft.policy.setting(key)
    family, name = key.split(".")
    row = content["settings"][family][name]
    if value is None:
        if not may_be_empty(draft.policy, key):
            raise OverdraftError("policy.value_needed", path=key)
        row.pop("value", None)
        row |= {"source": "user", "confidence": "user"} if setting.optional else {"source": "gap"}
        if not setting.optional:
            row.pop("confidence", None)
    else:
        row["value"] = read_value(setting, value, draft.policy.id)
        row |= {"source": "user", "confidence": "user"}


def _set_figure(draft: Draft, row: dict[str, Any], name: str, figure: Decimal | None) -> None:
    if name != TOTAL and name != RESERVE:
        draft.policy.unit(name)
    held = row if name == TOTAL else row.setdefault("parts", {})
    if figure is None:
        held.pop(name, None)
    else:
        held[name] = _plain(figure)
    if not row.get("parts", True):
        del row["parts"]
    row["given"] = sorted({*row.get("given", ()), name})


def _plain(figure: Decimal) -> int | Decimal:
    """As TOML reads it: a number without a fraction is a whole one."""
    exponent = figure.as_tuple().exponent
    return figure if isinstance(exponent, int) and exponent < 0 else int(figure)
