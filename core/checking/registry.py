"""Every check with the roles that it looks at and what it needs beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..problems import Problems
from ..schema import register_schema
from . import (
    accounts,
    ids,
    jumps,
    layers,
    nesting,
    overlaps,
    permits,
    polygons,
    positions,
    recorded,
    shifts,
    values,
)
from . import references as links
from .given import Given
from .limits import FACT_DAYS, LIMITS, ORDER, SHARES, YEARS

PLACES = tuple(name for name, role in register_schema().roles.items() if role.is_place)
POINTS = tuple(name for name in PLACES if register_schema().roles[name].geometry == "point")
POLYGONS = tuple(name for name in PLACES if register_schema().roles[name].geometry == "polygon")
NAMED = tuple(
    name
    for name, role in register_schema().roles.items()
    if len(role.key) == 1 and role.fields[role.key[0]].type == "text" and name != "persons"
)
"""Roles with an id of their own."""

DATED = tuple(
    name
    for name, role in register_schema().roles.items()
    if name != "calendar" and any(item.type == "date" for item in role.fields.values())
)


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: stands in the problems and counts.
        roles: the layers and tables it looks at, one after the other.
        look: given the register and one of the roles, its problems.
        needs: roles without which it says nothing.
        placed: whether it looks at places, of its own role and of those it needs.
    """

    name: str
    roles: tuple[str, ...]
    look: Callable[[Given, str], Problems]
    needs: tuple[str, ...] = ()
    placed: bool = False


CHECKS = (
    Check("layers.datums", PLACES, layers.datums, placed=True),
    Check("ids.alike", NAMED, ids.alike),
    Check("ids.number", NAMED, ids.numbers),
    Check("ids.coincident", ("wells", "stations", "intakes", "sections"), ids.coincident, placed=True),
    Check("positions.coordinates", POINTS, positions.coordinates, placed=True),
    Check("positions.units", POINTS, positions.outside_units, ("units",), placed=True),
    Check("positions.county", ("wells", "applications"), recorded.county, ("units",), placed=True),
    Check("positions.township", ("wells", "applications"), recorded.township, ("units",), placed=True),
    Check("positions.shift", ("wells", "applications"), shifts.systematic, ("units",), placed=True),
    *(Check(f"values.{limit.field}", (limit.role,), partial(values.figure, limit=limit)) for limit in LIMITS),
    Check("values.kwh_coefficient", ("indices",), values.coefficients),
    Check("values.screens", ("screens",), values.screens),
    Check("values.shares", tuple(role for role, _ in SHARES), values.shares),
    Check("values.months", ("permit_wells",), values.months),
    Check("values.year", tuple(role for role, _ in YEARS), values.years),
    Check("dates.range", tuple({**dict.fromkeys(DATED), **dict.fromkeys(FACT_DAYS)}), values.days),
    Check("dates.order", tuple(ORDER), values.order),
    Check("units.last_year", ("readings", "indices", "area_years", "targets"), jumps.last_year),
    Check("units.permitted", ("wells", "permits", "permit_wells"), jumps.permitted),
    *(
        Check(f"references.{link.field}", (link.role,), partial(links.reference, link=link))
        for link in links.REFERENCES
    ),
    Check("references.circles", ("wells", "units"), links.circles),
    Check("permits.copied", ("wells",), permits.copied),
    Check("permits.parts", ("permits",), permits.parts, ("permit_wells",)),
    Check("permits.of_wells", ("wells",), permits.of_wells, ("permit_wells",)),
    Check("permits.expiry", ("wells",), permits.expiry, ("permits",)),
    Check("power.orphan", ("accounts",), accounts.orphans, ("wells",)),
    Check("power.no_account", ("wells",), accounts.without, ("readings",)),
    Check("power.shared", ("wells",), accounts.shared),
    Check("polygons.size", POLYGONS, polygons.size, placed=True),
    Check("polygons.valid", POLYGONS, polygons.valid, placed=True),
    Check("polygons.area", ("irrigation", "parcels"), polygons.registered, placed=True),
    Check("polygons.overlap", POLYGONS, overlaps.overlapping, placed=True),
    Check("polygons.gap", ("units",), overlaps.gaps, placed=True),
    Check("polygons.nesting", ("units",), nesting.nested, placed=True),
)
