"""From one year to the next: did a quantity fall or rise, and can that be said at all?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .yearbook import RELATIVE_TOLERANCE, last_full_year

if TYPE_CHECKING:
    from ..scene import Scene

COLUMNS = ("unit_id", "year", "previous", "value", "before", "state")
OUTCOME = {"met": "pass", "not_met": "fail", "equal": "fail"}
"""Outcome by state; every other state is not evaluated."""


def changes(
    table: pd.DataFrame, units: Iterable[str], pairs: list[tuple[int, int]], *, falls: bool, additive: bool
) -> pd.DataFrame:
    """Each unit's figure in some years against an earlier year.

    States, the first that holds:

    * ``no_data``, ``no_base``: no figure of the year, or of the one before.
    * ``not_comparable``: the two have different bases.
    * ``met``: it fell (rose) by more than rounding (1e-9 of the larger); ``equal``; ``not_met``.
    * ``open`` instead of any of these where a figure is not complete and could still change the answer. A sum that is
      not complete is a lower bound (``additive``): a year that already took as much as the whole year before has not
      fallen, and one that took less than a part of the year before has. Other figures must both be complete.

    Args:
        table: as from :mod:`core.rules.facts.quantities`.
        units: unit ids; every one has a row for every pair.
        pairs: (year, earlier year).
        falls: the quantity has to fall; else to rise.

    Returns:
        Columns ``COLUMNS``, by unit, then year.
    """
    rows = pd.MultiIndex.from_product([sorted(set(units)), range(len(pairs))], names=["unit_id", "pair"])
    frame = rows.to_frame(index=False)
    years = np.array(pairs, dtype="int64").reshape(-1, 2)[frame["pair"].to_numpy("int64")]
    frame["year"], frame["previous"] = years[:, 0], years[:, 1]
    indexed = table.drop_duplicates(["unit_id", "year"]).set_index(["unit_id", "year"])
    now = indexed.reindex(pd.MultiIndex.from_arrays([frame["unit_id"], frame["year"]]))
    before = indexed.reindex(pd.MultiIndex.from_arrays([frame["unit_id"], frame["previous"]]))
    value, earlier = (side["value"].to_numpy("float64") for side in (now, before))
    whole, whole_before = (side["complete"].eq(True).to_numpy() for side in (now, before))
    frame["value"], frame["before"] = value, earlier
    with np.errstate(invalid="ignore"):
        room = RELATIVE_TOLERANCE * np.maximum(np.abs(value), np.abs(earlier))
        equal = np.abs(value - earlier) <= room
        less = (value < earlier) & ~equal
    met = less if falls else ~less & ~equal
    sure = whole & whole_before
    if additive and falls:
        sure |= (less & whole) | (~less & whole_before)
    frame["state"] = np.select(
        [
            np.isnan(value),
            np.isnan(earlier),
            (now["basis"].to_numpy(dtype=object) != before["basis"].to_numpy(dtype=object)),
            ~sure,
            equal,
            met,
        ],
        ["no_data", "no_base", "not_comparable", "open", "equal", "met"],
        "not_met",
    ).astype(object)
    return frame[list(COLUMNS)]


def year_pairs(scene: Scene, table: pd.DataFrame, years: Iterable[int] = (), with_open: bool = False) -> list:
    """(year, earlier year) that a clause asks about.

    ``years`` given: each against the one before it in the list (2022 against 2020). Otherwise every year that began
    after the document was issued (a document without a day: after the first year on record), up to the last full one,
    each against the year before; with ``with_open`` also the running year if it has figures.
    """
    years = sorted({int(year) for year in years or ()})
    if years:
        return list(zip(years[1:], years[:-1], strict=True))
    last, issued = last_full_year(scene), scene.policy.issued_on
    found = table["year"]
    if issued is None and not len(found):
        return [(last, last - 1)]
    first = issued.year + 1 if issued is not None else int(found.min()) + 1
    if with_open and len(found) and int(found.max()) > last:
        last += 1
    return [(year, year - 1) for year in range(first, last + 1)]
