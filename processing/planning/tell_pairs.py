"""What a pairing plan tells the user while it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingFeedback

from ..texts import tr, ui_language

if TYPE_CHECKING:
    import pandas as pd

    from ...core.planning.renewals import PairPlan

SHOWN = 20
"""Renewals without wells that are named one by one; the table has all of them."""


def tell_plan(
    feedback: QgsProcessingFeedback, result: PairPlan, unmet: pd.DataFrame, pools: Mapping[str, str]
) -> None:
    """How good the plan is, how it was found, and who gets no wells.

    Args:
        unmet: with the reasons in words; pools: names by pool id.
    """
    from ...core.planning.pairing import UNIT

    plan = result.plan
    for row in plan.log.itertuples():
        feedback.pushInfo(
            tr(
                "{part}: {renewals} renewals, {candidates} wells, {known} offers; {ways}; {seconds} s{mark}"
            ).format(
                part=pools.get(row.part, row.part) or tr("all pools"),
                renewals=row.renewals,
                candidates=row.candidates,
                known=row.known,
                ways=_ways(row.ways),
                seconds=f"{row.seconds:.2f}",
                mark="" if row.proven else tr(", not proven"),
            )
        )
    feedback.pushInfo(
        tr(
            "{served} renewals served, priority {priority}, cost {cost}; by hand (in turn): {greedy}, cost {other}"
        ).format(
            served=plan.served,
            priority=f"{result.priority_served:g}",
            cost=f"{plan.cost / UNIT:.6f}",
            greedy=plan.greedy["renewal_id"].nunique(),
            other=f"{plan.greedy_cost / UNIT:.6f}",
        )
    )
    if plan.status == "optimal":
        feedback.pushInfo(tr("Proven: no plan serves more, and none that serves as much costs less."))
    else:
        feedback.pushWarning(
            tr(
                "The time ran out: the plan is the best found, at most {gap} % from the best there is."
            ).format(gap=f"{100 * plan.gap:.2f}")
        )
    _tell_doubts(feedback, result)
    for text in unmet["reason"].head(SHOWN):
        feedback.pushWarning(text)
    if len(unmet) > SHOWN:
        feedback.pushWarning(tr("… and {n} more in UNMET").format(n=len(unmet) - SHOWN))


def _ways(text: str) -> str:
    """How the parts were solved: "matching 3; program 1" in the user's language."""
    words = {
        "matching": tr("matching"),
        "program": tr("integer program"),
        "cheapest": tr("cheapest choice"),
        "in turn": tr("by hand"),
    }
    for word, told in words.items():
        text = text.replace(word, told)
    return text


def _tell_doubts(feedback: QgsProcessingFeedback, result: PairPlan) -> None:
    from ...core.planning.renewals import barred

    if result.evidence_missing:
        feedback.pushWarning(
            tr(
                "The policy asks for evidence of sealing and none was supplied: sealed wells are taken as credits in "
                "hand. Supply EVIDENCE before anything is approved."
            )
        )
    for row in result.passed_over.head(SHOWN).itertuples():
        feedback.pushWarning(
            tr("{renewal} names {well} as the well that it replaces, which cannot be taken: {reason}").format(
                renewal=row.renewal_id, well=row.retired_id, reason=barred(row.reason, ui_language())
            )
        )
    to_seal = int(result.pairs["to_seal"].sum())
    if to_seal:
        feedback.pushInfo(tr("{n} wells of the plan still have to be sealed").format(n=to_seal))
