"""Is a seal proven? Evidence attaches to the fact that began the sealing, or to a later one of the same spell."""

from __future__ import annotations

import pandas as pd

from ..register import Register
from ..register.facts import CLOSED_STATES, well_history
from .settings import ReplacementSettings


def complete_evidence(
    register: Register, facts: pd.DataFrame, settings: ReplacementSettings, as_of: pd.Timestamp
) -> pd.Series:
    """Whether the seal of each well is proven on ``as_of`` (bool per well; false where it is not sealed).

    Complete means at least one piece of evidence of every kind that the policy lists, or of any kind where it lists
    none; a piece counts once it was taken. Pieces without a kind or a day do not count.
    """
    proven = pd.Series(False, index=facts.index)
    found = evidence_of_seals(register, facts, as_of)
    if settings.evidence_kinds:
        found = found[found["kind"].isin(settings.evidence_kinds)]
        kinds = found.groupby("row")["kind"].nunique()
        complete = kinds.index[kinds == len(set(settings.evidence_kinds))]
    else:
        complete = found["row"].unique()
    proven[complete] = True
    return proven & facts["sealed"]


def evidence_of_seals(register: Register, facts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The kinds of evidence for the seal of each well taken until ``as_of``: ``row`` of the well and ``kind``."""
    return pieces_of_seals(register, facts, as_of)[["row", "kind"]].drop_duplicates()


def pieces_of_seals(register: Register, facts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Every piece of evidence for the seal of each well taken until ``as_of``.

    Args:
        facts: of all wells, ``subject`` (row id), ``sealed`` and ``sealed_on``.

    Returns:
        ``row`` of the well and the columns ``event_id``, ``kind``, ``taken_on``, ``path``, ``checked_by``.
    """
    columns = ["event_id", "kind", "taken_on", "path", "checked_by"]
    if not register.has("evidence"):
        return pd.DataFrame({"row": facts.index[:0], **{name: pd.Series(dtype=object) for name in columns}})
    pieces = register["evidence"]
    taken = pieces["taken_on"].notna() & (pieces["taken_on"] <= as_of) & pieces["kind"].notna()
    names = _spell_events(register, facts, as_of)
    return names.merge(pieces.loc[taken.to_numpy(), columns], on="event_id", how="inner")[["row", *columns]]


def _spell_events(register: Register, facts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Ids under which evidence of a well's seal may stand: its closing events, and its snapshot fact."""
    history = well_history(register)
    closing = history[
        history["state"].isin(CLOSED_STATES) & history["day"].notna() & (history["day"] <= as_of)
    ]
    since = closing["row"].map(facts["sealed_on"])
    named = closing.loc[closing["day"] >= since, ["row", "event_id"]]
    sealed = facts[facts["sealed"]]
    wells = register["wells"].loc[sealed.index]
    snapshot = [
        pd.DataFrame(
            {
                "row": sealed.index,
                "event_id": "wells:"
                + sealed["subject"]
                + f":{state}:"
                + sealed["sealed_on"].dt.strftime("%Y-%m-%d"),
            }
        )
        for state in CLOSED_STATES
        if len(wells)
    ]
    return pd.concat([named, *snapshot], ignore_index=True).drop_duplicates()
