"""Documents by unit: the days of each, how many there are a year, and working days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .yearbook import last_full_year

if TYPE_CHECKING:
    from ..binding import Binding
    from ..scene import Scene

PERIODIC_GRACE_MONTHS = 3
"""A report on a period can only be written after it: within the next quarter (a reading of ours)."""

_DAYS = ("drafted_on", "issued_on", "approved_on")


def papers_of(scene: Scene, kind: str) -> pd.DataFrame:
    """Documents of a kind about units, with the canonical ``unit``."""
    papers = scene.frame("documents")
    of_units = (papers["subject_role"] == "units") | papers["subject_role"].isna()
    papers = papers[(papers["kind"] == kind) & of_units].copy()
    papers["unit"] = scene.unit_key(papers["subject_id"])
    return papers


def first_days(scene: Scene, kind: str, units: np.ndarray) -> pd.DataFrame:
    """The days of the first document of a kind, by unit, aligned with ``units``.

    ``exists``; ``drafted_on``, ``approved_on``, ``filed_on`` (the earliest of each); ``first_on`` (the earliest of
    drafted, issued and approved); ``renewed_on`` (the latest approval or revision up to the day of the scene);
    ``document_id`` of one of them. Later days than the scene's have not happened yet.
    """
    papers = papers_of(scene, kind)
    today = pd.Timestamp(scene.as_of)
    names = ["drafted_on", "issued_on", "approved_on", "filed_on", "revised_on"]
    papers[names] = papers[names].where(papers[names] <= today)
    grouped = papers.sort_values("row_id", kind="stable").groupby("unit")
    earliest = grouped[names].min()
    found = pd.DataFrame(
        {
            "exists": grouped.size() > 0,
            "drafted_on": earliest["drafted_on"],
            "approved_on": earliest["approved_on"],
            "filed_on": earliest["filed_on"],
            "first_on": earliest[list(_DAYS)].min(axis=1),
            "renewed_on": grouped[["approved_on", "revised_on"]].max().max(axis=1),
            "document_id": grouped["row_id"].first(),
        }
    )
    found = found.reindex(units)
    found["exists"] = found["exists"].fillna(False).astype(bool)
    return found.reset_index(drop=True)


def yearly_papers(
    scene: Scene, kind: str, units: np.ndarray, binding: Binding, *, quarterly: bool
) -> pd.DataFrame:
    """How many documents of a kind each unit has for each year that is asked about.

    Years: as bound; else from the year after the policy's issue (a result that the document claims: from the first
    year on record) to the last full one. Where the binding says ``of_city``, documents of the city count for each
    unit as well. ``count``: documents, quarterly ones by the distinct quarters in which they
    were issued; ``undated``: quarterly ones without a day of issue, which count for none.
    """
    papers = papers_of(scene, kind)
    issued = pd.to_datetime(papers["issued_on"])
    quarter = issued.dt.year * 4 + issued.dt.quarter
    papers = pd.DataFrame(
        {"unit_id": papers["unit"], "year": papers["year"].astype("Int64"), "quarter": quarter}
    ).dropna(subset=["year"])
    if binding.value("of_city"):
        of_city = papers[papers["unit_id"] == scene.city].drop(columns="unit_id")
        others = pd.DataFrame({"unit_id": [unit for unit in units if unit != scene.city]})
        papers = pd.concat([papers, of_city.merge(others, how="cross")], ignore_index=True)
    grid = pd.MultiIndex.from_product(
        [units, _years(scene, binding, papers["year"])], names=["unit_id", "year"]
    ).to_frame(index=False)
    grouped = papers.groupby(["unit_id", "year"])["quarter"]
    counts = pd.DataFrame({"all": grouped.size(), "distinct": grouped.nunique(), "dated": grouped.count()})
    counts["count"] = counts["distinct"] if quarterly else counts["all"]
    counts["undated"] = counts["all"] - counts["dated"] if quarterly else 0
    counts = counts[["count", "undated"]].reset_index().astype({"year": "int64"})
    table = grid.astype({"year": "int64"}).merge(counts, how="left", on=["unit_id", "year"])
    return table.fillna({"count": 0, "undated": 0}).astype({"count": "int64", "undated": "int64"})


def _years(scene: Scene, binding: Binding, found: pd.Series) -> list[int]:
    given = binding.value("years")
    if given:
        return sorted(int(year) for year in given)
    last, issued = last_full_year(scene), scene.policy.issued_on
    if issued is not None and binding.clause.force != "claimed":
        first = issued.year + 1
    else:
        first = min([int(year) for year in found] + [last])
    return list(range(first, last + 1))


def calendar_counts(calendar: pd.DataFrame, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Working days from ``start`` to ``end``, both included; 0 where a day is missing or the end comes first.

    Monday to Friday, except days that the calendar declares free, plus weekend days that it declares working.
    """
    known = ~np.isnat(start) & ~np.isnat(end)
    first = np.where(known, start, np.datetime64("2000-01-01"))
    after = np.where(known, end, np.datetime64("1999-12-31")) + np.timedelta64(1, "D")
    days = calendar["day_on"].to_numpy("datetime64[D]")
    told = ~np.isnat(days) & calendar["working"].notna().to_numpy()
    working = calendar["working"].fillna(False).to_numpy(dtype=bool)[told]
    days = days[told]
    weekday = np.is_busday(days)
    free, extra = days[~working & weekday], np.sort(np.unique(days[working & ~weekday]))
    count = np.busday_count(first, np.maximum(first, after), holidays=free)
    count += np.searchsorted(extra, after) - np.searchsorted(extra, np.minimum(first, after))
    return np.where(known & (after > first), count, 0)


__all__ = ["PERIODIC_GRACE_MONTHS", "calendar_counts", "first_days", "papers_of", "yearly_papers"]
