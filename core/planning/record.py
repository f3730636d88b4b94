"""A plan on record: the row of the table ``plans`` of a case file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..findings.verdicts import to_json


@dataclass(frozen=True)
class PlanStamp:
    """Who planned when, and what the plan is called; `created_at` in ISO form."""

    plan_id: str
    created_at: str
    created_by: str
    name: str = ""


def plan_row(
    kind: str,
    stamp: PlanStamp,
    *,
    status: str,
    objective: float,
    bound: float,
    gap: float,
    settings: Mapping[str, object],
    content: Mapping[str, object],
) -> dict[str, object]:
    """The columns of ``plans``.

    Args:
        kind: of the enumeration ``plan_kind``.
        settings, content: what was asked and what came out; stored as JSON.
    """
    return {
        "plan_id": stamp.plan_id,
        "kind": kind,
        "name": stamp.name,
        "run_id": None,
        "created_at": stamp.created_at,
        "created_by": stamp.created_by,
        "status": status,
        "objective": objective,
        "bound": bound,
        "gap_ratio": gap,
        "settings": to_json(settings),
        "content": to_json(content),
    }
