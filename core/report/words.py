"""Words of the report: labels of tokens, names of places, sentences of findings, all in one language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from ..messages import Token, catalogue, placeholders, render, show
from ..personal import masked
from ..policy import Policy, Setting
from ..policy.model import SCALES
from ..schema import register_schema, results_schema

DASH = "—"
UNASSIGNED = "unassigned"

_ENUM_OF_VALUE = {
    "use": "use",
    "uses": "use",
    "approved_uses": "use",
    "status": "status",
    "aquifer": "aquifer",
    "severity": "severity",
    "control": "control",
    "level": "unit_level",
    "origin": "origin",
    "management": "management",
    "reading": "reading",
    "role": "role",
    "layer": "role",
    "source": "irrigation_source",
    "decision": "application_decision",
    "permission": "permission",
    "alternative": "alternative_kind",
    "protection": "protection_kind",
    "sector": "sector",
    "industry": "project_industry",
    "build_kind": "project_build_kind",
}
"""Names under which messages carry a token, and the enumeration that it is from."""

_ENUM_OF_SETTING = {
    "replacement.reading": "reading",
    "replacement.pool": "pool_level",
    "replacement.sealed_states": "status",
    "replacement.credit_uses": "use",
    "replacement.evidence_kinds": "evidence_kind",
}

_COMMON_ENUMS = ("unit_level", "pool_level", "use", "charge_base", "outcome", "permission")
"""Enumerations that go first where several hold a token."""


class Words:
    """Everything the report says, in ``en`` or ``zh``.

    Args:
        policy: names its units; None where the document is not at hand.
        names: name by id of places that the register knows (units, zones), which win over the policy's.
    """

    def __init__(self, language: str, policy: Policy | None, names: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._policy = policy
        self._names = dict(names or {})

    def masked(self) -> Words:
        """The same with numbers of persons masked in the names of places, where somebody typed one."""
        return Words(
            self.language, self._policy, {key: masked(str(name)) for key, name in self._names.items()}
        )

    def __call__(self, key: str, **values: object) -> str:
        """The text ``report.<key>``."""
        return render(f"report.{key}", values, self.language)

    def either(self, key: str, otherwise: str) -> str:
        """The text ``report.<key>`` if there is one."""
        return self(key) if f"report.{key}" in catalogue() else otherwise

    def token(self, enum: str, token: object) -> str:
        """The label of a token; an unknown one as it is, an empty one as a dash."""
        if not is_given(token):
            return DASH
        return results_schema().label(enum, str(token), self.language)

    def field(self, table: str, name: str) -> str:
        """The heading of a column of a result table or a role."""
        schema = results_schema() if table in results_schema().roles else register_schema()
        return schema.roles[table].fields[name].heading(self.language)

    def rule(self, rule: str) -> str:
        """What a rule is about; its own name where no words are kept for it."""
        return self.either(f"rule.{rule}", rule)

    def place(self, unit_id: object) -> str:
        """The name of a unit, zone or pool by its id; of a unit of the policy by its own name as well."""
        if not is_given(unit_id):
            return DASH
        text = str(unit_id)
        if text == UNASSIGNED:
            return self("unassigned")
        for unit in self._policy.units if self._policy else ():
            if text in (unit.id, unit.name):
                return unit.name if self.language == "zh" else unit.name_en
        return self._names.get(text, text)

    def sentence(self, key: object, values: str | Mapping[str, object] | None, role: str = "") -> str:
        """A finding's or entry's sentence.

        Args:
            key, values: message key and its values (a mapping or JSON).
            role: the role that field names in the values belong to.
        """
        text = catalogue().get(str(key))
        if text is None:
            return str(key)
        given: dict[str, Any] = json.loads(values) if isinstance(values, str) else dict(values or {})
        if isinstance(given.get("expected"), list) and isinstance(given.get("field"), list):
            given["expected"] = [
                self._choices(role, name, words)
                for name, words in zip(given["field"], given["expected"], strict=False)
            ]
        if role not in register_schema().roles:  # a finding on the register as a whole names its layer
            role = str(given.get("role", role))
        told = dict.fromkeys(placeholders(text[self.language]))  # what a value is missing for shows as a dash
        told |= {name: self._told(name, value, role) for name, value in given.items()}
        return render(str(key), told, self.language)

    def setting(self, setting: Setting) -> str:
        """The value of a setting in words, with its unit."""
        value = setting.value
        if value is None:
            return self("not_set")
        if isinstance(value, bool):
            return self("yes" if value else "no")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, tuple):
            joined = ("、" if self.language == "zh" else ", ").join(
                self._choice(setting, item) for item in value
            )
            return joined or self("any")
        if isinstance(value, str):
            return self._choice(setting, value)
        return " ".join((f"{value:g}", self.unit(setting.unit))).strip()

    def unit(self, unit: str) -> str:
        """A unit of measurement as it is printed: ``m³``, ``亿m³`` or ``10⁸ m³``."""
        known = register_schema().units.get(unit)
        if known:
            return known.label(self.language)
        printed = self.either(f"unit.{unit}", unit)
        return printed.replace("m3", "m³")

    def _choices(self, role: str, name: str, tokens: str) -> str:
        """The labels of an enumeration, which an input may hold as well as its tokens."""
        roles = register_schema().roles
        item = roles[role].fields.get(name) if role in roles else None
        if item is None or not item.enum:
            return tokens
        return " / ".join(self.token(item.enum, token) for token in tokens.split(" / "))

    def _choice(self, setting: Setting, token: object) -> str:
        enum = _ENUM_OF_SETTING.get(setting.key)
        return self.token(enum, token) if enum else self.choice(str(token))

    def choice(self, token: str) -> str:
        """What a token means wherever it stands: its own text, else its label in the enumerations that have it, first
        of those of ``_COMMON_ENUMS``; any other text as it is."""
        key = f"choice.{token}"
        if f"report.{key}" in catalogue():
            return self(key)
        enums = {**results_schema().enums, **register_schema().enums}
        holding = [name for name in (*_COMMON_ENUMS, *enums) if token in enums[name]]
        return enums[holding[0]][token].label(self.language) if holding else token

    def _told(self, name: str, value: object, role: str) -> object:
        if isinstance(value, bool):
            return self("yes" if value else "no")
        if isinstance(value, (int, float)) and (name == "year" or name.endswith("_year")):
            return str(int(value))  # a year has no thousands
        if isinstance(value, list):
            told = [show(self._told(name, item, role)) for item in value]
            return ("、" if self.language == "zh" else ", ").join(told) or None
        if isinstance(value, str) and (value in SCALES or value in register_schema().units):
            return self.unit(value)
        if name == "field" and role in register_schema().roles:
            found = register_schema().roles[role].fields.get(str(value))
            return found.token.told(self.language) if found else value
        if name in _ENUM_OF_VALUE and isinstance(value, str):
            return self.token(_ENUM_OF_VALUE[name], value)
        if name == "parameter" and f"parameter.{value}" in catalogue():
            return Token(str(value), catalogue()[f"parameter.{value}"]).told(self.language)
        if name in ("pool", "unit", "county", "unit_id") and isinstance(value, str):
            return self.place(value)
        return value


def is_given(value: object) -> bool:
    """Whether a cell holds anything: not None, not missing, not empty text."""
    return value is not None and value is not pd.NaT and value is not pd.NA and value == value and value != ""
