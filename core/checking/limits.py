"""What a value may be, in one table: figures, years, days and their order, with the reason for each limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DEEPEST_M = 1_500.0
"""Deepest well taken for granted (m): irrigation wells end above 600 m, thermal wells of the region above 1 500 m."""

MOST_M3 = 5_000_000.0
"""Most that one well is taken to yield in a year (m³): a pump of 570 m³/h that never stands still."""

MOST_KWH = 10_000_000.0
"""Most energy of one account in a period (kWh): a pump of 1 100 kW that runs all year."""

QUOTA_M3_PER_MU = (50.0, 2_000.0)
"""Irrigation quotas of provincial standards (m³/mu): drip-irrigated grain in the wet east to rice in the driest
south of Xinjiang. Below lies a figure per m², above one per hectare."""

FIRST_YEAR = 1900
"""No well, permit or document of a register is older; 1899-12-30 is a spreadsheet's empty date."""

LAST_YEAR = 2100
"""No plan reaches further."""

SHARE_TOLERANCE = 0.01
"""How far shares may sum beside 1: shares are written in whole percent."""


@dataclass(frozen=True)
class Limit:
    """What a figure may be.

    Attributes:
        low: smaller values (with ``above_zero`` this one too) are impossible: errors.
        unusual_low, unusual_high: beyond them a value is improbable: warnings.
        high: larger values are impossible: errors.
    """

    role: str
    field: str
    low: float | None = None
    above: bool = False
    high: float | None = None
    unusual_low: float | None = None
    unusual_high: float | None = None


def _not_negative(field: str, *roles: str, unusual_high: float | None = None) -> tuple[Limit, ...]:
    return tuple(Limit(role, field, 0.0, unusual_high=unusual_high) for role in roles)


def _positive(field: str, *roles: str, unusual_high: float | None = None) -> tuple[Limit, ...]:
    return tuple(Limit(role, field, 0.0, True, unusual_high=unusual_high) for role in roles)


LIMITS = (
    *_positive("depth_m", "wells", "applications", "permit_wells", unusual_high=DEEPEST_M),
    # Water may stand above the ground of an artesian well, but not by more than a house is high.
    Limit("levels", "depth_m", unusual_low=-30.0, unusual_high=DEEPEST_M),
    *_not_negative("top_m", "screens"),
    *_not_negative("permit_m3", "wells", "applications", unusual_high=MOST_M3),
    *_not_negative("plan_m3", "wells", "applications", unusual_high=MOST_M3),
    *_not_negative("volume_m3", "readings", "permit_wells", unusual_high=MOST_M3),
    *_not_negative("volume_m3", "permits", "targets"),  # of many wells
    *_not_negative("energy_kwh", "readings", unusual_high=MOST_KWH),
    *_not_negative("approved_kwh", "accounts", unusual_high=MOST_KWH),
    *_not_negative("allowable_m3", "zones"),
    *_not_negative("annual_m3", "users"),
    *_not_negative("floor_m2", "users"),
    *_not_negative("demand_m3", "projects"),
    *_not_negative("traded_m3", "projects", "applications"),
    *_not_negative("eco_flow_m3s", "sections"),
    *_not_negative("flow_m3s", "sections"),
    *_not_negative("cost", "irrigation"),
    *_not_negative("n_days", "documents"),
    # A well for drinking water or industry waters no land, a polygon has an area.
    *_not_negative("area_mu", "wells", "applications", "targets"),
    *_positive("area_mu", "irrigation", "parcels", "events"),
    *_not_negative("irrigated_mu", "area_years"),
    *_not_negative("allocated_mu", "area_years"),
    Limit(
        "irrigation",
        "quota_m3_per_mu",
        0.0,
        True,
        unusual_low=QUOTA_M3_PER_MU[0],
        unusual_high=QUOTA_M3_PER_MU[1],
    ),
    *_positive("m3_per_kwh_ratio", "wells", "applications"),
    *(Limit(role, "share_ratio", 0.0, high=1.0) for role in ("well_users", "account_wells", "well_areas")),
    # Lake Aydingkol, the lowest land of China, lies at -154 m, the highest summit at 8 849 m.
    Limit("stations", "ground_m", low=-160.0, high=8_850.0),
)

SHARES = (("well_users", "well_id"), ("well_areas", "well_id"), ("account_wells", "account_no"))
"""Tables of shares and whose shares make a whole: a well's among its users or areas, an account's among its wells."""

YEARS = (
    ("readings", True),
    ("area_years", True),
    ("indices", False),
    ("targets", False),
    ("documents", False),
    ("prices", False),
)
"""Roles with a field ``year``, and whether it is one of facts, which cannot lie after the day of judgement."""

FACT_DAYS = {
    "wells": ("built_on", "commissioned_on", "status_on", "stopped_on", "deregistered_on"),
    "irrigation": ("retired_on", "restored_on"),
    "intakes": ("metered_on",),
    "applications": ("built_on", "commissioned_on", "applied_on", "decided_on"),
    "events": ("effective_on", "recorded_on"),
    "evidence": ("taken_on",),
    "pairs": ("pledged_on", "released_on"),
    "readings": ("as_of",),
    "indices": ("as_of",),
    "permits": ("approved_on",),
    "meters": ("installed_on", "checked_on"),
    "levels": ("date_on",),
    "documents": ("drafted_on", "approved_on", "filed_on", "revised_on", "issued_on"),
    "violations": ("found_on", "rectified_on", "closed_on", "revisited_on"),
    "objections": ("filed_on", "decided_on"),
}
"""Days on which something happened: later than the day of judgement they are not facts."""

ORDER = {
    "wells": (
        ("built_on", "commissioned_on", "error"),
        ("built_on", "stopped_on", "error"),
        ("built_on", "status_on", "error"),
        ("built_on", "deregistered_on", "error"),
        # A well may have been started again after a stop.
        ("commissioned_on", "stopped_on", "warning"),
    ),
    "applications": (("applied_on", "decided_on", "error"), ("decided_on", "permit_to", "error")),
    "permits": (("approved_on", "valid_to", "error"),),
    "zones": (("valid_from", "valid_to", "error"),),
    "irrigation": (("valid_from", "valid_to", "error"),),
    "units": (("valid_from", "valid_to", "error"),),
    "networks": (("valid_from", "valid_to", "error"),),
    "documents": (
        ("notice_from", "notice_to", "error"),
        ("drafted_on", "approved_on", "warning"),
    ),
    "pairs": (("pledged_on", "released_on", "error"),),
    "violations": (
        ("found_on", "rectified_on", "error"),
        ("found_on", "closed_on", "error"),
        ("found_on", "revisited_on", "error"),
    ),
    "objections": (("filed_on", "decided_on", "error"),),
}
"""Days of one row that follow one another: the earlier, the later, and how severe the reverse is."""


def first_day() -> date:
    """The first day that a register may name."""
    return date(FIRST_YEAR, 1, 1)
