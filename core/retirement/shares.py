"""The time algebra of retirement: what part of an area is retired, since when, and what of it counts.

Each area is one body of land of which a share r(t) between 0 and 1 is retired on day t. A retirement of share s makes
it min(1, r + s), a restoration max(0, r − s); s is 1 for the whole area. With B the baseline and T the day of
judgement:

* p = r on the day before B: land that was retired before it counted. It earns nothing, however often it is cycled. So
  restorations are taken from counted land first, and retirements fill land retired before B first:
  **counted(t) = max(0, r(t) − p)** for B ≤ t ≤ T.
* *retired* = Σ of the increases of counted(t), *restored* = Σ of its decreases, from B to T;
  **net = retired − restored = max(0, r(T) − p)**. Land retired, restored and retired again is retired twice and
  restored once: net once.

Facts without a day never improve this: land retired on an unknown day was retired before B; a restoration on an
unknown day has happened by T. Land whose first fact is a restoration was retired before it, on an unknown day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

_UNDATED_RETIRED, _DATED, _UNDATED_RESTORED = 0, 1, 2


@dataclass(frozen=True)
class LandShares:
    """Shares (0 to 1, cycles: more) per area, float64 arrays.

    Attributes:
        before: p, retired on the day before the baseline.
        on_day: r(T).
        at_end: r after every fact, those later than T included.
        retired, restored: what counted and what was deducted.
    """

    before: np.ndarray
    on_day: np.ndarray
    at_end: np.ndarray
    retired: np.ndarray
    restored: np.ndarray

    @property
    def net(self) -> np.ndarray:
        """retired − restored, per area."""
        return np.maximum(self.retired - self.restored, 0.0)


def land_shares(facts: pd.DataFrame, n_areas: int, baseline: pd.Timestamp, day: pd.Timestamp) -> LandShares:
    """Shares of every area on ``day``.

    Args:
        facts: ``row`` (0 to n_areas − 1), ``kind`` (retired or restored), ``day`` (NaT: unknown), ``share`` (0 to 1),
            ``snapshot``; in the order in which facts of one day happened.
        baseline: first day on which a retirement counts.
        day: the day of judgement, T; before ``baseline`` nothing counts yet.
    """
    facts = in_order(facts)
    dated = facts["day"].notna().to_numpy()
    facts_day = facts["day"].to_numpy()
    undated_retired = (facts["phase"] == _UNDATED_RETIRED).to_numpy()
    undated_restored = (facts["phase"] == _UNDATED_RESTORED).to_numpy()
    early = undated_retired | (dated & (facts_day < np.datetime64(baseline)))
    counting = (dated & ~early & (facts_day <= np.datetime64(day))) | undated_restored
    later = ~early & ~counting

    before, _, _ = _run(facts[early], retired_at_first(facts, n_areas), None)
    on_day, gained, lost = _run(facts[counting], before, before)
    at_end, _, _ = _run(facts[later], on_day, None)
    if day < baseline:
        gained, lost = np.zeros(n_areas), np.zeros(n_areas)
    return LandShares(before=before, on_day=on_day, at_end=at_end, retired=gained, restored=lost)


def in_order(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts by area as they are applied, with ``phase``: undated retirements first, undated restorations last.

    A snapshot that says retired and restored on the same day means that the land is back in use.
    """
    facts = facts.copy()
    retired = (facts["kind"] == "retired").to_numpy()
    dated = facts["day"].notna().to_numpy()
    facts["phase"] = np.where(dated, _DATED, np.where(retired, _UNDATED_RETIRED, _UNDATED_RESTORED))
    facts["tie"] = np.where(facts["snapshot"].to_numpy(dtype=bool) & ~retired, 1, 0)
    facts["place"] = np.arange(len(facts))
    order = ["row", "phase", "day", "tie", "place"]
    return facts.sort_values(order, kind="stable").drop(columns=["tie", "place"]).reset_index(drop=True)


def retired_at_first(facts: pd.DataFrame, n_areas: int) -> np.ndarray:
    """Share that was retired before the first fact: what a restoration restores with no retirement before it.

    Args:
        facts: from :func:`in_order`.
    """
    first = facts[~facts["row"].duplicated().to_numpy()]
    first = first[(first["kind"] == "restored").to_numpy()]
    share = np.zeros(n_areas)
    share[first["row"].to_numpy()] = first["share"].to_numpy()
    return share


def _run(
    facts: pd.DataFrame, start: np.ndarray, not_counted: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Apply facts in order: the retired share afterwards, and the increases and decreases above ``not_counted``.

    The n-th facts of all areas are applied together, so the loop is as long as the longest history.
    """
    retired = start.copy()
    gained, lost = np.zeros(len(start)), np.zeros(len(start))
    row = facts["row"].to_numpy(dtype="int64")
    step = facts["share"].to_numpy(dtype="float64") * np.where(
        facts["kind"].to_numpy() == "retired", 1.0, -1.0
    )
    nth = facts.groupby("row").cumcount().to_numpy()
    by_nth = np.argsort(nth, kind="stable")
    for batch in np.split(by_nth, np.flatnonzero(np.diff(nth[by_nth])) + 1):
        here = row[batch]
        after = np.clip(retired[here] + step[batch], 0.0, 1.0)
        if not_counted is not None:
            floor = not_counted[here]
            change = np.maximum(after, floor) - np.maximum(retired[here], floor)
            gained[here] += np.maximum(change, 0.0)
            lost[here] += np.maximum(-change, 0.0)
        retired[here] = after
    return retired, gained, lost
