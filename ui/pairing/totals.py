"""The line that says what a pair comes to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from ...processing.texts import tr

if TYPE_CHECKING:
    from ...core.desk.pairboard import PairBoard


def totals(board: PairBoard, renewal_id: str, chosen: Iterable[str]) -> str:
    """Wells, permitted volume and irrigated area given up and taken on, those on record included."""
    from ...core.desk.pairboard import pair_totals

    sums = pair_totals(board, renewal_id, chosen)
    return tr("Balance: wells −{n} +1 · volume −{freed} +{taken} m³/a · area −{given} +{used} mu").format(
        n=sums.wells,
        freed=_amount(sums.freed_m3, sums.freed_unknown),
        taken=_one(sums.taken_m3),
        given=_amount(sums.given_mu, sums.given_unknown),
        used=_one(sums.taken_mu),
    )


def _amount(value: float, unknown: int) -> str:
    text = f"{value:,.0f}"
    return tr("{amount} ({n} not known)").format(amount=text, n=unknown) if unknown else text


def _one(value: float) -> str:
    return "?" if pd.isna(value) else f"{value:,.0f}"
