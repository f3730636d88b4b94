"""Which wells are credits and debits of the ledger: facts and eligibility, well by well.

Eligible means in an over-extraction zone and used for irrigation or sand-control forest; judged on the sealing day
for credits and on the commissioning day for renewals, in the zone edition in force that day.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..overlay import Placement
from ..policy import Policy
from ..register import Register
from ..register.facts import first_day, permit_history, sealing, well_history
from ..register.identity import ROW_ID
from .settings import ReplacementSettings

UNASSIGNED = "unassigned"

CREDIT_REASONS = (
    "not_placed",
    "no_zones",
    "use_missing",
    "use",
    "undated",
    "after_as_of",
    "before_baseline",
    "outside_zone",
    "no_permit",
    "idle",
)
"""Why a sealed well earns no credit, the first that holds is the one that is shown."""


def well_facts(
    register: Register,
    placement: Placement,
    settings: ReplacementSettings,
    policy: Policy,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """One row per well with everything the ledger asks about it.

    Returns:
        Aligned with ``register["wells"]``: ``well_id``, ``subject`` (row id), ``use``, ``origin``, ``replaces``,
        ``permit_m3``, ``placed``, ``doubt``, ``county``; ``sealed``, ``sealed_on``, ``seal_event``, ``undated``,
        ``zone_at_seal``; ``renewal``, ``commissioned_on``, ``zone_at_start``, ``zone_now``; ``has_permit``,
        ``permit_expired``; ``in_scope`` (its county is one of the policy's, or not known).
    """
    wells = register["wells"]
    history = well_history(register)
    size = len(wells)
    facts = pd.DataFrame(index=pd.RangeIndex(size))
    facts["well_id"] = wells["well_id"]
    facts["subject"] = wells[ROW_ID]
    for name in ("use", "origin", "replaces", "permit_m3", "status"):
        facts[name] = wells[name]
    place = placement.frame
    facts["placed"] = place["placed"].fillna(False).astype(bool)
    facts["doubt"] = place["doubt"].fillna(False).astype(bool)
    facts["county"] = place["county_id"].where(place["county_id"].notna(), None)
    facts["in_scope"] = placement.in_scope(policy, facts["county"])
    facts["county"] = placement.policy_units(policy, facts["county"])

    seal = sealing(history, size, as_of, settings.sealed_states)
    facts["sealed"], facts["sealed_on"], facts["seal_event"] = seal["sealed"], seal["day"], seal["event_id"]
    facts["undated"] = seal["undated"]
    facts["zone_at_seal"] = zones_on(placement, facts["sealed_on"])

    started = first_day(history, "commissioned", size)["day"]
    facts["commissioned_on"] = started.fillna(first_day(history, "built", size)["day"])
    facts["zone_at_start"] = zones_on(placement, facts["commissioned_on"])
    facts["zone_now"] = zones_on(placement, pd.Series(pd.NaT, index=facts.index, dtype="datetime64[ns]"))
    has_state = facts.index.isin(history.loc[history["state"] != "", "row"])
    facts["proposed"] = (facts["status"] == "proposed") & ~has_state
    facts["renewal"] = facts["origin"] == "renewal"
    facts["has_permit"], facts["permit_expired"] = _permits(register, facts["sealed_on"])
    return facts


def zones_on(placement: Placement, days: pd.Series) -> pd.Series:
    """Smallest of the strictest over-extraction zones of each point on its day; None outside or unknown."""
    state = placement.zone_state(days)
    inside = state["zone_severity"].notna()
    return state["zone_id"].where(inside, None).reset_index(drop=True)


def judge_credits(
    facts: pd.DataFrame, idle: pd.Series, settings: ReplacementSettings, has_zones: bool, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Does each sealed well count, and if not, why.

    Args:
        idle: text per well, ``idle``, ``used`` or ``unknown`` (see :mod:`idle`).

    Returns:
        Aligned with ``facts``: ``candidate`` (said to be sealed, in the policy's area), ``reason`` (of
        ``CREDIT_REASONS``, empty where it counts) and ``counts`` (bool).
    """
    candidate = (facts["sealed"] | facts["undated"]) & facts["in_scope"]
    day = facts["sealed_on"]
    zone_asked = not settings.applies_outside_zone
    tests = {
        "not_placed": ~facts["placed"] & zone_asked,
        "no_zones": pd.Series(zone_asked and not has_zones, index=facts.index),
        "use_missing": facts["use"].isna(),
        "use": ~facts["use"].isin(settings.credit_uses),
        "undated": facts["undated"],
        "after_as_of": day > as_of,
        "before_baseline": day < settings.baseline,
        "outside_zone": facts["zone_at_seal"].isna() & zone_asked,
        "no_permit": ~facts["has_permit"] & settings.credit_requires_permit,
        "idle": (idle == "idle") & (settings.idle_action == "reject"),
    }
    reason = _first_that_holds(tests, CREDIT_REASONS, len(facts))
    reason[~candidate.to_numpy()] = ""
    return pd.DataFrame(
        {"candidate": candidate, "reason": reason, "counts": candidate & (reason == "")}, index=facts.index
    )


RENEWAL_REASONS = (
    "not_placed",
    "no_zones",
    "use_missing",
    "use",
    "proposed",
    "after_as_of",
    "before_baseline",
    "outside_zone",
)


def judge_renewals(
    facts: pd.DataFrame, settings: ReplacementSettings, has_zones: bool, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Does each renewed well count as a debit: eligible, commissioned from the baseline to ``as_of``.

    A renewal with neither a commissioning nor a building day counts; so does one whose ``use`` is missing, as far
    as its place is eligible: a missing input never improves an outcome. Its state of today does not matter.

    Returns:
        Aligned with ``facts``: ``candidate``, ``reason``, ``counts``, ``undated``.
    """
    candidate = facts["renewal"] & facts["in_scope"]
    day = facts["commissioned_on"]
    zone = facts["zone_at_start"].where(day.notna(), facts["zone_now"])
    zone_asked = not settings.applies_outside_zone
    tests = {
        "not_placed": ~facts["placed"] & zone_asked,
        "no_zones": pd.Series(zone_asked and not has_zones, index=facts.index),
        "use": ~facts["use"].isin(settings.credit_uses) & facts["use"].notna(),
        "proposed": facts["proposed"],
        "after_as_of": day > as_of,
        "before_baseline": day < settings.baseline,
        "outside_zone": zone.isna() & zone_asked,
    }
    reason = _first_that_holds(tests, RENEWAL_REASONS, len(facts))
    reason[~candidate.to_numpy()] = ""
    counts = candidate & (reason == "")
    return pd.DataFrame(
        {"candidate": candidate, "reason": reason, "counts": counts, "undated": counts & day.isna()},
        index=facts.index,
    )


def pools(county: pd.Series, zone: pd.Series, settings: ReplacementSettings, policy: Policy) -> pd.Series:
    """The pool in which each row counts: its county, its zone or the city; ``unassigned`` where not known."""
    if settings.pool == "zone":
        pool = zone
    elif settings.pool == "city":
        pool = county.where(county.isna(), policy.city_id)
    else:
        pool = county
    return pool.where(pool.notna(), UNASSIGNED).astype(object)


def _permits(register: Register, sealed_on: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Whether a permit number was ever recorded, and whether the last permit ended before the sealing day."""
    wells = register["wells"]
    ends = wells["permit_to"].copy()
    named = wells["permit_no"].notna()
    history = permit_history(register)
    granted = history.loc[history["kind"] == "permitted", "row"]
    named = named | wells.index.isin(granted)
    if register.has("permit_wells"):
        links = register["permit_wells"]
        named = named | wells["well_id"].isin(links["well_id"].dropna())
        if register.has("permits"):
            valid = register["permits"].drop_duplicates("permit_no").set_index("permit_no")["valid_to"]
            last = links.assign(valid_to=links["permit_no"].map(valid)).groupby("well_id")["valid_to"].max()
            ends = ends.fillna(wells["well_id"].map(last))
    return named, named & (ends < sealed_on)


def _first_that_holds(tests: dict[str, pd.Series], order: Sequence[str], size: int) -> np.ndarray:
    names = [name for name in order if name in tests]
    holds = [np.asarray(tests[name], dtype=bool) for name in names]
    return np.select(holds, names, default="").astype(object) if size else np.array([], dtype=object)
