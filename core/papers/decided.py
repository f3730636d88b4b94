"""Findings on wells with what was decided on them: what notices, letters and slips speak of."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ..errors import OverdraftError
from ..findings import OUTCOMES
from ..personal import masked
from ..report.words import is_given
from .book import Book

DECIDED = ("accepted", "overridden", "verified")
"""States of a decision that stands; what is deferred or open is none."""

NEEDS = ("findings", "decisions")


def findings_on_wells(book: Book, ids: Collection[str] = ()) -> pd.DataFrame:
    """The findings of the last run on wells in scope, by place and id of the well, worst first.

    Columns of ``findings``; ``well`` (row of ``book.wells``), ``state`` and ``stale`` of the decision, ``verdict``: the
    outcome as decided (the finding's own where the decision is stale), ``measure``: the action, None where a person
    decided another outcome than the finding's.

    Args:
        ids: only these wells; none: all.

    Raises:
        OverdraftError: a well is not in the register, or not in scope.
    """
    wells = wells_wanted(book, ids)
    found = book["findings"]
    found = found[found["subject_role"].eq("wells")]
    at = pd.Series(wells.index, index=wells["row_id"])
    found = found.assign(well=found["subject_id"].map(at[~at.index.duplicated()]))
    found = found[found["well"].notna()].astype({"well": "int64"})
    decisions = book["decisions"].set_index("finding_id")[["state", "stale", "outcome"]]
    decided = decisions.reindex(found["finding_id"]).set_axis(found.index)
    stale = decided["stale"].fillna(False).astype(bool)
    changed = decided["outcome"].map(is_given).astype(bool) & decided["state"].ne("open") & ~stale
    worst = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    verdict = found["outcome"].where(~changed, decided["outcome"])
    found = found.assign(
        state=decided["state"].where(decided["state"].notna(), "open"),
        stale=stale,
        verdict=verdict,
        measure=[
            action if is_given(action) and action != "none" and not other else None
            for action, other in zip(found["action"], changed, strict=True)
        ],
        worst=verdict.map(worst).fillna(len(worst)),
    )
    order = ["well", "worst", "clause", "finding_id"]
    return found.sort_values(order, kind="stable").drop(columns="worst").reset_index(drop=True)


def places_of(book: Book, wells: pd.DataFrame) -> list[str]:
    """Where wells lie, down to the village, without a coordinate: places that they were found in, else as recorded."""
    told = []
    for row in wells[["county_id", "county", "township_id", "township", "village"]].itertuples(index=False):
        county = book.words.place(row.county_id) if is_given(row.county_id) else row.county
        township = book.words.place(row.township_id) if is_given(row.township_id) else row.township
        parts = [str(part) for part in (county, township, row.village) if is_given(part)]
        told.append(masked(("" if book.language == "zh" else ", ").join(parts)))
    return told


def wells_wanted(book: Book, ids: Collection[str]) -> pd.DataFrame:
    """The wells in scope that are asked for, rows as in ``book.wells``."""
    wells = book.wells
    if not ids:
        return wells
    unknown = sorted(set(ids) - set(wells["well_id"].dropna()))
    if unknown:
        raise OverdraftError("papers.no_wells", n=len(unknown), found=unknown[:10])
    return wells[wells["well_id"].isin(set(ids))]
