"""The ledger of 减二更一: sealed wells on one side, renewed ones on the other, and the balance of every pool.

Source: TLF-4.3c and the settings of the policy; the meaning of each figure stands in ``docs/contract.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from ..findings import Verdicts
from ..overlay import Placement, PlacementOptions, place
from ..policy import Policy
from ..register import Register
from .evidence import complete_evidence
from .idle import idle_before
from .pledges import all_pairs, settle
from .renewals import application_facts, renewals
from .settings import ReplacementSettings, replacement_settings
from .speak import speak
from .tables import balance_table, ledger_table, lines_between, pair_distances
from .wells import judge_credits, judge_renewals, pools, well_facts, zones_on


@dataclass(frozen=True)
class ReplacementLedger:
    """What :func:`replacement_ledger` finds.

    Attributes:
        balance: one row per pool, ``unassigned`` and zone diagnostics; columns of ``ledger_balance``.
        ledger: credits, debits, pairs and what was excluded, each with its reason; columns of ``ledger``.
        lines: live pairs as lines from the sealed to the renewed well, EPSG:4326; columns of ``pair_lines``.
        verdicts: findings.
        settings: the settings that were used.
    """

    balance: pd.DataFrame
    ledger: pd.DataFrame
    lines: gpd.GeoDataFrame
    verdicts: Verdicts
    settings: ReplacementSettings


@dataclass(frozen=True)
class Book:
    """Everything the tables and the findings are written from.

    Attributes:
        facts, credits, debits, idle: per well, see :mod:`.wells`; ``credits`` with ``state`` and ``holder``.
        proven: whether each seal is proven; None where evidence is not asked for or was not supplied.
        applications: renewal applications; renewals: every renewal once, see :mod:`.renewals`.
        pairs: every pledge with its permission, see :mod:`.pledges`; ends: longitude and latitude of both its wells.
        permissions: per renewal with live pledges.
    """

    register: Register
    policy: Policy
    settings: ReplacementSettings
    as_of: pd.Timestamp
    has_zones: bool
    facts: pd.DataFrame
    credits: pd.DataFrame
    debits: pd.DataFrame
    idle: pd.Series
    proven: pd.Series | None
    applications: pd.DataFrame
    renewals: pd.DataFrame
    pairs: pd.DataFrame
    ends: pd.DataFrame
    permissions: pd.DataFrame


def replacement_ledger(
    register: Register,
    placement: Placement,
    policy: Policy,
    as_of: date,
    *,
    reading: str | None = None,
    pool: str | None = None,
    baseline: date | None = None,
    progress: Callable[[float], None] | None = None,
) -> ReplacementLedger:
    """Keep the double entry book of sealed (credit) and renewed (debit) wells.

    Args:
        register: needs ``wells``; uses ``zones``, ``units``, ``events``, ``evidence``, ``pairs``, ``readings``,
            ``applications``, ``permit_wells`` and ``permits`` where they are.
        placement: of the wells, from :func:`core.overlay.place`.
        as_of: the day to which the book is kept, inclusive.
        reading, pool, baseline: override the policy for this run.

    Raises:
        OverdraftError: a setting outside what the policy allows.
    """
    tick = progress or (lambda _: None)
    settings = replacement_settings(policy, reading=reading, pool=pool, baseline=baseline)
    book = keep_book(register, placement, policy, as_of, settings, lambda done: tick(0.8 * done))
    balance = balance_table(book)
    result = ReplacementLedger(
        balance=balance,
        ledger=ledger_table(book),
        lines=lines_between(book.pairs, book.ends),
        verdicts=speak(book, balance),
        settings=settings,
    )
    tick(1.0)
    return result


def keep_book(
    register: Register,
    placement: Placement,
    policy: Policy,
    as_of: date,
    settings: ReplacementSettings,
    progress: Callable[[float], None] | None = None,
) -> Book:
    """Everything that the ledger knows, before it is put into tables; arguments as :func:`replacement_ledger`."""
    tick = progress or (lambda _: None)
    day = pd.Timestamp(as_of)
    has_zones = settings.applies_outside_zone or register.has("zones") or bool(policy.zone_units)
    facts = well_facts(register, placement, settings, policy, day)
    facts["pool_at_seal"] = pools(facts["county"], facts["zone_at_seal"], settings, policy)
    zone_at_start = facts["zone_at_start"].where(facts["commissioned_on"].notna(), facts["zone_now"])
    facts["pool_at_start"] = pools(facts["county"], zone_at_start, settings, policy)
    tick(0.4)
    idle = idle_before(register, facts, settings.idle_years)
    credits = judge_credits(facts, idle, settings, has_zones, day)
    debits = judge_renewals(facts, settings, has_zones, day)
    proven = None
    if settings.evidence_required and register.has("evidence"):
        proven = complete_evidence(register, facts, settings, day)
    tick(0.6)
    applications, points = _applications(register, policy, settings, as_of)
    pairs = all_pairs(register, facts, applications, day)
    pairs["retired_pool"] = _pool_of_retired(pairs, facts)
    who, group = renewals(register, facts, debits, applications, pairs, settings)
    pairs["group"] = group
    distance, ends = pair_distances(pairs, who, register["wells"], points)
    pairs, permissions = settle(
        pairs, who, facts, credits, idle, distance, settings, complete_asked=register.has("pairs")
    )
    tick(1.0)
    return Book(
        register=register,
        policy=policy,
        settings=settings,
        as_of=day,
        has_zones=has_zones,
        facts=facts,
        credits=_credit_states(credits, pairs, who, proven),
        debits=debits,
        idle=idle,
        proven=proven,
        applications=applications,
        renewals=who,
        pairs=pairs,
        ends=ends,
        permissions=permissions,
    )


def _applications(
    register: Register, policy: Policy, settings: ReplacementSettings, as_of: date
) -> tuple[pd.DataFrame, gpd.GeoDataFrame | None]:
    """Renewal applications with their place and pool; an empty frame without the role."""
    columns = [
        "application_id",
        "result_well_id",
        "well_id",
        "approval_no",
        "replaces",
        "decision",
        "applied_on",
    ]
    columns += ["permit_m3", "use", "row_id", "stage", "county", "placed", "doubt", "zone", "pool", "status"]
    if not register.has("applications"):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns}), None
    points = register["applications"]
    placed = place(
        points,
        zones=register.get("zones"),
        units=register.get("units"),
        policy=policy,
        as_of=as_of,
        options=replace(PlacementOptions(), distance_limit_m=0.0),
    )
    zones = zones_on(placed, pd.Series(pd.NaT, index=points.index, dtype="datetime64[ns]"))
    rows = application_facts(register, placed.frame, zones, pd.Timestamp(as_of))
    rows["county"] = rows["county"].where(rows["county"].notna(), None)
    rows["zone"] = rows["zone"].where(rows["zone"].notna(), None)
    rows = rows[placed.in_scope(policy, rows["county"])]
    rows["county"] = placed.policy_units(policy, rows["county"])
    return rows.assign(pool=pools(rows["county"], rows["zone"], settings, policy)), points


def _pool_of_retired(pairs: pd.DataFrame, facts: pd.DataFrame) -> pd.Series:
    known = pairs["retired"] >= 0
    pool = pd.Series("unassigned", index=pairs.index, dtype=object)
    pool[known] = facts["pool_at_seal"].to_numpy()[pairs.loc[known, "retired"]]
    return pool


def _credit_states(
    credits: pd.DataFrame, pairs: pd.DataFrame, who: pd.DataFrame, proven: pd.Series | None
) -> pd.DataFrame:
    """One state per credit, the first that holds: used, reserved, pending, available; and who holds it."""
    credits = credits.copy()
    holding = pairs[pairs["holds"]].drop_duplicates("retired").set_index("retired")
    state = holding["state"].reindex(credits.index)
    waiting = pd.Series(False, index=credits.index) if proven is None else ~proven
    credits["state"] = np.select(
        [~credits["counts"], state == "used", state == "reserved", waiting],
        ["excluded", "used", "reserved", "pending"],
        default="available",
    )
    credits["holder"] = holding["group"].map(who["renewal_id"]).reindex(credits.index)
    return credits
