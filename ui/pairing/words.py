"""What the pairing window says of wells and pairs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...core.planning.renewals import barred
from ...core.schema import register_schema, results_schema
from ...processing.texts import tr, ui_language

if TYPE_CHECKING:
    import pandas as pd

    from ...core.desk.pairboard import PairBoard

_LEDGER_STATES = ("used", "reserved", "pending", "available", "excluded")


def kilometres(metres: float) -> str:
    """A distance; "?" where an end has no place."""
    return tr("{km} km").format(km=f"{metres / 1000:.2f}") if math.isfinite(metres) else "?"


def volume(m3: float) -> str:
    """A yearly volume without unit; "?" where none is recorded."""
    return f"{m3:,.0f}" if math.isfinite(m3) else "?"


def state_of(well: pd.Series) -> str:
    """The state of the credit of a sealed well, else the status of the well."""
    state = well["state"]
    if not isinstance(state, str):
        return ""
    enum, schema = (
        ("entry_state", results_schema()) if state in _LEDGER_STATES else ("status", register_schema())
    )
    return schema.label(enum, state, ui_language())


def why_barred(reason: str, holder: object) -> str:
    """Why a well cannot be taken, with the renewal that holds it; empty where it can."""
    if not reason:
        return ""
    text = barred(reason, ui_language())
    if reason == "pledged" and isinstance(holder, str):
        return tr("{reason} ({holder})").format(reason=text, holder=holder)
    return text


def label(enum: str, token: object) -> str:
    """A token of an enumeration of register or results; the token itself where it is none."""
    for schema in (results_schema(), register_schema()):
        value = schema.enums.get(enum, {}).get(token) if isinstance(token, str) else None
        if value is not None:
            return value.label(ui_language())
    return token if isinstance(token, str) else ""


def score_rule(board: PairBoard) -> str:
    """What a score is made of."""
    weights = board.weights
    parts = [tr("kilometres × {weight}").format(weight=f"{weights.distance:g}")]
    if weights.volume:
        parts.append(tr("permitted 万m³ × {weight}").format(weight=f"{weights.volume:g}"))
    if weights.unsealed:
        parts.append(tr("{weight} for a well still to be sealed").format(weight=f"{weights.unsealed:g}"))
    return tr("Score: {parts}; the least is the best").format(parts=" + ".join(parts))


def score_explained(board: PairBoard, well: pd.Series, metres: float, cost: float) -> str:
    """How a score comes about."""
    if not math.isfinite(cost):
        return ""
    weights = board.weights
    parts = [tr("{km} km × {weight}").format(km=f"{metres / 1000:.2f}", weight=f"{weights.distance:g}")]
    if weights.volume and math.isfinite(well["volume_m3"]):
        parts.append(
            tr("{volume} 万m³ × {weight}").format(
                volume=f"{well['volume_m3'] / 10_000:.2f}", weight=f"{weights.volume:g}"
            )
        )
    if weights.unsealed and well["to_seal"]:
        parts.append(tr("still to be sealed {weight}").format(weight=f"{weights.unsealed:g}"))
    return tr("{parts} = {score}").format(parts=" + ".join(parts), score=f"{cost:.2f}")


def pool_name(board: PairBoard, pool_id: str, name: str) -> str:
    """A pool in words."""
    return tr("Not assigned") if pool_id == "unassigned" else name


def about(board: PairBoard, row: int, metres: float, renewal: pd.Series) -> str:
    """A retired well in one line: distance, township, when it was sealed, whether the evidence is complete."""
    well = board.wells.loc[row]
    parts = [kilometres(metres)]
    if well["township"] and renewal["township"]:
        same = well["township"] == renewal["township"]
        parts.append(tr("same township") if same else tr("other township"))
    if well["to_seal"]:
        parts.append(tr("still to be sealed"))
    else:
        day = well["sealed_on"]
        parts.append(
            tr("sealed {day}").format(day=day.date().isoformat()) if day == day else tr("no sealing day")
        )
        parts.append(tr("evidence ✗") if well["state"] == "pending" else tr("evidence ✓"))
    return tr(", ").join(parts)
