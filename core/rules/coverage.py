"""What becomes of each clause of a policy: which rules judge it, which values it waits for, or that a person must."""

from __future__ import annotations

from dataclasses import dataclass

from ..policy import Policy
from .binding import bindings

JUDGED_ELSEWHERE = ("replacement", "retirement", "ranking")
"""Families of settings whose rules have a flow of their own: the ledger of 减二更一, the retirement balance and the
ranking of units."""


@dataclass(frozen=True)
class Coverage:
    """The place of one clause.

    Attributes:
        rules: rules that judge it, ``replacement``, ``retirement``, ``ranking``, ``placement`` and ``policy`` among
            them.
        gaps: settings of it that the document needs and does not give, and nobody has set.
        checklist: whether a person has to answer it, because it names nothing that data could show.
    """

    clause: str
    rules: tuple[str, ...]
    gaps: tuple[str, ...]
    checklist: bool

    @property
    def placed(self) -> bool:
        """Whether the clause has a place at all."""
        return bool(self.rules or self.gaps or self.checklist)


def coverage(policy: Policy) -> tuple[Coverage, ...]:
    """The place of every clause, in the order of the document.

    Raises:
        OverdraftError: the policy binds a rule wrongly.
    """
    rules: dict[str, list[str]] = {clause: [] for clause in policy.clauses}
    gaps: dict[str, list[str]] = {clause: [] for clause in policy.clauses}
    for bound in bindings(policy):
        rules[bound.clause.id].append(bound.rule.name)
        for key in bound.keys.values():
            if policy.setting(key).source == "gap":
                gaps[bound.clause.id].append(key)
    for setting in policy.settings.values():
        if setting.source == "gap":
            gaps[setting.clause].append(setting.key)
        elif setting.key.split(".")[0] in JUDGED_ELSEWHERE:
            rules[setting.clause].append(setting.key.split(".")[0])
    for clause in (one.clause for rows in (policy.authorities, policy.zone_units) for one in rows):
        rules[clause].append("placement")
    for sheet in policy.sheets:
        rules[sheet.clause].append("retirement" if sheet.item == "retired_area" else "policy.arithmetic")
    return tuple(
        Coverage(
            clause=one.id,
            rules=tuple(dict.fromkeys(rules[one.id])),
            gaps=tuple(dict.fromkeys(gaps[one.id])),
            checklist=one.evaluation == "checklist",
        )
        for one in policy.clauses.values()
    )
