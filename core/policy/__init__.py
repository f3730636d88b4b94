"""Policies: one government document each, as data. Read, checked, versioned by content; never run."""

from .arithmetic import Check
from .authority import assign_authorities
from .loader import PolicyTitle, available_policies, load_policy, parse_policy, policy_text
from .model import (
    RESERVE,
    AuthorityRule,
    Clause,
    Item,
    Note,
    Policy,
    PolicyUnit,
    RuleUse,
    Setting,
    Target,
    TargetSheet,
    ZoneUnit,
)
from .settings import effective_settings, unverified, with_settings

__all__ = [
    "RESERVE",
    "AuthorityRule",
    "Check",
    "Clause",
    "Item",
    "Note",
    "Policy",
    "PolicyTitle",
    "PolicyUnit",
    "RuleUse",
    "Setting",
    "Target",
    "TargetSheet",
    "ZoneUnit",
    "assign_authorities",
    "available_policies",
    "effective_settings",
    "load_policy",
    "parse_policy",
    "policy_text",
    "unverified",
    "with_settings",
]
