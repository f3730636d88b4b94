"""What the review dock remembers of its user: filters under a name, and the last filter of each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path

from ...core.review.listing import GROUPS, Filter
from ..shared.last import keep, keep_last, kept, last_of

_SAVED, _WINDOW = "review/filters", "review"


def saved_filters() -> dict[str, Filter]:
    """The filters that the user has kept, by name; what cannot be read is left out."""
    return {name: _filter(cells) for name, cells in kept(_SAVED).items()}


def save_filter(name: str, wanted: Filter | None) -> None:
    """Keep a filter under a name, in the place of an older one; None forgets it."""
    filters = {key: asdict(value) for key, value in saved_filters().items() if key != name}
    if wanted is not None:
        filters[name] = asdict(wanted)
    keep(_SAVED, filters)


def last_filter(case: Path) -> tuple[Filter, str]:
    """By what the findings of a case were filtered and grouped last; all of them and by nothing if it is not known."""
    cells = last_of(_WINDOW, case)
    group = cells.get("group")
    return _filter(cells), group if isinstance(group, str) and group in GROUPS else ""


def keep_last_filter(case: Path, wanted: Filter, group: str) -> None:
    """Remember it; one subject alone is looked at for the moment only."""
    keep_last(_WINDOW, case, {**asdict(replace(wanted, subject=None)), "group": group})


def _filter(cells: Mapping[str, object]) -> Filter:
    known = {item.name for item in fields(Filter)}
    return Filter(**{key: str(value) for key, value in cells.items() if key in known and value is not None})
