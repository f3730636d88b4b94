"""The ranked list of irrigation wells to be closed in over-extraction zones (有序关停, TLF-4.3b).

The text orders that such wells are closed in order and gives neither the order nor a number. So the order is made of
criteria that a person weighs:

    score = Σ weight × criterion ÷ Σ weight,   each criterion between 0 and 1

A criterion that the register does not tell counts 0 for the well, neither for nor against it, and is named in
``unknown``. Wells of the same score share a rank; within a rank they stand in order of their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ..findings.verdicts import to_json
from ..messages import render
from ..overlay import Placement
from ..policy import Policy
from ..register import Register
from ..rules.scene import Scene
from .criteria import criteria_of
from .settings import CRITERIA, ClosingSettings, closing_settings

COLUMNS = (
    "rank",
    "well_id",
    "row_id",
    "county_id",
    "zone_id",
    "score",
    *CRITERIA,
    "unknown",
    "reason_key",
    "reason_values",
    "permit_m3",
    "used_m3",
    "cumulative_permit_m3",
    "cumulative_used_m3",
)
LEFT_OUT_COLUMNS = ("well_id", "row_id", "county_id", "reason_key")
_DIGITS = 9


@dataclass(frozen=True)
class ClosingOrder:
    """What :func:`closing_order` finds.

    Attributes:
        frame: the wells to close, first to last; columns ``COLUMNS``. ``unknown`` names the criteria that are not
            known, joined by ``;``. ``reason_values`` is JSON: ``criteria`` that put the well there, the weightiest
            first, with what each adds to the score in ``shares``. The cumulative volumes run down the list, a volume
            that is not known adding nothing.
        left_out: irrigation wells (or wells of no recorded use) of which it cannot be told whether they belong on the
            list; columns ``LEFT_OUT_COLUMNS``.
        settings: weights and years that were used, and which of them nobody confirmed.
    """

    frame: pd.DataFrame
    left_out: pd.DataFrame
    settings: ClosingSettings


def closing_order(
    register: Register,
    placement: Placement,
    policy: Policy,
    as_of: date,
    *,
    weights: Mapping[str, float] | None = None,
    progress: Callable[[float], None] | None = None,
) -> ClosingOrder:
    """Rank the irrigation wells in use in an over-extraction zone, the first to be closed first.

    Args:
        register: needs ``wells``; uses ``readings``, ``permits``, ``meters``, ``networks``, ``alternatives``,
            ``stations``, ``levels``, ``well_areas``, ``irrigation`` and ``events`` where they are.
        placement: of the wells, from :func:`core.overlay.place`.
        as_of: the day on which everything is judged.
        weights: by criterion, laid over those of the policy.

    Raises:
        OverdraftError: a criterion that does not exist, a weight below 0, or all weights 0.
        Cancelled: from ``progress``.
    """
    tell = progress or (lambda _: None)
    settings = closing_settings(policy, weights)
    scene = Scene(register=register, policy=policy, placement=placement, as_of=as_of)
    rows, left_out = _candidates(scene)
    tell(0.2)
    known = criteria_of(scene, rows, settings)
    tell(0.8)
    frame = _ranked(scene, rows, known, settings)
    tell(1.0)
    return ClosingOrder(frame, left_out, settings)


def reason_text(reason_key: str, reason_values: Mapping[str, Any], language: str) -> str:
    """Why a well has its place, as a sentence in ``en`` or ``zh``.

    Args:
        reason_values: the JSON of the column of that name, read.
    """
    names = [render(f"closing.criterion.{name}", {}, language) for name in reason_values.get("criteria", ())]
    joined = ("、" if language == "zh" else ", ").join(names)
    return render(reason_key, {**reason_values, "criteria": joined}, language)


def _candidates(scene: Scene) -> tuple[np.ndarray, pd.DataFrame]:
    """Rows of the wells to rank, and the wells of which it cannot be told whether they are among them."""
    wells, now, place = scene.frame("wells"), scene.wells_now, scene.placement.frame
    farm, nameless = (
        (wells["use"] == "irrigation").to_numpy(dtype=bool),
        wells["use"].isna().to_numpy(dtype=bool),
    )
    running, stateless = now["in_use"].to_numpy(dtype=bool), now["status"].isna().to_numpy(dtype=bool)
    placed = place["placed"].to_numpy(dtype=bool)
    zoned = placed & place["zone_ids"].notna().to_numpy(dtype=bool)
    over = zoned & place["zone_severity"].notna().to_numpy(dtype=bool)
    asked = scene.subjects("wells").in_scope & (farm | nameless) & (running | stateless)
    rows = np.flatnonzero(asked & over & farm & running)
    reason = np.select(
        [~placed, ~zoned, over & nameless, over & stateless],
        ["not_placed", "no_zones", "use_unknown", "status_unknown"],
        default="",
    ).astype(object)
    lost = np.flatnonzero(asked & (reason != ""))
    left_out = pd.DataFrame(
        {
            "well_id": _ids(wells)[lost],
            "row_id": wells["row_id"].to_numpy(dtype=object)[lost],
            "county_id": scene.unit_at("wells", "county")[lost],
            "reason_key": "closing.left_out." + pd.Series(reason[lost], dtype=object),
        }
    )
    return rows, left_out.sort_values(["well_id", "row_id"], kind="stable").reset_index(drop=True)


def _ids(wells: pd.DataFrame) -> np.ndarray:
    """Well ids, a missing one as the row is called."""
    return wells["well_id"].where(wells["well_id"].notna(), wells["row_id"]).to_numpy(dtype=object)


def _ranked(scene: Scene, rows: np.ndarray, known: pd.DataFrame, settings: ClosingSettings) -> pd.DataFrame:
    """The list, sorted by rank, well id and row."""
    wells = scene.frame("wells")
    total = sum(settings.weights.values())
    values = known[list(CRITERIA)].to_numpy(dtype="float64")
    weight = np.array([settings.weights[name] / total for name in CRITERIA])
    shares = np.nan_to_num(values) * weight
    frame = pd.DataFrame(
        {
            "well_id": _ids(wells)[rows],
            "row_id": wells["row_id"].to_numpy(dtype=object)[rows],
            "county_id": scene.unit_at("wells", "county")[rows],
            "zone_id": scene.placement.frame["zone_id"].to_numpy(dtype=object)[rows],
            "score": np.round(shares.sum(axis=1), _DIGITS),
        }
    )
    for name in (*CRITERIA, "permit_m3", "used_m3"):
        frame[name] = known[name].to_numpy(dtype="float64")
    frame["unknown"] = _joined(np.isnan(values))
    frame["reason_key"] = np.where(frame["score"] > 0, "closing.reason", "closing.reason_none")
    frame["reason_values"] = _reasons(shares, frame["score"])
    frame["rank"] = frame["score"].rank(method="min", ascending=False).astype("int64")
    frame = frame.sort_values(["rank", "well_id", "row_id"], kind="stable").reset_index(drop=True)
    for name in ("permit_m3", "used_m3"):
        frame[f"cumulative_{name}"] = frame[name].fillna(0.0).cumsum()
    return frame[list(COLUMNS)]


def _joined(mask: np.ndarray) -> np.ndarray:
    """Names of the criteria that a mask (wells × criteria) marks, joined by ``;``."""
    text = np.full(len(mask), "", dtype=object)
    for column, name in enumerate(CRITERIA):
        text = np.where(mask[:, column], text + np.where(text == "", name, ";" + name), text)
    return text


def _reasons(shares: np.ndarray, score: pd.Series) -> list[str]:
    """What put each well where it is, the weightiest first; ties in the order of the criteria."""
    order = np.argsort(-shares, axis=1, kind="stable")
    sorted_shares = np.round(np.take_along_axis(shares, order, axis=1), _DIGITS)
    counts = (sorted_shares > 0).sum(axis=1)
    names = np.array(CRITERIA, dtype=object)[order]
    return [
        to_json({"criteria": list(name[:n]), "shares": list(share[:n]), "score": one})
        for name, share, n, one in zip(names, sorted_shares.tolist(), counts, score.tolist(), strict=True)
    ]
