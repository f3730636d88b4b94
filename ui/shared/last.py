"""What a window was set to when a case was worked on last, for as many cases as a person comes back to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from qgis.core import QgsSettings

from .settings import GROUP

_CASES = 20
"""Cases that are remembered by each window."""

Cells = dict[str, object]


def last_of(window: str, case: Path) -> Cells:
    """What was kept for a case; nothing where it is not known."""
    return kept(f"{window}/last").get(str(case), {})


def keep_last(window: str, case: Path, cells: Mapping[str, object]) -> None:
    """Remember it, in the place of what was kept for the case before."""
    known = kept(f"{window}/last")
    known.pop(str(case), None)  # the newest stands last
    known[str(case)] = dict(cells)
    keep(f"{window}/last", dict(list(known.items())[-_CASES:]))


def kept(key: str) -> dict[str, Cells]:
    """Cells by name from the settings; what cannot be read is left out."""
    try:
        found = json.loads(QgsSettings().value(f"{GROUP}/{key}", "{}", str))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: cells for name, cells in found.items() if isinstance(cells, dict)}


def keep(key: str, cells: Mapping[str, Mapping[str, object]]) -> None:
    """Into the settings."""
    QgsSettings().setValue(f"{GROUP}/{key}", json.dumps(cells, ensure_ascii=False))
