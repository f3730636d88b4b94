"""Datums from which there is no single way to CGCS2000: Beijing 1954 and Xi'an 1980.

A library that is left to itself takes a way of its own choice, or none at all, and places lie a hundred metres off
without a word. Nothing here transforms; it only says whether somebody must choose the operation first.

Source: announcement no. 2 (2008) of the State Bureau of Surveying and Mapping, which put CGCS2000 in their place;
the parameters between them are regional and kept by the surveying authorities.
"""

from __future__ import annotations

import re

from pyproj import CRS

_OLD_DATUMS = re.compile("beijing1954|beijing54|newbeijing|xian1980|xian80|北京1954|北京54|西安1980|西安80")
_OLD_ELLIPSOIDS_M = (6_378_245.0, 6_378_140.0)
"""Krassowsky 1940 and IAG 1975, by their larger radius."""

_UNNAMED = re.compile("unknown|unnamed|undefined|notspecified")


def needs_operation(crs: object) -> bool:
    """Does a coordinate reference system stand on Beijing 1954 (New Beijing too) or Xi'an 1980?

    True as well for a system without a datum's name on one of their ellipsoids, and for one that carries parameters of
    its own (TOWGS84): nobody knows where they come from.

    Args:
        crs: anything that pyproj understands.
    """
    system = CRS.from_user_input(crs)
    names = [_plain(name) for name in (system.name, *_names(system))]
    if any(_OLD_DATUMS.search(name) for name in names):
        return True
    radius = system.ellipsoid.semi_major_metre if system.ellipsoid else None
    return radius in _OLD_ELLIPSOIDS_M and any(_UNNAMED.search(name) for name in names)


def datum_name(crs: object) -> str:
    """The name of the datum as the system gives it, of the ellipsoid where it gives none."""
    system = CRS.from_user_input(crs)
    named = [name for name in _names(system)[:1] if not _UNNAMED.search(_plain(name))]
    ellipsoid = system.ellipsoid.name if system.ellipsoid else system.name
    return named[0] if named else ellipsoid


def _names(system: CRS) -> list[str]:
    geodetic = system.geodetic_crs
    if geodetic is None:
        return []
    return [*([geodetic.datum.name] if geodetic.datum else []), geodetic.name]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())
