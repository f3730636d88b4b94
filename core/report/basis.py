"""What a finding rests on, on paper: the clause in its own words, the settings, the figures, the evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd

from ..messages import catalogue, render
from ..policy import Clause, Policy
from ..schema import register_schema, results_schema
from .figures import rounded
from .words import Words, is_given

DIGITS = Decimal("0.001")
UNITLESS = ("", "count", "ratio")


def clauses_of(found: pd.DataFrame, policy: Policy) -> list[Clause]:
    """The clauses of some findings, in the order of the document."""
    named = set(found["clause"])
    return [clause for clause in policy.clauses.values() if clause.id in named]


def settings_of(found: pd.DataFrame, words: Words, policy: Policy) -> str:
    """The settings under which some findings were made, each once. What the clause itself fixes needs no telling."""
    told: dict[str, None] = {}
    for text in found["settings"].unique():
        for name, value in (json.loads(text) if is_given(text) else {}).items():
            known = policy.settings.get(name)
            if known is not None:
                told[_pair(known.label(words.language), shown_value(value, name, words), words)] = None
    return _joined(list(told), words)


def figures_of(row: Mapping[str, Any], words: Words) -> str:
    """Measured value and threshold with their unit; empty where the rule measures nothing."""
    unit = "" if row["measure_unit"] in UNITLESS else words.unit(str(row["measure_unit"]))
    parts = [
        words(name, value=f"{number(row[name])} {unit}".strip())
        for name in ("measured", "threshold")
        if is_given(row[name])
    ]
    return _joined(parts, words)


def evidence_of(row: Mapping[str, Any], words: Words) -> str:
    """The values of the register that a finding shows as its evidence."""
    evidence = json.loads(row["evidence"]) if is_given(row["evidence"]) else {}
    pairs = [
        _pair(field_label(name, str(row["subject_role"]), words), shown_value(value, name, words), words)
        for name, value in evidence.items()
        if value is not None and value != [] and value != ""
    ]
    return _joined(pairs, words)


def field_label(name: str, role: str, words: Words, unit: bool = False) -> str:
    """The label of evidence of this name, else of the field of the role, of the wells, of any table that has it; of a
    field with its unit if asked."""
    key = f"evidence.{name}"
    if key in catalogue():
        return render(key, {}, words.language)
    roles = {**results_schema().roles, **register_schema().roles}
    for table in (role, "wells", *roles):
        if table in roles and name in roles[table].fields:
            field = roles[table].fields[name]
            return field.heading(words.language) if unit else field.label(words.language)
    return name


def parameter_label(name: str, words: Words) -> str:
    """The label of a parameter of a rule; it wins over a field or evidence of the same name."""
    key = f"parameter.{name}"
    return render(key, {}, words.language) if key in catalogue() else field_label(name, "", words)


def parameter_choice(name: str, token: str, words: Words) -> str:
    """What a token means as a value of a parameter; the same token may mean something else elsewhere."""
    key = f"parameter.{name}.{token}"
    return render(key, {}, words.language) if key in catalogue() else words.choice(token)


def shown_value(value: object, name: str, words: Words) -> str:
    """A value in words: tokens by their label, numbers with separators, lists joined; a gap in a list is told."""
    if value is None:
        return words("not_recorded")
    if isinstance(value, bool):
        return words("yes" if value else "no")
    if isinstance(value, (int, float)):
        return str(int(value)) if name == "year" or name.endswith("_year") else number(value)
    if isinstance(value, list):
        return ("、" if words.language == "zh" else ", ").join(
            shown_value(item, name, words) for item in value
        )
    if isinstance(value, dict):
        return _joined(
            [_pair(key, shown_value(item, key, words), words) for key, item in value.items()], words
        )
    text = str(value)
    if name == "reasons":
        return words.either(f"reason.{text}", text)
    enums = register_schema().enums
    known = [enum for enum in _enums_of_field().get(name, ()) if text in enums[enum]]
    return enums[known[0]][text].label(words.language) if known else parameter_choice(name, text, words)


def number(value: float) -> str:
    """Three decimals at most, none that say nothing."""
    figure = f"{rounded(value, DIGITS):,}"
    return (figure.rstrip("0").rstrip(".") if "." in figure else figure).replace("-", "−")


@cache
def _enums_of_field() -> Mapping[str, tuple[str, ...]]:
    """The enumerations of the fields of a name; of its plural as well, under which settings hold several."""
    found: dict[str, dict[str, None]] = {}
    for role in register_schema().roles.values():
        for name, field in role.fields.items():
            if field.enum:
                found.setdefault(name, {})[field.enum] = None
                found.setdefault(f"{name}s", {})[field.enum] = None
    return {name: tuple(enums) for name, enums in found.items()}


def _pair(label: str, value: str, words: Words) -> str:
    return f"{label}：{value}" if words.language == "zh" else f"{label}: {value}"


def _joined(parts: list[str], words: Words) -> str:
    return ("；" if words.language == "zh" else "; ").join(parts)
