"""Policies: one government document each, as data. Read, checked, versioned by content; never run."""

from .arithmetic import Check
from .authority import assign_authorities
from .compare import PolicyLine, compare_policies
from .edit import Draft, Edits, edited_policy, open_draft, read_draft
from .loader import (
    PolicyTitle,
    available_policies,
    load_policy,
    parse_policy,
    policy_problems,
    policy_text,
)
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
from .settings import effective_settings, read_value, unverified, with_settings
from .write import is_shipped, save_policy, text_of

__all__ = [
    "RESERVE",
    "AuthorityRule",
    "Check",
    "Clause",
    "Draft",
    "Edits",
    "Item",
    "Note",
    "Policy",
    "PolicyLine",
    "PolicyTitle",
    "PolicyUnit",
    "RuleUse",
    "Setting",
    "Target",
    "TargetSheet",
    "ZoneUnit",
    "assign_authorities",
    "available_policies",
    "compare_policies",
    "edited_policy",
    "effective_settings",
    "is_shipped",
    "load_policy",
    "open_draft",
    "parse_policy",
    "policy_problems",
    "policy_text",
    "read_draft",
    "read_value",
    "save_policy",
    "text_of",
    "unverified",
    "with_settings",
]
