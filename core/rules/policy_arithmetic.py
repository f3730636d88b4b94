"""What the policy's own figures say about each other, as findings on the policy itself.

One row per inconsistency: shown beside the results, never repaired. Checks for information make no finding.
"""

from __future__ import annotations

from collections import defaultdict

from ..findings import Verdicts, concat, judge
from ..policy import Check, Policy

RULES = {"sum": "policy.arithmetic", "base_year": "policy.base_year", "reduction": "policy.reduction"}
"""Rule by kind of check: sums of parts, the base year from several years, reductions from the parts."""

ROLE = "policy"


def policy_findings(policy: Policy) -> Verdicts:
    """Findings on the document's arithmetic: ``review`` where figures disagree, else ``pass`` (counted).

    The subject is ``<item>:<year>`` of role ``policy``, the unit the city, the period the target year.
    ``measured`` is the computed and ``threshold`` the stated figure, in the unit of the item.
    """
    groups: defaultdict[tuple[str, str, str], list[Check]] = defaultdict(list)
    for check in policy.checks():
        if not check.informative:
            groups[RULES[check.kind], check.clause, check.unit].append(check)
    return concat(
        _findings(policy, rule, clause, unit, checks) for (rule, clause, unit), checks in groups.items()
    )


def _findings(policy: Policy, rule: str, clause: str, unit: str, checks: list[Check]) -> Verdicts:
    names = checks[0].message_values
    return judge(
        rule=rule,
        clause=clause,
        subject_role=ROLE,
        subject_id=[f"{check.item}:{check.year}" for check in checks],
        unit_id=policy.city_id,
        period=[str(check.year) for check in checks],
        outcome=["pass" if check.agrees else "review" for check in checks],
        action="none",
        measured=[float(check.computed) for check in checks],
        threshold=[float(check.stated) for check in checks],
        measure_unit=unit,
        message_key=[check.message_key for check in checks],
        message_values={name: [check.message_values[name] for check in checks] for name in names},
        evidence={
            "parts": [{name: str(value) for name, value in check.parts.items()} for check in checks],
            "stated": [str(check.stated) for check in checks],
            "computed": [str(check.computed) for check in checks],
        },
    )
