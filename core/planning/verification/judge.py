"""What the figures say of each area: restored, confirmed, doubtful, or nothing.

Of an area a share r is retired (mostly all of it) and a share v of its pixels has a value. Which part is retired is
not recorded, and what lies under a cloud is not known. So the mean over the retired part is only known to lie between

    low  = max(0, (v·m − (1 − r)·M) / r)        the part in use as green as can be, unknown pixels bare
    high = min(M, (v·m + (1 − v)·M) / r)        the part in use bare, unknown pixels as green as can be

where m is the mean over the pixels with a value, bare land counts 0 and M is the largest value. With r = v = 1 both are
m. Two lines decide: **low ≥ restored_from** is restored, **high < confirmed_below** confirmed, all between is for a
person to look at.

* ``threshold``: m is the share of the pixels from the threshold on, M = 1; the lines are ``min_share`` and
  ``clear_share``.
* ``neighbours``: m is the mean value, M the largest mean of the irrigated neighbours (or m, if that is larger); the
  lines are the lower quartile of the neighbours' means (the area lies within their range) and ``clear_ratio`` × their
  median. Neighbours so unlike one another that the first line is not above the second tell nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .settings import VerificationSettings

_TOLERANCE = 1e-9


def lines_of(frame: pd.DataFrame, settings: VerificationSettings) -> pd.DataFrame:
    """``value_low``, ``value_high``, ``restored_from`` and ``confirmed_below`` of each row.

    Args:
        frame: ``n_pixels``, ``n_valid``, ``mean``, ``green_ratio``, ``retired_ratio``; for neighbours their levels.
    """
    if settings.method == "threshold":
        value, largest = frame["green_ratio"].to_numpy(), 1.0
        upper = np.full(len(frame), settings.min_share)
        lower = np.full(len(frame), settings.clear_share)
    else:
        value = frame["mean"].to_numpy()
        largest = np.fmax(frame["neighbour_largest"].to_numpy(), value)
        upper = frame["neighbour_quartile"].to_numpy()
        lower = settings.clear_ratio * frame["neighbour_median"].to_numpy()
    retired = frame["retired_ratio"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        known = frame["n_valid"].to_numpy() / frame["n_pixels"].to_numpy()
        low = (known * value - (1.0 - retired) * largest) / retired
        high = (known * value + (1.0 - known) * largest) / retired
    return pd.DataFrame(
        {
            "value_low": np.maximum(low, 0.0),
            "value_high": np.minimum(high, largest),
            "restored_from": upper,
            "confirmed_below": lower,
        },
        index=frame.index,
    )


def states_of(frame: pd.DataFrame, settings: VerificationSettings, as_of: pd.Timestamp) -> np.ndarray:
    """What can be said of each row, a word: the first that holds.

    ``contradictory``, ``undated``, ``no_polygon``, ``overlapped`` (:mod:`.land`); ``outside`` the raster;
    ``before`` (the season begins before the land was retired); ``after`` (it ends after the day of judgement);
    ``few_pixels``; ``few_neighbours``; ``dark_neighbours`` (their median is not above 0); ``mixed_neighbours``;
    ``restored``, ``confirmed``, ``doubtful``.
    """
    first, last = frame["season_first"], frame["season_last"]
    low, high = frame["value_low"].to_numpy(), frame["value_high"].to_numpy()
    upper, lower = frame["restored_from"].to_numpy(), frame["confirmed_below"].to_numpy()
    neighbours = settings.method == "neighbours"
    conditions = {
        "outside": ~frame["touches"].to_numpy(dtype=bool),
        "before": (first < frame["retired_since"]).to_numpy(),
        "after": (last > as_of).to_numpy(),
        "few_pixels": frame["n_valid"].to_numpy() < settings.min_pixels,
        "few_neighbours": neighbours & (frame["n_neighbours"].to_numpy() < settings.min_neighbours),
        "dark_neighbours": neighbours & ~(frame["neighbour_median"].to_numpy() > 0),
        "mixed_neighbours": upper <= lower,
        "restored": low >= upper - _TOLERANCE * np.abs(upper),
        "confirmed": high < lower - _TOLERANCE * np.abs(lower),
    }
    conditions["mixed_neighbours"] &= neighbours
    state = np.select(list(conditions.values()), list(conditions), default="doubtful").astype(object)
    return np.where(frame["unknown"] != "", frame["unknown"], state)


def outcomes_of(state: np.ndarray, has_season: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and ``restored`` (yes, no, unknown) of each state.

    A raster of which nobody says what it shows proves nothing: what looks restored is for a person to look at, what
    looks retired is not evaluated.
    """
    outcome = (
        pd.Series(state)
        .map({"restored": "fail", "confirmed": "pass", "doubtful": "review", "mixed_neighbours": "review"})
        .fillna("not_evaluated")
        .to_numpy(dtype=object)
    )
    outcome = np.where(~has_season & (outcome == "fail"), "review", outcome)
    outcome = np.where(~has_season & (outcome == "pass"), "not_evaluated", outcome)
    restored = np.select([outcome == "fail", outcome == "pass"], ["yes", "no"], default="unknown")
    return outcome.astype(object), restored.astype(object)
