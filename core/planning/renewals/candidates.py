"""Which wells may be taken for a renewal, and why the others may not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...replacement import Book
from ...replacement.idle import idle_before
from ...replacement.wells import UNASSIGNED, judge_credits, pools
from ...rules.scene import Scene

COLUMNS = ("retired_id", "pool", "to_seal", "only_named", "reason", "lon", "lat", "volume_m3", "idle")
"""``reason``: why the well is no candidate, empty for one that is; ``only_named``: on offer to those that name it;
``idle``: sealed after years without use, which the policy has reviewed."""


def candidates(scene: Scene, book: Book, lonlat: np.ndarray, *, allow_unsealed: bool) -> pd.DataFrame:
    """One row per well, in the order of the register; columns ``COLUMNS``.

    A sealed well is a candidate while its credit is in hand and free. A well in use is judged as if it were sealed on
    the day of the plan: it is a candidate if that seal would count.

    Args:
        lonlat: longitude and latitude of each well, NaN without a place.
        allow_unsealed: whether wells in use are candidates.
    """
    facts, state = book.facts, book.credits["state"]
    pledged, named = _pledged(book)
    sealed = facts["sealed"] | facts["undated"]
    as_if, pool_as_if = _if_sealed_today(scene, book)
    repeated = facts["well_id"].duplicated(keep=False) | facts["well_id"].isna()
    tests = {
        "out_of_scope": ~facts["in_scope"],
        "repeated_id": repeated,
        "pledged": (sealed & state.isin(["used", "reserved"]) & ~named) | pledged,
        "evidence": sealed & (state == "pending"),
        "proposed": facts["proposed"],
        "not_in_use": ~sealed & ~scene.wells_now["in_use"].to_numpy(dtype=bool),
    }
    reason = np.select([np.asarray(test, dtype=bool) for test in tests.values()], list(tests), default="")
    judged = np.where(sealed, book.credits["reason"], as_if)
    reason = np.where(reason == "", judged, reason).astype(object)
    pool = np.where(sealed, facts["pool_at_seal"], pool_as_if)
    reason[(reason == "") & ((pool == UNASSIGNED) | ~np.isfinite(lonlat).all(axis=1))] = "not_placed"
    reason[(reason == "") & ~sealed.to_numpy() & (not allow_unsealed)] = "unsealed"
    return pd.DataFrame(
        {
            "retired_id": facts["well_id"],
            "pool": pool,
            "to_seal": ~sealed,
            "only_named": named,
            "reason": reason,
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "volume_m3": facts["permit_m3"].astype("float64"),
            "idle": (book.idle == "idle") & (book.settings.idle_action == "review"),
        }
    )


def _pledged(book: Book) -> tuple[np.ndarray, np.ndarray]:
    """Wells pledged by a row of PAIRS; of the others, wells that a renewal says it replaces (masks)."""
    live = book.pairs[(book.pairs["live"] & (book.pairs["retired"] >= 0)).to_numpy()]
    by_row = live["subject"].notna().to_numpy()
    wells = np.arange(len(book.facts))
    pledged = np.isin(wells, live.loc[by_row, "retired"])
    asked = (book.renewals["stage"] == "pending").reindex(live["group"]).to_numpy(dtype=bool)
    done = np.isin(wells, live.loc[~by_row & ~asked, "retired"])
    named = np.isin(wells, live.loc[~by_row & asked, "retired"])
    return pledged | done, named & ~pledged & ~done


def _if_sealed_today(scene: Scene, book: Book) -> tuple[np.ndarray, np.ndarray]:
    """Why a seal on the day of the plan would not count, and its pool, per well."""
    facts = book.facts.copy()
    facts["sealed"], facts["undated"] = True, False
    facts["sealed_on"] = book.as_of
    facts["zone_at_seal"] = facts["zone_now"]
    idle = idle_before(scene.register, facts, book.settings.idle_years)
    judged = judge_credits(facts, idle, book.settings, book.has_zones, book.as_of)
    pool = pools(facts["county"], facts["zone_now"], book.settings, book.policy)
    return judged["reason"].to_numpy(dtype=object), pool.to_numpy(dtype=object)
