"""The settings that rules read: of which type each is and which words it may use. A policy gives them values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..schema import register_schema

_ENUMS = register_schema().enums


def words(enum: str) -> tuple[str, ...]:
    """The tokens of an enumeration of the register."""
    return tuple(_ENUMS[enum])


RULE_SETTINGS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "replacement.reading": ("choice", ("R1", "R2", "R3")),
        "replacement.pool": ("choice", ("county", "zone", "city")),
        "replacement.applies_outside_zone": ("bool", ()),
        "replacement.baseline": ("date", ()),
        "replacement.sealed_states": ("choices", ("sealed", "dismantled", "shut")),
        "replacement.credit_uses": ("choices", words("use")),
        "replacement.credit_requires_permit": ("bool", ()),
        "replacement.evidence_required": ("bool", ()),
        "replacement.evidence_kinds": ("choices", words("evidence_kind")),
        "replacement.single_pledge": ("bool", ()),
        "replacement.order": ("choice", ("both_before", "within_days")),
        "replacement.order_days": ("integer", ()),
        "replacement.idle_years": ("integer", ()),
        "replacement.idle_action": ("choice", ("review", "count", "reject")),
        "replacement.size_action": ("choice", ("review", "ignore")),
        "replacement.max_distance_m": ("number", ()),
        "retirement.baseline": ("date", ()),
        "retirement.area_basis": ("choice", ("geometry", "registered")),
        "retirement.parent_sum_only": ("bool", ()),
    }
)
"""Type and words by key. A policy that has one setting of a family (the part before the dot) has all of it."""

MAY_BE_EMPTY = ("replacement.max_distance_m",)
"""Settings whose absence means "no limit"; every other one has a value."""

RULE_FAMILIES = tuple(dict.fromkeys(key.split(".")[0] for key in RULE_SETTINGS))
