"""A pairing problem as arrays in the order of the ids, so that the order of the rows given plays no part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from .offers import CostWeights, Forbidding, ListedOffers, Offers, PlacedOffers

UNIT = 1_000_000
"""Whole units in one unit of cost (one kilometre at weight 1)."""
NO_LIMIT = np.iinfo(np.int64).max
LARGEST_TOTAL = 2**56
"""No plan may cost more units than this: all sums then stay inside 64 bits."""
RENEWAL_COLUMNS = ("renewal_id", "pool", "priority", "needed", "named")
CANDIDATE_COLUMNS = ("retired_id", "pool", "to_seal")
PLACE_COLUMNS = ("lon", "lat")


@dataclass(frozen=True)
class Problem:
    """Renewals and candidates, each in the order of their ids; pools are numbered in the order of their names.

    Attributes:
        renewal_ids, candidate_ids: object arrays of text.
        renewal_pool, candidate_pool: number of the pool.
        weight: priority of each renewal, a whole number ≥ 1.
        needed: wells that each renewal needs, ≥ 1.
        named: place of the candidate that must be among them; −1: none.
        to_seal: candidates that still have to be sealed; the others are credit in hand.
        pools: names.
        limit: per pool, how many sealed wells may be used; ``NO_LIMIT``.
        max_served: at most so many renewals are served; None: no limit.
        offers: which candidates a renewal may take, and what each costs.
    """

    renewal_ids: np.ndarray
    candidate_ids: np.ndarray
    renewal_pool: np.ndarray
    candidate_pool: np.ndarray
    weight: np.ndarray
    needed: np.ndarray
    named: np.ndarray
    to_seal: np.ndarray
    pools: np.ndarray
    limit: np.ndarray
    max_served: int | None
    offers: Offers

    def without(self, row: np.ndarray, col: np.ndarray) -> Problem:
        """The same problem in which the given pairs are not on offer."""
        return replace(self, offers=Forbidding(self.offers, row, col, len(self.candidate_ids)))


def problem_from_edges(
    renewals: pd.DataFrame,
    candidates: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    limits: Mapping[str, int] | None = None,
    max_served: int | None = None,
) -> Problem:
    """A problem whose pairs and costs are listed.

    Args:
        renewals: ``RENEWAL_COLUMNS``; ``priority`` and ``needed`` whole numbers ≥ 1, ``named`` a ``retired_id``
            or None.
        candidates: ``CANDIDATE_COLUMNS``.
        edges: ``renewal_id``, ``retired_id``, ``cost`` in whole units ≥ 0. A pair across two pools is left out.
        limits: sealed wells that a plan may use, by pool; a pool that is not named has no limit.

    Raises:
        OverdraftError: a repeated or unknown id, a number that is not allowed, costs beyond 64 bits.
    """
    given = _arrays(renewals, candidates, limits, max_served)
    row = _places(edges["renewal_id"], given["renewal_ids"], "renewal_id")
    col = _places(edges["retired_id"], given["candidate_ids"], "retired_id")
    cost = _whole(edges["cost"], "cost", least=0)
    same = given["renewal_pool"][row] == given["candidate_pool"][col]
    row, col, cost = row[same], col[same], cost[same]
    key = row * max(1, len(given["candidate_ids"])) + col
    if len(np.unique(key)) != len(key):
        raise OverdraftError("pairing.repeated_pair", found=int(len(key) - len(np.unique(key))))
    _check_total(given["needed"], int(cost.max(initial=0)))
    return Problem(**given, offers=ListedOffers(row, col, cost))


def problem_from_places(
    renewals: pd.DataFrame,
    candidates: pd.DataFrame,
    weights: CostWeights,
    *,
    max_distance_m: float | None = None,
    limits: Mapping[str, int] | None = None,
    max_served: int | None = None,
) -> Problem:
    """A problem in which every candidate of a renewal's pool is on offer, at a cost that grows with the distance.

    Args:
        renewals: ``RENEWAL_COLUMNS`` and ``lon``, ``lat`` (degrees, WGS 84).
        candidates: ``CANDIDATE_COLUMNS``, ``lon``, ``lat`` and ``volume_m3`` (permitted volume, m³; empty counts 0);
            optionally ``only_named`` (on offer to the renewals that name it alone).
        max_distance_m: candidates farther off are not on offer, except the well that a renewal names.

    Raises:
        OverdraftError: as :func:`problem_from_edges`; a place that is missing; a weight or a distance below 0.
    """
    given = _arrays(renewals, candidates, limits, max_served)
    if max_distance_m is not None and not max_distance_m >= 0:
        raise OverdraftError("pairing.not_allowed", field="max_distance_m", found=max_distance_m, least=0)
    for name in ("distance", "volume", "unsealed"):
        value = getattr(weights, name)
        if not (np.isfinite(value) and value >= 0):
            raise OverdraftError("pairing.not_allowed", field=f"w_{name}", found=value, least=0)
    renewals = renewals.sort_values("renewal_id", kind="stable")
    candidates = candidates.sort_values("retired_id", kind="stable")
    offers = PlacedOffers(
        renewal_lonlat=_lonlat(renewals, "renewal_id"),
        candidate_lonlat=_lonlat(candidates, "retired_id"),
        renewal_pool=given["renewal_pool"],
        candidate_pool=given["candidate_pool"],
        named=given["named"],
        only_named=_only_named(candidates),
        weights=weights,
        volume_m3=candidates["volume_m3"].fillna(0.0).to_numpy(dtype="float64"),
        to_seal=given["to_seal"],
        unit=UNIT,
        max_distance_m=max_distance_m,
    )
    _check_total(given["needed"], offers.dearest)
    return Problem(**given, offers=offers)


def _arrays(
    renewals: pd.DataFrame,
    candidates: pd.DataFrame,
    limits: Mapping[str, int] | None,
    max_served: int | None,
) -> dict:
    """What both ways of stating a problem share, sorted by id and checked."""
    renewals, candidates = _by_id(renewals, "renewal_id"), _by_id(candidates, "retired_id")
    limits = limits or {}
    pools = np.array(sorted({*renewals["pool"], *candidates["pool"]}), dtype=object)
    number = {name: place for place, name in enumerate(pools)}
    of_renewal = renewals["pool"].map(number).to_numpy(dtype=np.int64)
    of_candidate = candidates["pool"].map(number).to_numpy(dtype=np.int64)
    ids = candidates["retired_id"].to_numpy(dtype=object)
    named = np.full(len(renewals), -1, dtype=np.int64)
    has_name = renewals["named"].notna().to_numpy(dtype=bool)
    named[has_name] = _places(renewals["named"][has_name], ids, "named")
    astray = has_name & (of_candidate[named] != of_renewal) if len(ids) else has_name
    if astray.any():
        place = int(np.flatnonzero(astray)[0])
        raise OverdraftError(
            "pairing.named_elsewhere",
            renewal=str(renewals["renewal_id"].iloc[place]),
            found=str(renewals["named"].iloc[place]),
        )
    for name, value in (
        *((f"limit {pool}", one) for pool, one in limits.items()),
        ("max_served", max_served),
    ):
        if value is not None and value < 0:
            raise OverdraftError("pairing.not_allowed", field=name, found=value, least=0)
    return {
        "renewal_ids": renewals["renewal_id"].to_numpy(dtype=object),
        "candidate_ids": ids,
        "renewal_pool": of_renewal,
        "candidate_pool": of_candidate,
        "weight": _whole(renewals["priority"], "priority", least=1),
        "needed": _whole(renewals["needed"], "needed", least=1),
        "named": named,
        "to_seal": candidates["to_seal"].to_numpy(dtype=bool),
        "pools": pools,
        "limit": np.array([limits.get(name, NO_LIMIT) for name in pools], dtype=np.int64),
        "max_served": None if max_served is None else int(max_served),
    }


def _by_id(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    ids = frame[name]
    wrong = ids.duplicated() | ids.isna()
    if wrong.any():
        raise OverdraftError("pairing.repeated_id", field=name, found=str(ids[wrong].iloc[0]))
    return frame.sort_values(name, kind="stable").reset_index(drop=True)


def _places(values: pd.Series, ids: np.ndarray, field: str) -> np.ndarray:
    """Place of each id in the sorted ``ids``."""
    place = pd.Index(ids).get_indexer(values.to_numpy(dtype=object))
    if (place < 0).any():
        raise OverdraftError("pairing.unknown_id", field=field, found=str(values.to_numpy()[place < 0][0]))
    return place.astype(np.int64)


def _whole(values: pd.Series, field: str, least: int) -> np.ndarray:
    """Whole numbers of at least ``least``."""
    numbers = pd.to_numeric(values, errors="coerce")
    odd = (numbers.isna() | (numbers < least) | (numbers % 1 != 0)).to_numpy(dtype=bool)
    if odd.any():
        raise OverdraftError("pairing.not_allowed", field=field, found=str(values[odd].iloc[0]), least=least)
    return numbers.to_numpy(dtype=np.int64)


def _lonlat(frame: pd.DataFrame, name: str) -> np.ndarray:
    places = frame[list(PLACE_COLUMNS)].to_numpy(dtype="float64")
    lost = ~np.isfinite(places).all(axis=1)
    if lost.any():
        raise OverdraftError("pairing.no_place", found=str(frame[name].to_numpy()[lost][0]))
    return places


def _only_named(candidates: pd.DataFrame) -> np.ndarray:
    if "only_named" not in candidates:
        return np.zeros(len(candidates), dtype=bool)
    return candidates["only_named"].to_numpy(dtype=bool)


def _check_total(needed: np.ndarray, dearest: int) -> None:
    total = int(needed.astype(object).sum() if len(needed) else 0) * max(1, dearest)
    if total > LARGEST_TOTAL:
        raise OverdraftError("pairing.cost_too_large", found=total, allowed=LARGEST_TOTAL)
