"""Which time a raster shows: given by a person, never guessed from a file's name."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from ...errors import OverdraftError

_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Season(NamedTuple):
    """First and last day, both included."""

    first: pd.Timestamp
    last: pd.Timestamp

    def __str__(self) -> str:
        return "/".join(dict.fromkeys(day.date().isoformat() for day in self))


def seasons(text: str | None, n_rasters: int) -> list[Season | None]:
    """The season of each raster, in their order.

    Args:
        text: one entry per raster, divided by commas, semicolons or lines: a year (2024), a month (2024-07), a day
            (2024-07-15), two of them with a stroke between (2008/2017), or ``-`` where it is not known. Empty: none
            is known.

    Raises:
        OverdraftError: an entry that is none of these, or another number of entries than of rasters.
    """
    entries = [entry.strip() for entry in re.split(r"[,;\n，；]", text or "")]
    if not any(entries):
        return [None] * n_rasters
    while entries and not entries[-1]:
        entries.pop()
    if len(entries) != n_rasters:
        raise OverdraftError("verification.raster_days", found=len(entries), allowed=n_rasters)
    return [None if entry in ("", "-") else _season(entry) for entry in entries]


def _season(entry: str) -> Season:
    ends = [part.strip() for part in entry.split("/")]
    try:
        if len(ends) > 2 or not all(_DAY.fullmatch(end) for end in ends):
            raise ValueError(entry)
        spans = [pd.Period(end, freq={4: "Y", 7: "M"}.get(len(end), "D")) for end in ends]
    except ValueError as error:
        raise OverdraftError("verification.raster_day", found=entry) from error
    season = Season(spans[0].start_time.normalize(), spans[-1].end_time.normalize())
    if season.last < season.first:
        raise OverdraftError("verification.raster_day", found=entry)
    return season
