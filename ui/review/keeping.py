"""What the review dock remembers of its user: filters under a name, and the last filter of each case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path

from qgis.core import QgsSettings

from ...core.review.listing import GROUPS, Filter
from ..shared.settings import GROUP

_SAVED = f"{GROUP}/review/filters"
_LAST = f"{GROUP}/review/last"

_CASES = 20
"""Cases whose last filter is remembered."""


def saved_filters() -> dict[str, Filter]:
    """The filters that the user has kept, by name; what cannot be read is left out."""
    return {name: _filter(cells) for name, cells in _kept(_SAVED).items()}


def save_filter(name: str, wanted: Filter | None) -> None:
    """Keep a filter under a name, in the place of an older one; None forgets it."""
    kept = {key: asdict(value) for key, value in saved_filters().items() if key != name}
    if wanted is not None:
        kept[name] = asdict(wanted)
    _keep(_SAVED, kept)


def last_filter(case: Path) -> tuple[Filter, str]:
    """By what the findings of a case were filtered and grouped last; all of them and by nothing if it is not known."""
    cells = _kept(_LAST).get(str(case), {})
    group = cells.get("group")
    return _filter(cells), group if isinstance(group, str) and group in GROUPS else ""


def keep_last_filter(case: Path, wanted: Filter, group: str) -> None:
    """Remember it; one subject alone is looked at for the moment only."""
    kept = _kept(_LAST)
    kept.pop(str(case), None)  # the newest stands last
    kept[str(case)] = {**asdict(replace(wanted, subject=None)), "group": group}
    _keep(_LAST, dict(list(kept.items())[-_CASES:]))


def _filter(cells: Mapping[str, object]) -> Filter:
    known = {item.name for item in fields(Filter)}
    return Filter(**{key: str(value) for key, value in cells.items() if key in known and value is not None})


def _kept(key: str) -> dict[str, dict[str, object]]:
    try:
        kept = json.loads(QgsSettings().value(key, "{}", str))
    except ValueError:
        return {}
    if not isinstance(kept, dict):
        return {}
    return {name: cells for name, cells in kept.items() if isinstance(cells, dict)}


def _keep(key: str, kept: Mapping[str, Mapping[str, object]]) -> None:
    QgsSettings().setValue(key, json.dumps(kept, ensure_ascii=False))
