"""The plan of pairs for the renewals of a register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from ...errors import OverdraftError
from ...overlay.points import Points
from ...replacement import Book, ReplacementSettings, keep_book
from ...replacement.tables import balance_table
from ...rules.scene import Scene
from ..pairing import Plan, Problem, pair_wells, problem_from_places, runner_ups
from ..pairing.offers import distance_m
from .asked import PARTS, renewals_asked
from .candidates import candidates
from .options import ALL, PairOptions
from .tables import alternatives_table, groups_table, lines_of, pairs_table, unmet_table
from .unmet import nearest_ineligible

BATCH = "R3"
_WGS84 = pyproj.CRS("EPSG:4326")
_SEARCHED = ("few", "group")
"""Reasons of the solver for which the nearest wells that may not be taken are worth naming."""


@dataclass(frozen=True)
class PairPlan:
    """A pairing plan as tables.

    Attributes:
        pairs, unmet, groups, alternatives: columns of ``plan_pairs``, ``plan_unmet``, ``plan_groups`` and
            ``plan_alternatives``. Every renewal that is asked for stands in ``pairs`` or in ``unmet``.
        lines: from the retired well to the renewal, EPSG:4326; columns of ``pair_lines``.
        priority_served: sum of the priorities of the renewals that are served.
        plan: what the solver says, with its bounds, its log and the plan of common sense.
        limits: sealed wells that the plan may use, by pool.
        passed_over: renewals whose ``replaces`` names a well that cannot be taken: ``renewal_id``, ``retired_id``,
            ``reason``.
        settings: of 减二更一, as used; options: of the plan.
        evidence_missing: the policy asks for evidence of sealing and none was supplied.
    """

    pairs: pd.DataFrame
    lines: gpd.GeoDataFrame
    unmet: pd.DataFrame
    groups: pd.DataFrame
    alternatives: pd.DataFrame
    priority_served: float
    plan: Plan
    limits: dict[str, int]
    passed_over: pd.DataFrame
    settings: ReplacementSettings
    options: PairOptions
    evidence_missing: bool


def plan_pairs(
    scene: Scene,
    settings: ReplacementSettings,
    options: PairOptions | None = None,
    progress: Callable[[float], None] | None = None,
) -> PairPlan:
    """Which wells to seal for each renewal: most priority served, then least cost, with a proof.

    Args:
        scene: register, places, policy and day.
        settings: how 减二更一 is read, from :func:`core.replacement.replacement_settings`.

    Raises:
        OverdraftError: reading R3, which approves applications by their number; no renewal of the name for which
            alternatives are asked; a plan that fails its own check.
        Cancelled: from ``progress``.
    """
    options = options or PairOptions()
    if settings.reading == BATCH:
        raise OverdraftError("renewals.batch_reading", found=settings.reading, allowed=["R1", "R2"])
    tick = progress or (lambda _: None)
    book = keep_book(scene.register, scene.placement, scene.policy, scene.as_of, settings)
    tick(0.2)
    reach = options.reach_m(settings.max_distance_m)
    well_xy = Points(scene.frame("wells")).coordinates(_WGS84)
    filed_xy = Points(scene.frame("applications")).coordinates(_WGS84)
    asked = renewals_asked(book, well_xy, filed_xy, _priority(scene, book))
    wells = candidates(scene, book, well_xy, allow_unsealed=options.allow_unsealed)
    passed_over = _set_names(asked, wells, reach)
    limits = sealed_limits(book)
    common = int(np.gcd.reduce(asked.loc[asked["reason"] == "", "weight"].to_numpy(), initial=0)) or PARTS
    problem = _problem(asked, wells, limits, options, reach, common)
    plan = pair_wells(
        problem, time_limit_s=options.time_limit_s, progress=lambda done: tick(0.2 + 0.6 * done)
    )
    others = _alternatives(problem, plan, asked, options, lambda done: tick(0.8 + 0.15 * done))
    pairs = pairs_table(plan, asked, wells, settings)
    searched = set(plan.unmet.loc[plan.unmet["reason"].isin(_SEARCHED), "renewal_id"])
    near = nearest_ineligible(asked, wells, asked.index[asked["renewal_id"].isin(searched)], reach)
    tick(1.0)
    return PairPlan(
        pairs=pairs,
        lines=lines_of(pairs, asked, wells),
        unmet=unmet_table(plan, asked, near, settings),
        groups=groups_table(plan, asked),
        alternatives=alternatives_table(others, common / PARTS),
        priority_served=plan.weight * common / PARTS,
        plan=plan,
        limits=limits,
        passed_over=passed_over,
        settings=settings,
        options=options,
        evidence_missing=settings.evidence_required and book.proven is None,
    )


def _priority(scene: Scene, book: Book) -> pd.Series:
    """Recorded priority of each renewal: that of its well, else of its application."""
    who = book.renewals
    of_wells = scene.frame("wells")["priority"].astype("float64")
    of_papers = scene.frame("applications")["priority"].astype("float64")
    found = who["well"].map(of_wells).astype("float64")
    return found.where(found.notna(), who["application"].map(of_papers).astype("float64"))


def _set_names(asked: pd.DataFrame, wells: pd.DataFrame, reach_m: float | None) -> pd.DataFrame:
    """Put ``named`` (row of the well, −1 for none) beside ``replaced``: it counts only if the well can be taken.

    Returns:
        Renewals that are planned for and name a well that cannot be taken, with the reason.
    """
    place = asked["replaced"].to_numpy()
    there = (place >= 0) & (asked["reason"] == "").to_numpy()
    well = wells.iloc[np.where(there, place, 0)] if len(wells) else wells.reindex(asked.index)
    metres = distance_m(asked[["lon", "lat"]].to_numpy(), well[["lon", "lat"]].to_numpy(dtype="float64"))
    reason = well["reason"].to_numpy(dtype=object).copy()
    reason[(reason == "") & (well["pool"].to_numpy() != asked["pool"].to_numpy())] = "other_pool"
    if reach_m is not None:
        reason[(reason == "") & (metres > reach_m)] = "too_far"
    asked["named"] = np.where(there & (reason == ""), place, -1)
    barred = there & (reason != "")
    return pd.DataFrame(
        {
            "renewal_id": asked["renewal_id"].to_numpy()[barred],
            "retired_id": well["retired_id"].to_numpy()[barred],
            "reason": reason[barred],
        }
    )


def sealed_limits(book: Book) -> dict[str, int]:
    """Sealed wells that a plan may use, by pool:

        max(0, min(sealed − k · (renewed + reserved), sealed − pending)) − wells pledged by renewals not yet approved

    and never below 0: renewals without pairs consume credits of their pool first (contract, section 4).
    """
    table = balance_table(book)
    table = table[~table["pool_id"].str.contains("/", regex=False)].set_index("pool_id")
    counts = table[["sealed", "pending", "renewed", "reserved"]].fillna(0).astype("int64")
    free = counts["sealed"] - book.settings.k * (counts["renewed"] + counts["reserved"])
    left = np.minimum(free, counts["sealed"] - counts["pending"]).clip(lower=0)
    waiting = book.pairs["group"].map(book.renewals["stage"]) == "pending"
    held = book.pairs[(waiting & book.pairs["holds"] & book.pairs["subject"].notna()).to_numpy()]
    taken = book.facts["pool_at_seal"].iloc[held["retired"].unique()].value_counts()
    return (left - taken.reindex(left.index).fillna(0).astype("int64")).clip(lower=0).to_dict()


def _problem(
    asked: pd.DataFrame,
    wells: pd.DataFrame,
    limits: dict[str, int],
    options: PairOptions,
    reach_m: float | None,
    common: int,
) -> Problem:
    """The renewals that can be planned for and the wells that may be taken, as a pairing problem.

    Args:
        common: divisor of all weights; small numbers are solved faster.
    """
    rows = asked[(asked["reason"] == "").to_numpy()]
    offered = wells[(wells["reason"] == "").to_numpy()]
    offered = offered[offered["pool"].isin(rows["pool"]).to_numpy()]
    named = wells["retired_id"].to_numpy()[rows["named"].to_numpy()] if len(wells) else []
    return problem_from_places(
        rows.assign(
            priority=rows["weight"] // common,
            named=np.where(rows["named"] >= 0, named, None),
        ),
        offered,
        options.weights,
        max_distance_m=reach_m,
        limits=limits,
        max_served=options.max_served,
    )


def _alternatives(
    problem: Problem,
    plan: Plan,
    asked: pd.DataFrame,
    options: PairOptions,
    progress: Callable[[float], None],
) -> pd.DataFrame:
    """The next best choice of the renewals asked for."""
    known = list(problem.renewal_ids)
    wanted = known if options.alternatives == ALL else list(dict.fromkeys(options.alternatives))
    unknown = sorted(set(wanted) - set(asked["renewal_id"]))
    if unknown:
        raise OverdraftError("renewals.unknown_renewal", found=unknown[:5], allowed=known[:5], n=len(known))
    planned = [name for name in wanted if name in set(known)]
    return runner_ups(problem, plan, planned, time_limit_s=options.time_limit_s, progress=progress)
