"""What a paper can be limited to: the counties, zones and authorities of a case."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..casefile.opening import reading

_COUNTIES = """SELECT wells.county_id, min(units.name) FROM wells LEFT JOIN units ON units.unit_id = wells.county_id
    WHERE wells.county_id <> '' GROUP BY 1 ORDER BY 1"""
_ZONES = "SELECT zone_id, min(name) FROM zones WHERE zone_id <> '' GROUP BY 1 ORDER BY 1"
_AUTHORITIES = "SELECT DISTINCT authority FROM wells WHERE authority <> '' ORDER BY 1"


@dataclass(frozen=True)
class Parts:
    """Ids with names (empty: no name), sorted by id; authorities by name."""

    counties: tuple[tuple[str, str], ...]
    zones: tuple[tuple[str, str], ...]
    authorities: tuple[str, ...]


def parts(path: str | os.PathLike) -> Parts:
    """What the wells and zones of a case offer.

    Raises:
        OverdraftError: no case file, damaged or locked.
    """
    with reading(Path(path), quick=True) as connection:
        counties, zones = (
            tuple((str(key), str(name or "")) for key, name in connection.execute(statement))
            for statement in (_COUNTIES, _ZONES)
        )
        authorities = tuple(str(name) for (name,) in connection.execute(_AUTHORITIES))
    return Parts(counties, zones, authorities)
