"""What is said of each area and raster."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings.verdicts import to_json
from ...messages import render
from .land import WHOLE
from .settings import VerificationSettings

NOTES = ("partial", "clouded", "overlap")
"""What bears on a verdict: part of the area is retired; pixels without a value; land that other areas cover as well."""

_JUDGED = ("restored", "confirmed", "doubtful")


def message_keys(state: np.ndarray, has_season: np.ndarray, settings: VerificationSettings) -> np.ndarray:
    """The message of each row, by what :func:`.judge.states_of` says of it."""
    state = pd.Series(state, dtype=object)
    judged = state.isin(_JUDGED)
    keys = np.select(
        [judged & has_season, judged],
        ["verification." + state + "." + settings.method, "verification.no_season." + state],
        default="verification.unknown." + state,
    )
    return keys.astype(object)


def message_values(frame: pd.DataFrame, settings: VerificationSettings, as_of: pd.Timestamp) -> list[str]:
    """The values of the messages as JSON: shares in %, values in the unit of the raster."""
    scale, digits = (100.0, 1) if settings.method == "threshold" else (1.0, 3)
    columns = {
        "raster": frame["raster"],
        "season": frame["season"],
        "since": frame["retired_since"].dt.strftime("%Y-%m-%d"),
        "pixels": frame["n_valid"],
        "low": (scale * frame["value_low"]).round(digits),
        "high": (scale * frame["value_high"]).round(digits),
        "from": (scale * frame["restored_from"]).round(digits),
        "below": (scale * frame["confirmed_below"]).round(digits),
        "mean": frame["mean"].round(3),
        "neighbours": frame["n_neighbours"],
        "median": frame["neighbour_median"].round(3),
    }
    common = {
        "threshold": settings.threshold,
        "needed_pixels": settings.min_pixels,
        "needed_neighbours": settings.min_neighbours,
        "distance": settings.neighbour_distance_m,
        "as_of": as_of.date().isoformat(),
    }
    plain = [column.astype(object).where(column.notna(), None).tolist() for column in columns.values()]
    return [to_json({**common, **dict(zip(columns, row, strict=True))}) for row in zip(*plain, strict=True)]


def notes_of(frame: pd.DataFrame) -> list[str]:
    """``NOTES`` that hold for each row, joined by ``;``."""
    told = {
        "partial": frame["retired_ratio"] < WHOLE,
        "clouded": frame["nodata_ratio"] > 0,
        "overlap": frame["kept_ratio"] < 1,
    }
    flags = np.column_stack([told[name].to_numpy(dtype=bool) for name in NOTES])
    return [";".join(np.array(NOTES)[row]) for row in flags]


def reason_text(message_key: str, values: dict[str, object], notes: str, language: str) -> str:
    """The verdict and its notes as sentences in ``en`` or ``zh``.

    Args:
        notes: of ``NOTES``, joined by ``;``.
    """
    told = [render(message_key, values, language)]
    told += [render(f"verification.note.{note}", {}, language) for note in notes.split(";") if note]
    return ("" if language == "zh" else " ").join(told)
