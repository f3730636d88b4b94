"""A retirement plan as the row of the case file that keeps it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from ..record import PlanStamp, plan_row
from .plan import LandPlan


def recorded_land(found: LandPlan, as_of: date, stamp: PlanStamp) -> dict[str, object]:
    """The row of the table ``plans``: what was asked, which areas go and when, what is missed, how it was solved."""
    plan, asked = found.plan, found.asked
    going = plan.areas[plan.areas["retire"]]
    missed = plan.units[plan.units["shortfall"] > 0]
    return plan_row(
        "retirement",
        stamp,
        status=plan.status,
        objective=plan.value,
        bound=found.bound,
        gap=found.gap,
        settings={
            **asdict(asked.settings),
            "as_of": as_of,
            "target_year": asked.target_year,
            "years": list(asked.years),
        },
        content={
            "areas": going[["area_id", "year", "why"]].to_dict("records"),
            "missed": missed[["unit_id", "measure", "year", "shortfall"]].to_dict("records"),
            "closing": sorted(plan.wells.loc[plan.wells["by_plan"], "well_id"]),
            "log": plan.log.to_dict("records"),
            "solver": plan.solver,
        },
    )
