"""What still has to happen before water may be taken: papers, meter and power, as the policy's clauses ask for them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..overlay.zones import texts
from ..rules.scene import Scene

CONDITIONS: Mapping[str, tuple[int, str]] = {
    "authority.consult": (6, "authority"),
    "permits.required": (6, "permit"),
    "permits.built_before": (6, "approval"),
    "projects.assessment": (6, "assessment"),
    "projects.saving_review": (6, "saving_review"),
    "meters.required": (7, "meter"),
    "power.barred": (7, "power"),
    "power.links": (7, "account"),
}
"""Step and kind of condition by rule. These rules judge wells or projects that exist; to a well that is only applied
for they are conditions."""


def conditions_of(scene: Scene) -> list[list[dict]]:
    """Per application, in the order of decision: ``step``, ``clause``, ``rule``, ``message_key``, ``message_values``
    and ``met`` (True, False, or None where the application does not say).

    One entry per clause and kind; a policy that binds none of the rules of ``CONDITIONS`` sets no condition here.
    """
    asked = sorted(
        {
            (*CONDITIONS[use.rule], use.clause, use.rule)
            for use in scene.policy.rules
            if use.rule in CONDITIONS
        }
    )
    met = _met(scene)
    authority = texts(scene.place("applications").frame, "authority")
    return [
        [
            {
                "step": step,
                "clause": clause,
                "rule": rule,
                "message_key": f"vetting.condition.{kind}",
                "message_values": {"authority": authority[row]} if kind == "authority" else {},
                "met": met[kind][row],
            }
            for step, kind, clause, rule in asked
        ]
        for row in range(len(authority))
    ]


def _met(scene: Scene) -> dict[str, np.ndarray]:
    """By kind of condition, whether the application itself shows that it is met: True, False or None."""
    frame = scene.frame("applications")
    metered = frame["metered"].astype(object).where(frame["metered"].notna(), None).to_numpy(dtype=object)
    permit, account = (_named(frame[name]) for name in ("permit_no", "account_no"))
    both = np.where((metered == True) & (permit == True), True, None).astype(object)  # noqa: E712 - element by element
    lacking = metered == False  # noqa: E712
    unknown = np.full(len(frame), None, dtype=object)
    return {
        "authority": unknown,
        "permit": permit,
        "approval": _named(frame["approval_no"]),
        "assessment": unknown,
        "saving_review": unknown,
        "meter": metered,
        "power": np.where(lacking.astype(bool), False, both).astype(object),
        "account": account,
    }


def _named(column: pd.Series) -> np.ndarray:
    """True where a number is recorded, None where not: it may still be to come."""
    return np.where(column.notna(), True, None).astype(object)
